/* Every set of kernels that this processor runs, against the plain loops. */
#include "nn/kernel.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

#include "t.h"

enum { MOST = 67, COLUMNS = 67 * NN_PAD };

static const char *const SETS[] = {"portable", "v2", "v3", "v4"};
enum { N_SETS = sizeof SETS / sizeof *SETS };

typedef struct shape {
    int32_t O, I;
    int64_t N;
} shape;

/* Memory of one size for all shapes; rows are COLUMNS apart, and start off a vector's boundary. */
typedef struct bench {
    real *rows, *w, *b, *y, *want, *dx, *dx_want, *dw, *dw_want, *db, *db_want;
    const real *x[MOST];
    real *d[MOST], *d_want[MOST];
} bench;

static real *take(rng *r, int64_t n)
{
    real *p = malloc((size_t)n * sizeof *p);
    for (int64_t i = 0; p && i < n; i++) p[i] = (real)(2 * rng_uniform(r) - 1);
    return p;
}

static real *copy(const real *from, int64_t n)
{
    real *p = malloc((size_t)n * sizeof *p);
    if (p) memcpy(p, from, (size_t)n * sizeof *p);
    return p;
}

/* Rows in reverse order, as slices of a plan need not follow each other. */
static void make(bench *t, uint64_t seed)
{
    rng r = rng_stream(seed, RNG_TEST, 0);
    t->rows = take(&r, MOST * COLUMNS);
    t->w = take(&r, MOST * MOST);
    t->b = take(&r, MOST + NN_OCT);
    t->y = take(&r, MOST * COLUMNS);
    t->want = copy(t->y, MOST * COLUMNS);
    t->dx = take(&r, MOST * COLUMNS);
    t->dx_want = copy(t->dx, MOST * COLUMNS);
    t->dw = take(&r, MOST * MOST);
    t->dw_want = copy(t->dw, MOST * MOST);
    t->db = take(&r, MOST);
    t->db_want = copy(t->db, MOST);
    for (int32_t i = 0; i < MOST; i++) {
        t->x[i] = t->rows + (int64_t)(MOST - 1 - i) * COLUMNS;
        t->d[i] = t->dx + (int64_t)(MOST - 1 - i) * COLUMNS;
        t->d_want[i] = t->dx_want + (int64_t)(MOST - 1 - i) * COLUMNS;
    }
}

static void drop(bench *t)
{
    real *all[] = {t->rows,    t->w,  t->b,       t->y,  t->want,   t->dx,
                   t->dx_want, t->dw, t->dw_want, t->db, t->db_want};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

/* Two sums of n products of numbers up to 1, in any order, are no further apart. */
static double bound(int64_t n)
{
    const double eps = sizeof(real) == sizeof(float) ? FLT_EPSILON : DBL_EPSILON;
    return 4 * (double)(n + 2) * eps * sqrt((double)n + 2);
}

static double apart(const real *a, const real *b, int64_t n)
{
    double most = 0;
    for (int64_t i = 0; i < n; i++) {
        const double d = fabs((double)a[i] - (double)b[i]);
        if (!(d <= most)) most = d; /* a NaN stays */
    }
    return most;
}

static void compare_forward(bench *t, const nn_kernels *k, shape s)
{
    const nn_kernels *plain = nn_kernels_named("plain");
    for (int bias = 0; bias < 2; bias++) {
        const real *b = bias ? t->b : NULL;
        const int64_t end = s.O * s.N;
        const real guard = end < MOST * COLUMNS ? t->y[end] : 0;
        memcpy(t->y, t->rows, sizeof(real) * (size_t)end);
        memcpy(t->want, t->rows, sizeof(real) * (size_t)end);
        k->forward(s.O, s.I, s.N, t->w, b, t->x, s.I % 2, t->y);
        plain->forward(s.O, s.I, s.N, t->w, b, t->x, s.I % 2, t->want);
        CHECK(apart(t->y, t->want, end) <= bound(s.I));
        CHECK(end == MOST * COLUMNS || t->y[end] == guard);
    }
}

/* What is there is added to, and a row that is not wanted is not touched. */
static void compare_data(bench *t, const nn_kernels *k, shape s)
{
    const nn_kernels *plain = nn_kernels_named("plain");
    real *d[MOST], *want[MOST];
    for (int32_t i = 0; i < s.I; i++) {
        d[i] = i % 3 == 1 ? NULL : t->d[i];
        want[i] = i % 3 == 1 ? NULL : t->d_want[i];
    }
    memcpy(t->dx_want, t->dx, sizeof(real) * MOST * COLUMNS);
    k->backward_data(s.O, s.I, s.N, t->w, t->y, d);
    plain->backward_data(s.O, s.I, s.N, t->w, t->y, want);
    /* y is up to |w x| + |b|: sums of O products of numbers up to I + 1 */
    CHECK(apart(t->dx, t->dx_want, MOST * COLUMNS) <= bound(s.O) * (s.I + 1));
    memcpy(t->dx, t->rows, sizeof(real) * MOST * COLUMNS);
}

static void compare_weights(bench *t, const nn_kernels *k, shape s)
{
    const nn_kernels *plain = nn_kernels_named("plain");
    for (int bias = 0; bias < 2; bias++) {
        memcpy(t->dw_want, t->dw, sizeof(real) * MOST * MOST);
        memcpy(t->db_want, t->db, sizeof(real) * MOST);
        k->backward_weights(s.O, s.I, s.N, t->dx, t->x, t->dw, bias ? t->db : NULL);
        plain->backward_weights(s.O, s.I, s.N, t->dx, t->x, t->dw_want, bias ? t->db_want : NULL);
        CHECK(apart(t->dw, t->dw_want, MOST * MOST) <= bound(s.N));
        CHECK(apart(t->db, t->db_want, MOST) <= bound(s.N));
        memcpy(t->dw, t->w, sizeof(real) * MOST * MOST);
        memcpy(t->db, t->b, sizeof(real) * MOST);
    }
}

static void compare_cut(bench *t, const nn_kernels *k, int64_t n)
{
    const nn_kernels *plain = nn_kernels_named("plain");
    memcpy(t->y, t->want, sizeof(real) * (size_t)(n + 1));
    memcpy(t->dx, t->want, sizeof(real) * (size_t)(n + 1));
    k->backward_cut(n, t->rows, t->y);
    plain->backward_cut(n, t->rows, t->dx);
    CHECK(memcmp(t->y, t->dx, sizeof(real) * (size_t)(n + 1)) == 0);
    int8_t kept[MOST + 1], want[MOST + 1];
    memset(kept, 1, sizeof kept);
    memset(want, 1, sizeof want);
    k->positive(n, t->rows, kept);
    plain->positive(n, t->rows, want);
    CHECK(memcmp(kept, want, sizeof kept) == 0);
    memcpy(t->y, t->want, sizeof(real) * (size_t)(n + 1));
    k->keep(n, kept, t->y);
    CHECK(memcmp(t->y, t->dx, sizeof(real) * (size_t)(n + 1)) == 0);
}

static void compare(const nn_kernels *k, bench *t, shape s)
{
    const int before = t_failed;
    compare_forward(t, k, s);
    compare_data(t, k, s);
    compare_weights(t, k, s);
    if (t_failed != before)
        fprintf(stderr, "%s: O = %d, I = %d, N = %lld\n", k->name, s.O, s.I, (long long)s.N);
}

/* Each count of outputs and inputs from 1 to 67, and with it each remainder of every block, by
 * numbers of columns that leave none, one or an odd number of vectors over. */
static void every_set_agrees_with_plain_loops(void)
{
    bench t;
    make(&t, 1);
    for (int s = 0; s < N_SETS; s++) {
        const nn_kernels *k = nn_kernels_named(SETS[s]);
        if (!k) continue;
        CHECK(strcmp(k->name, SETS[s]) == 0);
        for (int32_t n = 1; n <= MOST; n++) {
            const int64_t N = NN_PAD * (1 + n % 5);
            compare(k, &t, (shape){n, 1 + 37 * n % MOST, N});
            compare(k, &t, (shape){1 + 29 * n % MOST, n, N + NN_PAD});
        }
        for (int32_t O = 1; O <= 12; O++)
            for (int32_t I = 1; I <= 12; I++) compare(k, &t, (shape){O, I, NN_PAD * (O + I)});
        for (int32_t n = 1; n <= MOST; n++) compare(k, &t, (shape){3, 5, NN_PAD * n});
        compare(k, &t, (shape){MOST, MOST, COLUMNS});
    }
    drop(&t);
}

/* Factors and numbers up to 1, sums of K K of them; the scratch holds garbage. */
static void compare_pairs(bench *t, const nn_kernels *k, int32_t K, int32_t B, int32_t width)
{
    const nn_kernels *plain = nn_kernels_named("plain");
    const int64_t n = (int64_t)K * K * B * width + NN_PAD;
    if (n > MOST * COLUMNS) return;
    memcpy(t->y, t->rows, sizeof(real) * (size_t)n);
    memcpy(t->dx, t->rows, sizeof(real) * (size_t)n);
    k->pool_pairs(K, B, width, t->w, t->want, t->y);
    plain->pool_pairs(K, B, width, t->w, t->want, t->dx);
    CHECK(apart(t->y, t->dx, n) <= bound(K * K));
}

static void compare_gains(bench *t, const nn_kernels *k, int32_t J, int64_t n, int32_t B)
{
    const nn_kernels *plain = nn_kernels_named("plain");
    const int64_t stride = (n * B + NN_PAD - 1) / NN_PAD * NN_PAD;
    k->leak(J, n, B, t->rows, stride, t->w, t->y);
    plain->leak(J, n, B, t->rows, stride, t->w, t->dx);
    CHECK(apart(t->y, t->dx, (int64_t)J * B) <= bound(n));
    k->price(J, n, B, t->rows, stride, t->w, t->y);
    plain->price(J, n, B, t->rows, stride, t->w, t->dx);
    CHECK(apart(t->y, t->dx, n * B) <= bound(J));
}

/* What is behind the last row stays as it is. */
static void compare_rows(bench *t, const nn_kernels *k, int64_t rows, int64_t n, int add)
{
    const nn_kernels *plain = nn_kernels_named("plain");
    for (int kind = NN_POOL_OTHERS; kind <= NN_POOL_MOST; kind++) {
        const size_t bytes = sizeof(real) * (size_t)(rows * n + NN_PAD);
        memcpy(t->y, t->want, bytes);
        memcpy(t->dx, t->want, bytes);
        k->pool_rows((nn_pool)kind, rows, n, (real)0.125, t->rows, t->y, add);
        plain->pool_rows((nn_pool)kind, rows, n, (real)0.125, t->rows, t->dx, add);
        CHECK(apart(t->y, t->dx, rows * n + NN_PAD) <= bound((int32_t)n));
    }
}

/* Both sums go the same way through a group; a multiply and an add may have become one. Also in
 * place. */
static void compare_others(bench *t, const nn_kernels *k, int32_t n, int64_t width, int add)
{
    enum { GROUPS = 3 };
    const nn_kernels *plain = nn_kernels_named("plain");
    const size_t bytes = sizeof(real) * (size_t)(GROUPS * n * width + NN_PAD);
    memcpy(t->y, t->want, bytes);
    memcpy(t->dx, t->want, bytes);
    k->pool_others(GROUPS, n, width, (real)0.25, t->rows, t->y, add);
    plain->pool_others(GROUPS, n, width, (real)0.25, t->rows, t->dx, add);
    CHECK(apart(t->y, t->dx, GROUPS * n * width + NN_PAD) <= bound(n));
    memcpy(t->y, t->rows, bytes);
    memcpy(t->dx, t->rows, bytes);
    k->pool_others(GROUPS, n, width, (real)0.25, t->y, t->y, add);
    plain->pool_others(GROUPS, n, width, (real)0.25, t->rows, t->dx, add);
    CHECK(apart(t->y, t->dx, GROUPS * n * width + NN_PAD) <= bound(n));
}

/* Sums of groups, and what is common to a row and to a column of them. */
static void compare_sums(bench *t, const nn_kernels *k, int32_t L, int32_t K, int32_t B)
{
    const nn_kernels *plain = nn_kernels_named("plain");
    const size_t bytes = sizeof(real) * (size_t)(L * K * B + NN_PAD);
    memcpy(t->y, t->want, bytes);
    memcpy(t->dx, t->want, bytes);
    k->pool_sums(L, K, B, t->rows, t->y);
    plain->pool_sums(L, K, B, t->rows, t->dx);
    CHECK(apart(t->y, t->dx, L * K * B + NN_PAD) == 0);
    k->spread(L, K, B, t->rows, t->w, t->y);
    plain->spread(L, K, B, t->rows, t->w, t->dx);
    CHECK(apart(t->y, t->dx, L * K * B + NN_PAD) == 0);
}

/* One drop of R links: two values of features side by side in wider rows, and one channel. */
static void compare_links(bench *t, const nn_kernels *k, int32_t R, int32_t O, int32_t I)
{
    const nn_kernels *plain = nn_kernels_named("plain");
    const nn_part part[] = {{t->rows + 3, 72, I}, {t->dx, 1, 1}, {t->dw, 16, I % 5}};
    const int64_t n = R * (O == 1 ? 1 : (O + NN_OCT - 1) / NN_OCT * NN_OCT);
    for (int bias = O == 1; bias < 2; bias++) {
        const real *b = bias ? t->b : NULL;
        memcpy(t->y, t->want, sizeof(real) * (size_t)(n + NN_PAD));
        k->rows(R, O, 3, part, t->w, b, O % 2, t->y);
        plain->rows(R, O, 3, part, t->w, b, O % 2, t->want);
        CHECK(apart(t->y, t->want, n + NN_PAD) <= bound(2 * I));
        memcpy(t->want, t->rows, sizeof(real) * (size_t)(n + NN_PAD));
    }
}

/* Inputs of some features in wider rows, and one channel; dw and db are added to. */
static void compare_links_weights(bench *t, const nn_kernels *k, int32_t R, int32_t O, int32_t I)
{
    const nn_kernels *plain = nn_kernels_named("plain");
    const nn_part part[] = {{t->rows, 72, I}, {t->dx, 1, 1}, {t->w, 24, 1 + I % 24}};
    memcpy(t->dw_want, t->dw, sizeof(real) * MOST * MOST);
    memcpy(t->db_want, t->db, sizeof(real) * MOST);
    k->rows_weights(R, O, t->y, 3, part, t->dw, t->db);
    plain->rows_weights(R, O, t->y, 3, part, t->dw_want, t->db_want);
    CHECK(apart(t->dw, t->dw_want, MOST * MOST) <= bound(R));
    CHECK(apart(t->db, t->db_want, MOST) <= bound(R));
    memcpy(t->dw, t->w, sizeof(real) * MOST * MOST);
    memcpy(t->db, t->b, sizeof(real) * MOST);
}

/* L R links, in groups of R side by side, or of L far apart. */
static void compare_links_others(bench *t, const nn_kernels *k, int32_t L, int32_t R, int32_t first)
{
    enum { WIDTH = 24 };
    const nn_kernels *plain = nn_kernels_named("plain");
    const nn_group side = {L, R * WIDTH, WIDTH, R}, apart_by = {R, WIDTH, R * WIDTH, L};
    const int64_t n = L * R * WIDTH + NN_PAD;
    for (int i = 0; i < 4; i++) {
        const nn_group g = i % 2 ? side : apart_by;
        memcpy(t->y, t->rows, sizeof(real) * (size_t)n);
        memcpy(t->dx, t->rows, sizeof(real) * (size_t)n);
        k->rows_others(g, first, WIDTH, (real)0.5, i < 2 ? t->y : t->want, t->y);
        plain->rows_others(g, first, WIDTH, (real)0.5, i < 2 ? t->dx : t->want, t->dx);
        CHECK(apart(t->y, t->dx, n) <= bound(L + R));
    }
}

static void every_set_passes_one_drop_through_as_plain_loops_do(void)
{
    bench t;
    make(&t, 3);
    for (int s = 0; s < N_SETS; s++) {
        const nn_kernels *k = nn_kernels_named(SETS[s]);
        for (int32_t n = 1; k && n <= MOST; n++) {
            compare_links(&t, k, n, 1 + 29 * n % MOST, 1 + 11 * n % 40);
            compare_links(&t, k, 1 + 37 * n % 20, n, 1 + 7 * n % 40);
            compare_links(&t, k, n, 4 * (1 + n % 6), 20);
            compare_links(&t, k, n, 8 * (1 + n % 8), 20);
            memcpy(t.y, t.rows, sizeof(real) * MOST * COLUMNS);
            compare_links_weights(&t, k, n, 1 + 29 * n % 40, 1 + 11 * n % 40);
            compare_links_weights(&t, k, 1 + 37 * n % 20, 1 + n % 40, 8 * (1 + n % 5));
            compare_links_others(&t, k, 1 + n % 7, 1 + n % 5, n % 24);
        }
    }
    drop(&t);
}

/* Of whole vectors, of rows shorter than one, and of the last row, whose end is read
 * differently. */
static void a_number_that_is_none_is_the_most(void)
{
    enum { ROWS = 3, LONGEST = 40 };
    for (int s = -1; s < N_SETS; s++) {
        const nn_kernels *k = nn_kernels_named(s < 0 ? "plain" : SETS[s]);
        for (int n = 1; k && n <= LONGEST; n++)
            for (int at = 0; at < ROWS * n; at++) {
                real x[ROWS * LONGEST], y[ROWS * LONGEST];
                for (int i = 0; i < ROWS * n; i++) x[i] = i == at ? (real)NAN : (real)(i % 7);
                k->pool_rows(NN_POOL_MOST, ROWS, n, 0, x, y, 0);
                for (int i = 0; i < ROWS * n; i++) CHECK((i / n == at / n) == (y[i] != y[i]));
            }
    }
}

static void every_set_pools_pairs_and_multiplies_gains_as_plain_loops_do(void)
{
    static const int32_t LANES[] = {1, 2, 4, 7, 8, 16};
    bench t;
    make(&t, 2);
    for (int s = 0; s < N_SETS; s++) {
        const nn_kernels *k = nn_kernels_named(SETS[s]);
        if (!k) continue;
        for (int i = 0; i < 6; i++)
            for (int32_t n = 1; n <= 20; n++) {
                compare_pairs(&t, k, n, LANES[i], NN_OCT * (1 + n % 7));
                compare_gains(&t, k, 1 + 7 * n % 20, n, LANES[i]);
            }
        for (int32_t n = 1; n <= MOST; n++) {
            compare_gains(&t, k, 1 + 29 * n % MOST, n, 1);
            for (int64_t rows = 1; rows <= 5; rows += 2) compare_rows(&t, k, rows, n, n % 2);
            for (int32_t i = 1; i <= 20; i += 3) compare_others(&t, k, i, n, n % 2);
            compare_others(&t, k, 3, 5 * n, 1 - n % 2);
            compare_sums(&t, k, 1 + n % 5, 1 + n % 7, n);
            compare_cut(&t, k, n);
        }
    }
    drop(&t);
}

/* Relative for exponentials; for logarithms of the larger of the answer and 1. */
static void every_set_knows_exponentials_and_logarithms(void)
{
    enum { N = 4001 };
    static real x[N], y[N];
    const double most = sizeof(real) == sizeof(float) ? 3e-7 : 1e-15;
    for (int s = -1; s < N_SETS; s++) {
        const nn_kernels *k = nn_kernels_named(s < 0 ? "plain" : SETS[s]);
        if (!k) continue;
        for (int i = 0; i < N; i++) x[i] = (real)(-80 + 160.0 * i / (N - 1));
        k->exps(N, x, y);
        for (int i = 0; i < N; i++) CHECK(fabs((double)y[i] / exp((double)x[i]) - 1) <= most * 4);
        k->logs(N, y, x);
        for (int i = 0; i < N; i++) {
            const double want = log((double)y[i]);
            CHECK(fabs((double)x[i] - want) <= most * fmax(fabs(want), 1));
        }
        for (int i = 0; i < N; i++) x[i] = (real)(-25 + 50.0 * i / (N - 1));
        k->tanhs(N, x, y);
        for (int i = 0; i < N; i++) CHECK(fabs((double)y[i] - tanh((double)x[i])) <= most);
        real edge[] = {-1000, 1000, 0, -1, NAN}, got[5];
        k->exps(5, edge, got);
        CHECK(got[0] > 0 && isfinite(got[1]) && got[2] == 1 && isnan(got[4]));
        k->logs(5, edge, got);
        CHECK(isfinite(got[2]) && got[2] < -80 && got[3] == got[2] && isnan(got[4]));
        k->tanhs(5, edge, got);
        CHECK(got[0] == -1 && got[1] == 1 && got[2] == 0 && isnan(got[4]));
        k->exps(5, edge, edge); /* in place */
        CHECK(edge[2] == 1);
    }
}

static void plain_loops_give_the_sums_by_hand(void)
{
    const nn_kernels *k = nn_kernels_named("plain");
    real a[NN_PAD], b[NN_PAD], y[2 * NN_PAD], da[NN_PAD];
    for (int i = 0; i < NN_PAD; i++) {
        a[i] = (real)i;
        b[i] = 2;
        da[i] = 100;
    }
    const real w[] = {1, 2, 3, 4}, bias[] = {10, 20};
    k->forward(2, 2, NN_PAD, w, bias, (const real *const[]){a, b}, 0, y);
    CHECK(y[3] == 10 + 3 + 4 && y[NN_PAD + 3] == 20 + 9 + 8);
    k->forward(1, 1, NN_PAD, w, NULL, (const real *const[]){b}, 0, y);
    CHECK(y[3] == 17 + 2 && y[0] == 10 + 4 + 2);
    y[3] = 17;
    k->backward_data(2, 2, NN_PAD, w, y, (real *const[]){da, NULL});
    CHECK(da[3] == 100 + 17 + 3 * 37);
    real dw[] = {1, 1, 1, 1}, db[] = {1, 1};
    k->backward_weights(1, 2, NN_PAD, b, (const real *const[]){a, b}, dw, db);
    CHECK(dw[0] == 1 + 2 * 120 && dw[1] == 1 + 4 * 16 && dw[2] == 1 && db[0] == 33 && db[1] == 1);
}

/* In a layer that reads one slice twice, two rows of gradients are the same memory. */
static void one_row_wanted_twice_gets_both_sums(void)
{
    enum { I = 11, O = 3 };
    real w[O * I], dy[O * NN_PAD], dx[NN_PAD], *rows[I];
    for (int i = 0; i < O * I; i++) w[i] = (real)(i % 7);
    for (int i = 0; i < O * NN_PAD; i++) dy[i] = (real)(i % 5);
    for (int i = 0; i < I; i++) rows[i] = dx;
    for (int s = -1; s < N_SETS; s++) {
        const nn_kernels *k = nn_kernels_named(s < 0 ? "plain" : SETS[s]);
        if (!k) continue;
        memset(dx, 0, sizeof dx);
        k->backward_data(O, I, NN_PAD, w, dy, rows);
        for (int n = 0; n < NN_PAD; n++) {
            real want = 0;
            for (int i = 0; i < O * I; i++) want += w[i] * dy[i / I * NN_PAD + n];
            CHECK(dx[n] == want); /* small whole numbers: no rounding */
        }
    }
}

static void unknown_names_have_no_kernels(void)
{
    CHECK(nn_kernels_named("") == NULL);
    CHECK(nn_kernels_named("V3") == NULL);
    CHECK(nn_kernels_named("v5") == NULL);
    CHECK(nn_kernels_named("portable ") == NULL);
    CHECK(nn_kernels_named("plain") != NULL && nn_kernels_named("portable") != NULL);
}

static void the_environment_chooses_among_those_that_run(void)
{
    CHECK(unsetenv("CELLFREE_KERNELS") == 0);
    const nn_kernels *fastest = nn_kernels_best();
    CHECK(fastest != NULL && strcmp(fastest->name, "plain") != 0);
    for (int s = N_SETS - 1, met = 0; s >= 0 && !met; s--) {
        const nn_kernels *k = nn_kernels_named(SETS[s]);
        met = k == fastest;
        CHECK(met || k == NULL); /* none that is faster runs */
    }
    for (int s = 0; s < N_SETS; s++) {
        const nn_kernels *k = nn_kernels_named(SETS[s]);
        CHECK(setenv("CELLFREE_KERNELS", SETS[s], 1) == 0);
        CHECK(nn_kernels_best() == k); /* NULL where it does not run */
    }
    CHECK(setenv("CELLFREE_KERNELS", "plain", 1) == 0);
    CHECK(nn_kernels_best() == nn_kernels_named("plain"));
    CHECK(setenv("CELLFREE_KERNELS", "v99", 1) == 0);
    CHECK(nn_kernels_best() == NULL);
    CHECK(setenv("CELLFREE_KERNELS", "", 1) == 0);
    CHECK(nn_kernels_best() == fastest);
}

int main(void)
{
    RUN(a_number_that_is_none_is_the_most);
    RUN(every_set_pools_pairs_and_multiplies_gains_as_plain_loops_do);
    RUN(every_set_passes_one_drop_through_as_plain_loops_do);
    RUN(every_set_knows_exponentials_and_logarithms);
    RUN(plain_loops_give_the_sums_by_hand);
    RUN(every_set_agrees_with_plain_loops);
    RUN(one_row_wanted_twice_gets_both_sums);
    RUN(unknown_names_have_no_kernels);
    RUN(the_environment_chooses_among_those_that_run);
    return DONE();
}
