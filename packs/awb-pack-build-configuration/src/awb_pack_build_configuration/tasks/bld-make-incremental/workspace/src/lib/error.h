#ifndef GAUGE_ERROR_H
#define GAUGE_ERROR_H

/* Status codes returned by the library; GAUGE_OK is zero. */
enum gauge_status {
    GAUGE_OK = 0,
    GAUGE_E_MEMORY,
    GAUGE_E_SYNTAX,
    GAUGE_E_TIME,
    GAUGE_E_VALUE,
    GAUGE_E_UNIT,
    GAUGE_E_MIXED,
    GAUGE_E_FULL,
    GAUGE_E_USAGE,
    GAUGE_E_INPUT
};

#define GAUGE_STATUS_COUNT 10

const char *gauge_strstatus(enum gauge_status status);

#endif
