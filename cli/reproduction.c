#include "reproduction.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "progress.h"

char *cli_in_folder(const cli_reproduction *r, const char *name)
{
    return cli_text("%s/%s", r->folder, name);
}

char *cli_policy_file(const cli_reproduction *r, const char *stem, int tell)
{
    char *file = cli_text("%s/%s.safetensors", r->policies, stem);
    if (access(file, F_OK) == 0) return file;
    if (tell) cli_complain(r->command, 0, "%s is not there: the tables go without it", file);
    free(file);
    return NULL;
}

int cli_open_text(cli_output *o, const cli_reproduction *r, const char *name, const char *prefix,
                  const char *suffix)
{
    char *path = cli_in_folder(r, name);
    const int status = cli_output_open(o, r->command, path);
    free(path);
    if (status == CLI_DONE)
        fprintf(o->file, "%scellfree %s, seed %" PRIu64 ": %s%s\n", prefix, cf_version(), r->seed,
                r->line, suffix);
    return status;
}

const cf_result *cli_result_named(const cli_scene *s, const char *name)
{
    for (int32_t i = 0; s->results && i < s->methods.count; i++)
        if (strcmp(s->results[i]->method, name) == 0) return s->results[i];
    return NULL;
}

double cli_standard_errors(const cf_result *r, double printed)
{
    const double ours = r->ci95 / 1.96, theirs = ours * sqrt((double)r->n / 1024);
    const double rounding = 0.01 / sqrt(12);
    return (r->mean - printed) / sqrt(ours * ours + theirs * theirs + rounding * rounding);
}

static cf_status make_drops(const cli_reproduction *r, cli_scene *s)
{
    cf_scenario *scenario = NULL;
    cf_status status = cf_scenario_load(&scenario, s->scenario);
    if (status == CF_OK)
        status = cf_drops_generate(&s->drops, scenario, r->seed, 0, r->count, r->threads);
    cf_scenario_free(scenario);
    char *name = cli_text("%s.h5", s->scenario);
    char *path = cli_in_folder(r, name);
    if (status == CF_OK) status = cf_drops_save(s->drops, path);
    free(name);
    free(path);
    return status;
}

static cf_status evaluate(const cli_reproduction *r, cli_scene *s)
{
    cli_progress progress = cli_progress_start();
    const cf_evaluate_options options = {.threads = 1,
                                         .seed = r->seed,
                                         .time_batch = s->drops->task == CF_TASK_ASSIGNMENT,
                                         .progress = cli_progress_evaluate,
                                         .user = &progress};
    s->results = cli_alloc((size_t)s->methods.count, sizeof(cf_result *));
    cf_status status =
        cf_evaluate(s->drops, s->methods.items, s->methods.count, &options, s->results);
    cli_progress_end(&progress);
    char *name = cli_text("%s.result.h5", s->scenario);
    char *path = cli_in_folder(r, name);
    if (status == CF_OK)
        status = cf_results_save(s->results, s->methods.count, s->drops, r->line, path);
    free(name);
    free(path);
    return status;
}

static void record(const cli_reproduction *r, const cli_scene *s, const char *const *policies,
                   int32_t policy_count)
{
    char *prefix = cli_text("%s/", s->scenario);
    for (int32_t i = 0; i < policy_count; i++)
        cli_record_input(r->record, policies[i], cf_run_checksum(policies[i]));
    cli_record_results(r->record, prefix, s->results, s->methods.count);
    free(prefix);
}

int cli_scene_work(const cli_reproduction *r, cli_scene *s, const char *list,
                   const char *const *policies, int32_t policy_count)
{
    const int status = cli_methods_open(&s->methods, r->command, list, policies, policy_count);
    if (status != CLI_DONE) return status;
    cli_methods_name_policies(&s->methods);
    cf_status cf = make_drops(r, s);
    if (cf == CF_OK) cf = evaluate(r, s);
    if (cf == CF_OK) record(r, s, policies, policy_count);
    return cf == CF_OK ? CLI_DONE : cli_fail(r->command, cf);
}

void cli_scenes_close(cli_reproduction *r)
{
    for (int32_t i = 0; i < r->scenes; i++) {
        cli_scene *s = &r->scene[i];
        for (int32_t m = 0; s->results && m < s->methods.count; m++) cf_result_free(s->results[m]);
        free(s->results);
        cli_methods_close(&s->methods);
        cf_drops_free(s->drops);
    }
    r->scene = NULL;
    r->scenes = 0;
}
