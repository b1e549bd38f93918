#ifndef GAUGE_RENDER_H
#define GAUGE_RENDER_H

#include "stats.h"
#include "strbuf.h"

enum column {
#define COLUMN(id, heading, expression, integral) COLUMN_##id,
#include "columns.def"
#undef COLUMN
    COLUMN_COUNT
};

struct row {
    const char *sensor;
    const char *unit;
    struct stats stats;
    const char *alarm; /* word of the first raised alarm, or NULL */
};

struct renderer {
    const char *name;
    void (*head)(struct strbuf *out);
    void (*row)(struct strbuf *out, const struct row *row, size_t index);
    void (*tail)(struct strbuf *out);
};

extern const struct renderer render_text;
extern const struct renderer render_csv;
extern const struct renderer render_json;

const struct renderer *render_find(const char *name);
const char *render_heading(enum column column);
void render_value(enum column column, const struct stats *s, struct strbuf *out);

#endif
