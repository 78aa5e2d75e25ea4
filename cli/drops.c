#include "drops.h"

#include <inttypes.h>
#include <math.h>

cli_range cli_range_of(const float *v, size_t count)
{
    cli_range r = {.least = INFINITY, .most = -INFINITY};
    double squares = 0;
    for (size_t i = 0; i < count; i++) {
        r.least = fmin(r.least, v[i]);
        r.most = fmax(r.most, v[i]);
        r.mean += v[i];
    }
    r.mean /= (double)count;
    for (size_t i = 0; i < count; i++) squares += (v[i] - r.mean) * (v[i] - r.mean);
    r.std = sqrt(squares / (double)count);
    return r;
}

static size_t total(const cf_drops *d)
{
    return (size_t)d->n * (size_t)d->L * (size_t)d->K;
}

void cli_drops_summary(const cf_drops *d, const char *path, FILE *f)
{
    const cli_range gain = cli_range_of(d->gain_dbm, total(d));
    fprintf(f,
            "%s: %d drops of %s, %d APs, %d users; gain %.2f dBm, std %.2f dB; "
            "checksum %016" PRIx64 "\n",
            path, d->n, d->scenario, d->L, d->K, gain.mean, gain.std, d->checksum);
}

static void limits(const char *name, const char *meaning, const int32_t *v, int32_t n)
{
    int32_t least = v[0], most = v[0];
    for (int32_t i = 1; i < n; i++) {
        if (v[i] < least) least = v[i];
        if (v[i] > most) most = v[i];
    }
    if (least == most)
        printf("  %-13s (%d)  %s: %d\n", name, n, meaning, least);
    else
        printf("  %-13s (%d)  %s: %d to %d\n", name, n, meaning, least, most);
}

static void positions(const char *name, const float *v, int32_t n, int32_t count)
{
    if (!v) return;
    float least[3] = {INFINITY, INFINITY, INFINITY}, most[3] = {-INFINITY, -INFINITY, -INFINITY};
    for (size_t i = 0; i < (size_t)n * (size_t)count; i++)
        for (size_t a = 0; a < 3; a++) {
            least[a] = fminf(least[a], v[3 * i + a]);
            most[a] = fmaxf(most[a], v[3 * i + a]);
        }
    printf("  %-13s (%d,%d,3)  m: x %g to %g, y %g to %g, z %g to %g\n", name, n, count,
           (double)least[0], (double)most[0], (double)least[1], (double)most[1], (double)least[2],
           (double)most[2]);
}

void cli_drops_inspect(const cf_drops *d, const char *path)
{
    const cli_range gain = cli_range_of(d->gain_dbm, total(d));
    printf("%s: drops for the task assignment\n", path);
    printf("  %-13s %d\n  %-13s %d access points (L), %d users (K)\n", "drops", d->n, "size", d->L,
           d->K);
    printf("  %-13s (%d,%d,%d)  dBm: %.2f to %.2f, mean %.2f, std %.2f\n", "gain_dbm", d->n, d->L,
           d->K, gain.least, gain.most, gain.mean, gain.std);
    positions("ap_position", d->ap_position, d->n, d->L);
    positions("ue_position", d->ue_position, d->n, d->K);
    limits("max_users", "users an AP may serve (A)", d->max_users, d->L);
    limits("min_aps", "APs a user needs (U)", d->min_aps, d->K);
    printf("  %-13s %.3f dBm\n", "noise", d->noise_dbm);
    printf("  %-13s %s, seed %" PRIu64 ", first drop %" PRId64 "\n", "scenario", d->scenario,
           d->seed, d->first);
    printf("  %-13s %016" PRIx64 "\n", "checksum", d->checksum);
    if (d->scenario_yaml[0]) printf("\n%s", d->scenario_yaml);
}

void cli_drops_inspect_json(const cf_drops *d, const char *path)
{
    const cli_range gain = cli_range_of(d->gain_dbm, total(d));
    fputc('{', stdout);
    cli_json_text(stdout, "file", path);
    printf(",\"kind\":\"drops\",\"task\":\"assignment\",\"count\":%d,\"aps\":%d,\"users\":%d,",
           d->n, d->L, d->K);
    cli_json_text(stdout, "scenario", d->scenario);
    printf(",\"seed\":%" PRIu64 ",\"first\":%" PRId64 ",\"checksum\":\"%016" PRIx64 "\",", d->seed,
           d->first, d->checksum);
    cli_json_number(stdout, "noise_dbm", d->noise_dbm);
    fputc(',', stdout);
    cli_json_number(stdout, "gain_dbm_min", gain.least);
    fputc(',', stdout);
    cli_json_number(stdout, "gain_dbm_max", gain.most);
    fputc(',', stdout);
    cli_json_number(stdout, "gain_dbm_mean", gain.mean);
    fputc(',', stdout);
    cli_json_number(stdout, "gain_dbm_std", gain.std);
    fputs("}\n", stdout);
}
