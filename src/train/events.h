#ifndef TRAIN_EVENTS_H
#define TRAIN_EVENTS_H

#include <stdint.h>
#include <stdio.h>

/* TensorBoard's event files: TFRecords (length, masked CRC-32C of it, data, masked CRC-32C of that)
 * of Event messages in protocol buffers' wire format. */

/* The record every event file starts with. Both return 0 if the stream failed. */
int train_events_begin(FILE *f, double wall_time_s);
int train_events_scalar(FILE *f, double wall_time_s, int64_t step, const char *tag, double value);

uint32_t train_crc32c(const unsigned char *data, size_t size); /* Castagnoli, reflected */

#endif
