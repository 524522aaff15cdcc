/* number.c — numbers as people read them. */
#include "viz/draw/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define MINUS      "\u2212"
#define THIN_SPACE "\u2009"

Digits number_count(int64_t n) {
    char digits[24];
    Digits t;
    const uint64_t size = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    const int len = snprintf(digits, sizeof digits, "%" PRIu64, size);
    char *to = t.s, *end = t.s + sizeof t.s;

    to += snprintf(to, (size_t)(end - to), "%s", n < 0 ? MINUS : "");
    for (int i = 0; i < len; i++) {
        const bool gap = i > 0 && (len - i) % 3 == 0;
        to += snprintf(to, (size_t)(end - to), "%s%c", gap ? THIN_SPACE : "", digits[i]);
    }
    return t;
}

Digits number_short(int64_t n) {
    static const struct { double unit; const char *name; } units[] = {
        {1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e3, "k"},
    };
    if (n < 10000) return number_count(n);

    Digits t;
    int i = 0;
    while ((double)n < 0.9995 * units[i].unit) i++; // what rounds to 1000 k is 1.00 M
    const double v = (double)n / units[i].unit;
    const int decimals = v < 9.995 ? 2 : v < 99.95 ? 1 : 0;
    snprintf(t.s, sizeof t.s, "%.*f" THIN_SPACE "%s", decimals, v, units[i].name);
    return t;
}

Digits number_fixed(double v, int decimals) {
    Digits t;
    if (isnan(v)) return (Digits){"NaN"};
    if (isinf(v)) return v < 0 ? (Digits){MINUS "∞"} : (Digits){"∞"};
    char digits[40];
    // Numbers with more than 20 digits in front of the point are written with an exponent.
    snprintf(digits, sizeof digits, fabs(v) < 1e20 ? "%.*f" : "%.*e", decimals, fabs(v));
    const bool zero = strspn(digits, "0.") == strlen(digits);
    snprintf(t.s, sizeof t.s, "%s%s", v < 0 && !zero ? MINUS : "", digits);
    return t;
}
