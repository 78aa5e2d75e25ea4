#ifndef TRAIN_TILES_H
#define TRAIN_TILES_H

#include <stddef.h>
#include <stdint.h>

#include "policy/policy.h"

/* A policy's plans for one size of network: one plan a thread, which takes the drops of a tile as
 * many at a time as it has lanes. The gradient of a batch is the sum over its tiles in their order,
 * so it does not depend on threads. */
typedef struct train_tiles {
    const cf_policy *policy;
    nn_dims dims;
    int32_t drops; /* of a tile: a multiple of the lanes */
    int32_t threads, count;
    nn_plan *plan;  /* (threads) */
    policy_io *io;  /* (threads) */
    real *gradient; /* (count,P) of the batch's tiles */
} train_tiles;

/* A tile at work: drops first .. first + n - 1 of the batch in the lanes 0 .. n - 1 of a plan. A
 * tile of more drops than lanes is at work several times. */
typedef struct train_tile {
    const nn_plan *plan;
    const policy_io *io;
    int32_t thread, number, first, n;
} train_tile;

/* What is done with a batch of n drops: feed writes a drop into a lane; answer is given a tile that
 * has run forward, and returns how many drops it failed on. */
typedef struct train_work {
    int32_t n;
    void *user;
    void (*feed)(void *user, const train_tile *t, int32_t drop, int32_t lane);
    int32_t (*answer)(void *user, const train_tile *t);
} train_work;

/* drops: of a tile; batch: the most that a gradient will be asked of. */
cf_status train_tiles_make(train_tiles *t, const cf_policy *p, nn_dims dims, int32_t drops,
                           int32_t batch, int32_t threads);
void train_tiles_free(train_tiles *t);
size_t train_tiles_bytes(const train_tiles *t); /* of plans and gradients */

int32_t train_tiles_needed(const train_tiles *t, int32_t n); /* tiles of n drops */

/* Forward over all tiles; returns the failures. */
int32_t train_tiles_forward(train_tiles *t, const train_work *w);

/* The same, `answer` leaving its gradient in the plan's outputs, and backward; g (P) is
 * overwritten. */
int32_t train_tiles_gradient(train_tiles *t, const train_work *w, real *g);

#endif
