/* One HTML file: report/page.html with styles, scripts and data in the places that it names. */
#include "report/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status.h"
#include "report/assets.h"
#include "report/json.h"

static void put_metrics(text *t, const cf_metrics *m)
{
    double *column = malloc((size_t)m->rows * sizeof *column);
    if (!column) t->failed = 1;
    json_open(t, NULL, '{');
    json_text(t, "file", m->path);
    json_open(t, "curves", '{');
    for (int32_t c = 0; column && c < m->columns; c++) {
        for (int32_t i = 0; i < m->rows; i++)
            column[i] = m->value[(size_t)i * (size_t)m->columns + (size_t)c];
        json_numbers(t, m->key[c], 7, column, (size_t)m->rows);
    }
    json_close(t, '}');
    json_close(t, '}');
    free(column);
}

static cf_status make_data(text *t, const cf_page *p)
{
    cf_status s = CF_OK;
    json_open(t, NULL, '{');
    json_text(t, "title", p->title ? p->title : "");
    json_text(t, "cellfree", cf_version());
    json_text(t, "command", p->command ? p->command : "");
    json_open(t, "studies", '[');
    for (int32_t i = 0; i < p->study_count && s == CF_OK; i++)
        s = report_put_study(t, p->study[i], p->drops);
    json_close(t, ']');
    json_open(t, "metrics", '[');
    for (int32_t i = 0; i < p->metrics_count; i++) put_metrics(t, p->metrics[i]);
    json_close(t, ']');
    json_close(t, '}');
    return s;
}

static cf_status put_data(text *t, const cf_page *p)
{
    text data = {0};
    const cf_status s = make_data(&data, p);
    if (data.failed) t->failed = 1;
    if (s == CF_OK && !data.failed) text_add(t, "%s", data.s);
    text_free(&data);
    return s;
}

/* Text between tags. */
static void put_escaped(text *t, const char *value)
{
    for (; *value; value++) {
        if (strchr("<>&\"", *value))
            text_add(t, "&#%d;", *value);
        else
            text_add(t, "%c", *value);
    }
}

/* Fill the template's {{NAME}}: data and title, and what else is an asset. */
static cf_status put_page(text *t, const cf_page *p)
{
    const report_asset page = report_asset_named("html", 4);
    const char *at = page.data, *end = page.data + page.size;
    cf_status s = CF_OK;
    while (s == CF_OK && at < end) {
        const char *open = memmem(at, (size_t)(end - at), "{{", 2);
        const char *close = open ? memmem(open, (size_t)(end - open), "}}", 2) : NULL;
        text_add(t, "%.*s", (int)((close ? open : end) - at), at);
        if (!close) break;
        const size_t n = (size_t)(close - open) - 2;
        if (n == 4 && memcmp(open + 2, "data", n) == 0) {
            s = put_data(t, p);
        } else if (n == 5 && memcmp(open + 2, "title", n) == 0) {
            put_escaped(t, p->title ? p->title : "cellfree report");
        } else {
            const report_asset part = report_asset_named(open + 2, n);
            text_add(t, "%.*s", (int)part.size, part.data);
        }
        at = close + 2;
    }
    return s;
}

static cf_status check_page(const cf_page *p)
{
    if (p->study_count < 1 || !p->study || (p->metrics_count > 0 && !p->metrics))
        return base_fail(CF_EARG, "page: %d results and %d metrics, wanted at least one result",
                         p->study_count, p->metrics_count);
    if (p->drops < 0) return base_fail(CF_EARG, "page: %d drops to draw", p->drops);
    return CF_OK;
}

cf_status cf_page_write(const cf_page *p, const char *path)
{
    if (!p || !path) return base_fail(CF_EARG, "page: NULL argument");
    text t = {0};
    cf_status s = check_page(p);
    if (s == CF_OK) s = put_page(&t, p);
    if (s == CF_OK && t.failed) s = base_fail(CF_ENOMEM, "%.300s: no memory for the page", path);
    if (s == CF_OK) s = file_write(path, t.s, t.n);
    text_free(&t);
    return s;
}
