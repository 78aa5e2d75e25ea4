#include "channel/yaml.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/number.h"
#include "base/status.h"

enum { MAX_TEXT = 200, MAX_LIST = 200000, MAX_FILE = 1 << 23, MAX_DEPTH = 16 };

/* libyaml's document, and not libcyaml's schema over it: a key may hold a number or a list, rows
 * depend on a choice, and a range error needs the line, which libcyaml does not keep. */
struct chan_yaml {
    yaml_document_t document;
    char *origin;
};

/* Where a value stands, for messages. */
typedef struct place {
    const char *origin;
    size_t line; /* 0: not from a file */
    char key[128];
} place;

static cf_status fail_at(const place *at, cf_status s, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static cf_status fail_at(const place *at, cf_status s, const char *fmt, ...)
{
    char what[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    if (at->line) return base_fail(s, "%.300s:%zu: %s: %s", at->origin, at->line, at->key, what);
    return base_fail(s, "%s: %s", at->key, what);
}

static place place_in(const place *section, const char *key, const yaml_node_t *node)
{
    place at = {section->origin, node ? node->start_mark.line + 1 : section->line, ""};
    const char *dot = section->key[0] ? "." : "";
    snprintf(at.key, sizeof at.key, "%.60s%s%.60s", section->key, dot, key);
    return at;
}

static void *value_at(const chan_yaml_field *f, void *base)
{
    return (char *)base + f->offset;
}

static const void *value_in(const chan_yaml_field *f, const void *base)
{
    return (const char *)base + f->offset;
}

/* Bit of the choice this section has made; all bits where it has none. */
static uint32_t chosen(const chan_yaml_field *fields, const void *base)
{
    if (fields[0].key == NULL || fields[0].type != CHAN_YAML_CHOICE) return UINT32_MAX;
    return UINT32_C(1) << *(const int32_t *)value_in(fields, base);
}

static int holds(const chan_yaml_field *f, uint32_t choice)
{
    return f->only == 0 || (f->only & choice) != 0;
}

const chan_yaml_field *chan_yaml_field_of(const chan_yaml_field *fields, const void *base,
                                          const char *key)
{
    const uint32_t choice = chosen(fields, base);
    for (const chan_yaml_field *f = fields; f->key; f++)
        if (strcmp(f->key, key) == 0 && holds(f, choice)) return f;
    return NULL;
}

static void list_choices(const chan_yaml_field *f, char *s, size_t size)
{
    size_t n = 0;
    s[0] = 0;
    for (int i = 0; f->choices[i] && n < size; i++)
        n += (size_t)snprintf(s + n, size - n, "%s%s", i ? ", " : "", f->choices[i]);
}

static void list_keys(const chan_yaml_field *fields, uint32_t choice, char *s, size_t size)
{
    size_t n = 0;
    s[0] = 0;
    for (const chan_yaml_field *f = fields; f->key && n < size; f++)
        if (holds(f, choice)) n += (size_t)snprintf(s + n, size - n, "%s%s", n ? ", " : "", f->key);
}

/* ---- scalars ---- */

static cf_status read_number(const place *at, const chan_yaml_field *f, const char *s, int plain,
                             double *out)
{
    const int whole = f->type == CHAN_YAML_INT || f->type == CHAN_YAML_INTS;
    const char *end = NULL;
    const size_t known = strspn(s, "0123456789+-.eE");
    const double v = plain && known && s[known] == 0 ? number_read(s, &end) : NAN;
    const int number = end && end != s && *end == 0;
    if (!number || !(v >= f->least && v <= f->most) || (whole && v != floor(v)))
        return fail_at(at, CF_EARG, "found %.80s, wanted a %snumber from %.12g to %.12g",
                       *s ? s : "nothing", whole ? "whole " : "", f->least, f->most);
    *out = v;
    return CF_OK;
}

static cf_status read_text(const place *at, const char *s, char **out)
{
    const size_t n = strlen(s);
    int printable = 1;
    for (size_t i = 0; i < n; i++) printable = printable && s[i] >= 0x20 && s[i] <= 0x7e;
    if (n > MAX_TEXT || !printable)
        return fail_at(at, CF_EARG, "found %zu bytes, wanted at most %d printable ASCII characters",
                       n, MAX_TEXT);
    char *copy = strdup(s);
    if (!copy) return fail_at(at, CF_ENOMEM, "no memory");
    free(*out);
    *out = copy;
    return CF_OK;
}

static cf_status read_choice(const place *at, const chan_yaml_field *f, const char *s, int32_t *out)
{
    for (int32_t i = 0; f->choices[i]; i++)
        if (strcmp(f->choices[i], s) == 0) {
            *out = i;
            return CF_OK;
        }
    char known[300];
    list_choices(f, known, sizeof known);
    return fail_at(at, CF_EARG, "found %.80s, wanted one of %s", *s ? s : "nothing", known);
}

static cf_status read_bool(const place *at, const char *s, int32_t *out)
{
    if (strcmp(s, "true") != 0 && strcmp(s, "false") != 0)
        return fail_at(at, CF_EARG, "found %.80s, wanted true or false", *s ? s : "nothing");
    *out = s[0] == 't';
    return CF_OK;
}

static cf_status set_list(const place *at, chan_yaml_list *list, const double *v, int32_t n,
                          int32_t numbers)
{
    double *copy = malloc(sizeof *copy * (size_t)(numbers ? numbers : 1));
    if (!copy) return fail_at(at, CF_ENOMEM, "no memory for %d numbers", (int)numbers);
    for (int32_t i = 0; i < numbers; i++) copy[i] = v[i];
    free(list->v);
    *list = (chan_yaml_list){copy, n};
    return CF_OK;
}

static cf_status read_scalar(const place *at, const chan_yaml_field *f, const char *s, int plain,
                             void *base)
{
    double v = 0;
    cf_status status;
    switch (f->type) {
    case CHAN_YAML_REAL: return read_number(at, f, s, plain, value_at(f, base));
    case CHAN_YAML_INT:
        status = read_number(at, f, s, plain, &v);
        if (status == CF_OK) *(int64_t *)value_at(f, base) = (int64_t)v;
        return status;
    case CHAN_YAML_BOOL: return read_bool(at, s, value_at(f, base));
    case CHAN_YAML_TEXT: return read_text(at, s, value_at(f, base));
    case CHAN_YAML_CHOICE: return read_choice(at, f, s, value_at(f, base));
    case CHAN_YAML_REALS:
    case CHAN_YAML_INTS:
        status = read_number(at, f, s, plain, &v);
        return status == CF_OK ? set_list(at, value_at(f, base), &v, 1, 1) : status;
    default: return fail_at(at, CF_EARG, "found %.80s, wanted a list or a section", s);
    }
}

/* ---- nodes ---- */

static cf_status read_section(const chan_yaml *y, const place *section, const yaml_node_t *node,
                              const chan_yaml_field *fields, void *base);

/* Nodes count from 1. */
static const yaml_node_t *node_of(const chan_yaml *y, int id)
{
    return y->document.nodes.start + (id - 1);
}

static const char *scalar_of(const yaml_node_t *node)
{
    return (const char *)node->data.scalar.value;
}

static int has_nul(const yaml_node_t *node)
{
    return strlen(scalar_of(node)) != node->data.scalar.length;
}

static cf_status read_item(const place *at, const chan_yaml_field *f, const yaml_node_t *node,
                           double *out)
{
    if (node->type != YAML_SCALAR_NODE || has_nul(node))
        return fail_at(at, CF_EARG, "found a list or a section, wanted a number");
    return read_number(at, f, scalar_of(node), node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE,
                       out);
}

/* One entry of a list: a number, or [a, b]. */
static cf_status read_entry(const chan_yaml *y, const place *at, const chan_yaml_field *f,
                            const yaml_node_t *node, double *out)
{
    if (f->type != CHAN_YAML_PAIRS) return read_item(at, f, node, out);
    const yaml_node_item_t *items = node->data.sequence.items.start;
    if (node->type != YAML_SEQUENCE_NODE || node->data.sequence.items.top - items != 2)
        return fail_at(at, CF_EARG, "found something else, wanted pairs [x, y]");
    cf_status s = CF_OK;
    for (int i = 0; i < 2 && s == CF_OK; i++) s = read_item(at, f, node_of(y, items[i]), out + i);
    return s;
}

static cf_status read_list(const chan_yaml *y, const place *at, const chan_yaml_field *f,
                           const yaml_node_t *node, void *base)
{
    const yaml_node_item_t *items = node->data.sequence.items.start;
    const ptrdiff_t n = node->data.sequence.items.top - items;
    const int each = f->type == CHAN_YAML_PAIRS ? 2 : 1;
    if (n < 1 || n > MAX_LIST)
        return fail_at(at, CF_EARG, "found a list of %td, wanted 1 to %d entries", n, MAX_LIST);
    double *v = malloc(sizeof *v * (size_t)n * (size_t)each);
    if (!v) return fail_at(at, CF_ENOMEM, "no memory for %td numbers", n);
    cf_status s = CF_OK;
    for (ptrdiff_t i = 0; i < n && s == CF_OK; i++) {
        const yaml_node_t *entry = node_of(y, items[i]);
        place here = *at;
        here.line = entry->start_mark.line + 1;
        s = read_entry(y, &here, f, entry, v + i * each);
    }
    if (s == CF_OK) s = set_list(at, value_at(f, base), v, (int32_t)n, (int32_t)n * each);
    free(v);
    return s;
}

static cf_status read_value(const chan_yaml *y, const place *at, const chan_yaml_field *f,
                            const yaml_node_t *node, void *base)
{
    const int list =
        f->type == CHAN_YAML_REALS || f->type == CHAN_YAML_INTS || f->type == CHAN_YAML_PAIRS;
    if (f->type == CHAN_YAML_SECTION) {
        if (node->type != YAML_MAPPING_NODE)
            return fail_at(at, CF_EARG, "found a value, wanted a section of keys");
        return read_section(y, at, node, f->fields, base);
    }
    if (list && node->type == YAML_SEQUENCE_NODE) return read_list(y, at, f, node, base);
    if (node->type != YAML_SCALAR_NODE || has_nul(node))
        return fail_at(at, CF_EARG, "found a list or a section, wanted a single value");
    return read_scalar(at, f, scalar_of(node), node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE,
                       base);
}

/* Value node of a key in a mapping, or NULL. */
static const yaml_node_t *find_value(const chan_yaml *y, const yaml_node_t *node, const char *key)
{
    const yaml_node_pair_t *p = node->data.mapping.pairs.start;
    for (; p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *k = node_of(y, p->key);
        if (k->type == YAML_SCALAR_NODE && strcmp(scalar_of(k), key) == 0)
            return node_of(y, p->value);
    }
    return NULL;
}

/* A key that no row of this choice has: unknown, or meant for another choice. */
static cf_status refuse_key(const place *at, const chan_yaml_field *fields, const void *base,
                            const char *key)
{
    char known[400];
    const uint32_t choice = chosen(fields, base);
    list_keys(fields, choice, known, sizeof known);
    for (const chan_yaml_field *f = fields; f->key; f++)
        if (strcmp(f->key, key) == 0 && !holds(f, choice))
            return fail_at(at, CF_EARG, "not used with %s: %s; known here: %s", fields[0].key,
                           fields[0].choices[*(const int32_t *)value_in(fields, base)], known);
    return fail_at(at, CF_EARG, "unknown key; known here: %s", known);
}

/* Every key must be a row's, and only once. */
static cf_status check_keys(const chan_yaml *y, const place *section, const yaml_node_t *node,
                            const chan_yaml_field *fields, const void *base)
{
    const yaml_node_pair_t *start = node->data.mapping.pairs.start;
    for (const yaml_node_pair_t *p = start; p < node->data.mapping.pairs.top; p++) {
        const yaml_node_t *k = node_of(y, p->key);
        if (k->type != YAML_SCALAR_NODE || has_nul(k)) {
            const place at = place_in(section, "?", k);
            return fail_at(&at, CF_EARG, "found a list or a section for a key, wanted a name");
        }
        const char *key = scalar_of(k);
        const place at = place_in(section, key, k);
        if (!chan_yaml_field_of(fields, base, key)) return refuse_key(&at, fields, base, key);
        for (const yaml_node_pair_t *q = start; q < p; q++)
            if (strcmp(scalar_of(node_of(y, q->key)), key) == 0)
                return fail_at(&at, CF_EARG, "given twice, first in line %zu",
                               node_of(y, q->key)->start_mark.line + 1);
    }
    return CF_OK;
}

static cf_status set_default(const place *at, const chan_yaml_field *f, void *base)
{
    switch (f->type) {
    case CHAN_YAML_REAL: *(double *)value_at(f, base) = f->fallback; return CF_OK;
    case CHAN_YAML_INT: *(int64_t *)value_at(f, base) = (int64_t)f->fallback; return CF_OK;
    case CHAN_YAML_BOOL:
    case CHAN_YAML_CHOICE: *(int32_t *)value_at(f, base) = (int32_t)f->fallback; return CF_OK;
    case CHAN_YAML_TEXT: return read_text(at, f->fallback_text, value_at(f, base));
    default: return set_list(at, value_at(f, base), &f->fallback, 1, 1);
    }
}

static cf_status read_field(const chan_yaml *y, const place *section, const yaml_node_t *node,
                            const chan_yaml_field *f, void *base)
{
    const yaml_node_t *value = node ? find_value(y, node, f->key) : NULL;
    const place at = place_in(section, f->key, value);
    if (value) return read_value(y, &at, f, value, base);
    if (f->type == CHAN_YAML_SECTION) return read_section(y, &at, NULL, f->fields, base);
    if (!f->required) return set_default(&at, f, base);
    return y ? fail_at(&at, CF_EARG, "missing") : CF_OK;
}

/* A section that was left out is read as an empty one (node NULL). The choice comes first: it
 * decides which other keys there are. */
static cf_status read_section(const chan_yaml *y, const place *section, const yaml_node_t *node,
                              const chan_yaml_field *fields, void *base)
{
    cf_status s = CF_OK;
    const chan_yaml_field *f = fields;
    if (f->type == CHAN_YAML_CHOICE) s = read_field(y, section, node, f++, base);
    if (s == CF_OK && node) s = check_keys(y, section, node, fields, base);
    const uint32_t choice = s == CF_OK ? chosen(fields, base) : 0;
    for (; f->key && s == CF_OK; f++)
        if (holds(f, choice)) s = read_field(y, section, node, f, base);
    return s;
}

/* ---- public to the rooms above ---- */

/* libyaml takes quadratic time over brackets in brackets. */
static cf_status check_size(const char *yaml, const char *origin)
{
    const size_t n = strlen(yaml);
    if (n > MAX_FILE)
        return base_fail(CF_EFORMAT, "%.300s: %zu bytes, wanted at most %d", origin, n, MAX_FILE);
    int depth = 0;
    size_t line = 1;
    for (const char *p = yaml; *p && depth <= MAX_DEPTH; p++) {
        if (*p == '#') p += strcspn(p, "\n");
        if (*p == '[' || *p == '{') depth++;
        if (depth > 0 && (*p == ']' || *p == '}')) depth--;
        if (*p == '\n') line++;
        if (!*p) break;
    }
    if (depth <= MAX_DEPTH) return CF_OK;
    return base_fail(CF_EFORMAT, "%.300s:%zu: brackets in brackets, wanted at most %d deep", origin,
                     line, MAX_DEPTH);
}

cf_status chan_yaml_open(chan_yaml **out, const char *yaml, const char *origin)
{
    cf_status s = check_size(yaml, origin);
    if (s != CF_OK) return s;
    yaml_parser_t parser;
    yaml_document_t more;
    chan_yaml *y = calloc(1, sizeof *y);
    char *name = strdup(origin);
    if (!y || !name || !yaml_parser_initialize(&parser)) {
        free(y);
        free(name);
        return base_fail(CF_ENOMEM, "%.300s: no memory", origin);
    }
    y->origin = name;
    yaml_parser_set_input_string(&parser, (const unsigned char *)yaml, strlen(yaml));
    if (!yaml_parser_load(&parser, &y->document)) {
        s = base_fail(CF_EFORMAT, "%.300s:%zu: not YAML: %s", origin, parser.problem_mark.line + 1,
                      parser.problem ? parser.problem : "damaged");
        goto done;
    }
    const yaml_node_t *root = yaml_document_get_root_node(&y->document);
    if (!root || root->type != YAML_MAPPING_NODE) {
        s = base_fail(CF_EFORMAT, "%.300s:1: %s, wanted lines of `key: value`", origin,
                      root ? "a list or a single value" : "empty");
        goto done;
    }
    if (!yaml_parser_load(&parser, &more)) {
        s = base_fail(CF_EFORMAT, "%.300s:%zu: not YAML: %s", origin, parser.problem_mark.line + 1,
                      parser.problem ? parser.problem : "damaged");
        goto done;
    }
    if (yaml_document_get_root_node(&more))
        s = base_fail(CF_EFORMAT, "%.300s:%zu: a second document, wanted one", origin,
                      more.start_mark.line + 1);
    yaml_document_delete(&more);
done:
    yaml_parser_delete(&parser);
    if (s == CF_OK)
        *out = y;
    else
        chan_yaml_close(y);
    return s;
}

void chan_yaml_close(chan_yaml *y)
{
    if (!y) return;
    yaml_document_delete(&y->document);
    free(y->origin);
    free(y);
}

cf_status chan_yaml_read(const chan_yaml *y, const chan_yaml_field *fields, void *base)
{
    const place top = {y->origin, 1, ""};
    return read_section(y, &top, node_of(y, 1), fields, base);
}

cf_status chan_yaml_defaults(const chan_yaml_field *fields, void *base)
{
    const place top = {"defaults", 0, ""};
    return read_section(NULL, &top, NULL, fields, base);
}

cf_status chan_yaml_set(const chan_yaml_field *fields, void *base, const char *key,
                        const char *value)
{
    place at = {"", 0, ""};
    snprintf(at.key, sizeof at.key, "%.120s", key);
    const char *dot = strchr(key, '.');
    char name[64];
    snprintf(name, sizeof name, "%.*s", dot ? (int)(dot - key) : 63, key);
    const chan_yaml_field *f = chan_yaml_field_of(fields, base, name);
    if (f && dot && f->type == CHAN_YAML_SECTION) {
        const cf_status s = chan_yaml_set(f->fields, base, dot + 1, value);
        return s == CF_OK ? s : base_fail_in(s, "%s", name);
    }
    if (f && dot) return fail_at(&at, CF_EARG, "%s is no section", name);
    if (!f) return refuse_key(&at, fields, base, name);
    return read_scalar(&at, f, value, 1, base);
}

void chan_yaml_free(const chan_yaml_field *fields, void *base)
{
    for (const chan_yaml_field *f = fields; f->key; f++) {
        if (f->type == CHAN_YAML_SECTION) {
            chan_yaml_free(f->fields, base);
        } else if (f->type == CHAN_YAML_TEXT) {
            free(*(char **)value_at(f, base));
            *(char **)value_at(f, base) = NULL;
        } else if (f->type == CHAN_YAML_REALS || f->type == CHAN_YAML_INTS ||
                   f->type == CHAN_YAML_PAIRS) {
            chan_yaml_list *list = value_at(f, base);
            free(list->v);
            *list = (chan_yaml_list){0};
        }
    }
}

cf_status chan_yaml_fail(const chan_yaml *y, cf_status s, const char *key, const char *fmt, ...)
{
    const yaml_node_t *node = node_of(y, 1);
    place at = {y->origin, 1, ""};
    snprintf(at.key, sizeof at.key, "%.120s", key);
    char name[64];
    for (const char *part = key; part && node && node->type == YAML_MAPPING_NODE;) {
        const char *dot = strchr(part, '.');
        snprintf(name, sizeof name, "%.*s", dot ? (int)(dot - part) : 63, part);
        node = find_value(y, node, name);
        if (node) at.line = node->start_mark.line + 1;
        part = dot ? dot + 1 : NULL;
    }
    char what[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return fail_at(&at, s, "%s", what);
}
