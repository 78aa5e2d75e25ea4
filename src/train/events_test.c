#include "train/events.h"

#include <stdlib.h>
#include <string.h>

#include "t.h"

static uint64_t fixed(const unsigned char *p, int bytes)
{
    uint64_t v = 0;
    for (int i = bytes - 1; i >= 0; i--) v = v << 8 | p[i];
    return v;
}

static uint32_t unmask(uint32_t masked)
{
    const uint32_t turned = masked - UINT32_C(0xa282ead8);
    return turned << 15 | turned >> 17;
}

/* RFC 3720, B.4, and the check value of the catalogue of CRCs. */
static void crc_meets_the_published_values(void)
{
    unsigned char zeros[32] = {0}, ones[32], rising[32];
    memset(ones, 255, sizeof ones);
    for (int i = 0; i < 32; i++) rising[i] = (unsigned char)i;
    CHECK(train_crc32c((const unsigned char *)"123456789", 9) == UINT32_C(0xe3069283));
    CHECK(train_crc32c(zeros, 32) == UINT32_C(0x8a9136aa));
    CHECK(train_crc32c(ones, 32) == UINT32_C(0x62a8ab43));
    CHECK(train_crc32c(rising, 32) == UINT32_C(0x46dd794e));
    CHECK(train_crc32c(zeros, 0) == 0);
}

/* One field of a protocol-buffers message; returns the bytes it took, 0 if it is not one. */
typedef struct field {
    unsigned number, type;
    uint64_t value; /* types 0, 1, 5, and the length of type 2 */
    const unsigned char *data;
} field;

static size_t varint(const unsigned char *p, size_t n, uint64_t *v)
{
    *v = 0;
    for (size_t i = 0; i < n && i < 10; i++) {
        *v |= (uint64_t)(p[i] & 127) << 7 * i;
        if (p[i] < 128) return i + 1;
    }
    return 0;
}

static size_t next_field(const unsigned char *p, size_t n, field *f)
{
    uint64_t key;
    size_t at = varint(p, n, &key), more;
    if (!at) return 0;
    *f = (field){.number = (unsigned)(key >> 3), .type = key & 7, .data = p + at};
    if (f->type == 1 || f->type == 5) {
        more = f->type == 1 ? 8 : 4;
        if (at + more > n) return 0;
        f->value = fixed(p + at, (int)more);
        return at + more;
    }
    if (f->type != 0 && f->type != 2) return 0;
    more = varint(p + at, n - at, &f->value);
    if (!more) return 0;
    at += more;
    f->data = p + at;
    if (f->type == 0) return at;
    return at + f->value <= n ? at + f->value : 0;
}

/* Everything of an Event message that we write. */
typedef struct event {
    double wall_time;
    int64_t step;
    char version[32], tag[64];
    float value;
} event;

static int read_fields(const unsigned char *p, size_t n, int depth, event *e)
{
    for (size_t at = 0; at < n;) {
        field f;
        const size_t took = next_field(p + at, n - at, &f);
        if (!took) return 0;
        at += took;
        const int message = f.type == 2;
        if (depth == 0 && f.number == 1 && f.type == 1)
            memcpy(&e->wall_time, &f.value, sizeof e->wall_time);
        else if (depth == 0 && f.number == 2 && f.type == 0)
            e->step = (int64_t)f.value;
        else if (depth == 0 && f.number == 3 && message && f.value < sizeof e->version)
            memcpy(e->version, f.data, f.value);
        else if (depth == 2 && f.number == 1 && message && f.value < sizeof e->tag)
            memcpy(e->tag, f.data, f.value);
        else if (depth == 2 && f.number == 2 && f.type == 5)
            memcpy(&e->value, &(uint32_t){(uint32_t)f.value}, 4);
        else if (message && ((depth == 0 && f.number == 5) || (depth == 1 && f.number == 1))) {
            if (!read_fields(f.data, f.value, depth + 1, e)) return 0;
        } else
            return 0;
    }
    return 1;
}

/* Event number `i` of the file, whatever is wrong with it counted by CHECK. */
static event read_event(const unsigned char *file, size_t size, int i)
{
    event e = {.step = -1};
    for (size_t at = 0; at + 16 <= size;) {
        const uint64_t n = fixed(file + at, 8);
        CHECK(unmask((uint32_t)fixed(file + at + 8, 4)) == train_crc32c(file + at, 8));
        if (at + 16 + n > size) break;
        const unsigned char *data = file + at + 12;
        CHECK(unmask((uint32_t)fixed(data + n, 4)) == train_crc32c(data, n));
        if (i-- == 0) {
            CHECK(read_fields(data, n, 0, &e));
            return e;
        }
        at += 16 + n;
    }
    CHECK(i < 0); /* there is no such event */
    return e;
}

static void a_file_reads_back_field_by_field(void)
{
    static const int64_t STEPS[] = {0, 1, 127, 128, 300, INT64_C(1) << 40};
    static const double VALUES[] = {0, -1.5, 1e-30, 3.25e7, 0.1, INFINITY};
    unsigned char *file = NULL;
    size_t size = 0;
    FILE *f = open_memstream((char **)&file, &size);
    if (!f) exit(2);
    CHECK(train_events_begin(f, 1.75e9 + 0.125));
    for (int i = 0; i < 6; i++)
        CHECK(train_events_scalar(f, 1.75e9 + i, STEPS[i], i % 2 ? "valid_of_best" : "loss",
                                  VALUES[i]));
    fclose(f);
    const event first = read_event(file, size, 0);
    CHECK(first.wall_time == 1.75e9 + 0.125 && strcmp(first.version, "brain.Event:2") == 0);
    CHECK(first.step == -1 && first.tag[0] == 0);
    for (int i = 0; i < 6; i++) {
        const event e = read_event(file, size, i + 1);
        CHECK(e.wall_time == 1.75e9 + i && e.step == STEPS[i] && e.version[0] == 0);
        CHECK(strcmp(e.tag, i % 2 ? "valid_of_best" : "loss") == 0);
        CHECK(e.value == (float)VALUES[i]);
    }
    free(file);
}

static void a_full_stream_is_reported(void)
{
    FILE *f = fopen("/dev/full", "wb");
    if (!f) return; /* not on this system */
    setvbuf(f, NULL, _IONBF, 0);
    CHECK(!train_events_begin(f, 1));
    CHECK(!train_events_scalar(f, 1, 1, "loss", 1));
    fclose(f);
}

int main(void)
{
    RUN(crc_meets_the_published_values);
    RUN(a_file_reads_back_field_by_field);
    RUN(a_full_stream_is_reported);
    return DONE();
}
