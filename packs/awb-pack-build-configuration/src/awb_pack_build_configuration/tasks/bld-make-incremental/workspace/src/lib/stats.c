#include "stats.h"

#include <stdlib.h>
#include <string.h>

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;

    return (a > b) - (a < b);
}

/* Newton's method; the only square root we need is not worth libm. */
static double square_root(double value)
{
    double guess = value > 1.0 ? value : 1.0;

    if (value <= 0.0)
        return 0.0;
    for (int i = 0; i < 64; i++) {
        double next = 0.5 * (guess + value / guess);

        if (next >= guess)
            break;
        guess = next;
    }
    return guess;
}

/* Nearest rank. */
double stats_percentile(const double *sorted, size_t count, int percent)
{
    size_t rank = (count * (size_t)percent + 99) / 100;

    if (rank == 0)
        rank = 1;
    return sorted[rank - 1];
}

int stats_compute(const struct series *series, struct stats *out)
{
    double *values;
    double sum = 0.0;
    double squares = 0.0;

    memset(out, 0, sizeof *out);
    if (series->count == 0)
        return 0;
    values = malloc(series->count * sizeof *values);
    if (!values)
        return 0;
    out->count = series->count;
    out->first = out->last = series->samples[0].at;
    for (size_t i = 0; i < series->count; i++) {
        values[i] = series->samples[i].value;
        sum += values[i];
        if (series->samples[i].at < out->first)
            out->first = series->samples[i].at;
        if (series->samples[i].at > out->last)
            out->last = series->samples[i].at;
    }
    out->mean = sum / (double)series->count;
    for (size_t i = 0; i < series->count; i++)
        squares += (values[i] - out->mean) * (values[i] - out->mean);
    out->deviation = square_root(squares / (double)series->count);
    qsort(values, series->count, sizeof *values, by_value);
    out->minimum = values[0];
    out->maximum = values[series->count - 1];
    out->median = stats_percentile(values, series->count, 50);
    out->p90 = stats_percentile(values, series->count, STATS_HIGH_PERCENT);
    free(values);
    return 1;
}
