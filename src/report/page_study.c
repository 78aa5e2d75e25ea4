/* A study as JSON: where it came from, and every method's summary and curves. */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>

#include "channel/scenario.h"
#include "report/json.h"
#include "report/page.h"

/* The summary, as docs/formats.md names it. */
static const struct {
    const char *name;
    size_t offset;
} NUMBER[] = {
    {"mean", offsetof(cf_result, mean)},
    {"ci95", offsetof(cf_result, ci95)},
    {"of_best", offsetof(cf_result, of_best)},
    {"of_best_ci95", offsetof(cf_result, of_best_ci95)},
    {"of_best_p1", offsetof(cf_result, of_best_p1)},
    {"feasible_share", offsetof(cf_result, feasible_share)},
    {"broken_share", offsetof(cf_result, broken_share)},
    {"proven_share", offsetof(cf_result, proven_share)},
    {"floor_share", offsetof(cf_result, floor_share)},
    {"below_floor_share", offsetof(cf_result, below_floor_share)},
    {"users_on_mean", offsetof(cf_result, users_on_mean)},
    {"watts_mean", offsetof(cf_result, watts_mean)},
    {"us_per_drop", offsetof(cf_result, us_per_drop)},
    {"p50_us", offsetof(cf_result, p50_us)},
    {"p99_us", offsetof(cf_result, p99_us)},
    {"batch_us_per_drop", offsetof(cf_result, batch_us_per_drop)},
};

enum { DIGITS = 12 };

static void put_curve(text *t, const char *key, const cf_curve *c)
{
    if (c->n == 0) return;
    json_open(t, key, '{');
    json_numbers(t, "value", 6, c->value, (size_t)c->n);
    json_numbers(t, "share", 6, c->share, (size_t)c->n);
    json_close(t, '}');
}

/* Drops in which a constraint is broken, over all drops; null where it is not known. */
static void put_share(text *t, const char *key, int32_t broken, int32_t n)
{
    json_number(t, key, DIGITS, broken < 0 ? (double)NAN : (double)broken / n);
}

static void put_method(text *t, const cf_result *r, const cf_study_method *m)
{
    json_open(t, NULL, '{');
    json_text(t, "name", r->method);
    for (size_t i = 0; i < sizeof NUMBER / sizeof *NUMBER; i++)
        json_number(t, NUMBER[i].name, DIGITS,
                    *(const double *)((const char *)r + NUMBER[i].offset));
    put_share(t, "bad_entries", m->bad_entries, r->n);
    put_share(t, "aps_over", m->aps_over, r->n);
    put_share(t, "links_over", m->links_over, r->n);
    put_share(t, "users_short", m->users_short, r->n);
    put_curve(t, "objective_curve", &m->objective);
    put_curve(t, "lost_curve", &m->lost);
    put_curve(t, "rate_curve", &m->rates);
    json_close(t, '}');
}

static void put_source(text *t, const cf_study *s)
{
    const cf_results_source *o = s->source;
    char number[32];
    json_text(t, "file", s->path);
    json_text(t, "task", cf_task_name(o->task));
    json_text(t, "cellfree", o->cellfree);
    json_text(t, "command", o->command);
    json_text(t, "scenario", o->scenario);
    json_text(t, "scenario_yaml", o->scenario_yaml);
    snprintf(number, sizeof number, "%" PRIu64, o->seed); /* more digits than JSON's numbers keep */
    json_text(t, "seed", number);
    snprintf(number, sizeof number, "%" PRId64, o->first);
    json_text(t, "first", number);
    json_id(t, "drops_checksum", o->drops_checksum);
    if (s->drops) json_text(t, "drops_from", s->drops_from);
    if (s->drops_missing) json_text(t, "drops_missing", s->drops_missing);
}

static void put_power(text *t, const cf_drops *d)
{
    json_text(t, "limit", chan_limits_on[d->limit]);
    json_number(t, "limit_w", 6, d->limit_w);
    json_number(t, "bandwidth_hz", 6, d->bandwidth_hz);
    json_number(t, "mu", 6, d->mu);
    json_number(t, "static_w", 6, d->static_w);
    json_number(t, "noise_w", 6, d->noise_w);
    json_integer(t, "antennas", d->antennas);
}

static void put_range(text *t, const char *key, const int32_t *v, int32_t n)
{
    int32_t least = v[0], most = v[0];
    for (int32_t i = 1; i < n; i++) {
        if (v[i] < least) least = v[i];
        if (v[i] > most) most = v[i];
    }
    json_open(t, key, '[');
    json_integer(t, NULL, least);
    json_integer(t, NULL, most);
    json_close(t, ']');
}

static void put_problem(text *t, const cf_study *s)
{
    const cf_result *r = s->result[0];
    const int power = r->task == CF_TASK_POWER;
    json_integer(t, "n", r->n);
    json_integer(t, "aps", r->L);
    json_integer(t, "users", r->K);
    json_text(t, "objective", power ? chan_objectives[r->power_objective] : "sum-rate");
    json_text(t, "unit", cf_result_unit(r));
    json_integer(t, "certified", r->certified);
    if (power) json_number(t, "rate_floor", 6, r->rate_floor);
    if (!s->drops) return;
    if (power) {
        put_power(t, s->drops);
    } else {
        json_number(t, "noise_dbm", 6, s->drops->noise_dbm);
        put_range(t, "max_users", s->drops->max_users, s->drops->L);
        put_range(t, "min_aps", s->drops->min_aps, s->drops->K);
    }
}

cf_status report_put_study(text *t, const cf_study *s, int32_t most)
{
    json_open(t, NULL, '{');
    put_source(t, s);
    put_problem(t, s);
    json_open(t, "methods", '[');
    for (int32_t m = 0; m < s->count; m++) put_method(t, s->result[m], &s->method[m]);
    json_close(t, ']');
    const cf_status status = report_put_drops(t, s, most);
    json_close(t, '}');
    return status;
}
