#ifndef GAUGE_CLOCK_H
#define GAUGE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define CLOCK_TEXT_SIZE 21 /* 2026-03-01T12:00:00Z and the terminator */
#define CLOCK_FIRST_YEAR 1970

/* Parse an ISO 8601 timestamp in UTC into seconds since the epoch. */
int clock_parse(const char *text, int64_t *seconds);
void clock_format(int64_t seconds, char out[CLOCK_TEXT_SIZE]);

#endif
