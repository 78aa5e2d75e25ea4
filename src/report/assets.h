#ifndef REPORT_ASSETS_H
#define REPORT_ASSETS_H

#include <stddef.h>

/* The page's parts, files of report/ that the build puts into the library (cmake/page.cmake). */
typedef struct report_asset {
    const char *data;
    size_t size;
} report_asset;

/* "html", "css", "d3", ...; nothing where there is no such part. */
report_asset report_asset_named(const char *name, size_t length);

#endif
