#include "problem/method.h"

#include <string.h>

#include "t.h"

static double nodes, seconds;
static const prob_method_option OPTIONS[] = {
    {"node-limit", &nodes, 1, 1e6, 1},
    {"time-limit", &seconds, 0, 100, 0},
};

static cf_status parse(const char *text)
{
    nodes = 7;
    seconds = 8;
    return prob_method_options("exact", text, OPTIONS, 2);
}

static void nothing_given_keeps_the_defaults(void)
{
    CHECK(parse(NULL) == CF_OK);
    CHECK(parse("") == CF_OK);
    CHECK(nodes == 7 && seconds == 8);
}

static void values_are_read(void)
{
    CHECK(parse("node-limit=1000") == CF_OK);
    CHECK(nodes == 1000 && seconds == 8);
    CHECK(parse("time-limit=0.5,node-limit=1e3") == CF_OK);
    CHECK(nodes == 1000 && seconds == 0.5);
}

static void bad_text_is_refused_and_stores_nothing(void)
{
    const char *bad[] = {
        "node-limit",
        "node-limit=",
        "node-limit=x",
        "node-limit=1.5",
        "node-limit=0",
        "node-limit=1e7",
        "node-limit=nan",
        "time-limit=-1",
        "time-limit=inf",
        "node-limit=3x",
        "limit=3",
        "node-limi=3",
        "node-limit2=3",
        "time-limit=1,",
        ",time-limit=1",
        "time-limit=1,,node-limit=2",
        "time-limit=1;b=2",
        "node-limit=3,x=1",
        "=3",
        "node-limit==3",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        CHECK(parse(bad[i]) == CF_EARG);
        CHECK(nodes == 7 && seconds == 8);
        CHECK(strncmp(cf_last_error(), "exact", 5) == 0);
    }
}

static void messages_name_what_is_known(void)
{
    CHECK(parse("nodes=3") == CF_EARG);
    CHECK(strstr(cf_last_error(), "\"nodes\"") != NULL);
    CHECK(strstr(cf_last_error(), "node-limit, time-limit") != NULL);
    CHECK(parse("node-limit=2.5") == CF_EARG);
    CHECK(strstr(cf_last_error(), "a whole number from 1 to 1e+06") != NULL);
    CHECK(prob_method_options("gsd", "a=1", NULL, 0) == CF_EARG);
    CHECK(strstr(cf_last_error(), "gsd takes no parameters") != NULL);
    CHECK(prob_method_options("gsd", "", NULL, 0) == CF_OK);
}

int main(void)
{
    RUN(nothing_given_keeps_the_defaults);
    RUN(values_are_read);
    RUN(bad_text_is_refused_and_stores_nothing);
    RUN(messages_name_what_is_known);
    return DONE();
}
