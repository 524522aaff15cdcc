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
#define LARGE      1e10 // from here on a power of ten says more …
#define LONG       1e7  // … and where only some figures are asked for, from here on

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

// |v| as 2.5·10¹⁰, with so many digits.
static void powered(char *out, size_t room, double v, int figures) {
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char digits[24];
    snprintf(digits, sizeof digits, "%.*e", figures - 1, v);
    char *const e = strchr(digits, 'e');
    const long signed_exponent = strtol(e + 1, NULL, 10), exponent = labs(signed_exponent);
    *e = '\0';
    snprintf(out, room, "%s·10%s%s%s%s", digits, signed_exponent < 0 ? "⁻" : "",
             exponent > 99 ? raised[exponent / 100] : "", exponent > 9 ? raised[exponent / 10 % 10] : "",
             raised[exponent % 10]);
}

Digits number_fixed(double v, int decimals) {
    Digits t;
    if (isnan(v)) return (Digits){"NaN"};
    if (isinf(v)) return v < 0 ? (Digits){MINUS "∞"} : (Digits){"∞"};
    char digits[40];
    if (fabs(v) < LARGE) snprintf(digits, sizeof digits, "%.*f", decimals, fabs(v));
    else powered(digits, sizeof digits, fabs(v), 2);
    const bool zero = strspn(digits, "0.") == strlen(digits);
    snprintf(t.s, sizeof t.s, "%s%s", v < 0 && !zero ? MINUS : "", digits);
    return t;
}

Digits number_figures(double v, int figures) {
    const double size = fabs(v);
    if (!isfinite(v) || size >= LARGE) return number_fixed(v, 0);
    if (size < 1e-30) return (Digits){"0"};
    char digits[40];
    if (size < 1e-4 || size >= LONG) {
        Digits t;
        powered(digits, sizeof digits, size, figures);
        snprintf(t.s, sizeof t.s, "%s%s", v < 0 ? MINUS : "", digits);
        return t;
    }
    snprintf(digits, sizeof digits, "%.*e", figures - 1, size); // rounded: 0.00999999 is 0.0100000
    const int decimals = figures - 1 - (int)strtol(strchr(digits, 'e') + 1, NULL, 10);
    return number_fixed(v, decimals > 0 ? decimals : 0);
}
