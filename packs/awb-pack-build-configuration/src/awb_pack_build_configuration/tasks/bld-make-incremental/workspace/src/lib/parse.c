#include "parse.h"

#include "convert.h"

#include <stdlib.h>
#include <string.h>

#define FIELDS 4

static int split(char *line, char *fields[FIELDS])
{
    int count = 0;
    char *cursor = line;

    for (;;) {
        cursor += strspn(cursor, " \t\r\n");
        if (*cursor == '\0' || *cursor == '#')
            return count;
        if (count == FIELDS)
            return FIELDS + 1;
        fields[count++] = cursor;
        cursor += strcspn(cursor, " \t\r\n");
        if (*cursor != '\0')
            *cursor++ = '\0';
    }
}

enum gauge_status parse_line(const char *line, struct series_set *set)
{
    char copy[CFG_LIMITS_LINE_LENGTH + 1];
    char *fields[FIELDS];
    char *end;
    const struct unit_def *unit;
    int64_t at;
    double value;
    int count;

    if (strlen(line) > CFG_LIMITS_LINE_LENGTH)
        return GAUGE_E_SYNTAX;
    strcpy(copy, line);
    count = split(copy, fields);
    if (count == 0)
        return GAUGE_OK;
    if (count != FIELDS)
        return GAUGE_E_SYNTAX;
    if (!clock_parse(fields[0], &at))
        return GAUGE_E_TIME;
    value = strtod(fields[2], &end);
    if (*end != '\0' || end == fields[2])
        return GAUGE_E_VALUE;
    unit = convert_find(fields[3]);
    if (!unit)
        return GAUGE_E_UNIT;
    return (enum gauge_status)series_set_add(set, fields[1], unit->dimension, at,
                                             convert_to_base(unit, value));
}

static size_t total_samples(const struct series_set *set)
{
    size_t total = 0;

    for (size_t i = 0; i < set->count; i++)
        total += set->items[i].count;
    return total;
}

enum gauge_status parse_stream(FILE *stream, struct series_set *set,
                               struct parse_report *report)
{
    char line[CFG_LIMITS_LINE_LENGTH + 2];

    memset(report, 0, sizeof *report);
    while (fgets(line, sizeof line, stream)) {
        enum gauge_status status = parse_line(line, set);

        report->lines++;
        if (status == GAUGE_OK)
            continue;
        if (status == GAUGE_E_MEMORY || status == GAUGE_E_FULL)
            return status;
        report->skipped++;
        if (report->first_error == GAUGE_OK) {
            report->first_error = status;
            report->first_error_line = report->lines;
        }
    }
    report->samples = total_samples(set);
    return ferror(stream) ? GAUGE_E_INPUT : GAUGE_OK;
}
