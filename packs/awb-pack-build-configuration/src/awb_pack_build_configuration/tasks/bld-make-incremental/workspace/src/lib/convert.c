#include "convert.h"

#include "units.h"

#include <string.h>

static const enum unit_id base_units[DIM_COUNT] = {
    [DIM_TEMPERATURE] = UNIT_K,
    [DIM_PRESSURE] = UNIT_Pa,
    [DIM_LENGTH] = UNIT_m,
    [DIM_MASS] = UNIT_g,
    [DIM_TIME] = UNIT_s,
    [DIM_RATIO] = UNIT_ratio,
};

const struct unit_def *convert_find(const char *name)
{
    int low = 0;
    int high = UNIT_COUNT - 1;

    while (low <= high) {
        int middle = low + (high - low) / 2;
        int order = strcmp(name, unit_table[middle].name);

        if (order == 0)
            return &unit_table[middle];
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return NULL;
}

double convert_to_base(const struct unit_def *unit, double value)
{
    return value * unit->factor + unit->offset;
}

const char *convert_base_name(enum dimension dimension)
{
    return unit_table[base_units[dimension]].name;
}
