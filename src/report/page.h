#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <cellfree/report.h>

#include "base/text.h"

/* The page's data, which its scripts read: JSON. A study: its summary, and what is drawn of it. */
cf_status report_put_study(text *t, const cf_study *s, int32_t most);

/* "shown": the first drops with positions, SNR, and every method's links and rates. */
cf_status report_put_drops(text *t, const cf_study *s, int32_t most);

#endif
