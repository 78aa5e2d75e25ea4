#ifndef TRAIN_CONFIG_H
#define TRAIN_CONFIG_H

#include <stdint.h>

#include <cellfree/train.h>

#include "policy/policy.h"
#include "train/loss.h"

typedef enum train_schedule { TRAIN_COSINE = 0, TRAIN_PLATEAU, TRAIN_CONSTANT } train_schedule;
typedef enum train_choose { TRAIN_REPAIRED = 0, TRAIN_FEASIBLE } train_choose;

enum { TRAIN_MAX_SCENARIOS = 8, TRAIN_MAX_WINDOW = 1000 }; /* the window of kappa */

/* Everything a run depends on besides fixed drops; docs/training.md explains each key. */
struct cf_train_config {
    int32_t architecture; /* index into policy_classes */
    int32_t scheme;       /* loss_scheme               */
    char *scenarios;      /* names or files, separated by commas: mixed sizes take turns */
    int64_t seed, steps, batch;

    /* sizes of a network, by the keys of its class */
    int64_t features, layers, runs, rounds, hidden, pooled, channels;
    int64_t messages, skip, networks, linear, output;
    double mean_db, std_db, input_mean, input_std, out_scale, out_offset;

    double rate, last_rate, clip, clamp;
    int32_t schedule;
    int64_t warmup, patience;

    double penalty, early_weight;
    double scale; /* the Lagrangian's phases and windows, all by one number */
    int64_t rate_phase, gap_phase, window;
    double mu_c_step, mu_d_step, mu_c_cap, mu_d_cap;

    double kappa_step;
    int64_t pool, chunk, label_width;
    double value_weight, power_weight;

    int64_t log_every, valid_every, valid_count;
    int32_t choose;

    char *yaml; /* as cf_train_config_yaml last wrote it */
};

/* The architecture's sizes in the order of its class: out of c, and what it does not say
 * standard. */
void train_config_sizes(const cf_train_config *c, double *size);

const char *train_config_scheme(const cf_train_config *c); /* its name */

#endif
