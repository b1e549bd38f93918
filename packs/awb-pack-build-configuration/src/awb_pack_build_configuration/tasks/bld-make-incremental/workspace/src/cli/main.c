#include "about.h"
#include "convert.h"
#include "error.h"
#include "options.h"
#include "parse.h"

#include <stdio.h>
#include <string.h>

#define EXIT_FINE 0
#define EXIT_ALARM 1
#define EXIT_USAGE 2
#define EXIT_INPUT 3

static struct series_set sensors;

static const char *first_alarm(const struct options *options, const char *sensor,
                               const struct stats *stats)
{
    for (size_t i = 0; i < options->rule_count; i++) {
        if (alarm_raised(&options->rules[i], sensor, stats))
            return alarm_word(options->rules[i].kind);
    }
    return NULL;
}

static int read_input(const struct options *options)
{
    struct parse_report report;
    FILE *stream = stdin;
    enum gauge_status status;

    if (options->path && strcmp(options->path, "-") != 0) {
        stream = fopen(options->path, "r");
        if (!stream) {
            fprintf(stderr, "gauge: cannot open %s\n", options->path);
            return GAUGE_E_INPUT;
        }
    }
    status = parse_stream(stream, &sensors, &report);
    if (stream != stdin)
        fclose(stream);
    if (status != GAUGE_OK) {
        fprintf(stderr, "gauge: %s\n", gauge_strstatus(status));
        return status;
    }
    if (report.skipped && !options->quiet) {
        fprintf(stderr, "gauge: %lu of %lu lines skipped, first at line %lu: %s\n",
                (unsigned long)report.skipped, (unsigned long)report.lines,
                (unsigned long)report.first_error_line, gauge_strstatus(report.first_error));
    }
    return GAUGE_OK;
}

static int report(const struct options *options)
{
    struct strbuf out = STRBUF_INIT;
    int alarms = 0;

    series_set_sort(&sensors);
    options->renderer->head(&out);
    for (size_t i = 0; i < sensors.count; i++) {
        struct row row;

        row.sensor = sensors.items[i].name;
        row.unit = convert_base_name(sensors.items[i].dimension);
        stats_compute(&sensors.items[i], &row.stats);
        row.alarm = first_alarm(options, row.sensor, &row.stats);
        alarms += row.alarm != NULL;
        options->renderer->row(&out, &row, i);
    }
    options->renderer->tail(&out);
    fputs(strbuf_text(&out), stdout);
    strbuf_free(&out);
    return alarms ? EXIT_ALARM : EXIT_FINE;
}

int main(int argc, char **argv)
{
    struct options options;
    int code;

    if (options_parse(argc, argv, &options) != GAUGE_OK)
        return EXIT_USAGE;
    if (options.show_help) {
        fputs(options_help(), stdout);
        return EXIT_FINE;
    }
    if (options.show_version) {
        puts(about_line());
        return EXIT_FINE;
    }
    series_set_init(&sensors);
    if (read_input(&options) != GAUGE_OK)
        return EXIT_INPUT;
    code = report(&options);
    series_set_free(&sensors);
    return code;
}
