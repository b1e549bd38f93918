#ifndef GAUGE_PARSE_H
#define GAUGE_PARSE_H

#include "error.h"
#include "series.h"

#include <stdio.h>

struct parse_report {
    size_t lines;   /* lines read */
    size_t samples; /* lines taken */
    size_t skipped; /* lines refused */
    enum gauge_status first_error;
    size_t first_error_line;
};

/* One line: TIMESTAMP SENSOR VALUE UNIT; empty lines and # comments are fine. */
enum gauge_status parse_line(const char *line, struct series_set *set);
enum gauge_status parse_stream(FILE *stream, struct series_set *set,
                               struct parse_report *report);

#endif
