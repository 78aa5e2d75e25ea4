#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

void *cli_alloc(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size);
    if (p) return p;
    fputs("cellfree: out of memory\n", stderr);
    exit(CLI_FAILED);
}

char *cli_text(const char *fmt, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, fmt);
    const int n = vasprintf(&text, fmt, args);
    va_end(args);
    if (n >= 0) return text;
    fputs("cellfree: out of memory\n", stderr);
    exit(CLI_FAILED);
}

/* Text of ours, then the library's or the user's: control characters would break the one line. */
static void put_line(const char *prefix, const char *text)
{
    fprintf(stderr, "%s: ", prefix);
    for (const char *s = text; *s; s++)
        fputc((unsigned char)*s < 0x20 || *s == 0x7f ? ' ' : *s, stderr);
    fputc('\n', stderr);
}

void cli_usage(const struct argp_state *state, const char *fmt, ...)
{
    char text[2048];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    put_line(state->name, text);
    exit(CLI_USAGE);
}

int cli_complain(const cli_command *c, int status, const char *fmt, ...)
{
    char prefix[64], text[2048];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    snprintf(prefix, sizeof prefix, "cellfree %s", c->name);
    put_line(prefix, text);
    return status;
}

static const char *reason(cf_status s)
{
    const char *message = cf_last_error();
    return message[0] ? message : cf_status_str(s);
}

int cli_fail(const cli_command *c, cf_status s)
{
    return cli_complain(c, s == CF_EARG ? CLI_USAGE : CLI_FAILED, "%s", reason(s));
}

int cli_fail_text(const cli_command *c, cf_status s)
{
    const int world = s == CF_EIO || s == CF_ENOMEM;
    return cli_complain(c, world ? CLI_FAILED : CLI_USAGE, "%s", reason(s));
}

int64_t cli_integer(const struct argp_state *state, const char *option, const char *value,
                    int64_t least, int64_t most)
{
    char *end;
    errno = 0;
    const long long v = strtoll(value, &end, 10);
    if (end == value || *end || errno || v < least || v > most)
        cli_usage(state, "%s is '%s', wanted an integer from %lld to %lld", option, value,
                  (long long)least, (long long)most);
    return v;
}

double cli_number(const struct argp_state *state, const char *option, const char *value,
                  double least, double most)
{
    char *end;
    const double v = strtod(value, &end);
    if (end == value || *end || !(v >= least && v <= most))
        cli_usage(state, "%s is '%s', wanted a number from %g to %g", option, value, least, most);
    return v;
}

int32_t cli_threads(const struct argp_state *state, const char *value)
{
    return (int32_t)cli_integer(state, "--threads", value, 1, 4096);
}

uint64_t cli_seed(const struct argp_state *state, const char *value)
{
    return (uint64_t)cli_integer(state, "--seed", value, 0, INT64_MAX);
}

void cli_require(const struct argp_state *state, const char *option, const void *value)
{
    if (!value) cli_usage(state, "%s is missing", option);
}

cf_task cli_task(const struct argp_state *state, const char *value)
{
    for (int t = 0; t < CF_TASK_COUNT; t++)
        if (strcmp(value, cf_task_name((cf_task)t)) == 0) return (cf_task)t;
    cli_usage(state, "--task is '%s', wanted assignment or power", value);
}

int32_t cli_cores(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return CPU_COUNT(&set);
}

int32_t cli_thread_count(int32_t wanted)
{
    return wanted > 0 ? wanted : cli_cores();
}

void cli_banner(const cli_command *c)
{
    fprintf(stderr, "cellfree %s %s\n", cf_version(), c->name);
}

void cli_banner_seed(const cli_command *c, uint64_t seed, int32_t threads)
{
    fprintf(stderr, "cellfree %s %s: seed %llu, threads %d\n", cf_version(), c->name,
            (unsigned long long)seed, threads);
}

char *cli_stem(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *stem = cli_text("%s", slash ? slash + 1 : path);
    char *dot = strrchr(stem, '.');
    if (dot && dot != stem) *dot = 0;
    return stem;
}

/* Does this word, or this word and the next, say only how or where, not what? */
static int words_to_skip(const char *word)
{
    static const char *const WITH_VALUE[] = {"--threads", "--out", "--figures"};
    if (strcmp(word, "--json") == 0 || strcmp(word, "--no-record") == 0) return 1;
    for (size_t i = 0; i < sizeof WITH_VALUE / sizeof *WITH_VALUE; i++) {
        const size_t n = strlen(WITH_VALUE[i]);
        if (strncmp(word, WITH_VALUE[i], n) != 0) continue;
        if (word[n] == '=') return 1;
        if (word[n] == 0) return 2;
    }
    return 0;
}

static int is_plain(const char *word)
{
    return *word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789_-+=:,./@%")];
}

static void put_quoted(FILE *f, const char *word)
{
    if (is_plain(word)) {
        fputs(word, f);
        return;
    }
    fputc('\'', f);
    for (; *word; word++) {
        if (*word == '\'')
            fputs("'\\''", f);
        else
            fputc(*word, f);
    }
    fputc('\'', f);
}

char *cli_quoted(const char *word)
{
    char *quoted = NULL;
    size_t n;
    FILE *f = open_memstream(&quoted, &n);
    if (!f) return cli_text("%s", word);
    put_quoted(f, word);
    return fclose(f) == 0 && quoted ? quoted : cli_text("%s", word);
}

static char *line_of(const cli_command *c, int argc, char **argv, int whole)
{
    char *line = NULL;
    size_t n;
    FILE *f = open_memstream(&line, &n);
    if (!f) return cli_text("cellfree %s", c->name);
    fprintf(f, "cellfree %s", c->name);
    for (int i = 1; i < argc; i++) {
        const int skip = whole ? 0 : words_to_skip(argv[i]);
        if (skip) {
            i += skip - 1;
            continue;
        }
        fputc(' ', f);
        put_quoted(f, argv[i]);
    }
    if (fclose(f) != 0 || !line) return cli_text("cellfree %s", c->name);
    return line;
}

/* For headers of one line. */
char *cli_command_line(const cli_command *c, int argc, char **argv)
{
    char *line = line_of(c, argc, argv, 0);
    for (char *s = line; *s; s++)
        if ((unsigned char)*s < 0x20) *s = ' ';
    return line;
}

char *cli_whole_line(const cli_command *c, int argc, char **argv)
{
    return line_of(c, argc, argv, 1);
}

/* Bytes of the UTF-8 character at s, or 0 where there is none: too short, too long, a surrogate. */
static size_t character(const unsigned char *s)
{
    if (s[0] < 0x80) return 1;
    if (s[0] < 0xc2 || s[0] > 0xf4) return 0;
    const size_t n = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80) return 0;
    const unsigned least = s[0] == 0xe0 ? 0xa0 : s[0] == 0xf0 ? 0x90 : 0x80;
    const unsigned most = s[0] == 0xed ? 0x9f : s[0] == 0xf4 ? 0x8f : 0xbf;
    return s[1] >= least && s[1] <= most ? n : 0;
}

const char *cli_put_character(FILE *f, const char *s)
{
    const size_t n = character((const unsigned char *)s);
    if (n > 0)
        fwrite(s, 1, n, f);
    else
        fputs("\xef\xbf\xbd", f);
    return s + (n > 0 ? n : 1);
}

static void put_json_string(FILE *f, const char *value)
{
    fputc('"', f);
    while (*value) {
        if ((unsigned char)*value < 0x20) {
            fprintf(f, "\\u%04x", (unsigned char)*value++);
            continue;
        }
        if (*value == '"' || *value == '\\') fputc('\\', f);
        value = cli_put_character(f, value);
    }
    fputc('"', f);
}

void cli_json_key(FILE *f, const char *key)
{
    put_json_string(f, key);
    fputc(':', f);
}

void cli_json_text(FILE *f, const char *key, const char *value)
{
    cli_json_key(f, key);
    put_json_string(f, value);
}

void cli_json_number(FILE *f, const char *key, double value)
{
    cli_json_key(f, key);
    if (isfinite(value))
        fprintf(f, "%.9g", value);
    else
        fputs("null", f);
}
