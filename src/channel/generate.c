#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/status.h"
#include "channel/array.h"
#include "channel/drops.h"
#include "channel/fading.h"
#include "channel/geometry.h"
#include "channel/limits.h"
#include "channel/normals.h"
#include "channel/pathloss.h"
#include "channel/shadowing.h"

/* What one thread needs beside the drop: the shadowing factor (K,K) and three rows (K), and for
 * power the levels (L,K). */
typedef struct scratch {
    double *factor, *white, *shadow, *mean;
    float *level;
    chan_normals_batch *normals;
} scratch;

static void free_scratch(scratch *w)
{
    free(w->factor);
    free(w->level);
}

static int get_scratch(const cf_scenario *s, int32_t L, scratch *w)
{
    const size_t K = (size_t)s->user_count, correlated = s->decorrelation_m > 0 ? K * K : 0;
    *w = (scratch){.factor = malloc((correlated + 3 * K) * sizeof(double))};
    if (!w->factor) return 0;
    w->white = w->factor + correlated;
    w->shadow = w->white + K;
    w->mean = w->shadow + K;
    if (s->task == CF_TASK_ASSIGNMENT) return 1;
    w->level = malloc((size_t)L * K * sizeof(float));
    return w->level != NULL;
}

/* Levels (K) of an AP's links but for shadowing and fading where they follow from the distance
 * alone. */
static void levels_by_distance(const cf_scenario *s, const float *ap, const float *ue, double *db)
{
    const int32_t K = (int32_t)s->user_count;
    const double drop = s->ap_height_m - s->user_height_m;
    for (int32_t k = 0; k < K; k++) {
        const double d2d_m = chan_ground_distance(s, ap, ue + 3 * (size_t)k);
        db[k] = sqrt(d2d_m * d2d_m + drop * drop);
    }
    chan_log_distance(s->intercept_db, s->slope_db, K, db);
}

/* Of one link where sight is drawn: received power [dBm] or, for task power, gain [dB]; *std_db is
 * its shadowing's. */
static double level_by_sight(const cf_scenario *s, const float *ap, const float *ue, rng *r,
                             double *std_db)
{
    const double d2d_m = chan_ground_distance(s, ap, ue);
    const chan_path_loss model = (chan_path_loss)s->path_loss;
    const int los = rng_uniform(r) < chan_los_probability(model, d2d_m, s->user_height_m);
    const double environment = chan_environment_m(model, d2d_m, s->user_height_m, rng_uniform(r));
    if (!los) *std_db = s->shadow_nlos_db;
    return s->tx_power_dbm + s->antenna_gain_db -
           chan_3gpp_loss_db(model, los, d2d_m, s->ap_height_m, s->user_height_m, environment,
                             s->frequency_hz);
}

/* Levels (L,K) of a drop at these positions, link by link. For assignment fading is in them, and
 * normals come one by one from r; for power `level` comes with normals in it. */
static void draw_levels(const cf_scenario *s, const float *ap, const float *ue, int32_t L, rng *r,
                        const scratch *w, float *level)
{
    const int32_t K = (int32_t)s->user_count;
    const double k_factor = pow(10, s->k_factor_db / 10);
    const int assignment = s->task == CF_TASK_ASSIGNMENT;
    const int by_distance = s->path_loss == CHAN_LOG_DISTANCE;
    if (s->decorrelation_m > 0) chan_shadow_factor(s, ue, w->factor);
    for (int32_t l = 0; l < L; l++) {
        if (s->decorrelation_m > 0) chan_shadow_draw(w->factor, K, r, w->white, w->shadow);
        if (by_distance) levels_by_distance(s, ap + 3 * (size_t)l, ue, w->mean);
        for (int32_t k = 0; k < K; k++) {
            double std_db = s->shadow_los_db;
            float *out = level + (size_t)l * (size_t)K + (size_t)k;
            double db = by_distance
                            ? w->mean[k]
                            : level_by_sight(s, ap + 3 * (size_t)l, ue + 3 * (size_t)k, r, &std_db);
            if (s->decorrelation_m > 0)
                db += std_db * w->shadow[k];
            else if (std_db > 0)
                db += std_db * (assignment ? rng_normal(r) : (double)*out);
            if (assignment) db += chan_fading_db((chan_fading)s->fading, k_factor, r);
            *out = (float)db;
        }
    }
}

/* Drop i from its own streams of random numbers: positions, levels, antennas. */
static void make_drop(const cf_scenario *s, cf_drops *d, int32_t i, const scratch *w)
{
    const size_t L = (size_t)d->L, K = (size_t)d->K;
    float *ap = d->ap_position + (size_t)i * L * 3;
    float *ue = d->ue_position + (size_t)i * K * 3;
    float *level = w->level ? w->level : d->gain_dbm + (size_t)i * L * K;
    const uint64_t index = (uint64_t)(d->first + i);
    rng r = rng_stream(d->seed, RNG_DROP, index);
    chan_place_aps(s, d->L, &r, ap);
    chan_place_users(s, &r, ue);
    if (w->level) chan_normals(w->normals, d->seed, RNG_SHADOW, index, level, L * K);
    draw_levels(s, ap, ue, d->L, &r, w, level);
    if (d->task != CF_TASK_POWER) return;
    chan_array_fill(s, d, i, level, w->normals);
    chan_serve_fill(s, d, i, w->level);
}

static cf_status check_request(int64_t first, int32_t n, int32_t threads)
{
    if (n < 1 || first < 0 || first > INT64_MAX - n)
        return base_fail(CF_EARG, "%d drops from %lld, wanted at least 1 from 0 or later", n,
                         (long long)first);
    if (threads < 0 || threads > 4096)
        return base_fail(CF_EARG, "%d threads, wanted 0 to 4096", threads);
    return CF_OK;
}

/* Everything in *d that is the same for all drops. */
static void fill_parameters(const cf_scenario *s, cf_drops *d)
{
    if (s->task == CF_TASK_ASSIGNMENT) {
        d->noise_dbm = chan_noise_dbm(s);
        chan_limits_fill(s, d->L, d->max_users, d->min_aps);
        return;
    }
    d->noise_w = chan_noise_w(s);
    d->mu = s->mu;
    d->static_w = s->static_w;
    d->bandwidth_hz = s->bandwidth_hz;
    d->limit_w = s->limit_w;
    d->rate_floor = s->rate_floor;
    d->objective = (cf_power_objective)s->objective;
    d->limit = (cf_power_limit)s->limit;
}

static cf_status make_drops(const cf_scenario *s, cf_drops *d, int team)
{
    scratch *w = calloc((size_t)team, sizeof *w);
    int ready = w != NULL;
    for (int t = 0; ready && t < team; t++) ready = get_scratch(s, d->L, w + t);
    chan_normals_batch *normals = s->task == CF_TASK_POWER ? chan_normals_best() : NULL;
    for (int t = 0; ready && t < team; t++) w[t].normals = normals;
    if (ready) {
#pragma omp parallel for num_threads(team) schedule(static)
        for (int32_t i = 0; i < d->n; i++) make_drop(s, d, i, w + omp_get_thread_num());
    }
    for (int t = 0; w && t < team; t++) free_scratch(w + t);
    free(w);
    return ready ? CF_OK : base_fail(CF_ENOMEM, "no memory to generate with %d threads", team);
}

cf_status cf_drops_generate(cf_drops **out, const cf_scenario *s, uint64_t seed, int64_t first,
                            int32_t n, int32_t threads)
{
    if (!out || !s) return base_fail(CF_EARG, "generate: a pointer is NULL");
    cf_drops *d = NULL;
    cf_status status = check_request(first, n, threads);
    if (status != CF_OK) return status;
    const int32_t L = chan_ap_count(s, seed);
    if (s->layout == CHAN_POISSON && s->task == CF_TASK_ASSIGNMENT)
        status = chan_limits_check(s, L);
    const chan_shape shape = {.task = (cf_task)s->task,
                              .n = n,
                              .L = L,
                              .K = (int32_t)s->user_count,
                              .antennas = (int32_t)s->antennas,
                              .with_serve = s->serve != CHAN_ALL,
                              .with_ap = 1,
                              .with_ue = 1,
                              .name = s->name,
                              .yaml = s->yaml};
    if (status == CF_OK) status = chan_drops_new(&d, &shape);
    if (status != CF_OK)
        return base_fail_in(status, "%s with seed %llu", s->name, (unsigned long long)seed);
    d->seed = seed;
    d->first = first;
    fill_parameters(s, d);
    status = make_drops(s, d, threads > 0 ? threads : omp_get_max_threads());
    if (status != CF_OK) {
        cf_drops_free(d);
        return status;
    }
    d->checksum = chan_drops_checksum(d);
    *out = d;
    return CF_OK;
}
