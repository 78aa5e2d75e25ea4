#include "policy/safetensors.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/rng.h"

#include "t.h"

/* A file in memory: the header's length, the header, the data. Copied to its exact size, so that a
 * sanitizer sees a read behind the end. */
typedef struct bytes {
    unsigned char *at;
    size_t n;
} bytes;

static bytes file_of(const char *header, const void *data, size_t n)
{
    const size_t length = strlen(header);
    bytes f = {calloc(1, 8 + length + n + 1), 8 + length + n};
    for (int32_t i = 0; i < 8; i++) f.at[i] = (unsigned char)((uint64_t)length >> 8 * i);
    memcpy(f.at + 8, header, length);
    if (n) memcpy(f.at + 8 + length, data, n);
    return f;
}

static cf_status parse(policy_tensors *out, const unsigned char *data, size_t n)
{
    unsigned char *exact = malloc(n ? n : 1);
    if (n) memcpy(exact, data, n);
    const cf_status s = policy_tensors_parse(out, exact, n);
    free(exact);
    return s;
}

static cf_status parse_text(policy_tensors *out, const char *header, const void *data, size_t n)
{
    bytes f = file_of(header, data, n);
    const cf_status s = parse(out, f.at, f.n);
    free(f.at);
    return s;
}

/* Refused, for the reason that `word` gives. */
static void is_refused(const char *header, const void *data, size_t n, const char *word)
{
    policy_tensors t = {0};
    const cf_status s = parse_text(&t, header, data, n);
    if (s != CF_EFORMAT || !strstr(cf_last_error(), word))
        fprintf(stderr, "  for %s\n  got %d: %s\n  want: %s\n", header, s, cf_last_error(), word);
    CHECK(s == CF_EFORMAT && strstr(cf_last_error(), word) != NULL);
    if (s == CF_OK) policy_tensors_free(&t);
}

static const unsigned char ONE_TWO[8] = {0, 0, 0x80, 0x3f, 0, 0, 0, 0x40}; /* 1.0f, 2.0f */

#define F32_2 "\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]"

static void tensors_and_metadata_are_read_and_sorted(void)
{
    policy_tensors t;
    CHECK(parse_text(&t, "{\"x\":1}", NULL, 0) == CF_EFORMAT); /* an entry is an object */
    CHECK(parse_text(&t,
                     "{\"b\" : {\"shape\": [ 1 ,1 ], \"data_offsets\": [4, 8],\n\"dtype\":\"F32\"},"
                     "\"__metadata__\":{\"z\":\"last\",\"a\":\"first\"},"
                     "\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}}   ",
                     ONE_TWO, 8) == CF_OK);
    CHECK(t.n == 2 && t.n_meta == 2);
    CHECK(strcmp(t.tensor[0].name, "a") == 0 && t.tensor[0].rank == 0 && t.tensor[0].count == 1);
    CHECK(strcmp(t.tensor[1].name, "b") == 0 && t.tensor[1].rank == 2);
    CHECK(t.tensor[0].value[0] == 1 && t.tensor[1].value[0] == 2);
    CHECK(strcmp(t.meta[0].key, "a") == 0 && strcmp(t.meta[1].value, "last") == 0);
    CHECK(policy_tensors_find(&t, "b") == &t.tensor[1]);
    CHECK(policy_tensors_find(&t, "c") == NULL);
    policy_tensors_free(&t);
}

static void empty_tensors_and_an_empty_header_are_fine(void)
{
    policy_tensors t;
    CHECK(parse_text(&t, "{}", NULL, 0) == CF_OK && t.n == 0 && t.n_meta == 0);
    policy_tensors_free(&t);
    CHECK(parse_text(&t,
                     "{\"a\":{" F32_2 "},\"e\":{\"dtype\":\"F64\",\"shape\":[0,999999999999],"
                     "\"data_offsets\":[0,0]}}",
                     ONE_TWO, 8) == CF_OK);
    CHECK(t.n == 2 && t.tensor[1].count == 0);
    policy_tensors_free(&t);
}

/* One number of each type against the value that IEEE 754 (or bfloat16) gives its bits. */
static void every_type_is_converted(void)
{
    static const struct {
        const char *dtype;
        uint64_t bits;
        int32_t bytes;
        double want;
    } CASES[] = {
        {"F16", 0x3c00, 2, 1},
        {"F16", 0xc000, 2, -2},
        {"F16", 0x3555, 2, 0.333251953125},
        {"F16", 0x7bff, 2, 65504},
        {"F16", 0x0001, 2, 5.9604644775390625e-8},
        {"F16", 0x03ff, 2, 6.0975551605224609375e-5},
        {"F16", 0x0400, 2, 6.103515625e-5},
        {"F16", 0x8000, 2, 0},
        {"BF16", 0x3f80, 2, 1},
        {"BF16", 0xc049, 2, -3.140625},
        {"BF16", 0x7f7f, 2, 3.3895313892515355e38},
        {"BF16", 0x0001, 2, 9.183549615799121e-41},
        {"F32", 0x40490fdb, 4, 3.1415927410125732},
        {"F32", 0x00000001, 4, 1.401298464324817e-45},
        {"F64", UINT64_C(0x400921fb54442d18), 8, 3.141592653589793},
        {"F64", UINT64_C(0x8010000000000000), 8, -2.2250738585072014e-308},
        {"I64", UINT64_C(0xfffffffffffffff9), 8, -7},
        {"I64", 123456789, 8, 123456789},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char header[128];
        unsigned char data[8];
        for (int32_t j = 0; j < 8; j++) data[j] = (unsigned char)(CASES[i].bits >> 8 * j);
        snprintf(header, sizeof header,
                 "{\"a\":{\"dtype\":\"%s\",\"shape\":[],\"data_offsets\":[0,%d]}}", CASES[i].dtype,
                 CASES[i].bytes);
        policy_tensors t;
        CHECK(parse_text(&t, header, data, (size_t)CASES[i].bytes) == CF_OK);
        CHECK(t.tensor[0].value[0] == CASES[i].want);
        policy_tensors_free(&t);
    }
}

static void numbers_that_are_not_finite_are_refused(void)
{
    static const struct {
        const char *dtype;
        uint64_t bits;
        int32_t bytes;
    } CASES[] = {
        {"F16", 0x7c00, 2},
        {"F16", 0xfe00, 2},
        {"BF16", 0x7f80, 2},
        {"BF16", 0xffc0, 2},
        {"F32", 0x7f800000, 4},
        {"F32", 0x7fc00000, 4},
        {"F32", 0xff800001, 4},
        {"F64", UINT64_C(0x7ff0000000000000), 8},
        {"F64", UINT64_C(0x7ff8000000000000), 8},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char header[128];
        unsigned char data[16] = {0};
        for (int32_t j = 0; j < 8; j++) data[j] = (unsigned char)(CASES[i].bits >> 8 * j);
        snprintf(header, sizeof header,
                 "{\"a\":{\"dtype\":\"%s\",\"shape\":[2],\"data_offsets\":[0,%d]}}", CASES[i].dtype,
                 2 * CASES[i].bytes);
        is_refused(header, data, 2 * (size_t)CASES[i].bytes, "a: number 0 of 2 is");
    }
}

static void strings_are_unescaped_to_utf8(void)
{
    policy_tensors t;
    CHECK(parse_text(&t,
                     "{\"__metadata__\":{\"k\\u00e9y\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t"
                     "\\u0041\\u00e9\\u20ac\\ud83d\\ude00 \xc3\xa9 \xf0\x9f\x98\x80\"}}",
                     NULL, 0) == CF_OK);
    CHECK(strcmp(t.meta[0].key, "k\xc3\xa9y") == 0);
    CHECK(strcmp(t.meta[0].value, "\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 \xc3\xa9 "
                                  "\xf0\x9f\x98\x80") == 0);
    policy_tensors_free(&t);
}

static void strings_that_are_no_text_are_refused(void)
{
    static const char *const BAD[] = {
        "\\u0000",          /* would end the string         */
        "\\ud83d",          /* half a pair                  */
        "\\ud83dx\\ude00",  /* torn pair                    */
        "\\ud83d\\u0041",   /* half a pair and something    */
        "\\ude00",          /* second half                  */
        "\x80",             /* not UTF-8: continuation      */
        "\xc3",             /* cut short                    */
        "\xc0\xaf",         /* overlong                     */
        "\xe0\x80\xaf",     /* overlong                     */
        "\xed\xa0\x80",     /* surrogate                    */
        "\xf4\x90\x80\x80", /* above U+10FFFF               */
        "\xff",             /* never in UTF-8               */
        "\t",               /* JSON has no raw controls     */
    };
    char header[128];
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        snprintf(header, sizeof header, "{\"__metadata__\":{\"k\":\"a%s\"}}", BAD[i]);
        is_refused(header, NULL, 0, "not valid text");
        snprintf(header, sizeof header, "{\"a%s\":{" F32_2 "}}", BAD[i]);
        is_refused(header, ONE_TWO, 8, "not valid text");
    }
    is_refused("{\"a\\nb\":{" F32_2 "}}", ONE_TWO, 8, "not valid text"); /* a name is one line */
}

static void headers_that_are_not_one_are_refused(void)
{
    static const char *const BAD[] = {
        "",
        " ",
        "[]",
        "1",
        "\"a\"",
        "{",
        "}",
        "{}}",
        "{}{}",
        "{} x",
        " {}",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1}",
        "{\"a\":{}",
        "{\"a\":{" F32_2 "},}",
        "{,\"a\":{" F32_2 "}}",
        "{\"a\" {" F32_2 "}}",
        "{\"a\"::{" F32_2 "}}",
        "{\"a\":[" F32_2 "]}",
        "{a:{" F32_2 "}}",
        "{\"a\":{" F32_2 ",}}",
        "{\"a\":{" F32_2 " \"x\":1}}",
        "{\"a\":{" F32_2 ",\"x\":1}}",
        "{\"a\":{" F32_2 ",\"shape\":[2]}}",
        "{\"a\":{" F32_2 ",\"dtype\":\"F32\"}}",
        "{\"a\":{" F32_2 ",\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2,],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2 1],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.0],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[02],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[null],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[\"2\"],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[[2]],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,2],\"data_offsets\":[0,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,8]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,99999999999999999999]}}",
        "{\"a\":{\"dtype\":3,\"shape\":[2],\"data_offsets\":[0,8]}}",
        "{\"a\":{" F32_2 "},\"__metadata__\":[]}",
        "{\"a\":{" F32_2 "},\"__metadata__\":{\"k\":1}}",
        "{\"a\":{" F32_2 "},\"__metadata__\":{\"k\"}}",
        "{\"a\":{" F32_2 "},\"__metadata__\":{\"k\":{}}}",
        "{\"a\":{" F32_2 "},\"__metadata__\":{},\"__metadata__\":{}}",
        "{\"a\":{" F32_2 "},\"b\":\"\\x\"}",
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        is_refused(BAD[i], ONE_TWO, 8, "the header is not");
}

static void entries_that_disagree_with_the_data_are_refused(void)
{
    static const struct {
        const char *entries, *word;
    } CASES[] = {
        {"\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}",
         "a has 8 bytes, wanted 12 for (3) of F32"},
        {"\"a\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,8]}",
         "a has 8 bytes, wanted 4 for (1,1) of F32"},
        {"\"a\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,8]}", "wanted 16"},
        {"\"a\":{\"dtype\":\"F32\",\"shape\":[4000000000,4000000000],\"data_offsets\":[0,8]}",
         "more than the file's 8 bytes"},
        {"\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[1,9]}", "bytes 1 to 9 of 8"},
        {"\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}", "bytes 8 to 0"},
        {"\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}", "bytes 0 to 16 of 8"},
        {"\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}",
         "tensors end at byte 4 of 8"},
        {"\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}",
         "wanted it to start at 0"},
        {"\"a\":{" F32_2 "},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}",
         "b is at bytes 4 to 8 of 8, wanted it to start at 8"},
        {"\"a\":{" F32_2 "},\"b\":{" F32_2 "}", "wanted it to start at 8"},
        {"\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
         "\"\\u0061\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}",
         "a is there twice"},
        {"\"__metadata__\":{\"k\":\"\",\"k\":\"\"},\"a\":{" F32_2 "}", "k is there twice"},
        {"\"a\":{\"dtype\":\"Q8\",\"shape\":[2],\"data_offsets\":[0,8]}",
         "a has type Q8, wanted F16, BF16, F32, F64 or I64"},
        {"\"a\":{\"dtype\":\"F32\",\"shape\":[2]}", "a lacks its dtype, shape or data_offsets"},
        {"\"a\":{}", "a lacks its dtype, shape or data_offsets"},
        {"\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}", "a lacks"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char header[512];
        snprintf(header, sizeof header, "{%s}", CASES[i].entries);
        is_refused(header, ONE_TWO, 8, CASES[i].word);
    }
    is_refused("{}", ONE_TWO, 8, "tensors end at byte 0 of 8");
}

static void lengths_that_lie_are_refused(void)
{
    policy_tensors t;
    bytes f = file_of("{\"a\":{" F32_2 "}}", ONE_TWO, 8);
    const unsigned char length = f.at[0];
    for (size_t n = 0; n < f.n; n++) CHECK(parse(&t, f.at, n) == CF_EFORMAT);
    f.at[0] = (unsigned char)(f.n - 8 + 1);
    CHECK(parse(&t, f.at, f.n) == CF_EFORMAT);
    f.at[0] = (unsigned char)(length - 1);
    CHECK(parse(&t, f.at, f.n) == CF_EFORMAT);
    for (int32_t i = 1; i < 8; i++) {
        f.at[0] = length;
        f.at[i] = 0x80;
        CHECK(parse(&t, f.at, f.n) == CF_EFORMAT && strstr(cf_last_error(), "header would be"));
        f.at[i] = 0;
    }
    free(f.at);
}

static void errors_name_the_file(void)
{
    policy_tensors t;
    CHECK(file_write("short.safetensors", "abc", 3) == CF_OK);
    CHECK(policy_tensors_read(&t, "short.safetensors") == CF_EFORMAT);
    CHECK(strncmp(cf_last_error(), "short.safetensors: 3 bytes", 26) == 0);
    unlink("short.safetensors");
    CHECK(policy_tensors_read(&t, "none.safetensors") == CF_EIO);
    CHECK(strncmp(cf_last_error(), "none.safetensors: ", 18) == 0);
    CHECK(policy_tensors_read(&t, ".") == CF_EIO);
}

/* Many tensors and deep nesting take time in proportion, not its square. */
static void a_large_header_is_read_in_linear_time(void)
{
    const int32_t n = 200000;
    char *header = malloc((size_t)n * 80 + 2), *at = header;
    for (int32_t i = 0; i < n; i++)
        at += sprintf(at, "%c\"t%d\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}",
                      i ? ',' : '{', i);
    strcpy(at, "}");
    policy_tensors t;
    CHECK(parse_text(&t, header, NULL, 0) == CF_OK && t.n == n);
    policy_tensors_free(&t);
    memset(header, '[', (size_t)n);
    header[n] = 0;
    is_refused(header, NULL, 0, "the header is not");
    free(header);
}

static nn_params small_table(void)
{
    nn_params t = {0};
    nn_params_add(&t, "zeta", 2, (const int32_t[]){2, 3});
    nn_params_add(&t, "alpha", 1, (const int32_t[]){1});
    return t;
}

static bytes written(const char *path)
{
    bytes f;
    CHECK(file_read(path, &f.at, &f.n) == CF_OK);
    return f;
}

static void the_writer_gives_the_bytes_of_the_format(void)
{
    const nn_params table = small_table();
    const real params[7] = {0, 1, 2, 3, 4, 5, (real)-1};
    const policy_string meta[] = {{"name", "a \"b\"\\\n\x01\xc3\xa9"}, {"k", ""}};
    CHECK(policy_tensors_write("w.safetensors", &table, params, meta, 2) == CF_OK);
    bytes f = written("w.safetensors");
    static const char WANT[] =
        "{\"__metadata__\":{\"k\":\"\",\"name\":\"a \\\"b\\\"\\\\\\u000a\\u0001\xc3\xa9\"},"
        "\"alpha\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
        "\"zeta\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[4,28]}}";
    const size_t length = (sizeof WANT - 1 + 7) / 8 * 8;
    CHECK(f.n == 8 + length + 28 && f.at[0] == length && f.at[1] == 0);
    CHECK(memcmp(f.at + 8, WANT, sizeof WANT - 1) == 0);
    for (size_t i = sizeof WANT - 1; i < length; i++) CHECK(f.at[8 + i] == ' ');
    CHECK(memcmp(f.at + 8 + length, "\0\0\x80\xbf\0\0\0\0\0\0\x80\x3f", 12) == 0);
    policy_tensors t;
    CHECK(parse(&t, f.at, f.n) == CF_OK && strcmp(t.meta[1].value, meta[0].value) == 0);
    for (int32_t i = 0; i < 6; i++) CHECK(t.tensor[1].value[i] == i);
    policy_tensors_free(&t);
    free(f.at);
    unlink("w.safetensors");
}

static void the_order_of_metadata_does_not_matter(void)
{
    const nn_params table = small_table();
    const real params[7] = {(real)0.1, 0, 0, 0, 0, 0, 0};
    const policy_string one[] = {{"a", "1"}, {"b", "2"}, {"c", "3"}};
    const policy_string two[] = {{"c", "3"}, {"a", "1"}, {"b", "2"}};
    CHECK(policy_tensors_write("one.safetensors", &table, params, one, 3) == CF_OK);
    CHECK(policy_tensors_write("two.safetensors", &table, params, two, 3) == CF_OK);
    bytes a = written("one.safetensors"), b = written("two.safetensors");
    CHECK(a.n == b.n && memcmp(a.at, b.at, a.n) == 0);
    free(a.at);
    free(b.at);
    unlink("one.safetensors");
    unlink("two.safetensors");
}

static void text_that_is_not_utf8_is_not_written(void)
{
    const nn_params table = small_table();
    const real params[7] = {0};
    const policy_string meta[] = {{"source", "caf\xe9"}};
    CHECK(policy_tensors_write("w.safetensors", &table, params, meta, 1) == CF_EARG);
    CHECK(access("w.safetensors", F_OK) != 0);
}

/* Change, insert, delete and copy bytes; the length in front is right half of the time. */
static void mutate(rng *r, unsigned char *f, size_t *n, size_t room)
{
    static const char LIKELY[] = "{}[]\",:\\u0123456789 F3e-\0";
    for (uint32_t i = 0, count = 1 + rng_below(r, 6); i < count; i++) {
        const size_t at = rng_below(r, (uint32_t)*n);
        const size_t some = 1 + rng_below(r, 8), rest = *n - at;
        const uint32_t kind = rng_below(r, 4);
        if (kind == 0) f[at] = (unsigned char)rng_u32(r);
        if (kind == 1) f[at] = (unsigned char)LIKELY[rng_below(r, sizeof LIKELY)];
        if (kind == 2 && rest > some && *n > some + 9) {
            memmove(f + at, f + at + some, rest - some);
            *n -= some;
        }
        if (kind == 3 && *n + some <= room) {
            memmove(f + at + some, f + at, rest);
            *n += some;
        }
    }
}

static void mutated_files_never_crash(void)
{
    static const char HEADER[] =
        "{\"__metadata__\":{\"k\":\"v\\u00e9\",\"l\":\"\\\"\"},"
        "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
        "\"b\":{\"dtype\":\"F16\",\"shape\":[2,1],\"data_offsets\":[4,8]}}";
    bytes f = file_of(HEADER, ONE_TWO, 8);
    const size_t room = f.n + 64;
    unsigned char *copy = malloc(room);
    rng r = rng_stream(1, RNG_TEST, 0);
    int32_t taken = 0;
    for (int32_t i = 0; i < 100000; i++) {
        size_t n = f.n;
        memcpy(copy, f.at, n);
        mutate(&r, copy, &n, room);
        if (i % 2) {
            memcpy(copy, f.at, 8);
            copy[0] = (unsigned char)(n - 16);
        }
        policy_tensors t = {0};
        const cf_status s = parse(&t, copy, n);
        CHECK(s == CF_OK || s == CF_EFORMAT);
        taken += s == CF_OK;
        policy_tensors_free(&t);
    }
    fprintf(stderr, "    %d of 100000 are still files\n", taken);
    CHECK(taken > 100 && taken < 50000);
    free(copy);
    free(f.at);
}

int main(void)
{
    RUN(tensors_and_metadata_are_read_and_sorted);
    RUN(empty_tensors_and_an_empty_header_are_fine);
    RUN(every_type_is_converted);
    RUN(numbers_that_are_not_finite_are_refused);
    RUN(strings_are_unescaped_to_utf8);
    RUN(strings_that_are_no_text_are_refused);
    RUN(headers_that_are_not_one_are_refused);
    RUN(entries_that_disagree_with_the_data_are_refused);
    RUN(lengths_that_lie_are_refused);
    RUN(errors_name_the_file);
    RUN(a_large_header_is_read_in_linear_time);
    RUN(the_writer_gives_the_bytes_of_the_format);
    RUN(the_order_of_metadata_does_not_matter);
    RUN(text_that_is_not_utf8_is_not_written);
    RUN(mutated_files_never_crash);
    return DONE();
}
