#include "render.h"

#include <string.h>

static void quoted(struct strbuf *out, const char *text)
{
    if (!strpbrk(text, ",\"")) {
        strbuf_puts(out, text);
        return;
    }
    strbuf_putc(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            strbuf_putc(out, '"');
        strbuf_putc(out, *text);
    }
    strbuf_putc(out, '"');
}

static void head(struct strbuf *out)
{
    strbuf_puts(out, "sensor,unit");
    for (int i = 0; i < COLUMN_COUNT; i++)
        strbuf_printf(out, ",%s", render_heading((enum column)i));
    strbuf_puts(out, ",alarm\n");
}

static void row(struct strbuf *out, const struct row *row, size_t index)
{
    (void)index;
    quoted(out, row->sensor);
    strbuf_putc(out, ',');
    quoted(out, row->unit);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        strbuf_putc(out, ',');
        render_value((enum column)i, &row->stats, out);
    }
    strbuf_printf(out, ",%s\n", row->alarm ? row->alarm : "");
}

static void tail(struct strbuf *out)
{
    (void)out;
}

const struct renderer render_csv = {"csv", head, row, tail};
