/* The rest of kernel_impl.h: features last. Rows are links, each with its
 * features side by side in whole octs, so that a sum over users or access points is a sum of
 * whole vectors here too. Every sum goes the way it goes among many drops: the answer is the
 * same to the last bit. */
#pragma GCC diagnostic ignored "-Wpsabi" /* vectors are passed to inlined functions only */

#ifdef CF_REAL_DOUBLE
typedef int64_t oct_mask __attribute__((vector_size(NN_OCT * sizeof(real))));
#else
typedef int32_t oct_mask __attribute__((vector_size(NN_OCT * sizeof(real))));
#endif

#define OCT(p) (*(const oct *)(p))

/* Rows that stay in registers: of links with their outputs, of outputs with their inputs. */
enum { ROWS = WIDTH == 64 ? 5 : 4, OUT_ROWS = WIDTH == 64 ? 8 : 4 };
enum { PAIR_ROWS = 5 };

typedef struct rows_of {
    int32_t O, width, parts; /* width: O in whole octs */
    const nn_part *part;
    const real *w, *b; /* b NULL: added to y */
    int cut;
} rows_of;

#define VECTOR   vec
#define BY(name) name##_by_vectors
#define MOST     2
#include "nn/kernel_block.h"
#define VECTOR   oct
#define BY(name) name##_by_octs
#define MOST     3
#include "nn/kernel_block.h"

/* Apart, so that the compiler finds registers for each. */
#define APART static __attribute__((noinline))
APART void two_vectors(rows_of p, int64_t R, int32_t o, real *y)
{
    outputs_by_vectors(2, &p, R, o, y);
}
APART void three_octs(rows_of p, int64_t R, int32_t o, real *y)
{
    outputs_by_octs(3, &p, R, o, y);
}
APART void two_octs(rows_of p, int64_t R, int32_t o, real *y)
{
    outputs_by_octs(2, &p, R, o, y);
}
APART void one_vector(rows_of p, int64_t R, int32_t o, real *y)
{
    if ((int)V < NN_OCT)
        outputs_by_vectors(1, &p, R, o, y);
    else
        outputs_by_octs(1, &p, R, o, y);
}

/* Two vectors where they are shorter than octs, or hold four of them; else three octs at a time,
 * but one is never left over. */
static void rows(int64_t R, int32_t O, int32_t parts, const nn_part *part, const real *w,
                 const real *b, int cut, real *y)
{
    const rows_of p = {O, nn_octs(O), parts, part, w, b, cut};
    if (O == 1) {
        one_vector(p, R, 0, y);
        return;
    }
    for (int32_t o = 0; o < p.width;) {
        const int32_t left = (p.width - o) / NN_OCT;
        if ((int)V < NN_OCT || ((int)V > NN_OCT && left >= 4)) {
            two_vectors(p, R, o, y);
            o += 2 * V;
        } else if (left == 3 || left >= 5) {
            three_octs(p, R, o, y);
            o += 3 * NN_OCT;
        } else if (left >= 2) {
            two_octs(p, R, o, y);
            o += 2 * NN_OCT;
        } else {
            one_vector(p, R, o, y);
            o += NN_OCT;
        }
    }
}

/* Two vectors of inputs, then octs, by some outputs. */
INLINE void weights_outputs(int outs, int64_t R, nn_part dy, nn_part x, int64_t pitch, real *dw)
{
    for (; x.C > V || (x.C > 0 && (int)V < NN_OCT); x.x += 2 * V, x.C -= 2 * V, dw += 2 * V)
        weights_by_vectors(outs, 2, R, dy, x, pitch, dw);
    for (; x.C > 0; x.x += NN_OCT, x.C -= NN_OCT, dw += NN_OCT)
        weights_by_octs(outs, 1, R, dy, x, pitch, dw);
}

static void weights_part(int64_t R, nn_part dy, nn_part x, int64_t pitch, real *dw)
{
    for (; dy.C >= OUT_ROWS; dy.x += OUT_ROWS, dy.C -= OUT_ROWS, dw += OUT_ROWS * pitch)
        weights_outputs(OUT_ROWS, R, dy, x, pitch, dw);
    for (; dy.C >= 4; dy.x += 4, dy.C -= 4, dw += 4 * pitch)
        weights_outputs(4, R, dy, x, pitch, dw);
    for (; dy.C > 0; dy.x++, dy.C--, dw += pitch) weights_outputs(1, R, dy, x, pitch, dw);
}

static void weights_channel(int64_t R, nn_part dy, nn_part x, int64_t pitch, real *dw)
{
    for (; dy.C > V || (dy.C > 0 && (int)V < NN_OCT);
         dy.x += 2 * V, dy.C -= 2 * V, dw += 2 * V * pitch)
        channel_by_vectors(2, R, dy, x, pitch, dw);
    for (; dy.C > 0; dy.x += NN_OCT, dy.C -= NN_OCT, dw += NN_OCT * pitch)
        channel_by_octs(1, R, dy, x, pitch, dw);
}

/* A bias is the weight of a channel that is 1 everywhere. */
static void rows_weights(int64_t R, int32_t O, const real *dy, int32_t parts, const nn_part *part,
                         real *restrict dw, real *restrict db)
{
    static const real one = 1;
    const nn_part out = {dy, O == 1 ? 1 : nn_octs(O), O};
    int32_t I = 0;
    for (int32_t s = 0; s < parts; s++) I += part[s].C;
    for (int32_t s = 0; s < parts; dw += part[s++].C)
        if (part[s].C == 1)
            weights_channel(R, out, part[s], I, dw);
        else
            weights_part(R, out, part[s], I, dw);
    weights_channel(R, out, (nn_part){&one, 0, 1}, 1, db);
}

static void pool_pairs(int32_t K, int32_t B, int32_t width, const real *factor, real *restrict sums,
                       real *restrict y)
{
    const int64_t step = (int64_t)B * width;
    for (int64_t b = 0; b < step; b += width) {
        int32_t at = 0;
        for (; at + 2 * V <= width; at += 2 * V)
            pairs_by_vectors(2, K, step, width, factor + at, sums, y + b + at);
        for (; at < width; at += NN_OCT)
            pairs_by_octs(1, K, step, width, factor + at, sums, y + b + at);
    }
}

/* One oct of every row; the features before `kept` stay as in x. */
INLINE void rows_others_of(nn_group g, int kept, real scale, const real *x, real *y)
{
    oct_mask pooled;
    for (int v = 0; v < NN_OCT; v++) pooled[v] = v >= kept ? -1 : 0;
    for (int64_t i = 0; i < g.groups; i++, x += g.group_step, y += g.group_step) {
        oct sum = {0};
        for (int32_t j = 0; j < g.n; j++) sum += OCT(x + j * g.step);
        for (int32_t j = 0; j < g.n; j++) {
            const oct own = OCT(x + j * g.step);
            oct v = scale * (sum - own);
            if (kept > 0) v = (oct)(((oct_mask)v & pooled) | ((oct_mask)own & ~pooled));
            *(oct *)(y + j * g.step) = v;
        }
    }
}

static void rows_others(nn_group g, int32_t first, int32_t width, real scale, const real *x,
                        real *y)
{
    int32_t o = first / NN_OCT * NN_OCT;
    if (o < first) rows_others_of(g, first - o, scale, x + o, y + o), o += NN_OCT;
    for (; o < width; o += NN_OCT) rows_others_of(g, 0, scale, x + o, y + o);
}
