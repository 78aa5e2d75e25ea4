#ifndef IO_EXPORT_H
#define IO_EXPORT_H

#include <stddef.h>
#include <stdint.h>

#include <cellfree/drops.h>

#include "base/text.h"

/* What is exported, as a list of named arrays; and the formats that write such a list. */

typedef enum io_kind { IO_U8, IO_I32, IO_U64, IO_F32, IO_F64, IO_C64, IO_TEXT } io_kind;

enum { IO_ITEM_DIMS = 4 };

typedef struct io_item {
    const char *group; /* the method, or NULL */
    const char *name;
    const char *axes; /* "drop,ap,user"; "" for one number or a text */
    const char *unit;
    io_kind kind;
    int32_t ndim;
    int64_t dims[IO_ITEM_DIMS];
    int64_t count;
    const void *data; /* C order; a text: its characters, count their number */
} io_item;

/* Lengths of the axes by name: drop, ap, user and beam, antenna. */
typedef struct io_sizes {
    int64_t n, L, K, antennas;
} io_sizes;

typedef struct io_items {
    io_sizes sizes;
    io_item *v;
    int32_t n, cap;
    int failed; /* no memory; sticky */
} io_items;

/* Data and strings are borrowed. data == NULL: nothing is added. */
void io_items_add(io_items *t, const char *group, const char *name, io_kind kind, const char *axes,
                  const char *unit, const void *data);
void io_items_text(io_items *t, const char *group, const char *name, const char *s);

size_t io_kind_size(io_kind kind);

/* The whole file or files, each whole or as it was. Equal items give equal bytes. */
cf_status io_write_npz(const io_items *t, const char *path);
cf_status io_write_mat(const io_items *t, const char *path);
cf_status io_write_csv(const io_items *t, const char *path);

/* By the ending of the path; what was written goes to `report`, a line an array. */
cf_status io_items_write(const io_items *t, const char *path, char *report, size_t size);

/* UTF-8 to code points; *s moves on. Bytes that are none stand for themselves. */
uint32_t io_next_char(const char **s);

#endif
