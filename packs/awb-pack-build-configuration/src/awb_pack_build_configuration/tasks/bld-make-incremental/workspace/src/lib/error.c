#include "error.h"

static const char *const messages[GAUGE_STATUS_COUNT] = {
    [GAUGE_OK] = "ok",
    [GAUGE_E_MEMORY] = "out of memory",
    [GAUGE_E_SYNTAX] = "malformed line",
    [GAUGE_E_TIME] = "malformed timestamp",
    [GAUGE_E_VALUE] = "malformed value",
    [GAUGE_E_UNIT] = "unknown unit",
    [GAUGE_E_MIXED] = "sensor mixes dimensions",
    [GAUGE_E_FULL] = "too many sensors",
    [GAUGE_E_USAGE] = "usage error",
    [GAUGE_E_INPUT] = "cannot read input",
};

const char *gauge_strstatus(enum gauge_status status)
{
    if ((unsigned)status >= GAUGE_STATUS_COUNT)
        return "unknown error";
    return messages[status];
}
