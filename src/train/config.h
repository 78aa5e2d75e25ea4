#ifndef TRAIN_CONFIG_H
#define TRAIN_CONFIG_H

#include <stdint.h>

#include <cellfree/train.h>

#include "policy/policy.h"
#include "train/loss.h"

typedef enum train_schedule { TRAIN_COSINE = 0, TRAIN_PLATEAU, TRAIN_CONSTANT } train_schedule;
typedef enum train_choose { TRAIN_REPAIRED = 0, TRAIN_FEASIBLE } train_choose;

enum { TRAIN_MAX_SCENARIOS = 8 };

/* Everything a run depends on besides fixed drops; docs/training.md explains each key. */
struct cf_train_config {
    int32_t architecture; /* index into policy_classes */
    int32_t scheme;       /* loss_scheme               */
    char *scenarios;      /* names or files, separated by commas: mixed sizes take turns */
    int64_t seed, steps, batch;

    int64_t features, layers, runs; /* hpe    */
    double mean_db, std_db;
    int64_t rounds, hidden, pooled; /* market */

    double rate, last_rate, clip, clamp;
    int32_t schedule;
    int64_t warmup, patience;

    double penalty, early_weight;
    double scale; /* the Lagrangian's phases and windows, all by one number */
    int64_t rate_phase, gap_phase, window;
    double mu_c_step, mu_d_step, mu_c_cap, mu_d_cap;

    int64_t log_every, valid_every, valid_count;
    int32_t choose;

    char *yaml; /* as cf_train_config_yaml last wrote it */
};

/* The architecture's sizes in the order of its class: out of c, and what it does not say standard. */
void train_config_sizes(const cf_train_config *c, double *size);

#endif
