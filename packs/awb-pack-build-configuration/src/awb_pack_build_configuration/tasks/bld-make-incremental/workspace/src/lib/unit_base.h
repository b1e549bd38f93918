#ifndef GAUGE_UNIT_BASE_H
#define GAUGE_UNIT_BASE_H

/* What the generated unit table is made of. */
enum dimension {
    DIM_TEMPERATURE,
    DIM_PRESSURE,
    DIM_LENGTH,
    DIM_MASS,
    DIM_TIME,
    DIM_RATIO
};

#define DIM_COUNT 6

struct unit_def {
    const char *name;
    enum dimension dimension;
    double factor; /* base = value * factor + offset */
    double offset;
};

#endif
