#ifndef REPORT_STUDY_H
#define REPORT_STUDY_H

#include <cellfree/report.h>

/* Find the study's drops as cf_study_open says; without any, say why in drops_missing. */
cf_status report_find_drops(cf_study *s, const char *const *data, int32_t data_count,
                            int32_t threads);

/* Every user's rate and every broken constraint, of all methods on all drops. */
cf_status report_judge(cf_study *s);

#endif
