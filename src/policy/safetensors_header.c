#include "policy/safetensors_header.h"

#include <stdlib.h>
#include <string.h>

#include "base/status.h"
#include "base/text.h"

/* Without parent links the tokeniser takes time quadratic in the number of tensors. */
#define JSMN_STATIC
#define JSMN_STRICT
#define JSMN_PARENT_LINKS
#include <jsmn.h>

/* What is being read. jsmn finds the tokens but is lenient about what stands between them: pos is
 * where the last one ended, and take() looks at everything from there. */
typedef struct reader {
    const char *text;
    int32_t length;
    jsmntok_t *token;
    int32_t n_tokens, at, pos;
    policy_header *out;
} reader;

/* Only white space up to `end`, beside one `separator` (0: none). */
static int32_t is_spaced(const reader *r, int32_t end, char separator)
{
    for (int32_t i = r->pos; i < end; i++) {
        const char c = r->text[i];
        if (separator && c == separator)
            separator = 0;
        else if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            return 0;
    }
    return separator == 0;
}

static const jsmntok_t *take(reader *r, char separator, jsmntype_t type)
{
    if (r->at == r->n_tokens) return NULL;
    const jsmntok_t *t = &r->token[r->at];
    const int32_t quote = type == JSMN_STRING;
    if (t->type != type || !is_spaced(r, t->start - quote, separator)) return NULL;
    r->at++;
    r->pos = type == JSMN_OBJECT || type == JSMN_ARRAY ? t->start + 1 : t->end + quote;
    return t;
}

static int32_t has_more(const reader *r, const jsmntok_t *container)
{
    return r->at < r->n_tokens && r->token[r->at].start < container->end;
}

static int32_t leave(reader *r, const jsmntok_t *container)
{
    const int32_t good = is_spaced(r, container->end - 1, 0);
    r->pos = container->end;
    return good;
}

static int32_t is_text(const reader *r, const jsmntok_t *t, const char *s)
{
    const size_t n = (size_t)(t->end - t->start);
    return strlen(s) == n && memcmp(r->text + t->start, s, n) == 0;
}

static cf_status fail_json(const reader *r)
{
    return base_fail(CF_EFORMAT,
                     "the header is not a valid safetensors header at its byte %d of %d", r->pos,
                     r->length);
}

/* Room for one more of n items. */
static cf_status grow(void **items, int32_t n, int32_t *cap, size_t size)
{
    if (n < *cap) return CF_OK;
    const int32_t more = 2 * *cap + 16;
    void *p = realloc(*items, (size_t)more * size);
    if (!p) return base_fail(CF_ENOMEM, "no memory for %d entries", more);
    *items = p;
    *cap = more;
    return CF_OK;
}

static size_t put_utf8(uint32_t c, char *out)
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    const int32_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    const uint32_t lead = n == 2 ? 0xC0 : n == 3 ? 0xE0 : 0xF0;
    for (int32_t i = n - 1; i > 0; i--, c >>= 6) out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(lead | c);
    return (size_t)n;
}

static uint32_t hex4(const char *s)
{
    char digits[5] = {0};
    memcpy(digits, s, 4);
    return (uint32_t)strtoul(digits, NULL, 16);
}

/* The character that the escape at s (after the backslash; n bytes are left, jsmn has checked it)
 * stands for, 0 if it is none; *used is its length. */
static uint32_t unescape(const char *s, size_t n, size_t *used)
{
    static const char NAMED[] = "\"\\/bfnrt", MEANT[] = "\"\\/\b\f\n\r\t";
    *used = 1;
    if (*s != 'u') {
        const char *at = strchr(NAMED, *s);
        return at && *s ? (uint32_t)(unsigned char)MEANT[at - NAMED] : 0;
    }
    *used = 5;
    if (n < 5) return 0;
    const uint32_t high = hex4(s + 1);
    if (high < 0xD800 || high > 0xDFFF) return high;
    if (high > 0xDBFF || n < 11 || s[5] != '\\' || s[6] != 'u') return 0;
    const uint32_t low = hex4(s + 7);
    *used = 11;
    return low < 0xDC00 || low > 0xDFFF ? 0 : 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

/* The string of a token, malloc'ed. A name is also shown in messages and tables: no control
 * characters in it. */
static cf_status take_string(const reader *r, const jsmntok_t *t, int32_t is_name, char **out)
{
    const char *s = r->text + t->start;
    const size_t n = (size_t)(t->end - t->start);
    char *copy = malloc(n + 1); /* no escape is shorter than what it stands for */
    if (!copy) return base_fail(CF_ENOMEM, "no memory for a string of %zu bytes", n);
    size_t length = 0, used;
    for (size_t i = 0; i < n; i += used) {
        uint32_t c = (unsigned char)s[i];
        if (c == '\\') {
            c = i + 1 < n ? unescape(s + i + 1, n - i - 1, &used) : 0;
            used++;
            if (c == 0 || (is_name && c < 32)) goto bad;
            length += put_utf8(c, copy + length);
            continue;
        }
        used = (size_t)text_utf8_length((const unsigned char *)s + i, n - i);
        if (used == 0 || c < 32) goto bad;
        memcpy(copy + length, s + i, used);
        length += used;
    }
    copy[length] = 0;
    *out = copy;
    return CF_OK;
bad:
    free(copy);
    return base_fail(CF_EFORMAT, "the header's string at byte %d is not valid text", t->start);
}

static cf_status read_metadata(reader *r)
{
    policy_header *h = r->out;
    const jsmntok_t *object = take(r, ':', JSMN_OBJECT);
    if (!object) return fail_json(r);
    for (char separator = 0; has_more(r, object); separator = ',') {
        const jsmntok_t *key = take(r, separator, JSMN_STRING);
        const jsmntok_t *value = key ? take(r, ':', JSMN_STRING) : NULL;
        if (!value) return fail_json(r);
        cf_status s = grow((void **)&h->meta, h->n_meta, &h->cap_meta, sizeof *h->meta);
        if (s != CF_OK) return s;
        policy_meta *m = &h->meta[h->n_meta++];
        *m = (policy_meta){0};
        s = take_string(r, key, 1, &m->key);
        if (s == CF_OK) s = take_string(r, value, 0, &m->value);
        if (s != CF_OK) return s;
    }
    return leave(r, object) ? CF_OK : fail_json(r);
}

/* At most `most` whole numbers from 0 to 10^18 - 1; -1: not that. */
static int32_t take_numbers(reader *r, int64_t *number, int32_t most)
{
    const jsmntok_t *array = take(r, ':', JSMN_ARRAY);
    if (!array) return -1;
    int32_t n = 0;
    for (; has_more(r, array); n++) {
        const jsmntok_t *t = n < most ? take(r, n ? ',' : 0, JSMN_PRIMITIVE) : NULL;
        if (!t || t->end - t->start > 18) return -1;
        if (r->text[t->start] == '0' && t->end - t->start > 1) return -1;
        number[n] = 0;
        for (int32_t i = t->start; i < t->end; i++) {
            if (r->text[i] < '0' || r->text[i] > '9') return -1;
            number[n] = 10 * number[n] + (r->text[i] - '0');
        }
    }
    return leave(r, array) ? n : -1;
}

static cf_status read_dtype(reader *r, policy_entry *e)
{
    const jsmntok_t *t = take(r, ':', JSMN_STRING);
    if (!t || e->type) return fail_json(r);
    e->type = policy_dtype_named(r->text + t->start, t->end - t->start);
    if (e->type) return CF_OK;
    return base_fail(CF_EFORMAT, "%s has type %.*s, wanted F16, BF16, F32, F64 or I64",
                     e->tensor.name, t->end - t->start < 20 ? t->end - t->start : 20,
                     r->text + t->start);
}

static cf_status read_field(reader *r, policy_entry *e, char separator)
{
    const jsmntok_t *key = take(r, separator, JSMN_STRING);
    if (!key) return fail_json(r);
    if (is_text(r, key, "dtype")) return read_dtype(r, e);
    if (is_text(r, key, "shape") && !e->has_shape) {
        e->has_shape = 1;
        e->tensor.rank = take_numbers(r, e->tensor.dim, POLICY_MAX_RANK);
        return e->tensor.rank >= 0 ? CF_OK : fail_json(r);
    }
    if (is_text(r, key, "data_offsets") && !e->has_offsets) {
        int64_t offset[2];
        e->has_offsets = 1;
        if (take_numbers(r, offset, 2) != 2) return fail_json(r);
        e->begin = offset[0];
        e->end = offset[1];
        return CF_OK;
    }
    return fail_json(r);
}

/* "name": {"dtype": ..., "shape": [...], "data_offsets": [begin, end]} */
static cf_status read_entry(reader *r, const jsmntok_t *name)
{
    policy_header *h = r->out;
    cf_status s = grow((void **)&h->entry, h->n_entries, &h->cap_entries, sizeof *h->entry);
    if (s != CF_OK) return s;
    policy_entry *e = &h->entry[h->n_entries++];
    *e = (policy_entry){0};
    s = take_string(r, name, 1, &e->tensor.name);
    if (s != CF_OK) return s;
    const jsmntok_t *object = take(r, ':', JSMN_OBJECT);
    if (!object) return fail_json(r);
    for (char separator = 0; has_more(r, object); separator = ',') {
        s = read_field(r, e, separator);
        if (s != CF_OK) return s;
    }
    if (!leave(r, object)) return fail_json(r);
    if (e->type && e->has_shape && e->has_offsets) return CF_OK;
    return base_fail(CF_EFORMAT, "%s lacks its dtype, shape or data_offsets", e->tensor.name);
}

static cf_status read_header(reader *r)
{
    int32_t has_metadata = 0;
    const jsmntok_t *root = take(r, 0, JSMN_OBJECT);
    if (!root || root->start != 0) return fail_json(r);
    for (char separator = 0; has_more(r, root); separator = ',') {
        const jsmntok_t *key = take(r, separator, JSMN_STRING);
        if (!key || (is_text(r, key, "__metadata__") && has_metadata++)) return fail_json(r);
        const cf_status s = is_text(r, key, "__metadata__") ? read_metadata(r) : read_entry(r, key);
        if (s != CF_OK) return s;
    }
    return leave(r, root) && is_spaced(r, r->length, 0) ? CF_OK : fail_json(r);
}

static cf_status tokenise(reader *r)
{
    jsmn_parser parser;
    jsmn_init(&parser);
    const int32_t n = jsmn_parse(&parser, r->text, (size_t)r->length, NULL, 0);
    if (n <= 0) return base_fail(CF_EFORMAT, "the header is not JSON");
    r->token = malloc((size_t)n * sizeof *r->token);
    if (!r->token) return base_fail(CF_ENOMEM, "no memory for a header of %d tokens", n);
    jsmn_init(&parser);
    r->n_tokens = jsmn_parse(&parser, r->text, (size_t)r->length, r->token, (unsigned)n);
    return r->n_tokens == n ? CF_OK : base_fail(CF_EFORMAT, "the header is not JSON");
}

cf_status policy_header_read(policy_header *h, const char *json, int32_t length)
{
    reader r = {.text = json, .length = length, .out = h};
    cf_status s = tokenise(&r);
    if (s == CF_OK) s = read_header(&r);
    free(r.token);
    return s;
}

void policy_header_free(policy_header *h)
{
    for (int32_t i = 0; i < h->n_entries; i++) {
        free(h->entry[i].tensor.name);
        free(h->entry[i].tensor.value);
    }
    for (int32_t i = 0; i < h->n_meta; i++) {
        free(h->meta[i].key);
        free(h->meta[i].value);
    }
    free(h->entry);
    free(h->meta);
}
