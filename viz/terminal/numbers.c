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

// ---- any number ----------------------------------------------------------------------------------

static void superscript(char *at, size_t cap, int power) {
    static const char *const digit[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char text[16];
    snprintf(text, sizeof text, "%d", power < 0 ? -power : power);
    int used = snprintf(at, cap, "%s", power < 0 ? "⁻" : "");
    for (const char *p = text; *p; p++)
        used += snprintf(at + used, cap - (size_t)used, "%s", digit[*p - '0']);
}

NumberText power_text(int power) {
    NumberText t = {"10"};
    superscript(t.s + 2, sizeof t.s - 2, power);
    return t;
}

static NumberText times_power(const char *sign, double size) {
    int power = (int)floor(log10(size));
    double digits = size / pow(10, power);
    if (digits >= 9.995) digits /= 10, power++;
    NumberText t;
    snprintf(t.s, sizeof t.s, "%s%.3g·%.14s", sign, digits, power_text(power).s);
    return t;
}

NumberText value_text(double v) {
    NumberText t;
    const char *sign = v < 0 ? "−" : "";
    const double size = fabs(v);
    if (isnan(v)) return (NumberText){"NaN"};
    if (isinf(v)) snprintf(t.s, sizeof t.s, "%s∞", sign);
    else if (v == 0) return (NumberText){"0"};
    else if (size < 0.0009995 || size >= 999950) return times_power(sign, size);
    else if (size >= 999.95) snprintf(t.s, sizeof t.s, "%s%.0f", sign, size);
    else snprintf(t.s, sizeof t.s, "%s%.4g", sign, size);
    return t;
}
