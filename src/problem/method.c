#include "problem/method.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/status.h"

/* "draws, node-limit" into `list`, for messages. */
static void list_keys(const prob_method_option *options, int32_t count, size_t size, char *list)
{
    size_t n = 0;
    list[0] = 0;
    for (int32_t i = 0; i < count; i++) {
        const size_t key = strlen(options[i].key), comma = i > 0 ? 2 : 0;
        if (n + comma + key + 1 > size) return;
        memcpy(list + n, ", ", comma);
        memcpy(list + n + comma, options[i].key, key + 1);
        n += comma + key;
    }
}

static cf_status fail_unknown(const char *method, const char *text, size_t n,
                              const prob_method_option *options, int32_t count)
{
    char known[256];
    if (count == 0)
        return base_fail(CF_EARG, "%s takes no parameters, found \"%.*s\"", method, (int)n, text);
    list_keys(options, count, sizeof known, known);
    return base_fail(CF_EARG, "%s has no parameter \"%.*s\"; it has %s", method, (int)n, text,
                     known);
}

/* One "key=value" of n characters. */
static cf_status read_one(const char *method, const char *text, size_t n,
                          const prob_method_option *options, int32_t count,
                          const prob_method_option **option, double *value)
{
    const char *equals = memchr(text, '=', n);
    const size_t key = equals ? (size_t)(equals - text) : n;
    *option = NULL;
    for (int32_t i = 0; i < count; i++)
        if (strlen(options[i].key) == key && memcmp(options[i].key, text, key) == 0)
            *option = &options[i];
    if (!*option) return fail_unknown(method, text, key, options, count);

    char number[64] = {0};
    const char *end = number;
    const size_t digits = equals ? n - key - 1 : 0;
    if (digits > 0 && digits < sizeof number) {
        memcpy(number, equals + 1, digits);
        *value = number_read(number, &end);
    }
    if (end == number || *end || !(*value >= (*option)->least && *value <= (*option)->most) ||
        ((*option)->integer && *value != floor(*value)))
        return base_fail(CF_EARG, "%s: %.*s is not %s from %g to %g", method, (int)n, text,
                         (*option)->integer ? "a whole number" : "a number", (*option)->least,
                         (*option)->most);
    return CF_OK;
}

/* Twice over the text: nothing is stored before all of it was found good. */
cf_status prob_method_options(const char *method, const char *parameters,
                              const prob_method_option *options, int32_t count)
{
    if (!parameters || !*parameters) return CF_OK;
    for (int store = 0; store < 2; store++) {
        for (const char *text = parameters; text;) {
            const size_t n = strcspn(text, ",");
            const prob_method_option *option;
            double value = 0;
            const cf_status s = read_one(method, text, n, options, count, &option, &value);
            if (s != CF_OK) return s;
            if (store) *option->value = value;
            text = text[n] == ',' ? text + n + 1 : NULL;
        }
    }
    return CF_OK;
}
