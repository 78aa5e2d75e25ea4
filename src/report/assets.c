#include "report/assets.h"

#include <string.h>

#include "page_parts.h" /* made by cmake/page.cmake */

report_asset report_asset_named(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof PART / sizeof *PART; i++)
        if (strlen(PART[i].name) == length && memcmp(PART[i].name, name, length) == 0)
            return (report_asset){PART[i].start, (size_t)(PART[i].end - PART[i].start)};
    return (report_asset){"", 0};
}
