#include "strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int reserve(struct strbuf *buf, size_t extra)
{
    size_t wanted = buf->length + extra + 1;
    size_t capacity = buf->capacity ? buf->capacity : STRBUF_FIRST_CAPACITY;
    char *grown;

    if (buf->failed)
        return 0;
    if (wanted <= buf->capacity)
        return 1;
    while (capacity < wanted)
        capacity *= 2;
    grown = realloc(buf->text, capacity);
    if (!grown) {
        buf->failed = 1;
        return 0;
    }
    buf->text = grown;
    buf->capacity = capacity;
    return 1;
}

void strbuf_free(struct strbuf *buf)
{
    free(buf->text);
    memset(buf, 0, sizeof *buf);
}

void strbuf_reset(struct strbuf *buf)
{
    buf->length = 0;
    if (buf->text)
        buf->text[0] = '\0';
}

void strbuf_add(struct strbuf *buf, const char *data, size_t length)
{
    if (!reserve(buf, length))
        return;
    if (length)
        memcpy(buf->text + buf->length, data, length);
    buf->length += length;
    buf->text[buf->length] = '\0';
}

void strbuf_puts(struct strbuf *buf, const char *text)
{
    strbuf_add(buf, text, strlen(text));
}

void strbuf_putc(struct strbuf *buf, char c)
{
    strbuf_add(buf, &c, 1);
}

void strbuf_printf(struct strbuf *buf, const char *format, ...)
{
    char small[128];
    va_list args;
    int needed;

    va_start(args, format);
    needed = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (needed < 0)
        return;
    if ((size_t)needed < sizeof small) {
        strbuf_add(buf, small, (size_t)needed);
        return;
    }
    if (!reserve(buf, (size_t)needed))
        return;
    va_start(args, format);
    vsnprintf(buf->text + buf->length, (size_t)needed + 1, format, args);
    va_end(args);
    buf->length += (size_t)needed;
}

/* Left-align for a positive width, right-align for a negative one. */
void strbuf_pad(struct strbuf *buf, const char *text, int width)
{
    size_t length = strlen(text);
    size_t field = (size_t)(width < 0 ? -width : width);
    size_t gap = field > length ? field - length : 0;

    if (width >= 0)
        strbuf_puts(buf, text);
    while (gap--)
        strbuf_putc(buf, ' ');
    if (width < 0)
        strbuf_puts(buf, text);
}

const char *strbuf_text(const struct strbuf *buf)
{
    return buf->text ? buf->text : "";
}
