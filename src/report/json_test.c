#include "report/json.h"

#include <string.h>

#include "comma.h"
#include "t.h"

static int is(text *t, const char *want)
{
    const int same = !t->failed && t->s && strcmp(t->s, want) == 0;
    if (!same) fprintf(stderr, "  %s\n  wanted %s\n", t->s ? t->s : "nothing", want);
    text_free(t);
    return same;
}

static void values_are_parted_by_commas_and_nothing_else_is(void)
{
    text t = {0};
    json_open(&t, NULL, '{');
    json_text(&t, "a", "x");
    json_integer(&t, "b", -7);
    json_open(&t, "c", '[');
    json_open(&t, NULL, '[');
    json_close(&t, ']');
    json_number(&t, NULL, 3, 0.123456);
    json_close(&t, ']');
    json_id(&t, "d", 0xfedcba9876543210u);
    json_close(&t, '}');
    CHECK(is(&t, "{\"a\":\"x\",\"b\":-7,\"c\":[[],0.123],\"d\":\"fedcba9876543210\"}"));
}

/* A text that ends in a bracket or a colon is still a text. */
static void what_texts_end_in_does_not_matter(void)
{
    text t = {0};
    json_open(&t, NULL, '[');
    json_text(&t, NULL, "a[");
    json_text(&t, NULL, "b:");
    json_close(&t, ']');
    CHECK(is(&t, "[\"a[\",\"b:\"]"));
}

static void no_text_ends_a_script_or_a_string(void)
{
    text t = {0};
    json_text(&t, NULL, "</script><!--&\"\\\n\x01\x7f");
    CHECK(is(&t, "\"\\u003c/script\\u003e\\u003c!--\\u0026\\u0022\\u005c\\u000a\\u0001\\u007f\""));
}

static void what_is_no_utf8_becomes_the_replacement_character(void)
{
    text t = {0};
    json_text(&t, NULL, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\xa1"); /* é € and a satellite dish */
    CHECK(is(&t, "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x93\xa1\""));
    /* alone, too long a form, a surrogate, past the end, cut off */
    static const char *const BAD[] = {"\xff", "\x80", "\xc0\xaf", "\xf5\x80\x80\x80", "\xc3"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        json_text(&t, NULL, BAD[i]);
        CHECK(strstr(t.s, "\xef\xbf\xbd") && t.s[t.n - 1] == '"');
        for (size_t j = 0; j < t.n; j++) CHECK((unsigned char)t.s[j] != 0xff);
        text_free(&t);
    }
    json_text(&t, NULL, "\xed\xa0\x80z");
    CHECK(is(&t, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\""));
}

static void numbers_have_a_point_in_every_locale_and_nan_is_null(void)
{
    const double v[] = {0.5, (double)NAN, -INFINITY, 1e300, 0};
    const float f[] = {0.1f, 2};
    text t = {0};
    t_decimal_comma();
    json_open(&t, NULL, '[');
    json_numbers(&t, NULL, 3, v, 5);
    json_floats(&t, NULL, 3, f, 2);
    json_close(&t, ']');
    CHECK(is(&t, "[[0.5,null,null,1e+300,0],[0.1,2]]"));
}

static void bits_are_eight_a_byte_the_first_highest(void)
{
    const uint8_t v[] = {1, 0, 1, 0, 0, 0, 0, 0, 1, 1};
    text t = {0};
    json_bits(&t, NULL, v, 10);
    CHECK(is(&t, "\"a0c0\""));
    json_bits(&t, NULL, v, 0);
    CHECK(is(&t, "\"\""));
}

int main(void)
{
    RUN(values_are_parted_by_commas_and_nothing_else_is);
    RUN(what_texts_end_in_does_not_matter);
    RUN(no_text_ends_a_script_or_a_string);
    RUN(what_is_no_utf8_becomes_the_replacement_character);
    RUN(bits_are_eight_a_byte_the_first_highest);
    RUN(numbers_have_a_point_in_every_locale_and_nan_is_null);
    return DONE();
}
