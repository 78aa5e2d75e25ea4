#include <math.h>
#include <omp.h>
#include <stdlib.h>

#include "base/rng.h"
#include "base/status.h"
#include "channel/drops.h"
#include "channel/fading.h"
#include "channel/geometry.h"
#include "channel/limits.h"
#include "channel/pathloss.h"
#include "channel/shadowing.h"

/* What one thread needs beside the drop: the shadowing factor (K,K) and two rows (K). */
static size_t scratch_size(const cf_scenario *s)
{
    const size_t K = (size_t)s->user_count;
    return (s->decorrelation_m > 0 ? K * K : 0) + 2 * K;
}

/* Received power of one link but for shadowing and fading [dBm]; *std_db is its shadowing's. */
static double mean_power_dbm(const cf_scenario *s, double d2d_m, rng *r, double *std_db)
{
    const double drop = s->ap_height_m - s->user_height_m;
    *std_db = s->shadow_los_db;
    if (s->path_loss == CHAN_LOG_DISTANCE)
        return chan_log_distance_dbm(s->intercept_dbm, s->slope_db,
                                     sqrt(d2d_m * d2d_m + drop * drop));
    const chan_path_loss model = (chan_path_loss)s->path_loss;
    const int los = rng_uniform(r) < chan_los_probability(model, d2d_m, s->user_height_m);
    const double environment = chan_environment_m(model, d2d_m, s->user_height_m, rng_uniform(r));
    if (!los) *std_db = s->shadow_nlos_db;
    return s->tx_power_dbm + s->antenna_gain_db -
           chan_3gpp_loss_db(model, los, d2d_m, s->ap_height_m, s->user_height_m, environment,
                             s->frequency_hz);
}

/* Drop i from its own stream of random numbers: positions, then link by link. */
static void make_drop(const cf_scenario *s, cf_drops *d, int32_t i, double *scratch)
{
    const int32_t L = d->L, K = d->K;
    float *ap = d->ap_position + (size_t)i * (size_t)L * 3;
    float *ue = d->ue_position + (size_t)i * (size_t)K * 3;
    float *gain = d->gain_dbm + (size_t)i * (size_t)L * (size_t)K;
    double *white = scratch, *shadow = scratch + K, *factor = scratch + 2 * (size_t)K;
    const double k_factor = pow(10, s->k_factor_db / 10);
    rng r = rng_stream(d->seed, RNG_DROP, (uint64_t)(d->first + i));
    chan_place_aps(s, L, &r, ap);
    chan_place_users(s, &r, ue);
    if (s->decorrelation_m > 0) chan_shadow_factor(s, ue, factor);
    for (int32_t l = 0; l < L; l++) {
        if (s->decorrelation_m > 0) chan_shadow_draw(factor, K, &r, white, shadow);
        for (int32_t k = 0; k < K; k++) {
            double std_db;
            const double d2d = chan_ground_distance(s, ap + 3 * (size_t)l, ue + 3 * (size_t)k);
            double dbm = mean_power_dbm(s, d2d, &r, &std_db);
            if (s->decorrelation_m > 0)
                dbm += std_db * shadow[k];
            else if (std_db > 0)
                dbm += std_db * rng_normal(&r);
            dbm += chan_fading_db((chan_fading)s->fading, k_factor, &r);
            gain[(size_t)l * (size_t)K + (size_t)k] = (float)dbm;
        }
    }
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

cf_status cf_drops_generate(cf_drops **out, const cf_scenario *s, uint64_t seed, int64_t first,
                            int32_t n, int32_t threads)
{
    if (!out || !s) return base_fail(CF_EARG, "generate: a pointer is NULL");
    cf_drops *d = NULL;
    cf_status status = check_request(first, n, threads);
    if (status != CF_OK) return status;
    const int32_t L = chan_ap_count(s, seed);
    if (s->layout == CHAN_POISSON) status = chan_limits_check(s, L);
    if (status != CF_OK)
        return base_fail_in(status, "%s with seed %llu", s->name, (unsigned long long)seed);
    status = chan_drops_new(&d, n, L, (int32_t)s->user_count, 1, 1, s->name, s->yaml);
    if (status != CF_OK) return status;
    const int team = threads > 0 ? threads : omp_get_max_threads();
    const size_t each = scratch_size(s);
    double *scratch = each <= SIZE_MAX / sizeof *scratch / (size_t)team
                          ? malloc(each * (size_t)team * sizeof *scratch)
                          : NULL;
    if (!scratch) {
        cf_drops_free(d);
        return base_fail(CF_ENOMEM, "no memory to generate with %d threads", team);
    }
    d->seed = seed;
    d->first = first;
    d->noise_dbm = chan_noise_dbm(s);
    chan_limits_fill(s, L, d->max_users, d->min_aps);
#pragma omp parallel for num_threads(team) schedule(static)
    for (int32_t i = 0; i < n; i++)
        make_drop(s, d, i, scratch + each * (size_t)omp_get_thread_num());
    free(scratch);
    d->checksum = chan_drops_checksum(d);
    *out = d;
    return CF_OK;
}
