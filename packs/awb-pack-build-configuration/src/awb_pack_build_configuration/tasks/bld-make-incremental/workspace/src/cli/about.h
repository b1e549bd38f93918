#ifndef GAUGE_ABOUT_H
#define GAUGE_ABOUT_H

/* "gauge 1.4.0" or, for a tagged build, "gauge 1.4.0 (rc1)". */
const char *about_line(void);

#endif
