/* The published ancestor of A's network, for interference networks: SINRnet layers conv1 .. convV
 * and a linear head, conv(V+1), once for network a and once for b. Over pairs (k,j), h the input:
 *
 *   z_1 = h,  y_v = relu(W_v z_v + b_v),  z_v+1 = [h, P(y_v)] (or P(y_v) alone)
 *   u = W_V+1 z_V+1 + b_V+1
 *   a_k = o(out_scale u_kk + out_offset) of a,  b_k - a_k = o(out_scale u_kk + support_offset) of b
 *
 * P is as in policy/sinrnet.c, whose network without messages this is. Two things differ: h stands
 * there below P(y_v), and both networks have one offset. */
#include <stdio.h>
#include <string.h>

#include "base/status.h"
#include "io/convert.h"

typedef struct shape {
    int32_t features, layers, skip, networks;
} shape;

static const policy_tensor *find(const policy_tensors *t, const char *prefix, int32_t layer,
                                 char net)
{
    char name[IO_PREFIX_SIZE + 32];
    snprintf(name, sizeof name, "%sconv%d%c.weight", prefix, layer, net);
    return policy_tensors_find(t, name);
}

static int32_t is_conv(const policy_tensor *w)
{
    return w->rank == 4 && w->dim[2] == 1 && w->dim[3] == 1;
}

/* The head is the last convolution, and with it come no features: there must be two at least. */
static cf_status read_shape(shape *out, const policy_tensors *t, const char *prefix)
{
    char text[160];
    const policy_tensor *w1 = find(t, prefix, 1, 'a'), *w2 = find(t, prefix, 2, 'a');
    if (!is_conv(w1) || w1->dim[0] < 4 || w1->dim[0] % 4 != 0 || w1->dim[1] != 1)
        return base_fail(CF_EFORMAT, "%s is %s, wanted (4F,1,1,1)", w1->name,
                         policy_shape_text(text, sizeof text, w1->rank, w1->dim));
    if (!w2) return base_fail(CF_EFORMAT, "tensor %sconv2a.weight is missing", prefix);
    const int64_t O = w1->dim[0], in = w2->rank == 4 ? w2->dim[1] : 0;
    if (!is_conv(w2) || (in != O && in != O + 1))
        return base_fail(CF_EFORMAT, "%s is %s, wanted (.,%lld,1,1), or (.,%lld,1,1) without skip",
                         w2->name, policy_shape_text(text, sizeof text, w2->rank, w2->dim),
                         (long long)O + 1, (long long)O);
    int32_t convs = 2;
    while (find(t, prefix, convs + 1, 'a')) convs++;
    *out = (shape){(int32_t)O / 4, convs - 1, (int32_t)(in - O), find(t, prefix, 1, 'b') ? 2 : 1};
    return CF_OK;
}

static cf_status make(cf_policy **out, const shape *n, const cf_convert *o)
{
    const policy_class *class = policy_class_named("sinrnet");
    const struct {
        const char *key;
        double value;
    } SIZES[] = {
        {"features", n->features},
        {"layers", n->layers},
        {"messages", 0},
        {"skip", n->skip},
        {"networks", n->networks},
        {"linear", o->linear},
        {"input_mean", o->input_mean},
        {"input_std", o->input_std},
        {"output", !o->exponential},
        {"out_scale", o->out_scale},
        {"out_offset", o->out_offset},
    };
    double size[POLICY_MAX_SIZES];
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++)
        io_convert_size(class, size, SIZES[i].key, SIZES[i].value);
    return policy_make(out, class, size);
}

/* Our tensors, network by network and layer by layer, under the authors' names. */
static void rename_tensors(nn_params *t, int32_t convs)
{
    for (int32_t i = 0; i < t->count; i++) {
        nn_tensor *w = &t->tensor[i];
        const int32_t conv = i / 2, is_bias = i % 2;
        snprintf(w->name, sizeof w->name, "conv%d%c.%s", conv % convs + 1, "ab"[conv / convs],
                 is_bias ? "bias" : "weight");
        if (is_bias) continue;
        w->rank = 4;
        w->dim[2] = w->dim[3] = 1;
    }
}

/* Column 0 of a weight, which reads h, becomes the last. */
static void move_skip(const nn_tensor *w, real *params)
{
    const int32_t I = w->dim[1];
    for (real *row = params + w->at; row < params + w->at + w->size; row += I) {
        const real h = row[0];
        memmove(row, row + 1, (size_t)(I - 1) * sizeof *row);
        row[I - 1] = h;
    }
}

static cf_status fill(cf_policy *p, const shape *n, const cf_convert *o, const policy_tensors *t,
                      const char *prefix)
{
    cf_policy theirs = *p; /* whose parameters are p's, by other names */
    rename_tensors(&theirs.table, n->layers + 1);
    const cf_status s = policy_fill(&theirs, t, prefix);
    if (s != CF_OK) return s;
    for (int32_t i = 0; i < p->table.count && n->skip; i++)
        if (p->table.tensor[i].rank == 2 && p->table.tensor[i].dim[1] > 1)
            move_skip(&p->table.tensor[i], p->params);
    const nn_tensor *b = nn_params_find(&p->table, "beta.head.1.bias");
    if (b) p->params[b->at] += (real)((o->support_offset - o->out_offset) / o->out_scale);
    return CF_OK;
}

cf_status io_convert_sinrnet(cf_policy **out, const policy_tensors *t, const cf_convert *o)
{
    char prefix[IO_PREFIX_SIZE];
    shape n;
    cf_policy *p = NULL;
    cf_status s = io_convert_prefix(t, "conv1a.weight", prefix);
    if (s == CF_OK) s = read_shape(&n, t, prefix);
    if (s == CF_OK) s = make(&p, &n, o);
    if (s == CF_OK) s = fill(p, &n, o, t, prefix);
    if (s == CF_OK)
        *out = p;
    else
        cf_policy_free(p);
    return s;
}
