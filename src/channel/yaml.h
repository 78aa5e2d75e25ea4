#ifndef CHANNEL_YAML_H
#define CHANNEL_YAML_H

#include <stddef.h>
#include <stdint.h>

#include <cellfree/status.h>

#include "base/text.h"

/* YAML files by a table: one row a key says its type, where it goes in the caller's struct, its
 * range, its default and its comment. Reading, range checks, defaults and writing all follow the
 * same rows. Every error is one line: FILE:LINE: key: what was found, what was wanted. */

typedef enum chan_yaml_type {
    CHAN_YAML_REAL,    /* double, finite, least .. most                                    */
    CHAN_YAML_INT,     /* int64_t, least .. most                                           */
    CHAN_YAML_BOOL,    /* int32_t, true or false                                           */
    CHAN_YAML_TEXT,    /* char *, printable ASCII, at most 200 characters                  */
    CHAN_YAML_CHOICE,  /* int32_t, index into `choices`                                    */
    CHAN_YAML_REALS,   /* chan_yaml_list: a number, or a list of numbers                   */
    CHAN_YAML_INTS,    /* chan_yaml_list of whole numbers, in the same way                 */
    CHAN_YAML_PAIRS,   /* chan_yaml_list: [[a, b], ...], 2 n numbers                       */
    CHAN_YAML_SECTION, /* a mapping, read by `fields` into the same struct                 */
} chan_yaml_type;

typedef struct chan_yaml_list {
    double *v; /* malloc'ed */
    int32_t n; /* numbers, CHAN_YAML_PAIRS: pairs */
} chan_yaml_list;

/* A row. Tables end in a row without a key. Where a section begins with a CHOICE, `only` says for
 * which of its choices a row is meant (bit i: choice i; 0: all); two rows of one key may then have
 * different defaults. */
typedef struct chan_yaml_field {
    const char *key;
    chan_yaml_type type;
    int32_t required;           /* 1: no default, the key must be there */
    size_t offset;              /* of the value in the caller's struct */
    double least, most;         /* range, ends included */
    double fallback;            /* default of a number, bool, choice or one-number list */
    const char *fallback_text;  /* default of a TEXT */
    const char *const *choices; /* CHOICE: names, ended by NULL */
    const struct chan_yaml_field *fields;
    uint32_t only;
    int32_t quiet;     /* 1: a CHOICE that chan_yaml_write leaves out at its default */
    const char *about; /* the comment chan_yaml_write puts beside it, unit first */
} chan_yaml_field;

typedef struct chan_yaml chan_yaml; /* a parsed file, kept for its line numbers */

/* Parse the text; `origin` is what errors call it. CF_EFORMAT: not YAML, not one mapping. */
cf_status chan_yaml_open(chan_yaml **out, const char *yaml, const char *origin);
void chan_yaml_close(chan_yaml *y); /* NULL is fine */

/* Fill *base, which the caller has zeroed. CF_EARG: unknown, repeated or missing key, wrong type,
 * out of range, or not for this choice. On failure release what was read with chan_yaml_free. */
cf_status chan_yaml_read(const chan_yaml *y, const chan_yaml_field *fields, void *base);

/* The defaults alone; rows that are required stay zero. */
cf_status chan_yaml_defaults(const chan_yaml_field *fields, void *base);

/* Set one key ("steps" or "section.key") from text as a command line has it; lists are not taken.
 * CF_EARG lists the known keys. */
cf_status chan_yaml_set(const chan_yaml_field *fields, void *base, const char *key,
                        const char *value);

/* Release texts and lists in *base and set them to zero. */
void chan_yaml_free(const chan_yaml_field *fields, void *base);

/* "FILE:LINE: key: message" in cf_last_error(), with the line where `key` ("aps.count") stands, or
 * its section where it was left out; returns s. */
cf_status chan_yaml_fail(const chan_yaml *y, cf_status s, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Everything in *base as YAML, each key with its comment; reading it gives the same values. */
void chan_yaml_write(text *t, const chan_yaml_field *fields, const void *base);

/* The row that holds for `key` under the section's choice as it is in *base, or NULL. */
const chan_yaml_field *chan_yaml_field_of(const chan_yaml_field *fields, const void *base,
                                          const char *key);

#endif
