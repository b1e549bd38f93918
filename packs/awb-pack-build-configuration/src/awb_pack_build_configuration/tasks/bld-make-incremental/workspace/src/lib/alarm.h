#ifndef GAUGE_ALARM_H
#define GAUGE_ALARM_H

#include "stats.h"

enum alarm_kind {
#define ALARM_KIND(id, option, word) ALARM_##id,
#include "alarm_kinds.def"
#undef ALARM_KIND
    ALARM_KIND_COUNT
};

struct alarm_rule {
    char sensor[CFG_LIMITS_MAX_NAME + 1];
    enum alarm_kind kind;
    double threshold;
};

#define ALARM_ANY_SENSOR "*"

/* Parse SENSOR:KIND:THRESHOLD; false when it is none. */
int alarm_parse(const char *text, struct alarm_rule *rule);
int alarm_raised(const struct alarm_rule *rule, const char *sensor, const struct stats *stats);
const char *alarm_word(enum alarm_kind kind);

#endif
