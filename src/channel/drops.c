#include "channel/drops.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status.h"

/* SIZE_MAX where it overflows. */
static size_t times(size_t a, size_t b)
{
    return b > 0 && a > SIZE_MAX / b ? SIZE_MAX : a * b;
}

static int get_zeros(void *out, int wanted, size_t count, size_t size)
{
    void *p = wanted && count <= (size_t)PTRDIFF_MAX / size ? calloc(count, size) : NULL;
    memcpy(out, &p, sizeof p); /* a float ** or int32_t ** alike */
    return p || !wanted;
}

/* A product that overflows is SIZE_MAX, which get_zeros refuses. */
static int get_arrays(cf_drops *d, const chan_shape *s)
{
    const int power = s->task == CF_TASK_POWER;
    const size_t n = (size_t)s->n, L = (size_t)s->L, K = (size_t)s->K, N = (size_t)s->antennas;
    const size_t links = times(times(n, L), K);
    return get_zeros(&d->gain_dbm, !power, links, sizeof(float)) &&
           get_zeros(&d->max_users, !power, L, sizeof(int32_t)) &&
           get_zeros(&d->min_aps, !power, K, sizeof(int32_t)) &&
           get_zeros(&d->channel, power && N > 0, times(links, N), 2 * sizeof(float)) &&
           get_zeros(&d->gain, power && N == 0, times(links, K), sizeof(float)) &&
           get_zeros(&d->serve, power && s->with_serve, links, 1) &&
           get_zeros(&d->ap_position, s->with_ap, times(n, L), 3 * sizeof(float)) &&
           get_zeros(&d->ue_position, s->with_ue, times(n, K), 3 * sizeof(float));
}

static cf_status check_shape(const chan_shape *s)
{
    if (s->n < 1 || s->L < 1 || s->L > CF_MAX_DIM || s->K < 1 || s->K > CF_MAX_DIM)
        return base_fail(CF_EARG,
                         "%d drops of %d access points and %d users, wanted at least 1 of each and "
                         "at most %d access points and users",
                         s->n, s->L, s->K, CF_MAX_DIM);
    if (s->task == CF_TASK_POWER && (int64_t)s->L * s->K > CF_MAX_POWER_LINKS)
        return base_fail(CF_EARG, "%d access points and %d users, wanted at most %d links", s->L,
                         s->K, CF_MAX_POWER_LINKS);
    if (s->antennas < 0 || s->antennas > CHAN_MAX_ANTENNAS)
        return base_fail(CF_EARG, "%d antennas, wanted at most %d", s->antennas, CHAN_MAX_ANTENNAS);
    return CF_OK;
}

cf_status chan_drops_new(cf_drops **out, const chan_shape *shape)
{
    cf_status status = check_shape(shape);
    if (status != CF_OK) return status;
    cf_drops *d = calloc(1, sizeof *d);
    if (!d) return base_fail(CF_ENOMEM, "no memory for drops");
    *d = (cf_drops){.task = shape->task,
                    .n = shape->n,
                    .L = shape->L,
                    .K = shape->K,
                    .antennas = shape->antennas,
                    .scenario = strdup(shape->name),
                    .scenario_yaml = strdup(shape->yaml)};
    if (!get_arrays(d, shape) || !d->scenario || !d->scenario_yaml) {
        cf_drops_free(d);
        return base_fail(CF_ENOMEM, "no memory for %d drops of %d x %d links", shape->n, shape->L,
                         shape->K);
    }
    *out = d;
    return CF_OK;
}

void cf_drops_free(cf_drops *d)
{
    if (!d) return;
    free(d->gain_dbm);
    free(d->max_users);
    free(d->min_aps);
    free(d->channel);
    free(d->gain);
    free(d->serve);
    free(d->ap_position);
    free(d->ue_position);
    free(d->scenario);
    free(d->scenario_yaml);
    free(d);
}

void cf_drops_snr(const cf_drops *d, int32_t i, double *snr)
{
    const size_t links = (size_t)d->L * (size_t)d->K;
    const float *gain = d->gain_dbm + (size_t)i * links;
    for (size_t j = 0; j < links; j++) snr[j] = pow(10, ((double)gain[j] - d->noise_dbm) / 10);
}

/* ---- parameters of task power ---- */

static cf_status check_number(const char *name, double v, double least, int above, double most)
{
    if (v <= most && (above ? v > least : v >= least)) return CF_OK;
    return base_fail(CF_EARG, "%s is %g, wanted %s %g to %g", name, v, above ? "above" : "from",
                     least, most);
}

cf_status chan_power_check(const cf_drops *d)
{
    const int efficiency = d->objective == CF_POWER_EE, limited = d->limit != CF_LIMIT_NONE;
    if ((unsigned)d->objective > CF_POWER_PROPORTIONAL || (unsigned)d->limit > CF_LIMIT_LINK)
        return base_fail(CF_EARG, "objective %d with limit %d, wanted 0 to %d and 0 to %d",
                         (int)d->objective, (int)d->limit, CF_POWER_PROPORTIONAL, CF_LIMIT_LINK);
    cf_status s = check_number("noise_w", d->noise_w, 0, 1, 1e30);
    if (s == CF_OK) s = check_number("mu", d->mu, 0, 0, 1e9);
    if (s == CF_OK) s = check_number("static_w", d->static_w, 0, efficiency, 1e9);
    if (s == CF_OK) s = check_number("bandwidth_hz", d->bandwidth_hz, 0, 1, 1e12);
    if (s == CF_OK) s = check_number("limit_w", d->limit_w, 0, limited, limited ? 1e9 : 0);
    if (s == CF_OK) s = check_number("rate_floor", d->rate_floor, 0, 0, 1000);
    return s;
}

/* ---- checksum ---- */

/* Presence counts too: no positions and positions of nothing must differ. */
static uint64_t hash_array(uint64_t h, const void *v, size_t n, size_t size)
{
    const unsigned char there = v != NULL;
    h = file_hash(h, &there, 1);
    return v ? file_hash(h, v, n * size) : h;
}

/* FNV-1a's step over words of 64 bits, which takes a channel's bytes eight times as fast; the last
 * one is filled up with zeros. Any one change of a word changes the result. */
static uint64_t hash_words(uint64_t h, const void *v, size_t n, size_t size)
{
    const unsigned char there = v != NULL, *p = v;
    h = file_hash(h, &there, 1);
    const size_t bytes = v ? n * size : 0;
    uint64_t word = 0;
    for (size_t i = 0; i < bytes / 8; i++) {
        memcpy(&word, p + 8 * i, 8);
        h = (h ^ word) * UINT64_C(1099511628211);
    }
    if (bytes % 8 == 0) return h;
    word = 0;
    memcpy(&word, p + bytes / 8 * 8, bytes % 8);
    return (h ^ word) * UINT64_C(1099511628211);
}

static uint64_t hash_power(uint64_t h, const cf_drops *d)
{
    const size_t links = (size_t)d->n * (size_t)d->L * (size_t)d->K;
    const int32_t choices[] = {(int32_t)d->objective, (int32_t)d->limit};
    const double numbers[] = {d->noise_w,      d->mu,      d->static_w,
                              d->bandwidth_hz, d->limit_w, d->rate_floor};
    h = file_hash(h, &d->antennas, sizeof d->antennas);
    h = hash_words(h, d->channel, links * (size_t)d->antennas, 2 * sizeof(float));
    h = hash_words(h, d->gain, links * (size_t)d->K, sizeof(float));
    h = hash_words(h, d->serve, links, 1);
    h = file_hash(h, choices, sizeof choices);
    return file_hash(h, numbers, sizeof numbers);
}

uint64_t chan_drops_checksum(const cf_drops *d)
{
    const int power = d->task == CF_TASK_POWER;
    const size_t n = (size_t)d->n, L = (size_t)d->L, K = (size_t)d->K;
    const int32_t sizes[] = {d->n, d->L, d->K};
    uint64_t h = file_hash(FILE_HASH, sizes, sizeof sizes);
    h = power ? hash_power(h, d) : hash_array(h, d->gain_dbm, n * L * K, sizeof(float));
    h = hash_array(h, d->ap_position, n * L * 3, sizeof(float));
    h = hash_array(h, d->ue_position, n * K * 3, sizeof(float));
    if (power) return h;
    h = file_hash(h, d->max_users, L * sizeof *d->max_users);
    h = file_hash(h, d->min_aps, K * sizeof *d->min_aps);
    return file_hash(h, &d->noise_dbm, sizeof d->noise_dbm);
}
