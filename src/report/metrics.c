/* Training curves: a JSON object of numbers a line, as src/train/log.c writes them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cellfree/report.h>

#include "base/file.h"
#include "base/number.h"
#include "base/status.h"

enum { MAX_COLUMNS = 64, MAX_KEY = 64 };

/* Where reading is; */
typedef struct reader {
    const char *path, *at;
    int32_t line;
    cf_metrics *m;
    int32_t room; /* rows that value has memory for */
} reader;

static cf_status wanted(const reader *r, const char *what)
{
    return base_fail(CF_EFORMAT, "%.300s: line %d: wanted %s at \"%.20s\"", r->path, r->line, what,
                     r->at);
}

static void skip_blanks(reader *r)
{
    while (*r->at == ' ' || *r->at == '\t' || *r->at == '\r') r->at++;
}

static cf_status grow(reader *r)
{
    cf_metrics *m = r->m;
    if (m->rows == r->room) {
        const int32_t room = 2 * r->room + 64;
        double *value = realloc(m->value, (size_t)room * MAX_COLUMNS * sizeof *value);
        if (!value) return base_fail(CF_ENOMEM, "%.300s: no memory for metrics", r->path);
        m->value = value;
        r->room = room;
    }
    for (int32_t c = 0; c < MAX_COLUMNS; c++)
        m->value[(size_t)m->rows * MAX_COLUMNS + (size_t)c] = (double)NAN;
    m->rows++;
    return CF_OK;
}

/* "key": and its column, a new one where it was not met before. */
static cf_status get_key(reader *r, int32_t *column)
{
    cf_metrics *m = r->m;
    if (*r->at != '"') return wanted(r, "a key in quotes");
    const char *key = ++r->at;
    const size_t n = strcspn(key, "\"\\\n");
    if (key[n] != '"' || n == 0 || n >= MAX_KEY) return wanted(r, "a plain key");
    int32_t c = 0;
    while (c < m->columns && (strncmp(m->key[c], key, n) != 0 || m->key[c][n])) c++;
    if (c == MAX_COLUMNS) return wanted(r, "at most 64 keys");
    if (c == m->columns) {
        m->key[c] = strndup(key, n);
        if (!m->key[c]) return base_fail(CF_ENOMEM, "%.300s: no memory for metrics", r->path);
        m->columns++;
    }
    r->at = key + n + 1;
    skip_blanks(r);
    if (*r->at != ':') return wanted(r, "a colon");
    r->at++;
    skip_blanks(r);
    *column = c;
    return CF_OK;
}

/* A number; null, NaN and infinities are none. */
static cf_status get_value(reader *r, double *out)
{
    const char *end = r->at;
    if (strncmp(r->at, "null", 4) == 0) {
        r->at += 4;
        return CF_OK;
    }
    const double v = number_read(r->at, &end);
    if (end == r->at) return wanted(r, "a number");
    r->at = end;
    if (isfinite(v)) *out = v;
    return CF_OK;
}

static cf_status get_line(reader *r)
{
    cf_status s = grow(r);
    if (s == CF_OK && *r->at != '{') s = wanted(r, "a JSON object");
    if (s != CF_OK) return s;
    double *row = r->m->value + (size_t)(r->m->rows - 1) * MAX_COLUMNS;
    do {
        int32_t column = 0;
        r->at++;
        skip_blanks(r);
        s = get_key(r, &column);
        if (s == CF_OK) s = get_value(r, row + column);
        if (s != CF_OK) return s;
        skip_blanks(r);
    } while (*r->at == ',');
    if (*r->at != '}') return wanted(r, "a comma or }");
    r->at++;
    skip_blanks(r);
    return *r->at == '\n' || !*r->at ? CF_OK : wanted(r, "the end of the line");
}

static int has(const cf_metrics *m, const char *key)
{
    for (int32_t c = 0; c < m->columns; c++)
        if (strcmp(m->key[c], key) == 0) return 1;
    return 0;
}

static cf_status get_lines(reader *r)
{
    cf_status s = CF_OK;
    for (r->line = 1; *r->at && s == CF_OK; r->line++) {
        skip_blanks(r);
        if (*r->at && *r->at != '\n') s = get_line(r);
        r->at += s == CF_OK && *r->at == '\n';
    }
    if (s == CF_OK && !has(r->m, "step"))
        s = base_fail(CF_EFORMAT, "%.300s: no \"step\" in it, wanted a training's metrics",
                      r->path);
    return s;
}

/* Rows as wide as there are columns. */
static void close_up(cf_metrics *m)
{
    for (int32_t i = 0; i < m->rows; i++)
        memmove(m->value + (size_t)i * (size_t)m->columns, m->value + (size_t)i * MAX_COLUMNS,
                (size_t)m->columns * sizeof *m->value);
}

cf_status cf_metrics_load(cf_metrics **out, const char *path)
{
    if (!out || !path) return base_fail(CF_EARG, "metrics: NULL argument");
    unsigned char *bytes = NULL;
    size_t size = 0;
    cf_status s = file_read(path, &bytes, &size);
    if (s != CF_OK) return s;
    cf_metrics *m = calloc(1, sizeof *m);
    if (m) m->path = strdup(path);
    if (m) m->key = calloc(MAX_COLUMNS, sizeof *m->key);
    if (!m || !m->path || !m->key) s = base_fail(CF_ENOMEM, "%.300s: no memory", path);
    if (s == CF_OK && memchr(bytes, 0, size))
        s = base_fail(CF_EFORMAT, "%.300s: holds a byte 0, wanted lines of JSON", path);
    reader r = {.path = path, .at = (const char *)bytes, .m = m};
    if (s == CF_OK) s = get_lines(&r);
    free(bytes);
    if (s == CF_OK) {
        close_up(m);
        *out = m;
    } else {
        cf_metrics_free(m);
    }
    return s;
}

void cf_metrics_free(cf_metrics *m)
{
    if (!m) return;
    for (int32_t c = 0; m->key && c < m->columns; c++) free(m->key[c]);
    free(m->key);
    free(m->value);
    free(m->path);
    free(m);
}
