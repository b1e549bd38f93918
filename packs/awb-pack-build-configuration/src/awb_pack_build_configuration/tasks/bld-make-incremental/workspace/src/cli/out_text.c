#include "config.h"
#include "render.h"

static void cell(struct strbuf *out, const char *text)
{
    strbuf_pad(out, text, -CFG_OUTPUT_COLUMN_WIDTH);
}

static void head(struct strbuf *out)
{
    strbuf_pad(out, "sensor", CFG_LIMITS_MAX_NAME);
    strbuf_pad(out, "unit", 6);
    for (int i = 0; i < COLUMN_COUNT; i++)
        cell(out, render_heading((enum column)i));
    strbuf_putc(out, '\n');
}

static void row(struct strbuf *out, const struct row *row, size_t index)
{
    struct strbuf value = STRBUF_INIT;

    (void)index;
    strbuf_pad(out, row->sensor, CFG_LIMITS_MAX_NAME);
    strbuf_pad(out, row->unit, 6);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        strbuf_reset(&value);
        render_value((enum column)i, &row->stats, &value);
        cell(out, strbuf_text(&value));
    }
    if (row->alarm)
        strbuf_printf(out, "  ! %s", row->alarm);
    strbuf_putc(out, '\n');
    strbuf_free(&value);
}

static void tail(struct strbuf *out)
{
    (void)out;
}

const struct renderer render_text = {"text", head, row, tail};
