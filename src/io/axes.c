#include "io/axes.h"

#include <string.h>

#include <cellfree/assignment.h>

#include "base/status.h"

static const char *const AXIS[IO_AXES] = {"drop", "ap", "user", "beam", "antenna"};
static const char TOGETHER[] = "ap:antenna";

/* What a layout has beside drop, ap and user, and which two it cannot do without. */
static const struct {
    const char *order;
    int32_t fourth, needed[2];
} LAYOUT[] = {[IO_LINKS] = {"drop,ap,user", -1, {IO_AP, IO_USER}},
              [IO_BEAMS] = {"drop,ap,user,beam", IO_BEAM, {IO_USER, IO_BEAM}},
              [IO_CHANNELS] = {"drop,ap,user,antenna", IO_ANTENNA, {IO_AP, IO_USER}}};

const char *io_axes_order(io_layout layout)
{
    return LAYOUT[layout].order;
}

static int is_word(const char *word, const char *s, size_t n)
{
    return strlen(word) == n && strncmp(word, s, n) == 0;
}

/* The array's axis n is the one that s names. */
static int set_axis(io_axes *x, const char *s, size_t length, int32_t n)
{
    const int together = x->layout == IO_CHANNELS && is_word(TOGETHER, s, length);
    for (int32_t i = 0; i < IO_AXES; i++) {
        if (i > IO_USER && i != LAYOUT[x->layout].fourth) continue;
        const int named = together ? i == IO_AP || i == IO_ANTENNA : is_word(AXIS[i], s, length);
        if (!named) continue;
        if (x->of[i] >= 0) return 0;
        x->of[i] = n;
        if (!together || i == IO_ANTENNA) return 1;
    }
    return 0;
}

cf_status io_axes_read(io_axes *x, io_layout layout, const char *order)
{
    *x = (io_axes){.layout = layout, .of = {-1, -1, -1, -1, -1}};
    for (const char *s = order; s; x->count++) {
        const char *comma = strchr(s, ',');
        if (!set_axis(x, s, comma ? (size_t)(comma - s) : strlen(s), x->count))
            return base_fail(CF_EARG, "import: axes are %.80s, wanted an order of %s", order,
                             LAYOUT[layout].order);
        s = comma ? comma + 1 : NULL;
    }
    const int32_t *needed = LAYOUT[layout].needed;
    if (x->of[needed[0]] < 0 || x->of[needed[1]] < 0)
        return base_fail(CF_EARG, "import: axes are %.80s, wanted %s and %s among them", order,
                         AXIS[needed[0]], AXIS[needed[1]]);
    return CF_OK;
}

/* One axis that is two: the access points' by their antennas. */
static cf_status part(io_axes *x, const char *path, const char *name, const char *shape,
                      int32_t antennas)
{
    const int32_t all = x->length[IO_ANTENNA];
    if (antennas < 1)
        return base_fail(CF_EARG, "import: axis %s without the number of antennas", TOGETHER);
    if (all % antennas != 0)
        return base_fail(CF_ESHAPE, "%.300s: %.60s is %s: %d along %s, no multiple of %d antennas",
                         path, name, shape, all, TOGETHER, antennas);
    x->length[IO_AP] = all / antennas;
    x->length[IO_ANTENNA] = antennas;
    x->stride[IO_AP] = x->stride[IO_ANTENNA] * antennas;
    return CF_OK;
}

static cf_status check_lengths(io_axes *x, const char *path, const char *name, const char *shape,
                               int32_t antennas)
{
    const int32_t *n = x->length;
    if (x->of[IO_AP] >= 0 && x->of[IO_AP] == x->of[IO_ANTENNA])
        return part(x, path, name, shape, antennas);
    if (x->layout == IO_CHANNELS && antennas > 0 && n[IO_ANTENNA] != antennas)
        return base_fail(CF_ESHAPE, "%.300s: %.60s is %s: %d along antenna, wanted %d antennas",
                         path, name, shape, n[IO_ANTENNA], antennas);
    if (x->layout == IO_BEAMS && n[IO_BEAM] != n[IO_USER])
        return base_fail(CF_ESHAPE, "%.300s: %.60s is %s: %d users and %d beams, wanted as many",
                         path, name, shape, n[IO_USER], n[IO_BEAM]);
    return CF_OK;
}

cf_status io_axes_fit(io_axes *x, const char *path, const char *name, const char *order,
                      int32_t antennas, const io_array *a)
{
    char shape[128];
    if (*a->axes && strcmp(a->axes, order) != 0)
        return base_fail(CF_ESHAPE,
                         "%.300s: %.60s has the axes %s by its header, --axes %.40s differs", path,
                         name, a->axes, order);
    io_array_shape(a, shape, sizeof shape);
    if (a->ndim != x->count && !(a->pads && a->ndim < x->count))
        return base_fail(CF_ESHAPE, "%.300s: %.60s is %s, which has %d axes; --axes %.40s names %d",
                         path, name, shape, a->ndim, order, x->count);
    for (int32_t i = 0; i < IO_AXES; i++) {
        const int64_t n = x->of[i] < 0 || x->of[i] >= a->ndim ? 1 : a->dims[x->of[i]];
        const int64_t most = i == IO_DROP ? INT32_MAX : CF_MAX_DIM;
        if (n < 1 || n > most)
            return base_fail(CF_ESHAPE, "%.300s: %.60s is %s: %lld along %s, wanted 1 to %lld",
                             path, name, shape, (long long)n, AXIS[i], (long long)most);
        x->length[i] = (int32_t)n;
        x->stride[i] = x->of[i] < 0 ? 0 : 1;
        for (int32_t j = x->of[i] + 1; x->of[i] >= 0 && j < a->ndim; j++)
            x->stride[i] *= a->dims[j];
    }
    return check_lengths(x, path, name, shape, antennas);
}

void io_axes_report(const io_axes *x, const char *key, const char *name, const io_array *a, text *t)
{
    char shape[128];
    text_add(t, "%s: array %s, dtype %s, shape %s%s:", key, name, a->dtype,
             io_array_shape(a, shape, sizeof shape),
             a->column_major ? " in column-major order" : "");
    for (int32_t j = 0; j < x->count; j++) {
        text_add(t, "%s axis %d is ", j ? "," : "", j);
        for (int32_t i = 0, named = 0; i < IO_AXES; i++)
            if (x->of[i] == j)
                text_add(t, "%s%s (%d)", named++ ? " by " : "", AXIS[i], x->length[i]);
    }
    text_add(t, "\n");
}
