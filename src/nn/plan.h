#ifndef NN_PLAN_H
#define NN_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include <cellfree/status.h>

#include "base/real.h"
#include "nn/kernel.h"

/* A network is a plan: a straight line of operators over slices of one memory, for L access points,
 * K users and B lanes (drops side by side).
 *
 * Every value is (C, L, K, B): channel c of user k at AP l in lane b stands at c * stride + ((l K +
 * k) B + b), stride = L K B rounded up to NN_PAD. Lanes are innermost, so sums over users or APs
 * are sums of whole vectors. What is common to all links of a user is repeated over l. The padding
 * holds finite numbers that no result depends on: 0 at first, and every operator keeps it finite,
 * or it writes none. A loss writes gradients to real columns only, so that those of the padding
 * stay 0 and add nothing to a weight's.
 *
 * A builder says when no later operator reads a value (nn_plan_drop). Where a plan only runs
 * forward, later ones stand in its place; where it trains, all values are kept for backward, and
 * gradients, each needed from the last operator that reads the value back to the one that makes it,
 * take each other's place. So that what is in use stays in cache.
 *
 * One drop alone has too few columns to fill vectors, and sums over its users run along them. A
 * builder whose operators all know how may set `features_last`: a value of more than one channel is
 * then (L, K, B, C), C in whole NN_OCTs.
 *
 * Forward runs the operators in order, backward in reverse; each adds to the gradients of its
 * inputs. A plan is made once; running it allocates nothing. */

typedef struct nn_dims {
    int32_t L, K, B;
} nn_dims;

typedef struct nn_slice {
    int64_t at, grad; /* of channel 0, in reals, in the values and in the gradients */
    int32_t C;
    int32_t step;     /* features last: from one link to the next; else 0 */
    int32_t constant; /* 1: nobody wants its gradient */
} nn_slice;

typedef struct nn_plan nn_plan;
typedef struct nn_op nn_op;

typedef struct nn_op_class {
    const char *name;
    void (*forward)(const nn_plan *p, const nn_op *op, const real *params);
    void (*backward)(const nn_plan *p, const nn_op *op, const real *params, real *dparams);
    int64_t (*flops)(const nn_plan *p, const nn_op *op); /* of one drop; NULL: counted as 0 */
    int64_t (*sends)(const nn_plan *p, const nn_op *op); /* floats an AP sends; NULL: none */
} nn_op_class;

typedef void nn_prepare(const nn_plan *p, const nn_op *op, const real *params);

enum { NN_MAX_SLICES = 6, NN_MAX_ROWS = 384 };

struct nn_op {
    const nn_op_class *class;
    nn_slice in[NN_MAX_SLICES], out;
    int32_t n_in;
    int32_t weight, bias; /* offsets in the parameters */
    int32_t kind;         /* an operator's own choice: activation, round, ... */
    real number[2];       /* an operator's own constants                      */
    int64_t scratch;      /* offset of an operator's own memory in the values */
    const void *context;  /* borrowed */
    nn_prepare *prepare;  /* NULL: nothing to do */
};

/* Reals taken, one after the other, and holes among them, by rising place. */
enum { NN_MAX_HOLES = 64 };

typedef struct nn_room {
    int64_t size;
    struct {
        int64_t at, n;
    } hole[NN_MAX_HOLES];
    int32_t holes;
} nn_room;

struct nn_plan {
    nn_dims dims;
    int32_t train; /* 1: it will run backward too */
    int32_t features_last;
    int64_t stride;
    const nn_kernels *kernels;
    nn_op *ops;
    int32_t n_ops, cap_ops;
    int64_t work; /* reals that operators use in turn */
    nn_room value_room, grad_room;
    real *values, *grads; /* grads NULL in plans that only run forward  */
    int32_t failed;       /* an allocation while building failed        */
    nn_op nowhere;        /* what is added after such a failure         */
};

/* Make: nn_plan_begin, operators, nn_plan_finish (which takes the memory: values, and gradients
 * too where `train`). A failure frees what was taken: CF_ENOMEM, or CF_EARG if CELLFREE_KERNELS
 * names no kernels of this processor. */
void nn_plan_begin(nn_plan *p, nn_dims dims, int32_t train);
cf_status nn_plan_finish(nn_plan *p);
void nn_plan_free(nn_plan *p);

nn_slice nn_plan_take(nn_plan *p, int32_t C); /* a value without operator: an input */
nn_op *nn_plan_add(nn_plan *p, const nn_op_class *class,
                   int32_t C); /* an operator and its output */
nn_slice nn_channels(const nn_plan *p, nn_slice x, int32_t first, int32_t C);

/* No operator added from now on reads x, nor does whoever runs the plan. */
void nn_plan_drop(nn_plan *p, nn_slice x);

/* Memory of an operator of its own, among the values: n reals from the offset that is returned.
 * Nothing else is ever there. */
int64_t nn_plan_scratch(nn_plan *p, int64_t n);

/* Memory for the weights as an operator likes them best, n reals at op->scratch that `prepare` fills.
 * Where they may be shared, operators of the same prepare and weight, as runs of one network have,
 * have one such memory, filled once. */
void nn_plan_prepared(nn_plan *p, nn_op *op, nn_prepare *prepare, int64_t n, int shared);

/* At least n reals at nn_work for an operator while it runs. */
void nn_plan_work(nn_plan *p, int64_t n);

static inline real *nn_value(const nn_plan *p, nn_slice x)
{
    return p->values + x.at;
}
static inline real *nn_grad(const nn_plan *p, nn_slice x)
{
    return p->grads + x.grad;
}
static inline real *nn_work(const nn_plan *p)
{
    return p->values + p->value_room.size;
}

/* Weights as the operators of this plan like them best. To be called before the first run, and
 * again whenever the parameters have changed. */
void nn_plan_prepare(const nn_plan *p, const real *params);

/* dparams (the shape of params) is added to. nn_plan_backward expects the gradients of the
 * outputs in place and all others zero: nn_plan_zero_grads first. What it leaves are those of
 * inputs alone. */
void nn_plan_forward(const nn_plan *p, const real *params);
void nn_plan_zero_grads(const nn_plan *p);
void nn_plan_backward(const nn_plan *p, const real *params, real *dparams);

int64_t nn_plan_flops(const nn_plan *p); /* of one drop, forward                      */
int64_t nn_plan_sends(const nn_plan *p); /* floats an access point sends per decision */
size_t nn_plan_bytes(const nn_plan *p);
size_t nn_plan_describe(const nn_plan *p, char *text, size_t size); /* returns the length needed */

#endif
