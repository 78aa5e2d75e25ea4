#ifndef CF_REPORT_H
#define CF_REPORT_H

/* Results to look at: what a result file and its drops tell together, and a page in HTML that shows
 * it (docs/report.md). */

#include <stdint.h>

#include <cellfree/drops.h>
#include <cellfree/evaluate.h>
#include <cellfree/status.h>

CF_BEGIN_C

enum { CF_CURVE_POINTS = 400 };

/* A distribution: the share of values that are value[i] or less, both rising. Up to CF_CURVE_POINTS
 * values it is all of them, and above that as many order statistics, the least and the largest
 * among them. n = 0: there were none. */
typedef struct cf_curve {
    int32_t n;
    double *value, *share; /* (n) */
} cf_curve;

/* What the drops add to a method's result. */
typedef struct cf_study_method {
    cf_curve objective; /* over drops, in cf_result_unit; needs no drops                    */
    cf_curve lost;      /* over drops, 1 - objective / best as in of_best; needs no drops       */
    float *rate;        /* (n,K) of every user [bit/s/Hz]; NULL without drops                 */
    cf_curve rates;     /* over the users of all drops                                        */
    /* Drops in which a constraint is broken; -1 where it is not known. */
    int32_t bad_entries; /* an entry is no decision (B2b), or no power that the link may have  */
    int32_t aps_over;    /* an AP serves more than A_l users (B2c), or sends over its limit    */
    int32_t links_over;  /* power: a link is over its limit                                    */
    int32_t users_short; /* a user has fewer than U_k APs (B2d), or is below the rate floor,
                            which is not enforced                                             */
} cf_study_method;

/* A result file and the drops that belong to it. Read the fields, do not change them. */
typedef struct cf_study {
    char *path;
    cf_results_source *source;
    cf_result **result; /* (count), of one shape */
    int32_t count;
    cf_study_method *method; /* (count) */
    cf_drops *drops;         /* that the methods ran on, or NULL                               */
    char *drops_from;        /* their file, or ""; "" with drops: made again from the source    */
    char *drops_missing;     /* without drops: why, and what to give                            */
} cf_study;

/* Read a result file and find its drops by their checksum: among the `data_count` files of `data`;
 * made again from the scenario, seed and first index that results keep; in the file that the
 * results' command names. It is no failure that there are none, but that a file of `data` cannot be
 * read. Does not depend on `threads` (0: all cores). CF_ESHAPE: methods of different shapes. */
CF_API cf_status cf_study_open(cf_study **out, const char *path, const char *const *data,
                               int32_t data_count, int32_t threads);
CF_API void cf_study_close(cf_study *s); /* NULL is fine */

/* A training's curves: the metrics that cf_train writes, one JSON object a line. */
typedef struct cf_metrics {
    char *path;
    int32_t rows, columns;
    char **key;    /* (columns) "step", "seconds", "loss", ... in the order met */
    double *value; /* (rows,columns); NaN where a line does not have it         */
} cf_metrics;

CF_API cf_status cf_metrics_load(cf_metrics **out, const char *path);
CF_API void cf_metrics_free(cf_metrics *m); /* NULL is fine */

/* What a page shows. Everything is borrowed. */
typedef struct cf_page {
    const char *title;   /* or NULL                                    */
    const char *command; /* that makes the page again, or NULL         */
    cf_study *const *study;
    int32_t study_count; /* at least 1 */
    cf_metrics *const *metrics;
    int32_t metrics_count;
    int32_t drops; /* most of each study to draw, 0 and up; fewer where that would be more than
                      CF_PAGE_LINKS links over all methods */
} cf_page;

#define CF_PAGE_LINKS (1 << 20)

/* One HTML file that needs nothing else: no network, no other file. Equal input, equal bytes. */
CF_API cf_status cf_page_write(const cf_page *p, const char *path);

CF_END_C

#endif
