#ifndef GAUGE_SERIES_H
#define GAUGE_SERIES_H

#include "clock.h"
#include "config.h"
#include "unit_base.h"

#include <stddef.h>

struct sample {
    int64_t at;
    double value; /* in the base unit of the series' dimension */
};

struct series {
    char name[CFG_LIMITS_MAX_NAME + 1];
    enum dimension dimension;
    struct sample *samples;
    size_t count;
    size_t capacity;
};

struct series_set {
    struct series items[CFG_LIMITS_MAX_SENSORS];
    size_t count;
};

#define SERIES_FIRST_CAPACITY 16

void series_set_init(struct series_set *set);
void series_set_free(struct series_set *set);
struct series *series_set_find(struct series_set *set, const char *name);
int series_set_add(struct series_set *set, const char *name, enum dimension dimension,
                   int64_t at, double value);
void series_set_sort(struct series_set *set);

#endif
