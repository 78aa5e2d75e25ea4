#include "nn/params.h"

#include <string.h>

#include "t.h"

static void table(nn_params *t)
{
    *t = (nn_params){0};
    CHECK(nn_params_add(t, "first.weight", 4, (const int32_t[]){200, 25, 1, 1}) == 0);
    CHECK(nn_params_add(t, "first.bias", 1, (const int32_t[]){200}) == 5000);
    CHECK(nn_params_add(t, "second.weight", 2, (const int32_t[]){50, 100}) == 5200);
    CHECK(nn_params_add(t, "second.bias", 1, (const int32_t[]){50}) == 10200);
}

static void tensors_lie_one_after_the_other(void)
{
    nn_params t;
    table(&t);
    CHECK(t.count == 4 && t.size == 10250);
    const nn_tensor *a = nn_params_find(&t, "second.weight");
    CHECK(a == &t.tensor[2] && a->at == 5200 && a->size == 5000 && a->rank == 2);
    CHECK(a->dim[0] == 50 && a->dim[1] == 100);
    CHECK(nn_params_find(&t, "second") == NULL);
    CHECK(nn_params_find(&t, "") == NULL);
}

/* All within the bound, the bound nearly reached, and moments of a uniform distribution: variance
 * bound^2/3; five standard errors. */
static void each_tensor_starts_uniform_within_its_fan_in(void)
{
    static const double BOUND[] = {0.2, 0.2, 0.1, 0.1}; /* 1/sqrt(25), 1/sqrt(100) */
    nn_params t;
    static real p[10250];
    table(&t);
    nn_params_init(&t, 3, p);
    for (int i = 0; i < 4; i++) {
        const nn_tensor *a = &t.tensor[i];
        double least = 0, most = 0, sum = 0, squares = 0;
        for (int j = 0; j < a->size; j++) {
            const double v = (double)p[a->at + j] / BOUND[i];
            least = fmin(least, v);
            most = fmax(most, v);
            sum += v;
            squares += v * v;
        }
        const double n = a->size;
        CHECK(least >= -1.000001 && most <= 1.000001);
        CHECK(least < -1 + 10 / n && most > 1 - 10 / n);
        CHECK(fabs(sum / n) < 5 * sqrt(1 / (3 * n)));
        CHECK(fabs(squares / n - 1.0 / 3) < 5 * sqrt(4 / (45 * n)));
    }
}

static void the_seed_alone_decides(void)
{
    nn_params t;
    static real p[10250], q[10250];
    table(&t);
    nn_params_init(&t, 3, p);
    memset(q, 0xff, sizeof q);
    nn_params_init(&t, 3, q);
    CHECK(memcmp(p, q, sizeof p) == 0);
    nn_params_init(&t, 4, q);
    int equal = 0;
    for (int i = 0; i < t.size; i++) equal += p[i] == q[i];
    CHECK(equal < 20);
}

/* Tensors own a stream each, so one that is added at the end leaves the others as they were. */
static void a_tensor_at_the_end_changes_none_before_it(void)
{
    nn_params t;
    static real p[10250], q[10300];
    table(&t);
    nn_params_init(&t, 3, p);
    nn_params_add(&t, "third.weight", 2, (const int32_t[]){5, 10});
    nn_params_init(&t, 3, q);
    CHECK(memcmp(p, q, sizeof p) == 0);
    CHECK(p[0] != p[5000] && p[0] != p[5200]);
}

int main(void)
{
    RUN(tensors_lie_one_after_the_other);
    RUN(each_tensor_starts_uniform_within_its_fan_in);
    RUN(the_seed_alone_decides);
    RUN(a_tensor_at_the_end_changes_none_before_it);
    return DONE();
}
