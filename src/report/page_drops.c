/* The drops that the page draws. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "report/json.h"
#include "report/page.h"

/* Links of less than this share of the drop's strongest cannot be seen. */
#define FAINT 1e-6

/* As many as asked for and there are, and as the page can hold. */
static int32_t how_many(const cf_study *s, int32_t most)
{
    const cf_result *r = s->result[0];
    const int64_t links = (int64_t)r->L * r->K * s->count;
    const int64_t room = CF_PAGE_LINKS / links;
    const int64_t count = most < r->n ? most : r->n;
    return (int32_t)(count < room ? count : room);
}

/* x, y of drop i's `count` sites, in metres. */
static void put_sites(text *t, const float *position, int32_t i, int32_t count)
{
    json_open(t, NULL, '[');
    for (int32_t j = 0; j < count; j++)
        for (int32_t axis = 0; axis < 2; axis++) {
            const size_t at = ((size_t)i * (size_t)count + (size_t)j) * 3 + (size_t)axis;
            json_number(t, NULL, 5, (double)position[at]);
        }
    json_close(t, ']');
}

/* Once, where they stand still over all drops that are shown. */
static void put_positions(text *t, const char *key, const float *position, int32_t drops,
                          int32_t count)
{
    if (!position) return;
    const size_t size = (size_t)count * 3;
    int32_t moved = 0;
    for (int32_t i = 1; i < drops && !moved; i++)
        moved = memcmp(position, position + (size_t)i * size, size * sizeof *position) != 0;
    json_open(t, key, '[');
    for (int32_t i = 0; i < (moved ? drops : 1); i++) put_sites(t, position, i, count);
    json_close(t, ']');
}

/* Received SNR in dB, for power that of 1 W; null where nothing is heard. */
static cf_status put_snr(text *t, const cf_drops *d, int32_t drops)
{
    const size_t K = (size_t)d->K, links = (size_t)d->L * K;
    const int power = d->task == CF_TASK_POWER;
    double *snr = malloc(links * sizeof *snr);
    float *gain = power ? malloc(links * K * sizeof *gain) : NULL;
    cf_status s = snr && (gain || !power) ? CF_OK : base_fail(CF_ENOMEM, "no memory for a drop");
    json_open(t, "snr_db", '[');
    for (int32_t i = 0; i < drops && s == CF_OK; i++) {
        cf_power p = {0};
        if (power)
            s = cf_drops_power(d, i, gain, &p);
        else
            cf_drops_snr(d, i, snr);
        for (size_t j = 0; j < links && s == CF_OK; j++) {
            if (power) snr[j] = (double)gain[j * K + j % K] / d->noise_w;
            snr[j] = 10 * log10(snr[j]);
        }
        if (s == CF_OK) json_numbers(t, NULL, 3, snr, links);
    }
    json_close(t, ']');
    free(snr);
    free(gain);
    return s;
}

/* Pairs of link and watts, of the links that can be seen. */
static void put_watts(text *t, const float *watts, size_t links)
{
    float most = 0;
    for (size_t j = 0; j < links; j++) most = fmaxf(most, watts[j]);
    json_open(t, NULL, '[');
    for (size_t j = 0; j < links; j++) {
        if (!((double)watts[j] > FAINT * (double)most)) continue;
        json_integer(t, NULL, (int64_t)j);
        json_number(t, NULL, 3, (double)watts[j]);
    }
    json_close(t, ']');
}

static void put_links(text *t, const cf_result *r, int32_t drops)
{
    const size_t links = (size_t)r->L * (size_t)r->K;
    json_open(t, r->watts ? "watts" : "x", '[');
    for (int32_t i = 0; i < drops; i++) {
        if (r->watts)
            put_watts(t, r->watts + (size_t)i * links, links);
        else
            json_bits(t, NULL, r->x + (size_t)i * links, links);
    }
    json_close(t, ']');
}

static void put_counts(text *t, const char *key, const int32_t *value, int32_t drops)
{
    if (!value) return;
    json_open(t, key, '[');
    for (int32_t i = 0; i < drops; i++) json_integer(t, NULL, value[i]);
    json_close(t, ']');
}

static void put_method(text *t, const cf_result *r, const cf_study_method *m, int32_t drops)
{
    json_open(t, NULL, '{');
    put_links(t, r, drops);
    json_numbers(t, "objective", 8, r->objective, (size_t)drops);
    json_numbers(t, "bound", 8, r->bound, (size_t)drops);
    if (r->seconds) json_numbers(t, "seconds", 3, r->seconds, (size_t)drops);
    json_bits(t, "feasible", r->feasible, (size_t)drops);
    json_bits(t, "proven", r->proven, (size_t)drops);
    if (r->broken) json_bits(t, "broken", r->broken, (size_t)drops);
    put_counts(t, "users_on", r->users_on, drops);
    put_counts(t, "below_floor", r->below_floor, drops);
    if (m->rate) json_floats(t, "rate", 3, m->rate, (size_t)drops * (size_t)r->K);
    json_close(t, '}');
}

cf_status report_put_drops(text *t, const cf_study *s, int32_t most)
{
    const int32_t drops = how_many(s, most);
    cf_status status = CF_OK;
    json_open(t, "shown", '{');
    json_integer(t, "count", drops);
    json_integer(t, "asked", most);
    if (s->drops) {
        put_positions(t, "ap", s->drops->ap_position, drops, s->drops->L);
        put_positions(t, "ue", s->drops->ue_position, drops, s->drops->K);
        status = put_snr(t, s->drops, drops);
    }
    json_open(t, "methods", '[');
    for (int32_t m = 0; m < s->count; m++) put_method(t, s->result[m], &s->method[m], drops);
    json_close(t, ']');
    json_close(t, '}');
    return status;
}
