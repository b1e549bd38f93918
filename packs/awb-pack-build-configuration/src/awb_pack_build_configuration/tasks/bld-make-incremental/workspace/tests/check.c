#include "alarm.h"
#include "clock.h"
#include "convert.h"
#include "parse.h"
#include "stats.h"
#include "strbuf.h"

#include <stdio.h>
#include <string.h>

static int passed;
static int failed;

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (condition) {                                                                           \
            passed++;                                                                              \
        } else {                                                                                   \
            failed++;                                                                              \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
        }                                                                                          \
    } while (0)

static int near(double a, double b)
{
    double gap = a > b ? a - b : b - a;

    return gap < 1e-9;
}

static void test_strbuf(void)
{
    struct strbuf buf = STRBUF_INIT;

    EXPECT(strcmp(strbuf_text(&buf), "") == 0);
    strbuf_pad(&buf, "ab", 4);
    strbuf_pad(&buf, "cd", -4);
    strbuf_printf(&buf, "%d", 7);
    EXPECT(strcmp(strbuf_text(&buf), "ab    cd7") == 0);
    for (int i = 0; i < 500; i++)
        strbuf_putc(&buf, 'x');
    EXPECT(buf.length == 509 && strlen(strbuf_text(&buf)) == 509);
    strbuf_free(&buf);
}

static void test_clock(void)
{
    int64_t at = 0;
    char text[CLOCK_TEXT_SIZE];

    EXPECT(clock_parse("1970-01-01T00:00:00Z", &at) && at == 0);
    EXPECT(clock_parse("2024-02-29T23:59:59Z", &at));
    clock_format(at, text);
    EXPECT(strcmp(text, "2024-02-29T23:59:59Z") == 0);
    EXPECT(!clock_parse("2023-02-29T00:00:00Z", &at));
    EXPECT(!clock_parse("2023-02-28 00:00:00Z", &at));
}

static void test_units(void)
{
    const struct unit_def *unit = convert_find("kPa");

    EXPECT(unit && unit->dimension == DIM_PRESSURE && near(convert_to_base(unit, 2.0), 2000.0));
    unit = convert_find("degC");
    EXPECT(unit && near(convert_to_base(unit, 0.0), 273.15));
    EXPECT(convert_find("parsec") == NULL);
    EXPECT(strcmp(convert_base_name(DIM_MASS), "g") == 0);
}

static void test_parse_and_stats(void)
{
    static struct series_set set;
    struct stats stats;
    struct alarm_rule rule;

    series_set_init(&set);
    EXPECT(parse_line("2026-03-01T10:00:00Z tank 1.5 m", &set) == GAUGE_OK);
    EXPECT(parse_line("2026-03-01T11:00:00Z tank 250 cm # low", &set) == GAUGE_OK);
    EXPECT(parse_line("2026-03-01T12:00:00Z tank 2 kg", &set) == GAUGE_E_MIXED);
    EXPECT(parse_line("# nothing", &set) == GAUGE_OK);
    EXPECT(parse_line("2026-03-01T12:00:00Z tank 2", &set) == GAUGE_E_SYNTAX);
    EXPECT(stats_compute(series_set_find(&set, "tank"), &stats));
    EXPECT(stats.count == 2 && near(stats.mean, 2.0) && near(stats.deviation, 0.5));
    EXPECT(alarm_parse("tank:max:2.4", &rule) && alarm_raised(&rule, "tank", &stats));
    EXPECT(!alarm_parse("tank:peak:2.4", &rule));
    series_set_free(&set);
}

int main(void)
{
    test_strbuf();
    test_clock();
    test_units();
    test_parse_and_stats();
    printf("%d passed, %d failed\n", passed, failed);
    return failed != 0;
}
