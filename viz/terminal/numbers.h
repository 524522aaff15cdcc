/* numbers.h — numbers as a person reads them. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

// A short text by value, so that it can stand in the argument of a printf.
typedef struct NumberText { char s[32]; } NumberText;

NumberText count_text(uint64_t n);      // "29,962"
NumberText bytes_text(double bytes);    // "3.1 kB", "12.8 GB" (thousands, not 1024s)
NumberText percent_text(double share);  // 0.9587 → "95.87 %"
NumberText output_text(double v, bool probable); // "95.87 %", or of a plain score "2.31"

// Any number, to four digits and with a real minus sign: "−0.1234", "12.5", "1.2·10⁻⁵", "∞", "NaN".
NumberText value_text(double v);
NumberText power_text(int power);       // "10⁻³"

NumberText time_text(double seconds);   // "0:42", "1:02:03"
