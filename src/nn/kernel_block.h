/* Included by kernel_rows.h once for each kind of vector: VECTOR, and BY(name), what a function is
 * called for it. Blocks of `vectors` of them, at most MOST. */

enum { BY(W) = sizeof(VECTOR) / sizeof(real) };

#define AT(p) (*(VECTOR *)(p))
#define OF(p) (*(const VECTOR *)(p))

/* `rows` rows from r by some vectors of outputs from o: one load of weights feeds all rows. */
INLINE void BY(rows)(int rows, int vectors, const rows_of *p, int64_t r, int32_t o, real *y)
{
    const int64_t to = p->O == 1 ? 1 : p->width;
    const real *w = p->w + o, *b = p->b ? p->b + o : y + r * to + o;
    VECTOR a[ROWS][MOST];
    for (int j = 0; j < rows; j++)
        for (int v = 0; v < vectors; v++) a[j][v] = OF(b + (p->b ? 0 : j * to) + v * BY(W));
    for (int32_t s = 0; s < p->parts; s++) {
        const int64_t step = p->part[s].step;
        const real *x = p->part[s].x + r * step;
        for (const real *end = x + p->part[s].C; x < end; x++, w += p->width) {
#pragma GCC unroll 8
            for (int j = 0; j < rows; j++) {
                const real f = x[j * step];
#pragma GCC unroll 4
                for (int v = 0; v < vectors; v++) a[j][v] += f * OF(w + v * BY(W));
            }
        }
    }
    for (int j = 0; j < rows; j++)
        for (int v = 0; v < vectors; v++) {
            VECTOR c = a[j][v]; /* NaN stays */
            if (p->cut) c = (VECTOR)((__typeof__(c < 0))c & ~(c < 0));
            if (p->O == 1)
                y[r + j] = c[0];
            else
                AT(y + (r + j) * to + o + v * BY(W)) = c;
        }
}

INLINE void BY(outputs)(int vectors, const rows_of *p, int64_t R, int32_t o, real *y)
{
    int64_t r = 0;
    for (; r + ROWS <= R; r += ROWS) BY(rows)(ROWS, vectors, p, r, o, y);
    for (; r + 4 <= R; r += 4) BY(rows)(4, vectors, p, r, o, y);
    for (; r < R; r++) BY(rows)(1, vectors, p, r, o, y);
}

/* dw[o,i] += sum_r dy[r,o] x[r,i] of `outs` outputs and some vectors of inputs, of which x.C
 * are. */
INLINE void BY(weights)(int outs, int vectors, int64_t R, nn_part dy, nn_part x, int64_t pitch,
                        real *dw)
{
    VECTOR a[OUT_ROWS][MOST];
    for (int o = 0; o < outs; o++)
        for (int v = 0; v < vectors; v++) a[o][v] = (VECTOR){0};
    for (int64_t r = 0; r < R; r++, dy.x += dy.step, x.x += x.step)
#pragma GCC unroll 8
        for (int o = 0; o < outs; o++)
#pragma GCC unroll 4
            for (int v = 0; v < vectors; v++) a[o][v] += dy.x[o] * OF(x.x + v * BY(W));
    for (int o = 0; o < outs; o++, dw += pitch)
        for (int v = 0; v < vectors; v++)
            if (x.C >= (v + 1) * BY(W))
                AT(dw + v * BY(W)) += a[o][v];
            else
                for (int32_t i = v * BY(W); i < x.C; i++) dw[i] += a[o][v][i - v * BY(W)];
}

/* dw[o] += sum_r dy[r,o] x[r] for outputs `pitch` apart, of which dy.C are; two chains of sums. */
INLINE void BY(channel)(int vectors, int64_t R, nn_part dy, nn_part x, int64_t pitch, real *dw)
{
    VECTOR a[2][MOST];
    for (int v = 0; v < vectors; v++) a[0][v] = a[1][v] = (VECTOR){0};
    int64_t r = 0;
    for (; r + 2 <= R; r += 2)
        for (int h = 0; h < 2; h++)
            for (int v = 0; v < vectors; v++)
                a[h][v] += x.x[(r + h) * x.step] * OF(dy.x + (r + h) * dy.step + v * BY(W));
    for (int v = 0; v < vectors; v++) {
        if (r < R) a[0][v] += x.x[r * x.step] * OF(dy.x + r * dy.step + v * BY(W));
        a[0][v] += a[1][v];
        for (int32_t i = 0; i < BY(W) && v * BY(W) + i < dy.C; i++)
            dw[(v * BY(W) + i) * pitch] += a[0][v][i];
    }
}

/* Sums over `rows` rows, and what they add to those over columns: for some vectors of K x K pairs,
 * `step` apart. */
INLINE void BY(pair_sums)(int rows, int vectors, int first, int32_t K, int64_t step, const real *x,
                          real *columns, real *row_sums)
{
    VECTOR a[PAIR_ROWS][MOST];
    for (int i = 0; i < rows; i++)
        for (int v = 0; v < vectors; v++) a[i][v] = (VECTOR){0};
    for (int32_t j = 0; j < K; j++)
        for (int v = 0; v < vectors; v++) {
            real *column = columns + (j * vectors + v) * BY(W);
            VECTOR sum = {0};
            if (!first) sum = OF(column);
#pragma GCC unroll 8
            for (int i = 0; i < rows; i++) {
                const VECTOR one = OF(x + (i * K + j) * step + v * BY(W));
                a[i][v] += one;
                sum += one;
            }
            AT(column) = sum;
        }
    for (int i = 0; i < rows; i++)
        for (int v = 0; v < vectors; v++) AT(row_sums + (i * vectors + v) * BY(W)) = a[i][v];
}

INLINE void BY(pairs)(int vectors, int32_t K, int64_t step, int32_t width, const real *factor,
                      real *restrict sums, real *restrict y)
{
    const int64_t next = vectors * BY(W);
    real *columns = sums, *rows = sums + K * next;
    VECTOR own[MOST], by_row[MOST], all[MOST];
    int32_t k = 0;
    for (; k + PAIR_ROWS <= K; k += PAIR_ROWS) BY(pair_sums)
    (PAIR_ROWS, vectors, k == 0, K, step, y + k * K * step, columns, rows + k * next);
    for (; k < K; k++)
        BY(pair_sums)(1, vectors, k == 0, K, step, y + k * K * step, columns, rows + k * next);
    for (int v = 0; v < vectors; v++) {
        const real *f = factor + v * BY(W);
        own[v] = OF(f);
        by_row[v] = OF(f + 2 * width);
        all[v] = (VECTOR){0};
        for (int32_t i = 0; i < K; i++) {
            all[v] += OF(rows + i * next + v * BY(W));
            AT(columns + i * next + v * BY(W)) *= OF(f + width);
        }
        all[v] *= OF(f + 3 * width);
    }
    for (k = 0; k < K; k++, y += K * step) {
        VECTOR common[MOST];
        for (int v = 0; v < vectors; v++)
            common[v] = all[v] + by_row[v] * OF(rows + k * next + v * BY(W));
        for (int32_t j = 0; j < K; j++)
            for (int v = 0; v < vectors; v++) {
                real *to = y + j * step + v * BY(W);
                AT(to) = own[v] * OF(to) + (common[v] + OF(columns + j * next + v * BY(W)));
            }
    }
}

#undef AT
#undef OF
#undef VECTOR
#undef BY
#undef MOST
