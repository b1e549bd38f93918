#ifndef GAUGE_STATS_H
#define GAUGE_STATS_H

#include "series.h"

struct stats {
    size_t count;
    double minimum;
    double maximum;
    double mean;
    double deviation;
    double median;
    double p90;
    int64_t first;
    int64_t last;
};

#define STATS_HIGH_PERCENT 90

/* Zero when there is nothing to summarise or no memory for a scratch copy. */
int stats_compute(const struct series *series, struct stats *out);
double stats_percentile(const double *sorted, size_t count, int percent);

#endif
