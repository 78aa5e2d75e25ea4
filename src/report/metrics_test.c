#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cellfree/report.h>

#include "base/file.h"

#include "t.h"

static char path[] = "/tmp/cellfree-metrics-XXXXXX";

static cf_status load(cf_metrics **m, const char *text)
{
    CHECK(file_write(path, text, strlen(text)) == CF_OK);
    return cf_metrics_load(m, path);
}

static void every_line_is_a_row_and_every_key_a_column(void)
{
    cf_metrics *m = NULL;
    CHECK(load(&m, "{\"step\":1,\"loss\":2.5}\n\n"
                   " { \"loss\" : -1e-3 , \"step\" : 2, \"valid_of_best\": 0.5}\r\n"
                   "{\"step\":3,\"loss\":null,\"valid_of_best\":nan}") == CF_OK);
    if (!m) return;
    CHECK(m->rows == 3 && m->columns == 3 && strcmp(m->path, path) == 0);
    CHECK(!strcmp(m->key[0], "step") && !strcmp(m->key[1], "loss"));
    const double want[] = {1, 2.5, NAN, 2, -1e-3, 0.5, 3, NAN, NAN};
    for (int i = 0; i < 9; i++)
        CHECK(m->value[i] == want[i] || (isnan(m->value[i]) && isnan(want[i])));
    cf_metrics_free(m);
}

static void long_files_are_read_whole(void)
{
    enum { LINES = 1000, ROOM = 64 };
    char *text = calloc(LINES, ROOM);
    size_t n = 0;
    for (int i = 0; i < LINES; i++)
        n += (size_t)snprintf(text + n, ROOM, "{\"step\":%d,\"loss\":%d}\n", i, 2 * i);
    cf_metrics *m = NULL;
    CHECK(load(&m, text) == CF_OK && m && m->rows == LINES && m->columns == 2);
    for (int i = 0; m && i < LINES; i++)
        CHECK(m->value[2 * i] == i && m->value[2 * i + 1] == 2 * i);
    cf_metrics_free(m);
    free(text);
}

static void other_files_are_refused_with_line_and_place(void)
{
    static const char *const BAD[][2] = {
        {"", "no \"step\""},
        {"{\"loss\":1}\n", "no \"step\""},
        {"step,loss\n1,2\n", "line 1: wanted a JSON object at \"step,loss"},
        {"{\"step\":1}\n[1]\n", "line 2: wanted a JSON object"},
        {"{\"step\":\"1\"}\n", "line 1: wanted a number"},
        {"{\"step\":}\n", "line 1: wanted a number"},
        {"{\"step\" 1}\n", "line 1: wanted a colon"},
        {"{\"step\":1\n", "line 1: wanted a comma or }"},
        {"{\"step\":1,}\n", "line 1: wanted a key"},
        {"{\"st\\u0065p\":1}\n", "line 1: wanted a plain key"},
        {"{\"step\":1} x\n", "line 1: wanted the end of the line"},
        {"{\"step", "line 1: wanted a plain key"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        cf_metrics *m = NULL;
        const int good = load(&m, BAD[i][0]) == CF_EFORMAT && !m &&
                         strstr(cf_last_error(), BAD[i][1]) && strstr(cf_last_error(), path);
        CHECK(good);
        if (!good) fprintf(stderr, "  %s: %s\n", BAD[i][0], cf_last_error());
    }
    cf_metrics *m = NULL;
    CHECK(file_write(path, "{\"step\":1}\n\0{", 13) == CF_OK);
    CHECK(cf_metrics_load(&m, path) == CF_EFORMAT && strstr(cf_last_error(), "byte 0"));
    CHECK(cf_metrics_load(&m, "/tmp/no/such/file") == CF_EIO && !m);
    CHECK(cf_metrics_load(NULL, path) == CF_EARG && cf_metrics_load(&m, NULL) == CF_EARG);
    cf_metrics_free(NULL);
}

static void more_keys_than_a_training_has_are_refused(void)
{
    char text[2048] = "{\"step\":1";
    for (int i = 0; i < 64; i++) sprintf(text + strlen(text), ",\"k%d\":%d", i, i);
    strcat(text, "}\n");
    cf_metrics *m = NULL;
    CHECK(load(&m, text) == CF_EFORMAT && !m && strstr(cf_last_error(), "at most 64 keys"));
}

int main(void)
{
    const int fd = mkstemp(path);
    if (fd < 0) return 1;
    close(fd);
    RUN(every_line_is_a_row_and_every_key_a_column);
    RUN(long_files_are_read_whole);
    RUN(other_files_are_refused_with_line_and_place);
    RUN(more_keys_than_a_training_has_are_refused);
    unlink(path);
    return DONE();
}
