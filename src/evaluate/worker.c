#include "evaluate/worker.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/status.h"
#include "evaluate/judge.h"

/* A single run below this is repeated once on a thread's first drop, and the second time counts:
 * the first pays for cold caches and page faults, which no later drop does. */
#define WARM_UP_BELOW_S 1e-3

static size_t links(const cf_drops *d)
{
    return (size_t)d->L * (size_t)d->K;
}

static cf_status take_room(eval_worker *w)
{
    const size_t n = links(w->d), K = (size_t)w->d->K;
    if (w->d->task != CF_TASK_POWER)
        w->snr = malloc(n * sizeof *w->snr);
    else if (n <= SIZE_MAX / sizeof *w->gain / K)
        w->gain = malloc(n * K * sizeof *w->gain);
    if (w->snr || w->gain) return CF_OK;
    return base_fail(CF_ENOMEM, "evaluate: no memory for a drop of %d access points and %d users",
                     w->d->L, w->d->K);
}

cf_status eval_worker_open(eval_worker *w, const cf_drops *d, const cf_evaluate_item *item)
{
    *w = (eval_worker){.d = d};
    cf_status s;
    if (d->task == CF_TASK_POWER) {
        s = cf_power_method_make(&w->power_method, item->spec, item->policy, d->L, d->K);
        if (s == CF_OK) s = cf_power_method_serves(w->power_method, d->objective, d->limit);
    } else {
        s = cf_method_make(&w->method, item->spec, item->policy, d->L, d->K);
    }
    return s == CF_OK ? take_room(w) : s;
}

void eval_worker_close(eval_worker *w)
{
    cf_method_free(w->method);
    cf_power_method_free(w->power_method);
    free(w->snr);
    free(w->gain);
}

cf_assignment eval_assignment_of(const cf_drops *d, const double *snr)
{
    return (cf_assignment){
        .L = d->L, .K = d->K, .snr = snr, .max_users = d->max_users, .min_aps = d->min_aps};
}

cf_status eval_worker_check(eval_worker *w, int32_t i)
{
    if (w->d->task == CF_TASK_POWER) {
        cf_power p;
        const cf_status s = cf_drops_power(w->d, i, w->gain, &p);
        return s == CF_OK ? cf_power_check(&p) : s;
    }
    cf_drops_snr(w->d, i, w->snr);
    const cf_assignment p = eval_assignment_of(w->d, w->snr);
    return cf_assignment_check(&p);
}

static int runs_again(eval_worker *w, cf_status s, double seconds)
{
    return s == CF_OK && !w->warm++ && seconds < WARM_UP_BELOW_S;
}

static cf_status decide_power(eval_worker *w, int32_t i, uint64_t seed, cf_result *r,
                              cf_report *report)
{
    float *watts = r->watts + (size_t)i * links(w->d);
    cf_power p;
    cf_status s = cf_drops_power(w->d, i, w->gain, &p);
    if (s != CF_OK) return s;
    do {
        const double start = clock_now();
        s = cf_power_method_run(w->power_method, &p, seed, w->d->first + i, watts, report);
        r->seconds[i] = clock_now() - start;
    } while (runs_again(w, s, r->seconds[i]));
    return s == CF_OK ? eval_judge_power(r, &p, i, report) : s;
}

static cf_status decide_assignment(eval_worker *w, int32_t i, uint64_t seed, cf_result *r,
                                   cf_report *report)
{
    const size_t at = (size_t)i * links(w->d);
    float *relaxed = r->relaxed ? r->relaxed + at : NULL;
    cf_drops_snr(w->d, i, w->snr);
    const cf_assignment p = eval_assignment_of(w->d, w->snr);
    cf_status s;
    do {
        const double start = clock_now();
        s = cf_method_run(w->method, &p, seed, w->d->first + i, r->x + at, relaxed, report);
        r->seconds[i] = clock_now() - start;
    } while (runs_again(w, s, r->seconds[i]));
    return s == CF_OK ? eval_judge(r, w->d, i, report) : s;
}

cf_status eval_worker_decide(eval_worker *w, int32_t i, uint64_t seed, cf_result *r,
                             cf_report *report)
{
    return w->d->task == CF_TASK_POWER ? decide_power(w, i, seed, r, report)
                                       : decide_assignment(w, i, seed, r, report);
}
