#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

/* JSON that may stand inside <script>: no < in it, valid UTF-8 whatever came in, numbers with a
 * point in every locale. Commas are the writer's care: each call puts one before itself unless it
 * stands right after an opening bracket or a colon. */

void json_open(text *t, const char *key,
               char bracket); /* key NULL: inside an array, or the whole */
void json_close(text *t, char bracket);

void json_text(text *t, const char *key, const char *value);
void json_number(text *t, const char *key, int digits, double value); /* NaN, infinity: null */
void json_integer(text *t, const char *key, int64_t value);
void json_id(text *t, const char *key, uint64_t value); /* sixteen hexadecimal digits, quoted */

/* [v0,v1,...] */
void json_numbers(text *t, const char *key, int digits, const double *value, size_t count);
void json_floats(text *t, const char *key, int digits, const float *value, size_t count);

/* Bits, eight a byte, the first highest, as hexadecimal text: "a0ff". */
void json_bits(text *t, const char *key, const uint8_t *value, size_t count);

#endif
