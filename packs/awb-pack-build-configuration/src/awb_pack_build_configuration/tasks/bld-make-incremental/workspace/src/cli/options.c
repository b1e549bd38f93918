#include "options.h"

#include "config.h"
#include "error.h"
#include "help_text.h"

#include <stdio.h>
#include <string.h>

const char *options_help(void)
{
    return gauge_help_text;
}

static int complain(const char *what, const char *argument)
{
    fprintf(stderr, "gauge: %s: %s\n", what, argument);
    return GAUGE_E_USAGE;
}

static const char *value_of(int argc, char **argv, int *index)
{
    if (*index + 1 >= argc)
        return NULL;
    return argv[++*index];
}

static int add_rule(struct options *out, const char *text)
{
    if (out->rule_count == CFG_LIMITS_MAX_RULES)
        return complain("too many limits", text);
    if (!alarm_parse(text, &out->rules[out->rule_count]))
        return complain("not a limit", text);
    out->rule_count++;
    return GAUGE_OK;
}

int options_parse(int argc, char **argv, struct options *out)
{
    memset(out, 0, sizeof *out);
    out->renderer = &render_text;
    for (int i = 1; i < argc; i++) {
        const char *argument = argv[i];
        const char *value;

        if (strcmp(argument, "--help") == 0) {
            out->show_help = 1;
        } else if (strcmp(argument, "--version") == 0) {
            out->show_version = 1;
        } else if (strcmp(argument, "--quiet") == 0) {
            out->quiet = 1;
        } else if (strcmp(argument, "--format") == 0) {
            value = value_of(argc, argv, &i);
            if (!value)
                return complain("needs a value", argument);
            out->renderer = render_find(value);
            if (!out->renderer)
                return complain("unknown format", value);
        } else if (strcmp(argument, "--limit") == 0) {
            int status;

            value = value_of(argc, argv, &i);
            if (!value)
                return complain("needs a value", argument);
            status = add_rule(out, value);
            if (status != GAUGE_OK)
                return status;
        } else if (argument[0] == '-' && argument[1] != '\0') {
            return complain("unknown option", argument);
        } else if (out->path) {
            return complain("more than one file", argument);
        } else {
            out->path = argument;
        }
    }
    return GAUGE_OK;
}
