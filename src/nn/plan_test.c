#include "nn/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "base/rng.h"
#include "nn/ops.h"

#include "alloc.h"
#include "t.h"

enum { PARAMS = 64 };
static const real TAU = (real)0.5;

typedef struct net {
    nn_plan plan;
    nn_slice x, limit, out; /* (2,..), (1,..), (2,..) */
    real params[PARAMS];
} net;

/* Every operator at least once. `repeats` makes the line longer. */
static cf_status make(net *n, nn_dims dims, int train, int repeats)
{
    nn_plan *p = &n->plan;
    nn_plan_begin(p, dims, train);
    n->x = nn_plan_take(p, 2);
    n->limit = nn_plan_take(p, 1);
    const nn_slice h = nn_linear(p, (const nn_slice[]){n->x, n->limit}, 2, 4, 0, 12, NN_RELU);
    const nn_slice pooled[] = {h, nn_other_users(p, h)};
    const nn_slice g = nn_linear(p, pooled, 2, 3, 16, 40, NN_TANH);
    const nn_slice both[] = {nn_channels(p, g, 1, 2), nn_exchange(p, g)};
    const nn_slice a = nn_linear(p, both, 2, 2, 43, 53, NN_NONE);
    nn_slice s = nn_softmax_users(p, nn_squash(p, a));
    for (int r = 0; r < repeats; r++) s = nn_softmax_users(p, s);
    const nn_slice gap = nn_gap(p, n->limit, nn_channels(p, s, 1, 1));
    const nn_slice m = nn_max(p, gap, nn_channels(p, s, 0, 1));
    n->out = nn_linear(p, (const nn_slice[]){m, nn_soft_top(p, a, n->limit, &TAU)}, 2, 2, 55, 61,
                       NN_NONE);
    rng r = rng_stream(5, RNG_TEST, 0);
    for (int i = 0; i < PARAMS; i++) n->params[i] = (real)(2 * rng_uniform(&r) - 1);
    return nn_plan_finish(p);
}

static int64_t column(const nn_plan *p, int64_t l, int64_t k, int64_t b)
{
    return (l * p->dims.K + k) * p->dims.B + b;
}

/* Inputs as a function of who the AP and the user are; al and uk are their places in this net. */
static void feed(const net *n, const int *al, const int *uk)
{
    const nn_dims d = n->plan.dims;
    real *x = nn_value(&n->plan, n->x), *limit = nn_value(&n->plan, n->limit);
    for (int32_t l = 0; l < d.L; l++)
        for (int32_t k = 0; k < d.K; k++)
            for (int32_t b = 0; b < d.B; b++) {
                rng r = rng_stream(6, RNG_TEST, (uint64_t)((l * d.K + k) * d.B + b));
                const int64_t at = column(&n->plan, al[l], uk[k], b);
                x[at] = (real)(2 * rng_uniform(&r) - 1);
                x[n->plan.stride + at] = (real)(2 * rng_uniform(&r) - 1);
                limit[at] = (real)(l % 3 + 1);
            }
}

/* Who stands where changes where the answer stands, and no more than the rounding of sums. */
static void outputs_follow_aps_and_users_around(void)
{
    enum { L = 4, K = 5, B = 3 };
    static const int same_l[] = {0, 1, 2, 3}, same_k[] = {0, 1, 2, 3, 4};
    static const int moved_l[] = {2, 0, 3, 1}, moved_k[] = {4, 2, 0, 1, 3};
    net a, z;
    CHECK(make(&a, (nn_dims){L, K, B}, 0, 0) == CF_OK);
    CHECK(make(&z, (nn_dims){L, K, B}, 0, 0) == CF_OK);
    feed(&a, same_l, same_k);
    feed(&z, moved_l, moved_k);
    nn_plan_forward(&a.plan, a.params);
    nn_plan_forward(&z.plan, z.params);
    double spread = 0;
    for (int c = 0; c < 2; c++)
        for (int l = 0; l < L; l++)
            for (int k = 0; k < K; k++)
                for (int b = 0; b < B; b++) {
                    const real *ya = nn_value(&a.plan, a.out) + c * a.plan.stride;
                    const real *yz = nn_value(&z.plan, z.out) + c * z.plan.stride;
                    const double want = ya[column(&a.plan, l, k, b)];
                    CHECK_NEAR(yz[column(&z.plan, moved_l[l], moved_k[k], b)], want, 2e-4);
                    spread = fmax(spread, fabs(want - (double)ya[column(&a.plan, 0, 0, 0)]));
                }
    CHECK(spread > 0.05); /* the links do differ */
    nn_plan_free(&a.plan);
    nn_plan_free(&z.plan);
}

/* A drop among others in lanes gets what it gets alone. */
static void lanes_do_not_see_each_other(void)
{
    enum { L = 3, K = 4, B = 5 };
    static const int l_at[] = {0, 1, 2}, k_at[] = {0, 1, 2, 3};
    net many, one;
    CHECK(make(&many, (nn_dims){L, K, B}, 0, 0) == CF_OK);
    CHECK(make(&one, (nn_dims){L, K, 1}, 0, 0) == CF_OK);
    feed(&many, l_at, k_at);
    nn_plan_forward(&many.plan, many.params);
    for (int b = 0; b < B; b++) {
        for (int c = 0; c < 3; c++) /* x and limit stand one after the other */
            for (int i = 0; i < L * K; i++)
                one.plan.values[c * one.plan.stride + i] =
                    many.plan.values[c * many.plan.stride + i * B + b];
        nn_plan_forward(&one.plan, one.params);
        for (int c = 0; c < 2; c++)
            for (int i = 0; i < L * K; i++)
                CHECK_NEAR(nn_value(&one.plan, one.out)[c * one.plan.stride + i],
                           nn_value(&many.plan, many.out)[c * many.plan.stride + i * B + b], 2e-4);
    }
    nn_plan_free(&many.plan);
    nn_plan_free(&one.plan);
}

/* No operator adds to an output, or reads one that a later operator left. */
static void a_second_forward_gives_the_same_bits(void)
{
    static const int l_at[] = {0, 1, 2}, k_at[] = {0, 1, 2, 3, 4};
    net n;
    CHECK(make(&n, (nn_dims){3, 5, 3}, 1, 0) == CF_OK);
    const size_t bytes = (size_t)n.plan.value_room.size * sizeof(real);
    real *before = malloc(bytes);
    CHECK(before != NULL);
    feed(&n, l_at, k_at);
    nn_plan_forward(&n.plan, n.params);
    memcpy(before, n.plan.values, bytes);
    for (int64_t i = n.out.at; i < n.plan.value_room.size; i++) n.plan.values[i] += 7;
    nn_plan_forward(&n.plan, n.params);
    CHECK(memcmp(before, n.plan.values, bytes) == 0);
    free(before);
    nn_plan_free(&n.plan);
}

/* A line of operators of changing width, in which values are dropped as soon as nothing reads
 * them, or never. */
static nn_slice narrows_and_widens(nn_plan *p, nn_slice first, int drops)
{
    nn_slice x = first;
    for (int32_t r = 0; r < 9; r++) {
        const int32_t C = 1 + r * 5 % 4;
        const nn_slice e = nn_exchange(p, x), all[] = {x, e};
        const nn_slice y = nn_linear(p, all, 2, C, r, 2 * r, NN_TANH);
        const nn_slice half = nn_channels(p, y, C / 2, C - C / 2), o = nn_other_users(p, half);
        if (drops) nn_plan_drop(p, half);
        if (drops) nn_plan_drop(p, e);
        if (drops && r > 0) nn_plan_drop(p, x);
        x = o;
    }
    return x;
}

static void values_that_are_dropped_give_room_and_change_nothing(void)
{
    for (int32_t train = 0; train < 2; train++) {
        nn_plan plan[2];
        nn_slice x[2], y[2];
        real params[PARAMS], got[2][PARAMS] = {{0}};
        for (int i = 0; i < PARAMS; i++) params[i] = (real)(i % 7 - 3) / 4;
        for (int drops = 0; drops < 2; drops++) {
            nn_plan *p = &plan[drops];
            nn_plan_begin(p, (nn_dims){3, 4, 2}, train);
            x[drops] = nn_plan_take(p, 3);
            y[drops] = narrows_and_widens(p, x[drops], drops);
            CHECK(nn_plan_finish(p) == CF_OK);
            for (int i = 0; i < 3 * 32; i++)
                nn_value(p, x[drops])[i] = i % 32 < 24 ? (real)(i % 11 - 5) / 8 : 0;
            nn_plan_forward(p, params);
            for (int again = 0; train && again < 2; again++) { /* leaves the gradients it needs */
                if (!again) nn_plan_zero_grads(p);
                for (int i = 0; i < 24; i++) nn_grad(p, y[drops])[i] = (real)i;
                nn_plan_backward(p, params, got[drops]);
            }
        }
        CHECK(nn_plan_bytes(&plan[1]) < nn_plan_bytes(&plan[0]) * (train ? 9 : 5) / 10);
        for (int64_t i = 0; i < y[0].C * plan[0].stride; i++)
            CHECK(i % plan[0].stride >= 24 ||
                  nn_value(&plan[0], y[0])[i] == nn_value(&plan[1], y[1])[i]);
        for (int64_t i = 0; train && i < 3 * plan[0].stride; i++)
            CHECK(nn_grad(&plan[0], x[0])[i] == nn_grad(&plan[1], x[1])[i]);
        CHECK(memcmp(got[0], got[1], sizeof got[0]) == 0);
        nn_plan_free(&plan[0]);
        nn_plan_free(&plan[1]);
    }
}

static void running_a_plan_allocates_nothing(void)
{
    net n;
    real dparams[PARAMS] = {0};
    CHECK(make(&n, (nn_dims){2, 3, 2}, 1, 0) == CF_OK);
    const int before = calls;
    nn_plan_forward(&n.plan, n.params);
    nn_plan_zero_grads(&n.plan);
    nn_plan_backward(&n.plan, n.params, dparams);
    CHECK(calls == before);
    nn_plan_free(&n.plan);
}

static void what_an_access_point_computes_and_sends_is_counted(void)
{
    enum { L = 3, K = 5 };
    net n;
    CHECK(make(&n, (nn_dims){L, K, 7}, 0, 0) == CF_OK); /* lanes do not count */
    const int64_t linear = 2 * (3 * 4 + 8 * 3 + 5 * 2 + 3 * 2), pools = 3 * (4 + 3);
    CHECK(nn_plan_flops(&n.plan) == (linear + pools) * L * K);
    CHECK(nn_plan_sends(&n.plan) == (3 + 1) * K); /* exchange of 3 channels, gap of 1 */
    nn_plan_free(&n.plan);

    nn_plan p;
    nn_plan_begin(&p, (nn_dims){L, K, 2}, 0);
    const nn_slice x = nn_plan_take(&p, 2);
    CHECK(nn_plan_flops(&p) == 0 && nn_plan_sends(&p) == 0);
    nn_linear(&p, (const nn_slice[]){x, x}, 2, 6, 0, 24, NN_RELU);
    CHECK(nn_plan_flops(&p) == 2 * 4 * 6 * L * K && nn_plan_sends(&p) == 0);
    nn_exchange(&p, x);
    CHECK(nn_plan_flops(&p) == (2 * 4 * 6 + 3 * 2) * L * K && nn_plan_sends(&p) == 2 * K);
    CHECK(nn_plan_finish(&p) == CF_OK);
    const size_t columns = 32; /* 3 5 2 = 30, rounded up to 16s */
    CHECK(nn_plan_bytes(&p) == columns * (2 + 6 + 2) * sizeof(real));
    nn_plan_free(&p);
    nn_plan_begin(&p, (nn_dims){L, K, 2}, 1);
    nn_plan_take(&p, 3);
    CHECK(nn_plan_finish(&p) == CF_OK);
    CHECK(nn_plan_bytes(&p) == 2 * columns * 3 * sizeof(real));
    nn_plan_free(&p);
}

/* As snprintf: the length of the whole text whatever fits, and a 0 byte at the end of what does. */
static void a_description_tells_its_length_and_keeps_within_its_room(void)
{
    net n;
    CHECK(make(&n, (nn_dims){3, 5, 2}, 0, 0) == CF_OK);
    const size_t need = nn_plan_describe(&n.plan, NULL, 0);
    char *whole = malloc(need + 1), *part = malloc(need + 2);
    CHECK(whole && part);
    CHECK(nn_plan_describe(&n.plan, whole, need + 1) == need && strlen(whole) == need);
    for (size_t size = 1; size <= need; size++) {
        memset(part, 'x', need + 2);
        CHECK(nn_plan_describe(&n.plan, part, size) == need);
        CHECK(strlen(part) == size - 1 && memcmp(part, whole, size - 1) == 0);
        CHECK(part[size] == 'x');
    }
    CHECK(strstr(whole, "exchange") && strstr(whole, "soft top") && strstr(whole, "gap"));
    int lines = 0;
    for (size_t i = 0; i < need; i++) lines += whole[i] == '\n';
    CHECK(lines == n.plan.n_ops + 3);
    free(whole);
    free(part);
    nn_plan_free(&n.plan);
}

/* 60 operators more than the first block of them holds; each allocation fails in turn. */
static void a_failing_allocation_is_reported_and_leaks_nothing(void)
{
    for (int train = 0; train < 2; train++) {
        const int before = held;
        net n;
        calls = 0;
        CHECK(make(&n, (nn_dims){2, 3, 1}, train, 60) == CF_OK);
        const int needed = calls;
        CHECK(needed >= 3 + train);
        CHECK(held > before);
        nn_plan_free(&n.plan);
        CHECK(held == before);
        for (int i = 0; i < needed; i++) {
            calls = 0;
            failing = i;
            CHECK(make(&n, (nn_dims){2, 3, 1}, train, 60) == CF_ENOMEM);
            failing = -1;
            CHECK(held == before);
            CHECK(n.plan.ops == NULL && n.plan.values == NULL && n.plan.grads == NULL);
            nn_plan_free(&n.plan); /* once more does no harm */
        }
    }
}

/* More than any machine has: an error, not a crash. */
static void a_plan_that_no_memory_holds_is_refused(void)
{
    nn_plan p;
    nn_plan_begin(&p, (nn_dims){65535, 65535, 4096}, 0);
    const nn_slice x = nn_plan_take(&p, 64);
    nn_exchange(&p, x);
    CHECK(nn_plan_finish(&p) == CF_ENOMEM);
    CHECK(strstr(cf_last_error(), "memory") != NULL);
}

static void kernels_that_are_not_there_are_refused(void)
{
    nn_plan p;
    CHECK(setenv(BASE_CPU_VARIABLE, "fastest", 1) == 0);
    nn_plan_begin(&p, (nn_dims){2, 2, 1}, 0);
    nn_squash(&p, nn_plan_take(&p, 1));
    CHECK(nn_plan_finish(&p) == CF_EARG);
    CHECK(strstr(cf_last_error(), "CELLFREE_KERNELS is \"fastest\", wanted one of plain"));
    CHECK(unsetenv(BASE_CPU_VARIABLE) == 0);
    nn_plan_begin(&p, (nn_dims){2, 2, 1}, 0);
    CHECK(nn_plan_finish(&p) == CF_OK);
    nn_plan_free(&p);
}

static void slices_of_a_plan_do_not_overlap_and_are_aligned(void)
{
    net n;
    CHECK(make(&n, (nn_dims){3, 7, 1}, 1, 0) == CF_OK);
    CHECK(n.plan.stride % NN_PAD == 0 && n.plan.stride >= 21 && n.plan.stride < 21 + NN_PAD);
    CHECK((uintptr_t)n.plan.values % 64 == 0 && (uintptr_t)n.plan.grads % 64 == 0);
    int64_t at = 3 * n.plan.stride; /* x and limit */
    for (int32_t i = 0; i < n.plan.n_ops; i++) {
        CHECK(n.plan.ops[i].out.at == at);
        at += n.plan.ops[i].out.C * n.plan.stride;
    }
    CHECK(at == n.plan.value_room.size);
    nn_plan_free(&n.plan);
}

int main(void)
{
    RUN(outputs_follow_aps_and_users_around);
    RUN(lanes_do_not_see_each_other);
    RUN(a_second_forward_gives_the_same_bits);
    RUN(values_that_are_dropped_give_room_and_change_nothing);
    RUN(running_a_plan_allocates_nothing);
    RUN(what_an_access_point_computes_and_sends_is_counted);
    RUN(a_description_tells_its_length_and_keeps_within_its_room);
    RUN(a_failing_allocation_is_reported_and_leaks_nothing);
    RUN(a_plan_that_no_memory_holds_is_refused);
    RUN(kernels_that_are_not_there_are_refused);
    RUN(slices_of_a_plan_do_not_overlap_and_are_aligned);
    return DONE();
}
