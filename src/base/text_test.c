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

int main(void)
{
    RUN(pieces_are_joined);
    RUN(nothing_added_is_an_empty_text);
    RUN(text_grows_as_far_as_is_added);
    RUN(failure_is_sticky_and_keeps_what_was_there);
    return DONE();
}
