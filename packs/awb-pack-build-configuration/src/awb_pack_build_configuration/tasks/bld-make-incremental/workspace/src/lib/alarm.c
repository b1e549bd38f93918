#include "alarm.h"

#include <stdlib.h>
#include <string.h>

static const char *const options[ALARM_KIND_COUNT] = {
#define ALARM_KIND(id, option, word) [ALARM_##id] = option,
#include "alarm_kinds.def"
#undef ALARM_KIND
};

static const char *const words[ALARM_KIND_COUNT] = {
#define ALARM_KIND(id, option, word) [ALARM_##id] = word,
#include "alarm_kinds.def"
#undef ALARM_KIND
};

const char *alarm_word(enum alarm_kind kind)
{
    return (unsigned)kind < ALARM_KIND_COUNT ? words[kind] : "?";
}

int alarm_parse(const char *text, struct alarm_rule *rule)
{
    const char *kind = strchr(text, ':');
    const char *threshold;
    size_t length;
    char *end;

    if (!kind || kind == text || (size_t)(kind - text) >= sizeof rule->sensor)
        return 0;
    memset(rule->sensor, 0, sizeof rule->sensor);
    memcpy(rule->sensor, text, (size_t)(kind - text));
    kind++;
    threshold = strchr(kind, ':');
    if (!threshold || threshold[1] == '\0')
        return 0;
    length = (size_t)(threshold - kind);
    rule->threshold = strtod(threshold + 1, &end);
    if (*end != '\0')
        return 0;
    for (int i = 0; i < ALARM_KIND_COUNT; i++) {
        if (strlen(options[i]) == length && memcmp(options[i], kind, length) == 0) {
            rule->kind = (enum alarm_kind)i;
            return 1;
        }
    }
    return 0;
}

int alarm_raised(const struct alarm_rule *rule, const char *sensor, const struct stats *stats)
{
    if (strcmp(rule->sensor, ALARM_ANY_SENSOR) != 0 && strcmp(rule->sensor, sensor) != 0)
        return 0;
    switch (rule->kind) {
    case ALARM_ABOVE:
        return stats->maximum > rule->threshold;
    case ALARM_BELOW:
        return stats->minimum < rule->threshold;
    case ALARM_SPREAD:
        return stats->deviation > rule->threshold;
    case ALARM_COUNT:
        return (double)stats->count < rule->threshold;
    default:
        return 0;
    }
}
