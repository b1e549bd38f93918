#include "about.h"

#include "version.h"

const char *about_line(void)
{
    if (GAUGE_BUILD_TAG[0] == '\0')
        return "gauge " GAUGE_VERSION;
    return "gauge " GAUGE_VERSION " (" GAUGE_BUILD_TAG ")";
}
