/* The rest of kernel_impl.h: one drop alone, features last. Rows are links, each with its
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

/* Rows of links and octs of outputs that stay in registers. */
enum { ROWS = WIDTH == 64 ? 5 : 4, OCTS = WIDTH >= 32 ? 3 : 1 };

typedef struct rows_of {
    int32_t O, width, parts; /* width: O in whole octs */
    const nn_part *part;
    const real *w, *b; /* b NULL: added to y */
    int cut;
} rows_of;

INLINE void rows_put(const rows_of *p, real *y, oct a)
{
    oct v = a;
    if (p->cut) v = (oct)((oct_mask)a & ~(a < 0)); /* NaN stays */
    if (p->O == 1)
        *y = v[0];
    else
        *(oct *)y = v;
}

/* `rows` rows from r by `octs` octs of outputs from o: one load of weights feeds all rows. */
INLINE void rows_block(int rows, int octs, const rows_of *p, int64_t r, int32_t o, real *y)
{
    const int64_t to = p->O == 1 ? 1 : p->width;
    const real *w = p->w + o, *b = p->b ? p->b + o : y + r * to + o;
    oct a[ROWS][OCTS];
    for (int j = 0; j < rows; j++)
        for (int v = 0; v < octs; v++) a[j][v] = OCT(b + (p->b ? 0 : j * to) + v * NN_OCT);
    for (int32_t s = 0; s < p->parts; s++) {
        const int64_t step = p->part[s].step;
        const real *x = p->part[s].x + r * step;
        for (const real *end = x + p->part[s].C; x < end; x++, w += p->width) {
#pragma GCC unroll 8
            for (int j = 0; j < rows; j++) {
                const real f = x[j * step];
#pragma GCC unroll 4
                for (int v = 0; v < octs; v++) a[j][v] += f * OCT(w + v * NN_OCT);
            }
        }
    }
    for (int j = 0; j < rows; j++)
        for (int v = 0; v < octs; v++) rows_put(p, y + (r + j) * to + o + v * NN_OCT, a[j][v]);
}

INLINE void rows_outputs(int rows, const rows_of *p, int64_t r, real *y)
{
    int32_t o = 0;
    for (; o + OCTS * NN_OCT <= p->width; o += OCTS * NN_OCT) rows_block(rows, OCTS, p, r, o, y);
    for (; o < p->width; o += NN_OCT) rows_block(rows, 1, p, r, o, y);
}

static void rows(int64_t R, int32_t O, int32_t parts, const nn_part *part, const real *w,
                 const real *b, int cut, real *y)
{
    const rows_of p = {O, (O + NN_OCT - 1) / NN_OCT * NN_OCT, parts, part, w, b, cut};
    int64_t r = 0;
    for (; r + ROWS <= R; r += ROWS) rows_outputs(ROWS, &p, r, y);
    for (; r + 4 <= R; r += 4) rows_outputs(4, &p, r, y);
    for (; r < R; r++) rows_outputs(1, &p, r, y);
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
