/* number.h — numbers as people read them: a real minus sign (U+2212), groups of three digits.
 *
 * Results are texts by value, to be used where they are made: draw_text(..., number_count(n).s). */
#pragma once
#include <stdint.h>

typedef struct Digits { char s[48]; } Digits;

// 29962 → "29 962", with thin spaces (Inter has them, JetBrains Mono does not).
Digits number_count(int64_t n);

// Three significant digits: 29962 → "30.0 k", 2359808 → "2.36 M".
Digits number_short(int64_t n);

// A number with so many decimals; from 10¹⁰ on it is written 2.5·10¹⁰. Zero has no sign, and what is
// not finite is "NaN", "∞" or "−∞".
Digits number_fixed(double v, int decimals);

// So many significant digits, whatever the size: 3.14, −0.0191, 1.92·10⁻⁵; zero is "0".
Digits number_figures(double v, int figures);
