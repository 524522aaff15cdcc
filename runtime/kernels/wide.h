/* wide.h — loops over numbers that the compiler turns into vectors by itself, as wide as the machine's.
 *
 *     WIDE static void add(real *restrict a, const real *restrict b, size_t n) { … }
 *
 * is compiled once for each width of vectors, and the program takes the best one that the processor
 * has when it starts. For loops whose numbers do not depend on each other: then the width changes no
 * bit. Only gcc does so: clang gives the clones of static functions names that clash. */
#pragma once

// APART: before a loop that works number by number, even where two of its arrays are the same place.
// AS_ONE: before a short loop within another that is to become one vector. gcc would first write out
// its rounds, one after the other, and then find nothing that lies side by side.
#ifdef __clang__
#define APART _Pragma("clang loop vectorize(assume_safety)")
#define AS_ONE
#else
#define APART _Pragma("GCC ivdep")
#define AS_ONE _Pragma("GCC unroll 1")
#endif

#if defined __x86_64__ && defined __gnu_linux__ && !defined __clang__ && !defined REAL_DOUBLE
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define WIDE
#endif
