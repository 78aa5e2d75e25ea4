#include "channel/drops.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/status.h"

static void *zeros(size_t a, size_t b, size_t c, size_t size)
{
    return a * b <= SIZE_MAX / size / c ? calloc(a * b * c, size) : NULL;
}

cf_status chan_drops_new(cf_drops **out, int32_t n, int32_t L, int32_t K, int32_t with_ap,
                         int32_t with_ue, const char *name, const char *yaml)
{
    if (n < 1 || L < 1 || L > CF_MAX_DIM || K < 1 || K > CF_MAX_DIM)
        return base_fail(CF_EARG,
                         "%d drops of %d access points and %d users, wanted at least 1 of each and "
                         "at most %d access points and users",
                         n, L, K, CF_MAX_DIM);
    const size_t N = (size_t)n, A = (size_t)L, U = (size_t)K;
    cf_drops *d = calloc(1, sizeof *d);
    if (!d) return base_fail(CF_ENOMEM, "no memory for drops");
    *d = (cf_drops){.n = n, .L = L, .K = K};
    d->gain_dbm = zeros(N, A, U, sizeof(float));
    d->ap_position = with_ap ? zeros(N, A, 3, sizeof(float)) : NULL;
    d->ue_position = with_ue ? zeros(N, U, 3, sizeof(float)) : NULL;
    d->max_users = zeros(A, 1, 1, sizeof(int32_t));
    d->min_aps = zeros(U, 1, 1, sizeof(int32_t));
    d->scenario = strdup(name);
    d->scenario_yaml = strdup(yaml);
    if (!d->gain_dbm || (with_ap && !d->ap_position) || (with_ue && !d->ue_position) ||
        !d->max_users || !d->min_aps || !d->scenario || !d->scenario_yaml) {
        cf_drops_free(d);
        return base_fail(CF_ENOMEM, "no memory for %d drops of %d x %d gains", n, L, K);
    }
    *out = d;
    return CF_OK;
}

void cf_drops_free(cf_drops *d)
{
    if (!d) return;
    free(d->gain_dbm);
    free(d->ap_position);
    free(d->ue_position);
    free(d->max_users);
    free(d->min_aps);
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

/* Presence counts too: no positions and positions of nothing must differ. */
static uint64_t hash_floats(uint64_t h, const float *v, size_t n)
{
    const unsigned char there = v != NULL;
    h = file_hash(h, &there, 1);
    return v ? file_hash(h, v, n * sizeof *v) : h;
}

uint64_t chan_drops_checksum(const cf_drops *d)
{
    const size_t n = (size_t)d->n, L = (size_t)d->L, K = (size_t)d->K;
    const int32_t sizes[] = {d->n, d->L, d->K};
    uint64_t h = file_hash(FILE_HASH, sizes, sizeof sizes);
    h = hash_floats(h, d->gain_dbm, n * L * K);
    h = hash_floats(h, d->ap_position, n * L * 3);
    h = hash_floats(h, d->ue_position, n * K * 3);
    h = file_hash(h, d->max_users, L * sizeof *d->max_users);
    h = file_hash(h, d->min_aps, K * sizeof *d->min_aps);
    return file_hash(h, &d->noise_dbm, sizeof d->noise_dbm);
}
