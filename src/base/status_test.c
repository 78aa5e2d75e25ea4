#include "base/status.h"

#include <pthread.h>
#include <string.h>

#include "t.h"

static void a_failure_returns_its_status_and_keeps_its_numbers(void)
{
    CHECK(base_fail(CF_ESHAPE, "L is %d, wanted %s", 7, "8") == CF_ESHAPE);
    CHECK(strcmp(cf_last_error(), "L is 7, wanted 8") == 0);
}

static void a_prefix_goes_before_the_message_that_is_there(void)
{
    base_fail(CF_EIO, "no %s", "file");
    CHECK(base_fail_in(CF_EFORMAT, "drop %d", 3) == CF_EFORMAT);
    CHECK(strcmp(cf_last_error(), "drop 3: no file") == 0);
    base_fail_in(CF_EFORMAT, "x.h5");
    CHECK(strcmp(cf_last_error(), "x.h5: drop 3: no file") == 0);
}

/* Whatever does not fit is cut at the end, and the text still ends. */
static void long_messages_are_cut(void)
{
    char word[3000];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = 0;
    base_fail(CF_EIO, "%s", word);
    const size_t most = strlen(cf_last_error());
    CHECK(most > 200 && most < sizeof word - 1);
    CHECK(strncmp(cf_last_error(), word, most) == 0);
    base_fail_in(CF_EIO, "prefix");
    CHECK(strncmp(cf_last_error(), "prefix: aaa", 11) == 0 && strlen(cf_last_error()) == most);
    for (size_t n = most - 4; n <= most + 1; n++) { /* prefixes that leave little or no room */
        base_fail(CF_EIO, "bbbb");
        CHECK(base_fail_in(CF_EIO, "%s", word + sizeof word - 1 - n) == CF_EIO);
        CHECK(strlen(cf_last_error()) <= most && strlen(cf_last_error()) >= most - 4);
        CHECK(strncmp(cf_last_error(), word, most - 4) == 0);
    }
}

static void *fail_elsewhere(void *arg)
{
    const int empty = cf_last_error()[0] == 0;
    base_fail(CF_EIO, "elsewhere");
    *(int *)arg = empty && strcmp(cf_last_error(), "elsewhere") == 0;
    return NULL;
}

static void each_thread_has_its_own_message(void)
{
    base_fail(CF_EIO, "here");
    int worked = 0;
    pthread_t other;
    CHECK(pthread_create(&other, NULL, fail_elsewhere, &worked) == 0);
    CHECK(pthread_join(other, NULL) == 0);
    CHECK(worked);
    CHECK(strcmp(cf_last_error(), "here") == 0);
}

static void every_status_has_words_of_its_own(void)
{
    for (int s = 0; s < CF_STATUS_COUNT; s++) {
        CHECK(cf_status_str((cf_status)s) != NULL && cf_status_str((cf_status)s)[0] != 0);
        for (int other = 0; other < s; other++)
            CHECK(strcmp(cf_status_str((cf_status)s), cf_status_str((cf_status)other)) != 0);
    }
    CHECK(strcmp(cf_status_str(CF_STATUS_COUNT), "unknown status") == 0);
    CHECK(strcmp(cf_status_str((cf_status)-1), "unknown status") == 0);
    CHECK(strcmp(cf_version(), CF_VERSION) == 0);
}

int main(void)
{
    RUN(a_failure_returns_its_status_and_keeps_its_numbers);
    RUN(a_prefix_goes_before_the_message_that_is_there);
    RUN(long_messages_are_cut);
    RUN(each_thread_has_its_own_message);
    RUN(every_status_has_words_of_its_own);
    return DONE();
}
