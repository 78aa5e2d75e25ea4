#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "base/status.h"
#include "io/source.h"

/* Text tables in one of two forms: numbers alone, which are a matrix (rows, columns) of the file's
 * name; or one line a number, below a header that names the columns, some of them axes:
 *
 *   drop,ap,user,beta
 *   0,0,0,3.1e-9
 *
 * where every other column is an array over those axes, in the header's order. Columns are parted
 * by commas, semicolons, tabs or blanks; lines that start with # or % are comments. */

enum { MAX_COLUMNS = 65536 };

static const char *const AXES[] = {"drop", "ap", "user", "beam", "antenna", "xyz"};
enum { N_AXES = sizeof AXES / sizeof *AXES };

typedef struct csv {
    char *path, *stem, *text;
    int32_t columns, named; /* named: there is a header */
    char *name[MAX_COLUMNS];
    int32_t axis[IO_MAX_DIMS], n_axes;    /* columns that are axes, in the file's order */
    int32_t value[MAX_COLUMNS], n_values; /* the others */
    int64_t rows, line, cap;
    double *v; /* (rows,columns) */
} csv;

static void close_csv(void *state)
{
    csv *c = state;
    if (!c) return;
    free(c->path);
    free(c->stem);
    free(c->text);
    free(c->v);
    free(c);
}

static int is_axis(const char *name)
{
    int i = 0;
    while (i < N_AXES && strcmp(name, AXES[i]) != 0) i++;
    return i < N_AXES;
}

/* ---- lines ---- */

/* The next cell of a line, blanks and quotes around it cut off, or NULL after the last. */
static char *next_cell(char **rest, const char *separators)
{
    char *cell = *rest;
    if (!cell) return NULL;
    cell += strspn(cell, " \"");
    char *end = cell + strcspn(cell, separators);
    *rest = *end ? end + 1 : NULL;
    if (*rest && strchr(" \t", *end)) { /* blanks count as one */
        *rest += strspn(*rest, " \t");
        if (!**rest) *rest = NULL;
    }
    while (end > cell && strchr(" \"\r", end[-1])) end--;
    *end = 0;
    return cell;
}

static const char *separators_of(const char *line)
{
    if (strchr(line, ',')) return ",";
    if (strchr(line, ';')) return ";";
    return strchr(line, '\t') ? "\t" : " ";
}

static cf_status read_header(csv *c, char *line)
{
    const char *separators = separators_of(line);
    for (char *cell; (cell = next_cell(&line, separators)) != NULL; c->columns++) {
        if (c->columns == MAX_COLUMNS)
            return base_fail(CF_EFORMAT, "%.300s: more than %d columns", c->path, MAX_COLUMNS);
        c->name[c->columns] = cell;
        if (!is_axis(cell))
            c->value[c->n_values++] = c->columns;
        else if (c->n_axes < IO_MAX_DIMS)
            c->axis[c->n_axes++] = c->columns;
    }
    c->named = 1;
    if (c->n_axes > 0 && c->n_values > 0) return CF_OK;
    return base_fail(
        CF_EFORMAT,
        "%.300s: its header names %s, wanted columns drop, ap, user or beam and one or "
        "more of numbers (or numbers alone, without a header)",
        c->path, c->n_axes > 0 ? "no column but axes" : "no column that is an axis");
}

static cf_status add_number(csv *c, const char *cell, int32_t column)
{
    const char *end;
    const double v = number_read(cell, &end);
    if (end == cell || *end) {
        const size_t n = strlen(cell);
        const int complex = end > cell && n > 1 && strchr("ij)", cell[n - 1]);
        return base_fail(CF_EFORMAT, "%.300s: line %lld, column %d is '%.40s', %s", c->path,
                         (long long)c->line, column + 1, cell,
                         complex ? IO_COMPLEX : "wanted a number");
    }
    const int64_t at = c->rows * c->columns + column;
    if (at >= c->cap) {
        const int64_t cap = c->cap > 0 ? 2 * c->cap : 1024;
        double *more = realloc(c->v, (size_t)cap * sizeof *more);
        if (!more) return base_fail(CF_ENOMEM, "%.300s: no memory", c->path);
        c->v = more;
        c->cap = cap;
    }
    c->v[at] = v;
    return CF_OK;
}

static cf_status read_row(csv *c, char *line)
{
    const char *separators = separators_of(line);
    const int first = c->columns == 0;
    int32_t n = 0, more = 0;
    for (char *cell; (cell = next_cell(&line, separators)) != NULL; n++) {
        more = n == (first ? MAX_COLUMNS : c->columns);
        if (more) break;
        const cf_status s = add_number(c, cell, n);
        if (s != CF_OK) return s;
    }
    if (first && !more) c->columns = n;
    if (more || n != c->columns)
        return base_fail(CF_EFORMAT, "%.300s: line %lld has %s %d columns, wanted %d", c->path,
                         (long long)c->line, more ? "more than" : "only", n,
                         c->columns > 0 ? c->columns : MAX_COLUMNS);
    c->rows++;
    return CF_OK;
}

static int starts_with_number(const char *line)
{
    const char *end;
    char *copy = strdup(line), *rest = copy;
    const char *cell = copy ? next_cell(&rest, separators_of(line)) : NULL;
    int is = 0;
    if (cell) {
        (void)number_read(cell, &end);
        is = end > cell;
    }
    free(copy);
    return is;
}

static cf_status read_lines(csv *c)
{
    char *rest = c->text;
    if (strncmp(rest, "\xef\xbb\xbf", 3) == 0) rest += 3; /* a byte order mark */
    cf_status s = CF_OK;
    for (char *line; s == CF_OK && (line = strsep(&rest, "\n")) != NULL;) {
        c->line++;
        line += strspn(line, " \t\r");
        size_t n = strlen(line);
        while (n > 0 && strchr(" \t\r", line[n - 1])) line[--n] = 0;
        if (n == 0 || *line == '#' || *line == '%') continue;
        s = c->columns == 0 && !starts_with_number(line) ? read_header(c, line) : read_row(c, line);
    }
    if (s == CF_OK && c->rows == 0) s = base_fail(CF_EFORMAT, "%.300s: no numbers in it", c->path);
    return s;
}

static cf_status open_csv(void **state, const char *path)
{
    csv *c = calloc(1, sizeof *c);
    unsigned char *bytes = NULL;
    size_t size = 0;
    if (!c || !(c->path = strdup(path)) || !(c->stem = io_source_stem(path))) {
        close_csv(c);
        return base_fail(CF_ENOMEM, "%.300s: no memory", path);
    }
    cf_status s = file_read(path, &bytes, &size);
    c->text = (char *)bytes; /* ends in a 0 */
    if (s == CF_OK && size == 0) s = base_fail(CF_EFORMAT, "%.300s: empty", path);
    if (s == CF_OK && strlen(c->text) != size)
        s = base_fail(CF_EFORMAT, "%.300s: holds a zero byte, wanted text", path);
    if (s == CF_OK) s = read_lines(c);
    if (s == CF_OK)
        *state = c;
    else
        close_csv(c);
    return s;
}

/* ---- arrays ---- */

static int32_t count_of(const void *state)
{
    const csv *c = state;
    return c->named ? c->n_values : 1;
}

static const char *name_of(const void *state, int32_t i)
{
    const csv *c = state;
    return c->named ? c->name[c->value[i]] : c->stem;
}

/* Lengths of the axes. *base is the least index of them all, 0 or 1. */
static cf_status measure(const csv *c, io_array *a, double *base)
{
    *base = INFINITY;
    for (int32_t j = 0; j < c->n_axes; j++)
        for (int64_t r = 0; r < c->rows; r++)
            *base = fmin(*base, c->v[r * c->columns + c->axis[j]]);
    int64_t product = 1;
    size_t n = 0;
    a->ndim = c->n_axes;
    for (int32_t j = 0; j < c->n_axes; j++) {
        double least = INFINITY, most = 0;
        for (int64_t r = 0; r < c->rows; r++) {
            const double v = c->v[r * c->columns + c->axis[j]];
            if (v != floor(v) || !(fabs(v) <= 1e9)) least = NAN;
            least = v < least ? v : least;
            most = fmax(most, v);
        }
        if (least != *base || (*base != 0 && *base != 1))
            return base_fail(CF_EFORMAT,
                             "%.300s: column %.60s does not count from %s, as all axes must",
                             c->path, c->name[c->axis[j]],
                             *base == 0   ? "0"
                             : *base == 1 ? "1"
                                          : "0 or 1");
        a->dims[j] = (int64_t)(most - least) + 1;
        product = product > c->rows ? product : product * a->dims[j];
        n += (size_t)snprintf(a->axes + n, sizeof a->axes - n, "%s%s", j ? "," : "",
                              c->name[c->axis[j]]);
    }
    char shape[128];
    if (product == c->rows) return CF_OK;
    return base_fail(CF_EFORMAT, "%.300s: %lld lines for %s, wanted one for each of (%s)", c->path,
                     (long long)c->rows, io_array_shape(a, shape, sizeof shape), a->axes);
}

static cf_status read_long(const csv *c, int32_t column, io_array *a)
{
    double base = 0;
    cf_status s = measure(c, a, &base);
    if (s == CF_OK) s = io_array_room(a, c->path, c->name[column]);
    unsigned char *seen = s == CF_OK ? calloc((size_t)c->rows, 1) : NULL;
    if (s == CF_OK && !seen) s = base_fail(CF_ENOMEM, "%.300s: no memory", c->path);
    for (int64_t r = 0; s == CF_OK && r < c->rows; r++) {
        const double *row = c->v + r * c->columns;
        int64_t at = 0;
        for (int32_t j = 0; j < c->n_axes; j++)
            at = at * a->dims[j] + (int64_t)(row[c->axis[j]] - base);
        if (seen[at]++)
            s = base_fail(CF_EFORMAT,
                          "%.300s: two lines for the same %s, the second is number %lld", c->path,
                          a->axes, (long long)r + 1);
        a->data[at] = row[column];
    }
    free(seen);
    snprintf(a->dtype, sizeof a->dtype, "text from index %d", base > 0);
    return s;
}

static cf_status read_csv(const void *state, int32_t i, io_array *out)
{
    const csv *c = state;
    io_array a = {.dtype = "text", .ndim = 2, .dims = {c->rows, c->columns}};
    cf_status s;
    if (c->named) {
        s = read_long(c, c->value[i], &a);
    } else {
        s = io_array_room(&a, c->path, c->stem);
        if (s == CF_OK) memcpy(a.data, c->v, (size_t)a.count * sizeof *a.data);
    }
    if (s == CF_OK)
        *out = a;
    else
        io_array_free(&a);
    return s;
}

const io_format io_csv = {".csv", NULL, open_csv, count_of, name_of, read_csv, close_csv};
