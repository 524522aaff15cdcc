/* exact.h — exp, log, cos and powers of doubles, the same bits on every machine.
 *
 * The C library's versions differ in the last bit; first values, learning rates and optimisers must
 * not. Only +, −, ·, / and exact scaling are used, on which all machines agree. */
#pragma once
#include <stdint.h>

double exact_exp(double x);                  // e to the power x
double exact_log(double x);                  // natural logarithm of x > 0
double exact_cos_pi(double x);               // cos(π·x), 0 ≤ x ≤ 1
double exact_power(double b, uint64_t n);    // b to the power n
