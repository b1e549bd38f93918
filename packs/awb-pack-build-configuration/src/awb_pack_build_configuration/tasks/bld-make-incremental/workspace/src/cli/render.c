#include "render.h"

#include <string.h>

static const char *const headings[COLUMN_COUNT] = {
#define COLUMN(id, heading, expression, integral) [COLUMN_##id] = heading,
#include "columns.def"
#undef COLUMN
};

const struct renderer *render_find(const char *name)
{
    static const struct renderer *const all[] = {&render_text, &render_csv, &render_json};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    }
    return NULL;
}

const char *render_heading(enum column column)
{
    return headings[column];
}

void render_value(enum column column, const struct stats *s, struct strbuf *out)
{
    double value = 0.0;
    int integral = 0;

    switch (column) {
#define COLUMN(id, heading, expression, is_count)                                                  \
    case COLUMN_##id:                                                                              \
        value = (expression);                                                                      \
        integral = (is_count);                                                                     \
        break;
#include "columns.def"
#undef COLUMN
    default:
        break;
    }
    strbuf_printf(out, "%.*f", integral ? 0 : CFG_OUTPUT_DECIMALS, value);
}
