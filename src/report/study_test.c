#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cellfree/report.h>

#include "base/file.h"

#include "t.h"

static char folder[] = "/tmp/cellfree-study-XXXXXX";
static char drops_path[64], path[64], page_path[64];

enum { N = 9 };

static cf_drops *make_drops(const char *scenario)
{
    cf_scenario *s = NULL;
    cf_drops *d = NULL;
    CHECK(cf_scenario_load(&s, scenario) == CF_OK);
    CHECK(cf_drops_generate(&d, s, 5, 100, N, 1) == CF_OK);
    cf_scenario_free(s);
    return d;
}

/* Evaluate and save; `command` is what the file says made it. */
static void save(const cf_drops *d, const char *const *names, int32_t count, const char *command)
{
    cf_evaluate_item items[4] = {{0}};
    cf_result *r[4] = {0};
    const cf_evaluate_options options = {.threads = 1, .no_times = 1};
    for (int32_t i = 0; i < count; i++) items[i].spec = names[i];
    CHECK(cf_evaluate(d, items, count, &options, r) == CF_OK);
    CHECK(cf_results_save(r, count, d, command, path) == CF_OK);
    for (int32_t i = 0; i < count; i++) cf_result_free(r[i]);
}

static cf_study *open_study(const char *const *data, int32_t count)
{
    cf_study *s = NULL;
    const cf_status status = cf_study_open(&s, path, data, count, 1);
    CHECK(status == CF_OK && s);
    if (!s) fprintf(stderr, "  %s\n", cf_last_error());
    return s;
}

static const char *const ASSIGN[] = {"random", "gsd", "exact"};
static const char *const POWER[] = {"equal", "strongest", "search"};

static void drops_are_made_again_from_what_results_keep(void)
{
    cf_drops *d = make_drops("mmwave-small");
    save(d, ASSIGN, 3, "cellfree evaluate --data gone.h5");
    cf_study *s = open_study(NULL, 0);
    CHECK(s->drops && s->drops->checksum == d->checksum && !s->drops_from[0]);
    CHECK(!s->drops_missing && s->source->first == 100 && s->source->seed == 5);
    CHECK(strcmp(s->source->command, "cellfree evaluate --data gone.h5") == 0);
    cf_study_close(s);
    cf_drops_free(d);
}

static void rates_of_users_sum_to_the_objective(void)
{
    cf_drops *d = make_drops("mmwave-small");
    save(d, ASSIGN, 3, "");
    cf_study *s = open_study(NULL, 0);
    for (int32_t m = 1; m < s->count; m++) /* random's objective is a mean over its draws */
        for (int32_t i = 0; i < N; i++) {
            double sum = 0;
            for (int32_t k = 0; k < d->K; k++) sum += (double)s->method[m].rate[i * d->K + k];
            CHECK_NEAR(sum, s->result[m]->objective[i], 1e-6);
        }
    CHECK(s->method[1].rates.n == N * d->K && s->method[1].objective.n == N);
    CHECK(s->method[1].users_short == 0 && s->method[1].aps_over == 0);
    CHECK(s->method[0].users_short > 0 && s->method[1].links_over == -1);
    cf_study_close(s);
    cf_drops_free(d);
}

/* The mean of the curve of all drops is the summary's number. */
static void what_is_lost_is_one_less_of_best(void)
{
    static const char *const NAMES[] = {"mmwave-small", "power-5x10"};
    for (int i = 0; i < 2; i++) {
        cf_drops *d = make_drops(NAMES[i]);
        save(d, i ? POWER : ASSIGN, 3, "");
        cf_study *s = open_study(NULL, 0);
        for (int32_t m = 0; m < s->count; m++) {
            double sum = 0;
            CHECK(s->method[m].lost.n == N);
            for (int j = 0; j < N; j++) sum += s->method[m].lost.value[j];
            CHECK_NEAR(1 - sum / N, s->result[m]->of_best, 1e-12);
        }
        cf_study_close(s);
        cf_drops_free(d);
    }
}

static void rates_of_power_are_those_of_its_problem(void)
{
    cf_drops *d = make_drops("power-5x10");
    save(d, POWER, 3, "");
    cf_study *s = open_study(NULL, 0);
    float *gain = calloc((size_t)d->L * (size_t)d->K * (size_t)d->K, sizeof *gain);
    double rate[64];
    for (int32_t m = 0; m < s->count; m++)
        for (int32_t i = 0; i < N; i++) {
            cf_power p;
            CHECK(cf_drops_power(d, i, gain, &p) == CF_OK);
            cf_power_rates(&p, s->result[m]->watts + (size_t)i * (size_t)(d->L * d->K), rate);
            for (int32_t k = 0; k < d->K; k++)
                CHECK_NEAR((double)s->method[m].rate[i * d->K + k], rate[k], 1e-6);
        }
    CHECK(s->method[0].links_over == 0 && s->method[0].users_short == -1); /* there is no floor */
    free(gain);
    cf_study_close(s);
    cf_drops_free(d);
}

/* Gains that were imported: no scenario can make them. */
static void imported_drops_are_found_by_option_and_by_command(void)
{
    cf_drops *d = make_drops("mmwave-small");
    free(d->scenario_yaml);
    d->scenario_yaml = strdup("");
    CHECK(cf_drops_save(d, drops_path) == CF_OK);
    char command[128];
    static const char *const WAYS[] = {"cellfree evaluate --data %s --methods gsd",
                                       "cellfree evaluate --data=%s", "c --data '%s' --json"};
    for (int i = 0; i < 3; i++) {
        snprintf(command, sizeof command, WAYS[i], drops_path);
        save(d, ASSIGN, 2, command);
        cf_study *s = open_study(NULL, 0);
        CHECK(s->drops && strcmp(s->drops_from, drops_path) == 0);
        cf_study_close(s);
    }
    static const char *const GONE[] = {"cellfree evaluate --data gone.h5",
                                       "",
                                       "c --data",
                                       "c --data ",
                                       "c --data=",
                                       "c --data 'x",
                                       "c --database y"};
    for (int i = 0; i < 7; i++) {
        save(d, ASSIGN, 2, GONE[i]);
        cf_study *s = open_study(NULL, 0);
        CHECK(!s->drops && s->drops_missing);
        cf_study_close(s);
    }
    const char *data[] = {drops_path};
    cf_study *s = open_study(data, 1);
    CHECK(s->drops && strcmp(s->drops_from, drops_path) == 0);
    cf_study_close(s);
    s = open_study(NULL, 0);
    CHECK(!s->drops && s->drops_missing && strstr(s->drops_missing, "--data"));
    CHECK(!s->method[0].rate && s->method[0].rates.n == 0 && s->method[0].aps_over == -1);
    CHECK(s->method[0].objective.n == N);
    cf_study_close(s);
    cf_drops_free(d);
}

static void other_drops_are_not_taken(void)
{
    cf_drops *d = make_drops("mmwave-small"), *e = make_drops("power-5x10");
    save(d, ASSIGN, 2, "");
    CHECK(cf_drops_save(e, drops_path) == CF_OK);
    const char *data[] = {drops_path};
    cf_study *s = open_study(data, 1);
    CHECK(s->drops && !s->drops_from[0]); /* made again */
    cf_study_close(s);
    s = NULL;
    data[0] = "/tmp/no/such/drops.h5";
    CHECK(cf_study_open(&s, path, data, 1, 1) == CF_EIO && !s);
    CHECK(cf_study_open(&s, drops_path, NULL, 0, 1) == CF_EFORMAT && !s);
    CHECK(cf_study_open(&s, path, NULL, 1, 1) == CF_EARG && !s);
    cf_drops_free(d);
    cf_drops_free(e);
}

static void a_page_has_no_more_drops_than_asked_for(void)
{
    static const int32_t ASKED[] = {0, 4, 1000}, SHOWN[] = {0, 4, N};
    cf_drops *d = make_drops("power-5x10");
    save(d, POWER, 2, "");
    cf_study *s = open_study(NULL, 0);
    for (int i = 0; i < 3; i++) {
        const cf_page page = {.study = &s, .study_count = 1, .drops = ASKED[i], .title = "<&>"};
        unsigned char *bytes = NULL;
        size_t size = 0;
        char want[64];
        CHECK(cf_page_write(&page, page_path) == CF_OK);
        CHECK(file_read(page_path, &bytes, &size) == CF_OK);
        snprintf(want, sizeof want, "\"shown\":{\"count\":%d,\"asked\":%d,", SHOWN[i], ASKED[i]);
        CHECK(strstr((char *)bytes, want) != NULL);
        CHECK(strstr((char *)bytes, "<title>&#60;&#38;&#62;</title>") != NULL);
        CHECK(strstr((char *)bytes, "{{") == NULL);
        free(bytes);
    }
    cf_study_close(s);
    cf_drops_free(d);
}

static void pages_of_nothing_are_refused(void)
{
    cf_study *none = NULL;
    CHECK(cf_page_write(NULL, page_path) == CF_EARG);
    CHECK(cf_page_write(&(cf_page){.study = &none}, page_path) == CF_EARG);
    CHECK(cf_page_write(&(cf_page){.study = &none, .study_count = 1, .drops = -1}, page_path) ==
          CF_EARG);
    cf_study_close(NULL);
}

int main(void)
{
    if (!mkdtemp(folder)) return 1;
    snprintf(path, sizeof path, "%s/result.h5", folder);
    snprintf(drops_path, sizeof drops_path, "%s/drops.h5", folder);
    snprintf(page_path, sizeof page_path, "%s/page.html", folder);
    RUN(drops_are_made_again_from_what_results_keep);
    RUN(rates_of_users_sum_to_the_objective);
    RUN(what_is_lost_is_one_less_of_best);
    RUN(rates_of_power_are_those_of_its_problem);
    RUN(imported_drops_are_found_by_option_and_by_command);
    RUN(other_drops_are_not_taken);
    RUN(a_page_has_no_more_drops_than_asked_for);
    RUN(pages_of_nothing_are_refused);
    unlink(path);
    unlink(drops_path);
    unlink(page_path);
    rmdir(folder);
    return DONE();
}
