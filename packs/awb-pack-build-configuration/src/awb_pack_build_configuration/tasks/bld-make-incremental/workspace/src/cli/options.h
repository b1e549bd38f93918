#ifndef GAUGE_OPTIONS_H
#define GAUGE_OPTIONS_H

#include "alarm.h"
#include "render.h"

struct options {
    const struct renderer *renderer;
    struct alarm_rule rules[CFG_LIMITS_MAX_RULES];
    size_t rule_count;
    const char *path; /* NULL for standard input */
    int show_help;
    int show_version;
    int quiet;
};

/* A GAUGE_ status; a message goes to stderr. */
int options_parse(int argc, char **argv, struct options *out);
const char *options_help(void);

#endif
