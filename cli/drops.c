#include "drops.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "power.h"

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

/* ||h_lk||^2 or g[l,k,k] of link i of all. */
static double own_gain(const cf_drops *d, size_t i)
{
    const size_t K = (size_t)d->K, N = (size_t)d->antennas;
    if (!d->channel) return (double)d->gain[i * K + i % K];
    const float *h = d->channel + 2 * N * i;
    double sum = 0;
    for (size_t a = 0; a < 2 * N; a++) sum += (double)h[a] * (double)h[a];
    return sum;
}

/* Own gain over noise, which is the SNR at 1 W, in dB; links that hear nothing aside. */
static cli_range snr_range(const cf_drops *d)
{
    float *snr_db = cli_alloc(total(d), sizeof *snr_db);
    size_t heard = 0;
    for (size_t i = 0; i < total(d); i++) {
        const double gain = own_gain(d, i);
        if (gain > 0) snr_db[heard++] = (float)(10 * log10(gain / d->noise_w));
    }
    const cli_range r = cli_range_of(snr_db, heard);
    free(snr_db);
    return r;
}

void cli_drops_summary(const cf_drops *d, const char *path, FILE *f)
{
    fprintf(f, "%s: %d drops of %s, %d APs, %d users; ", path, d->n, d->scenario, d->L, d->K);
    if (d->task == CF_TASK_POWER) {
        const cli_range snr = snr_range(d);
        fprintf(f, "SNR at 1 W %.2f dB, std %.2f dB; ", snr.mean, snr.std);
    } else {
        const cli_range gain = cli_range_of(d->gain_dbm, total(d));
        fprintf(f, "gain %.2f dBm, std %.2f dB; ", gain.mean, gain.std);
    }
    fprintf(f, "checksum %016" PRIx64 "\n", d->checksum);
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

static void assignment_gains(const cf_drops *d)
{
    const cli_range gain = cli_range_of(d->gain_dbm, total(d));
    printf("  %-13s (%d,%d,%d)  dBm: %.2f to %.2f, mean %.2f, std %.2f\n", "gain_dbm", d->n, d->L,
           d->K, gain.least, gain.most, gain.mean, gain.std);
}

static void assignment_limits(const cf_drops *d)
{
    limits("max_users", "users an AP may serve (A)", d->max_users, d->L);
    limits("min_aps", "APs a user needs (U)", d->min_aps, d->K);
    printf("  %-13s %.3f dBm\n", "noise", d->noise_dbm);
}

static void power_gains(const cf_drops *d)
{
    const cli_range snr = snr_range(d);
    if (d->channel)
        printf("  %-13s (%d,%d,%d,%d)  complex, %d antennas an access point (N)", "channel", d->n,
               d->L, d->K, d->antennas, d->antennas);
    else
        printf("  %-13s (%d,%d,%d,%d)  to user k of the beam for user j", "gain", d->n, d->L, d->K,
               d->K);
    printf("; SNR at 1 W %.2f to %.2f dB, mean %.2f, std %.2f\n", snr.least, snr.most, snr.mean,
           snr.std);
}

static size_t links_open(const cf_drops *d)
{
    size_t open = 0;
    for (size_t i = 0; i < total(d); i++) open += d->serve[i] != 0;
    return open;
}

static void power_parameters(const cf_drops *d)
{
    if (d->serve)
        printf("  %-13s (%d,%d,%d)  %.1f %% of links may serve\n", "serve", d->n, d->L, d->K,
               100 * (double)links_open(d) / (double)total(d));
    printf("  %-13s %g W\n  %-13s %s, bandwidth %g Hz, mu %g, static power %g W a user\n", "noise",
           d->noise_w, "objective", cli_objective_name(d->objective), d->bandwidth_hz, d->mu,
           d->static_w);
    printf("  %-13s %s", "limit", cli_limit_name(d->limit));
    if (d->limit != CF_LIMIT_NONE) printf(", %g W", d->limit_w);
    putchar('\n');
    if (d->rate_floor > 0) printf("  %-13s %g bit/s/Hz\n", "rate floor", d->rate_floor);
}

void cli_drops_inspect(const cf_drops *d, const char *path)
{
    const int power = d->task == CF_TASK_POWER;
    printf("%s: drops for the task %s\n", path, cf_task_name(d->task));
    printf("  %-13s %d\n  %-13s %d access points (L), %d users (K)\n", "drops", d->n, "size", d->L,
           d->K);
    (power ? power_gains : assignment_gains)(d);
    positions("ap_position", d->ap_position, d->n, d->L);
    positions("ue_position", d->ue_position, d->n, d->K);
    (power ? power_parameters : assignment_limits)(d);
    printf("  %-13s %s, seed %" PRIu64 ", first drop %" PRId64 "\n", "scenario", d->scenario,
           d->seed, d->first);
    printf("  %-13s %016" PRIx64 "\n", "checksum", d->checksum);
    if (d->scenario_yaml[0]) printf("\n%s", d->scenario_yaml);
}

static void put_number(const char *key, double value, const char *after)
{
    cli_json_number(stdout, key, value);
    fputs(after, stdout);
}

static void assignment_json(const cf_drops *d)
{
    const cli_range gain = cli_range_of(d->gain_dbm, total(d));
    put_number("noise_dbm", d->noise_dbm, ",");
    put_number("gain_dbm_min", gain.least, ",");
    put_number("gain_dbm_max", gain.most, ",");
    put_number("gain_dbm_mean", gain.mean, ",");
    put_number("gain_dbm_std", gain.std, "}\n");
}

static void power_json(const cf_drops *d)
{
    const cli_range snr = snr_range(d);
    printf("\"antennas\":%d,", d->antennas);
    cli_json_text(stdout, "objective", cli_objective_name(d->objective));
    putchar(',');
    cli_json_text(stdout, "limit", cli_limit_name(d->limit));
    putchar(',');
    put_number("limit_w", d->limit == CF_LIMIT_NONE ? (double)NAN : d->limit_w, ",");
    put_number("rate_floor", d->rate_floor, ",");
    put_number("noise_w", d->noise_w, ",");
    put_number("mu", d->mu, ",");
    put_number("static_w", d->static_w, ",");
    put_number("bandwidth_hz", d->bandwidth_hz, ",");
    put_number("serve", d->serve ? (double)links_open(d) / (double)total(d) : 1, ",");
    put_number("snr_db_min", snr.least, ",");
    put_number("snr_db_max", snr.most, ",");
    put_number("snr_db_mean", snr.mean, ",");
    put_number("snr_db_std", snr.std, "}\n");
}

void cli_drops_inspect_json(const cf_drops *d, const char *path)
{
    fputc('{', stdout);
    cli_json_text(stdout, "file", path);
    printf(",\"kind\":\"drops\",\"task\":\"%s\",\"count\":%d,\"aps\":%d,\"users\":%d,",
           cf_task_name(d->task), d->n, d->L, d->K);
    cli_json_text(stdout, "scenario", d->scenario);
    printf(",\"seed\":%" PRIu64 ",\"first\":%" PRId64 ",\"checksum\":\"%016" PRIx64 "\",", d->seed,
           d->first, d->checksum);
    (d->task == CF_TASK_POWER ? power_json : assignment_json)(d);
}
