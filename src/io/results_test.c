#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cellfree/evaluate.h>

#include "base/file.h"
#include "base/rng.h"
#include "io/h5.h"

#include "t.h"

static char folder[] = "/tmp/cellfree-results-XXXXXX";
static char path[64], other[64];

static cf_drops *make_drops(void)
{
    cf_scenario *s = NULL;
    cf_drops *d = NULL;
    CHECK(cf_scenario_load(&s, "mmwave-small") == CF_OK);
    CHECK(cf_drops_generate(&d, s, 3, 0, 12, 1) == CF_OK);
    cf_scenario_free(s);
    return d;
}

static cf_result *make_result(const char *name, const cf_drops *d, int relaxed, int bounded)
{
    const size_t n = (size_t)d->n, links = n * (size_t)d->L * (size_t)d->K;
    cf_result *r = calloc(1, sizeof *r);
    *r = (cf_result){.n = d->n,
                     .L = d->L,
                     .K = d->K,
                     .mean = 1.25,
                     .ci95 = 0.5,
                     .of_best = 0.99,
                     .of_best_ci95 = 0.001,
                     .certified = 1,
                     .feasible_share = 1,
                     .broken_share = 0.25,
                     .proven_share = 0.75,
                     .us_per_drop = 3.5,
                     .p50_us = 3,
                     .p99_us = 9,
                     .batch_us_per_drop = (double)NAN};
    r->method = strdup(name);
    r->x = calloc(links, 1);
    r->relaxed = relaxed ? calloc(links, sizeof *r->relaxed) : NULL;
    r->objective = calloc(n, sizeof *r->objective);
    r->bound = calloc(n, sizeof *r->bound);
    r->seconds = calloc(n, sizeof *r->seconds);
    r->feasible = calloc(n, 1);
    r->broken = calloc(n, 1);
    r->proven = calloc(n, 1);
    rng g = rng_stream(1, RNG_TEST, 0);
    for (size_t i = 0; i < links; i++) {
        r->x[i] = (uint8_t)rng_below(&g, 2);
        if (relaxed) r->relaxed[i] = (float)rng_uniform(&g);
    }
    for (size_t i = 0; i < n; i++) {
        r->objective[i] = rng_uniform(&g);
        r->bound[i] = bounded ? r->objective[i] + 0.1 : (double)NAN;
        r->seconds[i] = 1e-6 * (double)i;
        r->feasible[i] = 1;
        r->broken[i] = i % 3 == 0;
        r->proven[i] = i % 4 == 0;
    }
    return r;
}

static int same(const cf_result *a, const cf_result *b)
{
    const size_t n = (size_t)a->n, links = n * (size_t)a->L * (size_t)a->K;
    for (size_t i = 0; i < n; i++)
        if (!(a->bound[i] == b->bound[i] || (isnan(a->bound[i]) && isnan(b->bound[i])))) return 0;
    return !strcmp(a->method, b->method) && a->n == b->n && a->L == b->L && a->K == b->K &&
           !memcmp(a->x, b->x, links) && !a->relaxed == !b->relaxed &&
           (!a->relaxed || !memcmp(a->relaxed, b->relaxed, links * sizeof(float))) &&
           !memcmp(a->objective, b->objective, n * sizeof(double)) &&
           !memcmp(a->seconds, b->seconds, n * sizeof(double)) &&
           !memcmp(a->feasible, b->feasible, n) && !memcmp(a->broken, b->broken, n) &&
           !memcmp(a->proven, b->proven, n) && a->mean == b->mean && a->ci95 == b->ci95 &&
           a->of_best == b->of_best && a->of_best_ci95 == b->of_best_ci95 &&
           a->certified == b->certified && a->feasible_share == b->feasible_share &&
           a->broken_share == b->broken_share && a->proven_share == b->proven_share &&
           a->us_per_drop == b->us_per_drop && a->p50_us == b->p50_us && a->p99_us == b->p99_us &&
           isnan(b->batch_us_per_drop);
}

static void what_is_saved_is_loaded_in_its_order(void)
{
    cf_drops *d = make_drops();
    cf_result *r[] = {make_result("random", d, 0, 0), make_result("policy:assignment", d, 1, 0),
                      make_result("exact:node-limit=10,time-limit=2", d, 0, 1),
                      make_result("a+50", d, 1, 1)};
    cf_result **back = NULL;
    int32_t count = 0;
    CHECK(cf_results_save(r, 4, d, "cellfree evaluate --data d.h5", path) == CF_OK);
    CHECK(cf_results_load(&back, &count, path) == CF_OK && count == 4);
    for (int i = 0; i < count; i++) CHECK(same(r[i], back[i]));
    cf_results_free(back, count);
    for (int i = 0; i < 4; i++) cf_result_free(r[i]);
    cf_drops_free(d);
}

static void where_results_came_from_is_kept(void)
{
    cf_drops *d = make_drops();
    cf_result *r = make_result("gsd", d, 0, 0);
    cf_results_source *s = NULL;
    CHECK(cf_results_save(&r, 1, d, "cellfree evaluate --data d.h5", path) == CF_OK);
    CHECK(cf_results_source_load(&s, path) == CF_OK && s);
    CHECK(s->task == CF_TASK_ASSIGNMENT && s->drops_checksum == d->checksum);
    CHECK(s->seed == d->seed && s->first == d->first && !strcmp(s->scenario, d->scenario));
    CHECK(!strcmp(s->scenario_yaml, d->scenario_yaml) && !strcmp(s->cellfree, cf_version()));
    CHECK(!strcmp(s->command, "cellfree evaluate --data d.h5"));
    cf_results_source_free(s);
    s = NULL;
    CHECK(cf_drops_save(d, path) == CF_OK && cf_results_source_load(&s, path) == CF_EFORMAT && !s);
    CHECK(cf_results_save(&r, 1, d, "", path) == CF_OK);
    hid_t f = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    H5Adelete(f, "command");
    H5Fclose(f);
    CHECK(cf_results_source_load(&s, path) == CF_EFORMAT && !s);
    CHECK(strstr(cf_last_error(), "attribute command is missing") != NULL);
    CHECK(cf_results_source_load(NULL, path) == CF_EARG);
    cf_results_source_free(NULL);
    cf_result_free(r);
    cf_drops_free(d);
}

static cf_drops *make_power_drops(void)
{
    cf_scenario *s = NULL;
    cf_drops *d = NULL;
    CHECK(cf_scenario_load(&s, "power-5x10") == CF_OK);
    CHECK(cf_drops_generate(&d, s, 3, 0, 12, 1) == CF_OK);
    cf_scenario_free(s);
    return d;
}

static cf_result *make_power_result(const char *name, const cf_drops *d)
{
    cf_result *r = make_result(name, d, 0, 1);
    const size_t n = (size_t)d->n, links = n * (size_t)d->L * (size_t)d->K;
    free(r->x);
    free(r->broken);
    r->x = r->broken = NULL;
    r->task = CF_TASK_POWER;
    r->power_objective = CF_POWER_PROPORTIONAL;
    r->rate_floor = 0.5;
    r->of_best_p1 = 0.875;
    r->floor_share = 0.625;
    r->below_floor_share = 0.125;
    r->users_on_mean = 4.5;
    r->watts_mean = 0.375;
    r->broken_share = (double)NAN;
    r->watts = calloc(links, sizeof *r->watts);
    r->below_floor = calloc(n, sizeof *r->below_floor);
    r->users_on = calloc(n, sizeof *r->users_on);
    for (size_t i = 0; i < links; i++) r->watts[i] = 1e-3f * (float)i;
    for (size_t i = 0; i < n; i++) {
        r->below_floor[i] = (int32_t)i % 5;
        r->users_on[i] = 70000 + (int32_t)i;
    }
    return r;
}

static int same_power(const cf_result *a, const cf_result *b)
{
    const size_t n = (size_t)a->n, links = n * (size_t)a->L * (size_t)a->K;
    return b->task == CF_TASK_POWER && a->power_objective == b->power_objective && !b->x &&
           !b->broken && a->n == b->n && a->L == b->L && a->K == b->K &&
           !memcmp(a->watts, b->watts, links * sizeof(float)) &&
           !memcmp(a->objective, b->objective, n * sizeof(double)) &&
           !memcmp(a->bound, b->bound, n * sizeof(double)) &&
           !memcmp(a->below_floor, b->below_floor, n * sizeof(int32_t)) &&
           !memcmp(a->users_on, b->users_on, n * sizeof(int32_t)) &&
           a->rate_floor == b->rate_floor && a->of_best_p1 == b->of_best_p1 &&
           a->floor_share == b->floor_share && a->below_floor_share == b->below_floor_share &&
           a->users_on_mean == b->users_on_mean && a->watts_mean == b->watts_mean &&
           a->mean == b->mean && isnan(b->broken_share);
}

static void allocations_in_watts_are_saved_too(void)
{
    cf_drops *d = make_power_drops(), *others = make_drops();
    cf_result *r[] = {make_power_result("sca", d), make_power_result("beam:width=8,children=3", d)};
    cf_result **back = NULL;
    int32_t count = 0;
    CHECK(cf_results_save(r, 2, others, "", path) == CF_EARG);
    CHECK(strstr(cf_last_error(), "sca is of the task power, the drops are of assignment"));
    CHECK(cf_results_save(r, 2, d, "", path) == CF_OK);
    CHECK(cf_results_load(&back, &count, path) == CF_OK && count == 2);
    for (int i = 0; i < count; i++) CHECK(same_power(r[i], back[i]));
    cf_results_free(back, count);
    const hid_t f = H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
    const hid_t set = H5Dopen2(f, "sca/allocation", H5P_DEFAULT);
    r[0]->watts[7] += 1e-6f;
    H5Dwrite(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, r[0]->watts);
    H5Dclose(set);
    H5Fclose(f);
    CHECK(cf_results_load(&back, &count, path) == CF_EFORMAT);
    CHECK(strstr(cf_last_error(), "sca: ") && strstr(cf_last_error(), "damaged"));
    for (int i = 0; i < 2; i++) cf_result_free(r[i]);
    cf_drops_free(d);
    cf_drops_free(others);
}

static void equal_results_give_equal_bytes(void)
{
    cf_drops *d = make_drops();
    cf_result *r = make_result("gsd", d, 1, 1);
    unsigned char *p = NULL, *q = NULL;
    size_t n = 0, m = 0;
    CHECK(cf_results_save(&r, 1, d, "c", path) == CF_OK);
    sleep(2); /* a time stamp would show */
    CHECK(cf_results_save(&r, 1, d, "c", other) == CF_OK);
    CHECK(file_read(path, &p, &n) == CF_OK && file_read(other, &q, &m) == CF_OK);
    CHECK(n == m && memcmp(p, q, n) == 0);
    free(p);
    free(q);
    cf_result_free(r);
    cf_drops_free(d);
}

static void results_that_do_not_fit_are_refused(void)
{
    cf_drops *d = make_drops();
    cf_result *r[] = {make_result("gsd", d, 0, 0), make_result("gsd", d, 0, 0)};
    unlink(path);
    CHECK(cf_results_save(r, 2, d, "", path) == CF_EARG);
    CHECK(strstr(cf_last_error(), "two methods named gsd") != NULL);
    static const char *const NAMES[] = {"policy:/home/me", "", "."};
    for (int i = 0; i < 3; i++) {
        free(r[1]->method);
        r[1]->method = strdup(NAMES[i]);
        CHECK(cf_results_save(r, 2, d, "", path) == CF_EARG);
    }
    r[0]->n = 11;
    CHECK(cf_results_save(r, 1, d, "", path) == CF_ESHAPE);
    r[0]->n = 12;
    CHECK(cf_results_save(r, 0, d, "", path) == CF_EARG);
    CHECK(cf_results_save(r, 1, NULL, "", path) == CF_EARG);
    CHECK(cf_results_save(r, 1, d, "", "/tmp/no/such/folder/r.h5") == CF_EIO);
    CHECK(access(path, F_OK) != 0);
    cf_result_free(r[0]);
    cf_result_free(r[1]);
    cf_drops_free(d);
}

static void check_refused(const char *said)
{
    cf_result **back = NULL;
    int32_t count = -1;
    const cf_status s = cf_results_load(&back, &count, path);
    const int good = (s == CF_EFORMAT || s == CF_ESHAPE) && !back && count == -1 &&
                     strstr(cf_last_error(), said) && strstr(cf_last_error(), path);
    CHECK(good);
    if (!good) fprintf(stderr, "  %d: %s\n", (int)s, cf_last_error());
}

static hid_t reopen(const cf_drops *d)
{
    cf_result *r = make_result("gsd", d, 0, 1);
    CHECK(cf_results_save(&r, 1, d, "c", path) == CF_OK);
    cf_result_free(r);
    return H5Fopen(path, H5F_ACC_RDWR, H5P_DEFAULT);
}

static void files_that_are_no_results_are_refused(void)
{
    cf_drops *d = make_drops();
    CHECK(cf_drops_save(d, path) == CF_OK);
    check_refused("format is \"cellfree.drops\", wanted \"cellfree.result\"");
    hid_t f = reopen(d);
    H5Ldelete(f, "gsd/objective", H5P_DEFAULT);
    H5Fclose(f);
    check_refused("objective is missing");
    f = reopen(d);
    H5Ldelete(f, "gsd", H5P_DEFAULT);
    H5Fclose(f);
    check_refused("0 methods");
    f = reopen(d);
    H5Lmove(f, "gsd/allocation", f, "allocation", H5P_DEFAULT, H5P_DEFAULT);
    H5Fclose(f);
    check_refused("allocation is missing");
    f = reopen(d);
    H5Adelete_by_name(f, "gsd", "mean", H5P_DEFAULT);
    H5Fclose(f);
    check_refused("attribute mean is missing");
    f = reopen(d);
    const hid_t set = H5Dopen2(f, "gsd/objective", H5P_DEFAULT);
    double v[12];
    H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, v);
    v[3] += 1e-9;
    H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, v);
    H5Dclose(set);
    H5Fclose(f);
    check_refused("damaged");
    cf_drops_free(d);
}

static void damaged_files_do_no_harm(void)
{
    cf_drops *d = make_drops();
    cf_result *r = make_result("gsd", d, 1, 1);
    unsigned char *p = NULL;
    size_t n = 0;
    CHECK(cf_results_save(&r, 1, d, "c", path) == CF_OK && file_read(path, &p, &n) == CF_OK);
    int refused = 0;
    for (uint64_t trial = 0; trial < 300; trial++) {
        rng g = rng_stream(9, RNG_TEST, trial);
        const size_t at = rng_below(&g, (uint32_t)n);
        const unsigned char bit = (unsigned char)(1u << rng_below(&g, 8));
        cf_result **back = NULL;
        int32_t count = 0;
        p[at] ^= bit;
        file_write(path, p, trial % 3 ? n : at + 1);
        if (cf_results_load(&back, &count, path) == CF_OK)
            CHECK(count == 1 && same(r, back[0]));
        else
            refused++;
        p[at] ^= bit;
        cf_results_free(back, count);
    }
    CHECK(refused > 150);
    free(p);
    cf_result_free(r);
    cf_drops_free(d);
}

static void h5py_reads_it(void)
{
    if (system("/usr/bin/python3 -c 'import h5py' 2>/dev/null") != 0) {
        fprintf(stderr, "  (no h5py here)\n");
        return;
    }
    cf_drops *d = make_drops();
    cf_result *r = make_result("policy:mine", d, 1, 0);
    CHECK(cf_results_save(&r, 1, d, "cellfree solve", path) == CF_OK);
    char command[1024];
    snprintf(command, sizeof command,
             "/usr/bin/python3 -c \"\n"
             "import h5py\n"
             "f = h5py.File('%s')\n"
             "t = lambda v: v.decode() if isinstance(v, bytes) else v\n"
             "g = f['policy:mine']\n"
             "assert t(f.attrs['format']) == 'cellfree.result' and t(f.attrs['command']) == "
             "'cellfree solve'\n"
             "assert f.attrs['drops_checksum'] == %llu\n"
             "assert sorted(g) == ['allocation', 'broken_before_repair', 'feasible', 'objective', "
             "'proven', 'relaxed', 'seconds']\n"
             "assert g['allocation'].shape == (12, 5, 4) and g['allocation'].dtype == 'uint8'\n"
             "assert t(g['objective'].attrs['dims']) == 'drop' and t(g['objective'].attrs['unit']) "
             "== 'bit/s/Hz'\n"
             "assert g.attrs['mean'] == 1.25 and g.attrs['certified'] == 1\n"
             "\"",
             path, (unsigned long long)d->checksum);
    CHECK(system(command) == 0);
    cf_result_free(r);
    cf_drops_free(d);
}

int main(void)
{
    if (!mkdtemp(folder)) return 1;
    snprintf(path, sizeof path, "%s/result.h5", folder);
    snprintf(other, sizeof other, "%s/other.h5", folder);
    RUN(what_is_saved_is_loaded_in_its_order);
    RUN(where_results_came_from_is_kept);
    RUN(allocations_in_watts_are_saved_too);
    RUN(equal_results_give_equal_bytes);
    RUN(results_that_do_not_fit_are_refused);
    RUN(files_that_are_no_results_are_refused);
    RUN(damaged_files_do_no_harm);
    RUN(h5py_reads_it);
    unlink(path);
    unlink(other);
    rmdir(folder);
    return DONE();
}
