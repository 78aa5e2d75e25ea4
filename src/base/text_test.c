#include "base/text.h"

#include <string.h>
#include <wchar.h>

#include "t.h"

static void pieces_are_joined(void)
{
    text t = {0};
    CHECK(t.s == NULL && t.n == 0);
    text_add(&t, "%d", 12);
    text_add(&t, "%s", "");
    text_add(&t, ", %s", "three");
    CHECK(!t.failed && t.n == 9 && strcmp(t.s, "12, three") == 0);
    text_free(&t);
    CHECK(t.s == NULL && t.n == 0 && t.cap == 0 && !t.failed);
    text_free(&t);
}

static void nothing_added_is_an_empty_text(void)
{
    text t = {0};
    text_add(&t, "%s", "");
    CHECK(t.s != NULL && t.s[0] == 0 && t.n == 0 && !t.failed);
    text_free(&t);
}

/* Every length of a piece once, so that some fill the memory to its last byte. */
static void text_grows_as_far_as_is_added(void)
{
    enum { MOST = 700 };
    char word[MOST + 1];
    memset(word, 'x', MOST);
    word[MOST] = 0;
    text t = {0};
    size_t want = 0;
    for (int n = 0; n <= MOST; n++) {
        text_add(&t, "%.*s", n, word);
        want += (size_t)n;
        CHECK(!t.failed && t.n == want && t.cap > t.n && t.s[t.n] == 0);
    }
    CHECK(strlen(t.s) == want && strspn(t.s, "x") == want);
    text_free(&t);
}

/* A character that the C locale cannot say fails, what is there stays, and so does the failure. */
static void failure_is_sticky_and_keeps_what_was_there(void)
{
    text t = {0};
    text_add(&t, "kept");
    text_add(&t, "%lc", (wint_t)0x1d11e);
    CHECK(t.failed && t.n == 4 && strcmp(t.s, "kept") == 0);
    text_add(&t, "more");
    CHECK(t.failed && t.n == 4 && strcmp(t.s, "kept") == 0);
    text_free(&t);
}

/* The least and the greatest of each length; what is overlong, a surrogate, past U+10FFFF, or cut. */
static void a_character_of_utf8_has_its_length(void)
{
    static const char *const GOOD[] = {"a",
                                       "\x7f",
                                       "\xc2\x80",
                                       "\xdf\xbf",
                                       "\xe0\xa0\x80",
                                       "\xed\x9f\xbf",
                                       "\xef\xbf\xbf",
                                       "\xf0\x90\x80\x80",
                                       "\xf4\x8f\xbf\xbf"};
    static const char *const BAD[] = {"\x80",         "\xc1\xbf",         "\xe0\x9f\xbf",
                                      "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                                      "\xff"};
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        const unsigned char *s = (const unsigned char *)GOOD[i];
        const size_t n = strlen(GOOD[i]);
        CHECK(text_utf8_length(s, n) == (int32_t)n && text_utf8_length(s, n + 1) == (int32_t)n);
        CHECK(text_utf8_length(s, n - 1) == 0);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        CHECK(text_utf8_length((const unsigned char *)BAD[i], strlen(BAD[i])) == 0);
}

int main(void)
{
    RUN(pieces_are_joined);
    RUN(nothing_added_is_an_empty_text);
    RUN(text_grows_as_far_as_is_added);
    RUN(failure_is_sticky_and_keeps_what_was_there);
    RUN(a_character_of_utf8_has_its_length);
    return DONE();
}
