#include "channel/yaml.h"

#include <stdlib.h>
#include <string.h>

#include <cellfree/status.h>

#include "t.h"

/* A small struct with every type in it. */
typedef struct sample {
    double rate;
    int64_t steps;
    int32_t on, scheme;
    char *note;
    chan_yaml_list levels, caps, places;
    double cooling, warmth;
} sample;

static const char *const SCHEMES[] = {"cold", "warm", NULL};

#define AT(k, kind, member) .key = (k), .type = CHAN_YAML_##kind, .offset = offsetof(sample, member)

static const chan_yaml_field INNER[] = {
    {AT("scheme", CHOICE, scheme), .choices = SCHEMES, .about = "cold or warm"},
    {AT("cooling", REAL, cooling), .least = 0, .most = 10, .fallback = 3, .only = 1, .about = "K"},
    {AT("warmth", REAL, warmth), .least = 0, .most = 10, .required = 1, .only = 2, .about = "K"},
    {0},
};

static const chan_yaml_field FIELDS[] = {
    {AT("rate", REAL, rate), .least = 0.5, .most = 1e6, .fallback = 2.5, .about = "1/s"},
    {AT("steps", INT, steps), .least = 1, .most = 1e9, .fallback = 7, .about = "count"},
    {AT("on", BOOL, on), .fallback = 1, .about = "yes or no"},
    {AT("note", TEXT, note), .fallback_text = "none", .about = "words"},
    {AT("levels", REALS, levels), .least = -9, .most = 9, .fallback = 1, .about = "dB"},
    {AT("caps", INTS, caps), .least = 0, .most = 100, .fallback = 2, .about = "count"},
    {AT("places", PAIRS, places), .least = -1e3, .most = 1e3, .required = 1, .about = "m"},
    {.key = "inner", .type = CHAN_YAML_SECTION, .fields = INNER},
    {0},
};

static cf_status load(const char *yaml, sample *s)
{
    chan_yaml *y = NULL;
    cf_status status = chan_yaml_open(&y, yaml, "f.yaml");
    *s = (sample){0};
    if (status == CF_OK) status = chan_yaml_read(y, FIELDS, s);
    chan_yaml_close(y);
    return status;
}

static void every_type_is_read(void)
{
    sample s;
    CHECK(load("rate: 1e3\nsteps: 12\non: false\nnote: 'a b'\nlevels: [1, -2.5]\ncaps: 3\n"
               "places: [[1, 2], [3, 4.5]]\ninner: {scheme: warm, warmth: 4}\n",
               &s) == CF_OK);
    CHECK(s.rate == 1000 && s.steps == 12 && s.on == 0 && strcmp(s.note, "a b") == 0);
    CHECK(s.levels.n == 2 && s.levels.v[1] == -2.5);
    CHECK(s.caps.n == 1 && s.caps.v[0] == 3);
    CHECK(s.places.n == 2 && s.places.v[3] == 4.5);
    CHECK(s.scheme == 1 && s.warmth == 4 && s.cooling == 0);
    chan_yaml_free(FIELDS, &s);
    CHECK(s.note == NULL && s.places.v == NULL);
}

static void what_is_left_out_gets_its_default(void)
{
    sample s;
    CHECK(load("places: [[0, 0]]\n", &s) == CF_OK);
    CHECK(s.rate == 2.5 && s.steps == 7 && s.on == 1 && strcmp(s.note, "none") == 0);
    CHECK(s.caps.n == 1 && s.caps.v[0] == 2 && s.scheme == 0 && s.cooling == 3);
    chan_yaml_free(FIELDS, &s);
    s = (sample){0};
    CHECK(chan_yaml_defaults(FIELDS, &s) == CF_OK);
    CHECK(s.rate == 2.5 && s.places.n == 0);
    chan_yaml_free(FIELDS, &s);
}

/* Each of these fails, with these words in one line of message. */
static void every_mistake_gets_its_line(void)
{
    static const struct {
        const char *yaml, *said;
    } CASES[] = {
        {"", "f.yaml:1: empty"},
        {"# only this\n", "f.yaml:1: empty"},
        {"- 1\n- 2\n", "f.yaml:1: a list or a single value"},
        {"rate: [1\n", "not YAML"},
        {"rate: 1\n\tsteps: 2\n", "f.yaml:2: not YAML"},
        {"rate: 1\n---\nrate: 2\n", "second document"},
        {"rate: 1\n...\n]]\n", "f.yaml:3: not YAML"},
        {"rate: 1\nplaces: [[1, 1]]\nspeed: 3\n", "f.yaml:3: speed: unknown key; known here: rate"},
        {"rate: 1\nrate: 2\n", "f.yaml:2: rate: given twice, first in line 1"},
        {"rate: 1\n", "f.yaml:1: places: missing"},
        {"\n\nrate: fast\n", "f.yaml:3: rate: found fast, wanted a number from 0.5 to 1000000"},
        {"rate: 0.4\n", "f.yaml:1: rate: found 0.4"},
        {"rate: nan\n", "found nan"},
        {"rate: .inf\n", "found .inf"},
        {"rate: 0x10\n", "found 0x10"},
        {"rate: 1e999\n", "found 1e999"},
        {"rate: 1 2\n", "found 1 2"},
        {"rate: \"1\"\n", "found 1, wanted a number"},
        {"rate:\n", "found nothing"},
        {"rate: [1, 2]\n", "f.yaml:1: rate: found a list or a section, wanted a single value"},
        {"steps: 1.5\n", "steps: found 1.5, wanted a whole number"},
        {"on: yes\n", "on: found yes, wanted true or false"},
        {"note: \"a\\nb\"\n", "note: found 3 bytes"},
        {"note: \"a\\0b\"\n", "note: found a list or a section"},
        {"levels: []\n", "levels: found a list of 0"},
        {"levels:\n- 1\n- 2\n- 30\n", "f.yaml:4: levels: found 30, wanted a number from -9 to 9"},
        {"levels: [[1]]\n", "levels: found a list or a section, wanted a number"},
        {"caps: [1, 2.5]\n", "caps: found 2.5"},
        {"places: 3\n", "places: found 3, wanted a list"},
        {"places: [1, 2]\n", "wanted pairs [x, y]"},
        {"places: [[1, 2, 3]]\n", "wanted pairs [x, y]"},
        {"places: [[1, 2]]\ninner: 3\n", "f.yaml:2: inner: found a value, wanted a section"},
        {"places: [[1, 2]]\ninner:\n  scheme: hot\n",
         "f.yaml:3: inner.scheme: found hot, wanted one "
         "of cold, warm"},
        {"places: [[1, 2]]\ninner:\n  scheme: cold\n  warmth: 1\n",
         "f.yaml:4: inner.warmth: not used with scheme: cold"},
        {"places: [[1, 2]]\ninner:\n  scheme: warm\n", "f.yaml:3: inner.warmth: missing"},
        {"places: [[1, 2]]\n? [a, b]\n: 3\n", "wanted a name"},
        {"rate: 1 # ]]\nlevels: [[[[[[[[[[[[[[[[[[", "f.yaml:2: brackets in brackets"},
        {"places: &x [*x, *x]\n", "wanted a number"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        sample s;
        const cf_status status = load(CASES[i].yaml, &s);
        CHECK(status == CF_EARG || status == CF_EFORMAT);
        const int said = strstr(cf_last_error(), CASES[i].said) != NULL;
        CHECK(said);
        if (!said) fprintf(stderr, "  case %zu: %s\n", i, cf_last_error());
        CHECK(strchr(cf_last_error(), '\n') == NULL);
        chan_yaml_free(FIELDS, &s);
    }
}

static void what_is_written_reads_back_the_same(void)
{
    sample a, b;
    text first = {0}, second = {0};
    CHECK(load("rate: 0.7234567890123456789\nnote: 'x: \"y\" \\ #'\nlevels: [0.1, 1e-7]\n"
               "caps: [1, 2, 3]\nplaces: [[0.3, -999.125]]\ninner: {scheme: warm, warmth: 1e-5}\n",
               &a) == CF_OK);
    chan_yaml_write(&first, FIELDS, &a);
    CHECK(load(first.s, &b) == CF_OK);
    chan_yaml_write(&second, FIELDS, &b);
    CHECK(strcmp(first.s, second.s) == 0);
    CHECK(a.rate == b.rate && a.warmth == b.warmth && strcmp(a.note, b.note) == 0);
    CHECK(a.levels.v[1] == b.levels.v[1] && a.places.v[0] == b.places.v[0]);
    text_free(&first);
    text_free(&second);
    chan_yaml_free(FIELDS, &a);
    chan_yaml_free(FIELDS, &b);
}

static void long_lists_break_over_lines(void)
{
    sample a = {0}, b;
    text t = {0};
    CHECK(chan_yaml_defaults(FIELDS, &a) == CF_OK);
    a.places = (chan_yaml_list){malloc(2 * 500 * sizeof(double)), 500};
    for (int i = 0; i < 1000; i++) a.places.v[i] = 0.1 * i;
    chan_yaml_write(&t, FIELDS, &a);
    for (const char *line = t.s; line; line = strchr(line + 1, '\n'))
        CHECK(strcspn(line + 1, "\n") <= 100);
    CHECK(load(t.s, &b) == CF_OK);
    CHECK(b.places.n == 500 && memcmp(a.places.v, b.places.v, 1000 * sizeof(double)) == 0);
    text_free(&t);
    chan_yaml_free(FIELDS, &a);
    chan_yaml_free(FIELDS, &b);
}

static void a_key_is_set_from_the_command_line(void)
{
    sample s;
    CHECK(load("places: [[0, 0]]\n", &s) == CF_OK);
    CHECK(chan_yaml_set(FIELDS, &s, "steps", "99") == CF_OK && s.steps == 99);
    CHECK(chan_yaml_set(FIELDS, &s, "inner.cooling", "5") == CF_OK && s.cooling == 5);
    CHECK(chan_yaml_set(FIELDS, &s, "note", "other") == CF_OK && strcmp(s.note, "other") == 0);
    CHECK(chan_yaml_set(FIELDS, &s, "steps", "0") == CF_EARG && s.steps == 99);
    CHECK(chan_yaml_set(FIELDS, &s, "step", "1") == CF_EARG);
    CHECK(strstr(cf_last_error(), "unknown key; known here: rate, steps") != NULL);
    CHECK(chan_yaml_set(FIELDS, &s, "inner.heat", "1") == CF_EARG);
    CHECK(strstr(cf_last_error(), "known here: scheme, cooling") != NULL);
    CHECK(chan_yaml_set(FIELDS, &s, "rate.x", "1") == CF_EARG);
    CHECK(chan_yaml_set(FIELDS, &s, "inner", "1") == CF_EARG);
    chan_yaml_free(FIELDS, &s);
}

static void a_check_of_the_callers_names_the_line(void)
{
    chan_yaml *y = NULL;
    CHECK(chan_yaml_open(&y, "rate: 1\ninner:\n  scheme: cold\n  cooling: 2\n", "f.yaml") == CF_OK);
    CHECK(chan_yaml_fail(y, CF_ESHAPE, "inner.cooling", "found %d", 2) == CF_ESHAPE);
    CHECK(strcmp(cf_last_error(), "f.yaml:4: inner.cooling: found 2") == 0);
    chan_yaml_fail(y, CF_ESHAPE, "inner.absent", "no");
    CHECK(strcmp(cf_last_error(), "f.yaml:3: inner.absent: no") == 0);
    chan_yaml_fail(y, CF_ESHAPE, "absent.too", "no");
    CHECK(strcmp(cf_last_error(), "f.yaml:1: absent.too: no") == 0);
    chan_yaml_close(y);
}

int main(void)
{
    RUN(every_type_is_read);
    RUN(what_is_left_out_gets_its_default);
    RUN(every_mistake_gets_its_line);
    RUN(what_is_written_reads_back_the_same);
    RUN(long_lists_break_over_lines);
    RUN(a_key_is_set_from_the_command_line);
    RUN(a_check_of_the_callers_names_the_line);
    return DONE();
}
