/* What the drops tell of every method's allocations. */
#include <math.h>
#include <stdlib.h>

#include "base/status.h"
#include "report/study.h"

/* Scratch for one drop; either task's part is used. */
typedef struct work {
    double *snr, *rate; /* (L,K), (K) */
    float *gain;        /* (L,K,K)    */
    cf_assignment assignment;
    cf_power power;
} work;

static cf_status open_work(work *w, const cf_study *s)
{
    const size_t K = (size_t)s->drops->K, links = (size_t)s->drops->L * K;
    *w = (work){.rate = malloc(K * sizeof(double))};
    if (s->drops->task == CF_TASK_POWER)
        w->gain = malloc(links * K * sizeof *w->gain);
    else
        w->snr = malloc(links * sizeof *w->snr);
    if (w->rate && (w->gain || w->snr)) return CF_OK;
    return base_fail(CF_ENOMEM, "%.300s: no memory for a drop", s->path);
}

static cf_status take_drop(work *w, const cf_drops *d, int32_t i)
{
    if (d->task == CF_TASK_POWER) return cf_drops_power(d, i, w->gain, &w->power);
    cf_drops_snr(d, i, w->snr);
    w->assignment = (cf_assignment){d->L, d->K, w->snr, d->max_users, d->min_aps};
    return CF_OK;
}

/* R_k = log2(1 + sum_l x_lk s_lk) of every user, eq. (B2a). */
static void user_rates(const cf_assignment *p, const uint8_t *x, float *rate)
{
    for (int32_t k = 0; k < p->K; k++) {
        double sum = 0;
        for (int32_t l = 0; l < p->L; l++)
            if (x[l * p->K + k]) sum += p->snr[l * p->K + k];
        rate[k] = (float)log2(1 + sum);
    }
}

static void judge_assignment(const work *w, const uint8_t *x, cf_study_method *m, float *rate)
{
    const cf_violations v = cf_assignment_violations(&w->assignment, x);
    m->bad_entries += v.not_binary > 0;
    m->aps_over += v.aps_over > 0;
    m->users_short += v.users_short > 0;
    user_rates(&w->assignment, x, rate);
}

static void judge_power(const work *w, const float *watts, cf_study_method *m, float *rate)
{
    const cf_power_violations v = cf_power_check_watts(&w->power, watts);
    m->bad_entries += v.bad_entries > 0;
    m->aps_over += v.aps_over > 0;
    m->links_over += v.links_over > 0;
    m->users_short += v.users_below_floor > 0;
    cf_power_rates(&w->power, watts, w->rate);
    for (int32_t k = 0; k < w->power.K; k++) rate[k] = (float)w->rate[k];
}

static cf_status open_methods(cf_study *s)
{
    const size_t users = (size_t)s->drops->n * (size_t)s->drops->K;
    const int power = s->drops->task == CF_TASK_POWER;
    for (int32_t m = 0; m < s->count; m++) {
        cf_study_method *own = &s->method[m];
        own->rate = malloc(users * sizeof *own->rate);
        if (!own->rate) return base_fail(CF_ENOMEM, "%.300s: no memory for rates", s->path);
        own->bad_entries = own->aps_over = 0;
        if (power) own->links_over = 0;
        own->users_short = power && !(s->drops->rate_floor > 0) ? -1 : 0;
    }
    return CF_OK;
}

static void judge_drop(cf_study *s, const work *w, int32_t i)
{
    const size_t K = (size_t)s->drops->K, links = (size_t)s->drops->L * K;
    for (int32_t m = 0; m < s->count; m++) {
        const cf_result *r = s->result[m];
        cf_study_method *own = &s->method[m];
        float *rate = own->rate + (size_t)i * K;
        if (r->task == CF_TASK_POWER)
            judge_power(w, r->watts + (size_t)i * links, own, rate);
        else
            judge_assignment(w, r->x + (size_t)i * links, own, rate);
    }
}

cf_status report_judge(cf_study *s)
{
    work w;
    cf_status status = open_methods(s);
    if (status != CF_OK) return status;
    status = open_work(&w, s);
    for (int32_t i = 0; i < s->drops->n && status == CF_OK; i++) {
        status = take_drop(&w, s->drops, i);
        if (status == CF_OK) judge_drop(s, &w, i);
    }
    free(w.snr);
    free(w.rate);
    free(w.gain);
    return status;
}
