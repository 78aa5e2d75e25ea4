#include "train/events.h"

#include <string.h>

uint32_t train_crc32c(const unsigned char *data, size_t size)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0x82f63b78) : 0);
    }
    return ~crc;
}

/* A message being written; events here are far shorter than this. */
typedef struct message {
    unsigned char data[512];
    size_t n;
} message;

static void put_bytes(message *m, const void *data, size_t n)
{
    if (n > sizeof m->data - m->n) n = sizeof m->data - m->n;
    memcpy(m->data + m->n, data, n);
    m->n += n;
}

/* Little-endian number of `bytes` bytes. */
static void put_fixed(message *m, uint64_t v, int bytes)
{
    for (int i = 0; i < bytes; i++) put_bytes(m, &(unsigned char){(unsigned char)(v >> 8 * i)}, 1);
}

static void put_varint(message *m, uint64_t v)
{
    for (; v > 127; v >>= 7) put_bytes(m, &(unsigned char){(unsigned char)(v | 128)}, 1);
    put_bytes(m, &(unsigned char){(unsigned char)v}, 1);
}

/* Field `number` of wire type 1 (64 bits), 0 (varint), 5 (32 bits), 2 (bytes). */
static void put_double(message *m, unsigned number, double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    put_varint(m, number << 3 | 1);
    put_fixed(m, bits, 8);
}

static void put_float(message *m, unsigned number, float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    put_varint(m, number << 3 | 5);
    put_fixed(m, bits, 4);
}

static void put_field(message *m, unsigned number, const void *data, size_t n)
{
    put_varint(m, number << 3 | 2);
    put_varint(m, n);
    put_bytes(m, data, n);
}

static uint32_t masked(const message *m)
{
    const uint32_t crc = train_crc32c(m->data, m->n);
    return (crc >> 15 | crc << 17) + UINT32_C(0xa282ead8);
}

static int write_record(FILE *f, const message *event)
{
    message length = {0}, sums[2] = {{.n = 0}, {.n = 0}};
    put_fixed(&length, event->n, 8);
    put_fixed(&sums[0], masked(&length), 4);
    put_fixed(&sums[1], masked(event), 4);
    const message *parts[] = {&length, &sums[0], event, &sums[1]};
    for (int i = 0; i < 4; i++)
        if (fwrite(parts[i]->data, 1, parts[i]->n, f) != parts[i]->n) return 0;
    return 1;
}

/* Event: wall_time = 1, step = 2, file_version = 3, summary = 5 */
int train_events_begin(FILE *f, double wall_time_s)
{
    static const char VERSION[] = "brain.Event:2";
    message event = {0};
    put_double(&event, 1, wall_time_s);
    put_field(&event, 3, VERSION, sizeof VERSION - 1);
    return write_record(f, &event);
}

/* Summary: value = 1; Value: tag = 1, simple_value = 2 */
int train_events_scalar(FILE *f, double wall_time_s, int64_t step, const char *tag, double value)
{
    message event = {0}, summary = {0}, scalar = {0};
    put_field(&scalar, 1, tag, strlen(tag));
    put_float(&scalar, 2, (float)value);
    put_field(&summary, 1, scalar.data, scalar.n);
    put_double(&event, 1, wall_time_s);
    put_varint(&event, 2 << 3);
    put_varint(&event, (uint64_t)step);
    put_field(&event, 5, summary.data, summary.n);
    return write_record(f, &event);
}
