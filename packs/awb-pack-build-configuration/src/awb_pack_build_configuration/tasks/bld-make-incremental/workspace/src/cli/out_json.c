#include "render.h"

static void string(struct strbuf *out, const char *text)
{
    strbuf_putc(out, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            strbuf_putc(out, '\\');
        if ((unsigned char)*text < 0x20)
            strbuf_printf(out, "\\u%04x", (unsigned)*text);
        else
            strbuf_putc(out, *text);
    }
    strbuf_putc(out, '"');
}

static void head(struct strbuf *out)
{
    strbuf_puts(out, "[");
}

static void row(struct strbuf *out, const struct row *row, size_t index)
{
    char stamp[CLOCK_TEXT_SIZE];

    strbuf_puts(out, index ? ",\n {" : "\n {");
    strbuf_puts(out, "\"sensor\": ");
    string(out, row->sensor);
    strbuf_puts(out, ", \"unit\": ");
    string(out, row->unit);
    for (int i = 0; i < COLUMN_COUNT; i++) {
        strbuf_printf(out, ", \"%s\": ", render_heading((enum column)i));
        render_value((enum column)i, &row->stats, out);
    }
    clock_format(row->stats.first, stamp);
    strbuf_printf(out, ", \"first\": \"%s\"", stamp);
    clock_format(row->stats.last, stamp);
    strbuf_printf(out, ", \"last\": \"%s\", \"alarm\": ", stamp);
    if (row->alarm)
        string(out, row->alarm);
    else
        strbuf_puts(out, "null");
    strbuf_putc(out, '}');
}

static void tail(struct strbuf *out)
{
    strbuf_puts(out, "\n]\n");
}

const struct renderer render_json = {"json", head, row, tail};
