/* numbers.c — thousands, per cents, bytes and hours. */
#include "viz/terminal/numbers.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

NumberText count_text(uint64_t n) {
    char digits[24];
    const int len = snprintf(digits, sizeof digits, "%" PRIu64, n);
    NumberText t = {{0}};
    char *p = t.s;
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0) *p++ = ',';
        *p++ = digits[i];
    }
    return t;
}

NumberText bytes_text(double bytes) {
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    size_t unit = 0;
    // 999.95 would be printed as 1000.0.
    while (bytes >= 999.95 && unit + 1 < sizeof units / sizeof *units) {
        bytes /= 1000;
        unit++;
    }
    NumberText t;
    snprintf(t.s, sizeof t.s, unit ? "%.1f %s" : "%.0f %s", bytes, units[unit]);
    return t;
}

NumberText percent_text(double share) {
    NumberText t;
    snprintf(t.s, sizeof t.s, "%.2f %%", 100 * share);
    return t;
}

NumberText output_text(double v, bool probable) {
    NumberText t;
    if (probable) return percent_text(v);
    snprintf(t.s, sizeof t.s, fabs(v) < 1e6 ? "%.2f" : "%.3g", v);
    return t;
}

NumberText time_text(double seconds) {
    NumberText t;
    if (!(seconds >= 0 && seconds < 1e9)) return (NumberText){"?"};
    const int whole = (int)(seconds + 0.5), h = whole / 3600, m = whole / 60 % 60, s = whole % 60;
    if (h > 0) snprintf(t.s, sizeof t.s, "%d:%02d:%02d", h, m, s);
    else snprintf(t.s, sizeof t.s, "%d:%02d", m, s);
    return t;
}
