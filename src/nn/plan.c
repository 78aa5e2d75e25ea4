#include "nn/plan.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#    include <xmmintrin.h>
#endif

#include "base/cpu.h"
#include "base/status.h"

void nn_plan_begin(nn_plan *p, nn_dims dims, int32_t train)
{
    const int64_t columns = (int64_t)dims.L * dims.K * dims.B;
    *p = (nn_plan){
        .dims = dims, .train = train, .stride = nn_padded(columns), .kernels = nn_kernels_best()};
}

/* The first hole that is large enough, or new memory. */
static int64_t room_take(nn_room *r, int64_t n)
{
    for (int32_t i = 0; i < r->holes; i++) {
        if (r->hole[i].n < n) continue;
        const int64_t at = r->hole[i].at;
        r->hole[i].at += n;
        r->hole[i].n -= n;
        return at;
    }
    r->size += n;
    return r->size - n;
}

/* A hole more, joined to its neighbours; empty ones go. One too many is forgotten: that costs
 * memory only. */
static void room_drop(nn_room *r, int64_t at, int64_t n)
{
    int32_t to = 0, i = 0;
    for (; i < r->holes && r->hole[i].at < at; i++)
        if (r->hole[i].n > 0) r->hole[to++] = r->hole[i];
    if (to > 0 && r->hole[to - 1].at + r->hole[to - 1].n == at) {
        to--;
        n += at - r->hole[to].at;
        at = r->hole[to].at;
    }
    if (i < r->holes && at + n == r->hole[i].at) n += r->hole[i++].n;
    if (to == i) { /* all before stay: those behind move up */
        if (r->holes == NN_MAX_HOLES) return;
        memmove(&r->hole[to + 1], &r->hole[i], (size_t)(r->holes - i) * sizeof r->hole[0]);
        r->holes++;
        i++;
    }
    r->hole[to].at = at;
    r->hole[to++].n = n;
    for (; i < r->holes; i++)
        if (r->hole[i].n > 0) r->hole[to++] = r->hole[i];
    r->holes = to;
}

/* Reals that a value takes. */
static int64_t room_of(const nn_plan *p, nn_slice x)
{
    return p->stride * (x.step ? x.step : x.C);
}

nn_slice nn_plan_take(nn_plan *p, int32_t C)
{
    nn_slice x = {.C = C};
    if (p->features_last && C > 1) x.step = nn_octs(C);
    x.at = room_take(&p->value_room, room_of(p, x));
    if (p->train) x.grad = room_take(&p->grad_room, room_of(p, x));
    return x;
}

void nn_plan_drop(nn_plan *p, nn_slice x)
{
    if (p->train)
        room_drop(&p->grad_room, x.grad, room_of(p, x));
    else
        room_drop(&p->value_room, x.at, room_of(p, x));
}

int64_t nn_plan_scratch(nn_plan *p, int64_t n)
{
    const int64_t at = p->value_room.size;
    p->value_room.size += nn_padded(n);
    return at;
}

void nn_plan_prepared(nn_plan *p, nn_op *op, nn_prepare *prepare, int64_t n, int shared)
{
    for (const nn_op *o = p->ops; shared && o < p->ops + p->n_ops; o++)
        if (o->prepare == prepare && o->weight == op->weight) {
            op->scratch = o->scratch;
            return;
        }
    op->scratch = nn_plan_scratch(p, n);
    op->prepare = prepare;
}

void nn_plan_work(nn_plan *p, int64_t n)
{
    if (n > p->work) p->work = n;
}

nn_op *nn_plan_add(nn_plan *p, const nn_op_class *class, int32_t C)
{
    if (p->n_ops == p->cap_ops) {
        const int32_t cap = 2 * p->cap_ops + 32;
        nn_op *ops = realloc(p->ops, (size_t)cap * sizeof *ops);
        if (ops) {
            p->ops = ops;
            p->cap_ops = cap;
        } else {
            p->failed = 1;
        }
    }
    nn_op *op = p->failed ? &p->nowhere : &p->ops[p->n_ops++];
    *op = (nn_op){.class = class, .out = nn_plan_take(p, C), .weight = -1, .bias = -1};
    return op;
}

nn_slice nn_channels(const nn_plan *p, nn_slice x, int32_t first, int32_t C)
{
    assert(first >= 0 && first + C <= x.C);
    const int64_t at = first * (x.step ? 1 : p->stride);
    return (nn_slice){
        .at = x.at + at, .grad = x.grad + at, .C = C, .step = x.step, .constant = x.constant};
}

/* Kernels may read NN_PAD behind what they work on. */
static real *take_reals(int64_t n)
{
    const size_t bytes = ((size_t)(n + NN_PAD) * sizeof(real) + 63) / 64 * 64;
    real *r = aligned_alloc(64, bytes);
    if (r) memset(r, 0, bytes);
    return r;
}

cf_status nn_plan_finish(nn_plan *p)
{
    if (!p->kernels) {
        const char *found = getenv(BASE_CPU_VARIABLE);
        nn_plan_free(p);
        return base_fail(CF_EARG, "%s is \"%.40s\", wanted one of %s that this processor runs",
                         BASE_CPU_VARIABLE, found ? found : "", "plain, portable, v2, v3 and v4");
    }
    if (!p->failed) {
        p->values = take_reals(p->value_room.size + p->work);
        p->grads = p->train ? take_reals(p->grad_room.size) : NULL;
        p->failed = !p->values || (p->train && !p->grads);
    }
    if (!p->failed) return CF_OK;
    const int64_t size = p->value_room.size + p->work;
    nn_plan_free(p);
    return base_fail(CF_ENOMEM, "no memory for a plan of %lld numbers", (long long)size);
}

void nn_plan_free(nn_plan *p)
{
    free(p->ops);
    free(p->values);
    free(p->grads);
    *p = (nn_plan){0};
}

/* Saturated softmaxes and their gradients are full of denormal numbers, on which processors are ten
 * times slower and which nothing here depends on: while a plan runs they count as 0. Returns what
 * flush_end restores for this thread. */
static unsigned flush_begin(void)
{
#if defined(__x86_64__)
    const unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8040); /* flush to zero, denormals are zero */
    return before;
#else
    return 0;
#endif
}

static void flush_end(unsigned before)
{
#if defined(__x86_64__)
    _mm_setcsr(before);
#else
    (void)before;
#endif
}

void nn_plan_prepare(const nn_plan *p, const real *params)
{
    for (int32_t i = 0; i < p->n_ops; i++)
        if (p->ops[i].prepare) p->ops[i].prepare(p, &p->ops[i], params);
}

void nn_plan_forward(const nn_plan *p, const real *params)
{
    const unsigned before = flush_begin();
    for (int32_t i = 0; i < p->n_ops; i++) p->ops[i].class->forward(p, &p->ops[i], params);
    flush_end(before);
}

void nn_plan_zero_grads(const nn_plan *p)
{
    memset(p->grads, 0, (size_t)p->grad_room.size * sizeof(real));
}

void nn_plan_backward(const nn_plan *p, const real *params, real *dparams)
{
    const unsigned before = flush_begin();
    for (int32_t i = p->n_ops - 1; i >= 0; i--) {
        const nn_op *op = &p->ops[i];
        if (op->class->backward) op->class->backward(p, op, params, dparams);
        memset(nn_grad(p, op->out), 0, (size_t)room_of(p, op->out) * sizeof(real));
    }
    flush_end(before);
}

static int64_t op_flops(const nn_plan *p, const nn_op *op)
{
    return op->class->flops ? op->class->flops(p, op) : 0;
}

static int64_t op_sends(const nn_plan *p, const nn_op *op)
{
    return op->class->sends ? op->class->sends(p, op) : 0;
}

int64_t nn_plan_flops(const nn_plan *p)
{
    int64_t sum = 0;
    for (int32_t i = 0; i < p->n_ops; i++) sum += op_flops(p, &p->ops[i]);
    return sum;
}

int64_t nn_plan_sends(const nn_plan *p)
{
    int64_t sum = 0;
    for (int32_t i = 0; i < p->n_ops; i++) sum += op_sends(p, &p->ops[i]);
    return sum;
}

size_t nn_plan_bytes(const nn_plan *p)
{
    return (size_t)(p->value_room.size + p->work + (p->grads ? p->grad_room.size : 0)) *
           sizeof(real);
}

size_t nn_plan_describe(const nn_plan *p, char *out, size_t size)
{
    size_t n = 0;
#define SAY(...) \
    n += (size_t)snprintf(n < size ? out + n : NULL, n < size ? size - n : 0, __VA_ARGS__)
    SAY("plan of %d access points by %d columns (users, or pairs of them), %d lane(s); kernels "
        "%s\n",
        p->dims.L, p->dims.K, p->dims.B, p->kernels->name);
    SAY("%4s  %-16s %8s %8s %12s %12s %8s\n", "", "operator", "in", "out", "flop/drop", "bytes",
        "sent/AP");
    for (int32_t i = 0; i < p->n_ops; i++) {
        const nn_op *op = &p->ops[i];
        int32_t in = 0;
        for (int32_t j = 0; j < op->n_in; j++) in += op->in[j].C;
        SAY("%4d  %-16s %8d %8d %12lld %12lld %8lld\n", i, op->class->name, in, op->out.C,
            (long long)op_flops(p, op), (long long)(room_of(p, op->out) * (int64_t)sizeof(real)),
            (long long)op_sends(p, op));
    }
    SAY("total: %lld flop a drop, %zu bytes of memory, %lld floats sent by an access point\n",
        (long long)nn_plan_flops(p), nn_plan_bytes(p), (long long)nn_plan_sends(p));
#undef SAY
    return n;
}
