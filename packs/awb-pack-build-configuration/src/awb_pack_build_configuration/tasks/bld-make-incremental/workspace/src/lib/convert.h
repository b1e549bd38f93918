#ifndef GAUGE_CONVERT_H
#define GAUGE_CONVERT_H

#include "unit_base.h"

const struct unit_def *convert_find(const char *name);
double convert_to_base(const struct unit_def *unit, double value);
const char *convert_base_name(enum dimension dimension);

#endif
