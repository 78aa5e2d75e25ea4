/* The policy file: a safetensors file whose metadata says what network its tensors are of. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cellfree/policy.h>

#include "base/number.h"
#include "base/status.h"
#include "base/text.h"
#include "policy/policy.h"
#include "policy/safetensors.h"

#define FORMAT "cellfree.policy"
enum { VERSION = 1 };

static const char *const RESERVED[] = {"format", "version", "task", "architecture"};
enum { N_RESERVED = sizeof RESERVED / sizeof *RESERVED };

static int32_t is_reserved(const policy_class *class, const char *key)
{
    for (int32_t i = 0; i < N_RESERVED; i++)
        if (strcmp(key, RESERVED[i]) == 0) return 1;
    for (int32_t i = 0; i < class->n_sizes; i++)
        if (strcmp(key, class->sizes[i].key) == 0) return 1;
    return 0;
}

static cf_status check_savable(const cf_policy *p)
{
    for (int32_t i = 0; i < p->n_meta; i++)
        if (is_reserved(p->class, p->meta[i].key))
            return base_fail(CF_EARG, "metadata \"%s\" is the policy's own, not to be set",
                             p->meta[i].key);
    for (int32_t i = 0; i < p->table.size; i++)
        if (!isfinite(p->params[i]))
            return base_fail(CF_ENUM, "parameter %d of %d is %g, wanted a finite number", i,
                             p->table.size, (double)p->params[i]);
    return CF_OK;
}

cf_status cf_policy_save(const cf_policy *p, const char *path)
{
    if (!p || !path) return base_fail(CF_EARG, "cf_policy_save: a pointer is NULL");
    cf_status s = check_savable(p);
    if (s != CF_OK) return base_fail_in(s, "%s", path);
    char version[16], size[POLICY_MAX_SIZES][NUMBER_SIZE];
    snprintf(version, sizeof version, "%d", VERSION);
    policy_string *meta =
        malloc((size_t)(N_RESERVED + POLICY_MAX_SIZES + p->n_meta) * sizeof *meta);
    if (!meta) return base_fail(CF_ENOMEM, "%s: no memory for metadata", path);
    int32_t n = 0;
    meta[n++] = (policy_string){"format", FORMAT};
    meta[n++] = (policy_string){"version", version};
    meta[n++] = (policy_string){"task", cf_task_name(p->class->task)};
    meta[n++] = (policy_string){"architecture", p->class->name};
    for (int32_t i = 0; i < p->class->n_sizes; i++) {
        meta[n++] = (policy_string){p->class->sizes[i].key, number_write(size[i], 17, p->size[i])};
    }
    for (int32_t i = 0; i < p->n_meta; i++)
        meta[n++] = (policy_string){p->meta[i].key, p->meta[i].value};
    s = policy_tensors_write(path, &p->table, p->params, meta, n);
    free(meta);
    return s;
}

static const char *look_up(const policy_tensors *t, const char *key)
{
    for (int32_t i = 0; i < t->n_meta; i++)
        if (strcmp(t->meta[i].key, key) == 0) return t->meta[i].value;
    return NULL;
}

/* All of the text, and only a number. */
static int32_t read_number(const char *s, double *value)
{
    const char *end;
    if (!s || strspn(s, "+-.0123456789eE") != strlen(s)) return 0;
    *value = number_read(s, &end);
    return end != s && *end == 0;
}

static cf_status check_kind(const policy_tensors *t)
{
    const char *format = look_up(t, "format");
    double version;
    if (!format || strcmp(format, FORMAT) != 0)
        return base_fail(CF_EFORMAT,
                         "not a policy: its metadata has format \"%.60s\", wanted \"" FORMAT
                         "\" (for weights trained elsewhere there is cellfree convert)",
                         format ? format : "");
    if (!read_number(look_up(t, "version"), &version) || version < 1 || version != floor(version))
        return base_fail(CF_EFORMAT, "its version is not a whole number from 1");
    if (version > VERSION)
        return base_fail(CF_EFORMAT, "its version is %.0f, newer than the %d this program reads",
                         version, VERSION);
    return CF_OK;
}

static cf_status find_class(const policy_tensors *t, const policy_class **out)
{
    const char *name = look_up(t, "architecture"), *task = look_up(t, "task");
    *out = name ? policy_class_named(name) : NULL;
    if (*out && task && strcmp(task, cf_task_name((*out)->task)) == 0) return CF_OK;
    if (*out)
        return base_fail(CF_EFORMAT, "it is for task \"%.60s\", wanted %s, which %s is for",
                         task ? task : "", cf_task_name((*out)->task), name);
    text known = {0};
    for (int32_t i = 0; policy_classes[i]; i++)
        text_add(&known, "%s%s", i ? ", " : "", policy_classes[i]->name);
    const cf_status s = base_fail(CF_EFORMAT, "its architecture is \"%.60s\", wanted one of %s",
                                  name ? name : "", known.failed ? "?" : known.s);
    text_free(&known);
    return s;
}

static cf_status make_empty(const policy_tensors *t, cf_policy **out)
{
    const policy_class *class;
    double size[POLICY_MAX_SIZES];
    cf_status s = check_kind(t);
    if (s == CF_OK) s = find_class(t, &class);
    if (s != CF_OK) return s;
    for (int32_t i = 0; i < class->n_sizes; i++) {
        const char *key = class->sizes[i].key, *value = look_up(t, key);
        if (!read_number(value, &size[i]))
            return base_fail(CF_EFORMAT, "its metadata has %s \"%.60s\", wanted a number", key,
                             value ? value : "");
    }
    s = policy_make(out, class, size);
    return s == CF_EARG ? CF_EFORMAT : s;
}

/* The strings that are not of the format itself change hands. */
static cf_status take_meta(cf_policy *p, policy_tensors *t)
{
    p->meta = malloc(((size_t)t->n_meta + 1) * sizeof *p->meta);
    if (!p->meta) return base_fail(CF_ENOMEM, "no memory for metadata");
    for (int32_t i = 0; i < t->n_meta; i++) {
        if (is_reserved(p->class, t->meta[i].key)) continue;
        p->meta[p->n_meta++] = t->meta[i];
        t->meta[i] = (policy_meta){0};
    }
    return CF_OK;
}

cf_status cf_policy_load(cf_policy **out, const char *path)
{
    if (!out || !path) return base_fail(CF_EARG, "cf_policy_load: a pointer is NULL");
    policy_tensors t;
    cf_policy *p = NULL;
    cf_status s = policy_tensors_read(&t, path);
    if (s != CF_OK) return s;
    s = make_empty(&t, &p);
    if (s == CF_OK) s = policy_fill(p, &t, "");
    if (s == CF_OK) s = take_meta(p, &t);
    policy_tensors_free(&t);
    if (s == CF_OK) {
        *out = p;
        return CF_OK;
    }
    cf_policy_free(p);
    return base_fail_in(s, "%s", path);
}

static int32_t has_shape(const policy_tensor *found, const nn_tensor *wanted, char *shape,
                         size_t size)
{
    int64_t dim[4];
    int32_t same = found->rank == wanted->rank;
    for (int32_t i = 0; i < wanted->rank; i++) {
        dim[i] = wanted->dim[i];
        same = same && found->dim[i] == dim[i];
    }
    policy_shape_text(shape, size, wanted->rank, dim);
    return same;
}

static cf_status fill_one(cf_policy *p, const nn_tensor *wanted, const policy_tensor *found)
{
    char is[160], want[160];
    if (!has_shape(found, wanted, want, sizeof want))
        return base_fail(CF_EFORMAT, "%s is %s, wanted %s", found->name,
                         policy_shape_text(is, sizeof is, found->rank, found->dim), want);
    for (int32_t i = 0; i < wanted->size; i++) {
        const real w = (real)found->value[i];
        if (!isfinite(w))
            return base_fail(CF_EFORMAT, "%s: number %d of %d is %g, too large", found->name, i,
                             wanted->size, found->value[i]);
        p->params[wanted->at + i] = w;
    }
    return CF_OK;
}

cf_status policy_fill(cf_policy *p, const policy_tensors *t, const char *prefix)
{
    char name[256];
    for (int32_t i = 0; i < p->table.count; i++) {
        const nn_tensor *wanted = &p->table.tensor[i];
        snprintf(name, sizeof name, "%s%s", prefix, wanted->name);
        const policy_tensor *found = policy_tensors_find(t, name);
        if (!found) return base_fail(CF_EFORMAT, "tensor %s is missing", name);
        const cf_status s = fill_one(p, wanted, found);
        if (s != CF_OK) return s;
    }
    const size_t skip = strlen(prefix);
    for (int32_t i = 0; i < t->n; i++) {
        const char *found = t->tensor[i].name;
        if (strncmp(found, prefix, skip) != 0 || !nn_params_find(&p->table, found + skip))
            return base_fail(CF_EFORMAT, "tensor %.200s is not one of the %s network", found,
                             p->class->name);
    }
    if (t->n != p->table.count)
        return base_fail(CF_EFORMAT, "%d tensors, wanted %d: one is there twice", t->n,
                         p->table.count);
    return CF_OK;
}
