/* Where a study's drops come from. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "base/text.h"
#include "report/study.h"

static int fits(const cf_study *s, const cf_drops *d)
{
    const cf_result *r = s->result[0];
    return d->task == r->task && d->n == r->n && d->L == r->L && d->K == r->K &&
           d->checksum == s->source->drops_checksum;
}

static cf_status take(cf_study *s, cf_drops *d, const char *from)
{
    s->drops_from = strdup(from);
    if (!s->drops_from) return base_fail(CF_ENOMEM, "%.300s: no memory", s->path);
    s->drops = d;
    return CF_OK;
}

/* CF_OK without drops in s: the file's are others. */
static cf_status try_file(cf_study *s, const char *path)
{
    cf_drops *d = NULL;
    cf_status status = cf_drops_load(&d, path);
    if (status != CF_OK) return status;
    if (fits(s, d)) status = take(s, d, path);
    if (!s->drops) cf_drops_free(d);
    return status;
}

/* A drop is a function of scenario, seed and index, and results keep all three. */
static cf_status make_again(cf_study *s, int32_t threads)
{
    const cf_results_source *o = s->source;
    cf_scenario *scenario = NULL;
    cf_drops *d = NULL;
    if (!o->scenario_yaml[0]) return CF_OK;
    if (cf_scenario_parse(&scenario, o->scenario_yaml, s->path) != CF_OK) return CF_OK;
    const int made =
        cf_drops_generate(&d, scenario, o->seed, o->first, s->result[0]->n, threads) == CF_OK;
    cf_scenario_free(scenario);
    const cf_status status = made && fits(s, d) ? take(s, d, "") : CF_OK;
    if (!s->drops) cf_drops_free(d);
    return status;
}

/* The word after --data in the command that the results keep, which quotes as a shell does; NULL
 * where there is none. malloc'ed. */
static char *named_in(const char *command)
{
    static const char OPTION[] = " --data";
    const char *at = strstr(command, OPTION);
    const char after = at ? at[sizeof OPTION - 1] : 0;
    if (after != ' ' && after != '=') return NULL;
    at += sizeof OPTION;
    const int quoted = *at == '\'';
    at += quoted;
    const size_t n = strcspn(at, quoted ? "'" : " ");
    return n > 0 ? strndup(at, n) : NULL;
}

static cf_status missing(cf_study *s)
{
    text t = {0};
    text_add(&t, "The drops with checksum %016llx were not found",
             (unsigned long long)s->source->drops_checksum);
    if (s->source->scenario_yaml[0])
        text_add(&t, ", and this version (%s) makes others from the scenario and the seed",
                 cf_version());
    text_add(&t, ": name their file with --data.");
    if (t.failed) {
        text_free(&t);
        return base_fail(CF_ENOMEM, "%.300s: no memory", s->path);
    }
    s->drops_missing = t.s;
    s->drops_from = strdup("");
    return s->drops_from ? CF_OK : base_fail(CF_ENOMEM, "%.300s: no memory", s->path);
}

cf_status report_find_drops(cf_study *s, const char *const *data, int32_t data_count,
                            int32_t threads)
{
    cf_status status = CF_OK;
    for (int32_t i = 0; i < data_count && status == CF_OK && !s->drops; i++)
        status = try_file(s, data[i]);
    if (status == CF_OK && !s->drops) status = make_again(s, threads);
    if (status == CF_OK && !s->drops) {
        char *name = named_in(s->source->command);
        if (name && try_file(s, name) == CF_ENOMEM) status = CF_ENOMEM;
        free(name);
    }
    return status == CF_OK && !s->drops ? missing(s) : status;
}
