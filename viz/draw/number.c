/* number.c — numbers as people read them. */
#include "viz/draw/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MINUS      "\u2212"
#define THIN_SPACE "\u2009"
#define LARGE      1e10 // from here on a power of ten says more

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

// |v| as 2.5·10¹⁰.
static void large(char *out, size_t room, double v) {
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char digits[24];
    snprintf(digits, sizeof digits, "%.1e", v);
    const long exponent = strtol(strchr(digits, 'e') + 1, NULL, 10);
    snprintf(out, room, "%.3s·10%s%s%s", digits, exponent > 99 ? raised[exponent / 100] : "",
             raised[exponent / 10 % 10], raised[exponent % 10]);
}

Digits number_fixed(double v, int decimals) {
    Digits t;
    if (isnan(v)) return (Digits){"NaN"};
    if (isinf(v)) return v < 0 ? (Digits){MINUS "∞"} : (Digits){"∞"};
    char digits[40];
    if (fabs(v) < LARGE) snprintf(digits, sizeof digits, "%.*f", decimals, fabs(v));
    else large(digits, sizeof digits, fabs(v));
    const bool zero = strspn(digits, "0.") == strlen(digits);
    snprintf(t.s, sizeof t.s, "%s%s", v < 0 && !zero ? MINUS : "", digits);
    return t;
}
