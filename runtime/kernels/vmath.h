/* vmath.h — exp, log, tanh and their like, the same bits on every machine.
 *
 * The C library's versions differ in the last bit from release to release, and a network that is
 * trained for a thousand steps turns one bit into another network. These are ours: polynomials on
 * a reduced argument, within 2 units in the last place (in the double build: the C library's).
 * The scalar functions are the definition; the vector ones loop over them so that the compiler can
 * use its vectors (wide.h). dst and src may be the same place. */
#pragma once
#include <stddef.h>

#include "runtime/real.h"

real vm_exp(real x);      // overflow gives infinity, underflow 0, NaN stays NaN
real vm_log(real x);      // of 0 −infinity, of a negative number NaN
real vm_tanh(real x);
real vm_sigmoid(real x);  // 1 / (1 + exp(−x))
real vm_erf(real x);      // 2/√π · ∫ exp(−t²) dt from 0 to x

void vm_exp_n(real *dst, const real *src, size_t n);
void vm_log_n(real *dst, const real *src, size_t n);
void vm_tanh_n(real *dst, const real *src, size_t n);
void vm_sigmoid_n(real *dst, const real *src, size_t n);
void vm_erf_n(real *dst, const real *src, size_t n);
