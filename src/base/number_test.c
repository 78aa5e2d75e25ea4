/* In the C locale and, where one can be made, in one that writes 0,5. */
#include "base/number.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

#include "comma.h"
#include "t.h"

/* number_read takes `length` characters of s and gives v. */
static int reads(const char *s, double v, size_t length)
{
    const char *end = NULL;
    const double found = number_read(s, &end);
    return end == s + length && (length == 0 || found == v);
}

static void numbers_end_where_strtod_ends_them(void)
{
    CHECK(reads("0.5", 0.5, 3) && reads("-12.25e-1 dBm", -1.225, 9) && reads(".5", 0.5, 2));
    CHECK(reads("5.", 5, 2) && reads("7", 7, 1) && reads("1e3,4", 1000, 3) &&
          reads("1.5.2", 1.5, 3));
    CHECK(reads("2.5e", 2.5, 3) && reads("2.5\n3.5", 2.5, 3) && reads("-inf\n", -INFINITY, 4));
    CHECK(reads("0,5", 0, 1) && reads("1,000.5", 1, 1));
    CHECK(reads("", 0, 0) && reads("x", 0, 0) && reads(".", 0, 0) && reads("-.e1", 0, 0));
}

static void numbers_of_128_characters_are_none(void)
{
    char s[200];
    memset(s, '1', sizeof s);
    s[127] = 0;
    const char *end;
    CHECK(number_read(s, &end) > 1e126 && end == s + 127);
    s[127] = '1';
    s[128] = 0;
    CHECK(reads(s, 0, 0));
    s[0] = '.';
    CHECK(reads(s, 0, 0));
}

static void numbers_are_written_with_a_point(void)
{
    char s[NUMBER_SIZE];
    CHECK(strcmp(number_write(s, 9, 0.5), "0.5") == 0);
    CHECK(strcmp(number_write(s, 17, -1.5e-300), "-1.5000000000000001e-300") == 0);
    CHECK(strcmp(number_write(s, 3, 1e20), "1e+20") == 0);
    CHECK(strcmp(number_write(s, 9, 42), "42") == 0);
    CHECK(strcmp(number_write(s, 9, (double)INFINITY), "inf") == 0);
    CHECK(strcmp(number_write(s, 9, -(double)INFINITY), "-inf") == 0);
}

static void seventeen_digits_read_back_the_same(void)
{
    rng r = rng_stream(1, RNG_TEST, 0);
    char s[NUMBER_SIZE];
    const char *end;
    int same = 1;
    for (int i = 0; i < 10000; i++) {
        const double v = ldexp(rng_normal(&r), (int)rng_below(&r, 2000) - 1000);
        same &= number_read(number_write(s, 17, v), &end) == v && *end == 0;
    }
    CHECK(same);
}

static void all_of_them(void)
{
    RUN(numbers_end_where_strtod_ends_them);
    RUN(numbers_of_128_characters_are_none);
    RUN(numbers_are_written_with_a_point);
    RUN(seventeen_digits_read_back_the_same);
}

int main(void)
{
    all_of_them();
    if (t_decimal_comma()) all_of_them();
    return DONE();
}
