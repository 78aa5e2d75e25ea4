/* Solvers, a drop a call: what a drop costs them depends on the drop, so each is a kind of its own. */
#include <math.h>
#include <stdlib.h>

#include <cellfree/method.h>

#include "base/status.h"
#include "bench/setting.h"

enum { ASSIGNMENT_DROPS = 256, POWER_DROPS = 64 };

typedef struct solver {
    bench_setting setting;
    cf_method *method;
    cf_power_method *power_method;
} solver;

static void close_solver(void *self)
{
    solver *s = self;
    if (!s) return;
    cf_method_free(s->method);
    cf_power_method_free(s->power_method);
    bench_setting_close(&s->setting);
    free(s);
}

static cf_status call(void *self, int64_t i)
{
    const solver *s = self;
    const int64_t drop = i % ASSIGNMENT_DROPS,
                  links = (int64_t)s->setting.drops->L * s->setting.drops->K;
    const cf_assignment p = bench_assignment(&s->setting, drop);
    return cf_method_run(s->method, &p, 0, drop, s->setting.x + drop * links, NULL, NULL);
}

static cf_status call_power(void *self, int64_t i)
{
    const solver *s = self;
    const int64_t drop = i % POWER_DROPS,
                  links = (int64_t)s->setting.drops->L * s->setting.drops->K;
    return cf_power_method_run(s->power_method, &s->setting.power[drop], 0, drop,
                               s->setting.watts + drop * links, NULL);
}

static cf_status open_solver(bench_work *w, const bench_row *row, int power)
{
    solver *s = calloc(1, sizeof *s);
    if (!s) return base_fail(CF_ENOMEM, "bench: no memory");
    const int32_t n = power ? POWER_DROPS : ASSIGNMENT_DROPS;
    *w = (bench_work){.drops = 1,
                      .kinds = n,
                      .threads = 1,
                      .flops = (double)NAN,
                      .bytes = (double)NAN,
                      .call = power ? call_power : call,
                      .close = close_solver,
                      .self = s};
    cf_status status = bench_setting_open(&s->setting, row, n);
    if (status != CF_OK) return status;
    const int32_t L = s->setting.drops->L, K = s->setting.drops->K;
    return power ? cf_power_method_make(&s->power_method, row->subject, NULL, L, K)
                 : cf_method_make(&s->method, row->subject, NULL, L, K);
}

cf_status bench_open_solver(bench_work *w, const bench_row *row, int32_t threads)
{
    (void)threads;
    return open_solver(w, row, 0);
}

cf_status bench_open_power_solver(bench_work *w, const bench_row *row, int32_t threads)
{
    (void)threads;
    return open_solver(w, row, 1);
}
