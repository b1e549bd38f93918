#include "series.h"

#include "error.h"

#include <stdlib.h>
#include <string.h>

void series_set_init(struct series_set *set)
{
    memset(set, 0, sizeof *set);
}

void series_set_free(struct series_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        free(set->items[i].samples);
    series_set_init(set);
}

struct series *series_set_find(struct series_set *set, const char *name)
{
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->items[i].name, name) == 0)
            return &set->items[i];
    }
    return NULL;
}

static int append(struct series *series, int64_t at, double value)
{
    if (series->count == series->capacity) {
        size_t capacity = series->capacity ? series->capacity * 2 : SERIES_FIRST_CAPACITY;
        struct sample *grown = realloc(series->samples, capacity * sizeof *grown);

        if (!grown)
            return GAUGE_E_MEMORY;
        series->samples = grown;
        series->capacity = capacity;
    }
    series->samples[series->count].at = at;
    series->samples[series->count].value = value;
    series->count++;
    return GAUGE_OK;
}

int series_set_add(struct series_set *set, const char *name, enum dimension dimension,
                   int64_t at, double value)
{
    struct series *series = series_set_find(set, name);

    if (strlen(name) > CFG_LIMITS_MAX_NAME)
        return GAUGE_E_SYNTAX;
    if (!series) {
        if (set->count == CFG_LIMITS_MAX_SENSORS)
            return GAUGE_E_FULL;
        series = &set->items[set->count++];
        strcpy(series->name, name);
        series->dimension = dimension;
    }
    if (series->dimension != dimension)
        return GAUGE_E_MIXED;
    return append(series, at, value);
}

static int by_name(const void *left, const void *right)
{
    return strcmp(((const struct series *)left)->name, ((const struct series *)right)->name);
}

static int by_time(const void *left, const void *right)
{
    int64_t a = ((const struct sample *)left)->at;
    int64_t b = ((const struct sample *)right)->at;

    return (a > b) - (a < b);
}

void series_set_sort(struct series_set *set)
{
    qsort(set->items, set->count, sizeof set->items[0], by_name);
    for (size_t i = 0; i < set->count; i++) {
        struct series *series = &set->items[i];

        if (series->count)
            qsort(series->samples, series->count, sizeof series->samples[0], by_time);
    }
}
