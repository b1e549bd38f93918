#ifndef GAUGE_STRBUF_H
#define GAUGE_STRBUF_H

#include <stddef.h>

/* A growing, always terminated string. Zero-initialise before use. */
struct strbuf {
    char *text;
    size_t length;
    size_t capacity;
    int failed; /* sticky: an allocation has failed */
};

#define STRBUF_INIT {0, 0, 0, 0}
#define STRBUF_FIRST_CAPACITY 64

void strbuf_free(struct strbuf *buf);
void strbuf_reset(struct strbuf *buf);
void strbuf_add(struct strbuf *buf, const char *data, size_t length);
void strbuf_puts(struct strbuf *buf, const char *text);
void strbuf_putc(struct strbuf *buf, char c);
void strbuf_printf(struct strbuf *buf, const char *format, ...);
void strbuf_pad(struct strbuf *buf, const char *text, int width);
const char *strbuf_text(const struct strbuf *buf);

#endif
