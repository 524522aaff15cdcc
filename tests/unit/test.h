/* test.h — a test framework of one page.
 *
 *     int main(void) { CHECK(1 + 1 == 2); CHECK_NEAR(got, want, 1e-6); return test_end("name"); }
 *
 * Every check counts. A failed one says where and goes on; test_end() prints the line
 * `name: N passed, N failed` that tests/run.sh adds up, and gives the exit status. */
#pragma once
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tests_passed, tests_failed;

// An emulator, a hundred times slower, runs the test (tests/tools/arm.sh): a part of its rows will do.
static inline bool test_emulated(void) { return getenv("EMULATED") != NULL; }

// Every access of memory is checked, ten times slower, or emulated: long tests leave out rows that differ in
// their numbers alone.
static inline bool test_slow(void) {
#ifdef __SANITIZE_ADDRESS__
    return true;
#else
    return test_emulated();
#endif
}

static inline bool test_check(bool ok, const char *file, int line, const char *what) {
    if (ok) tests_passed++;
    else {
        tests_failed++;
        printf("%s:%d: failed: %s\n", file, line, what);
    }
    return ok;
}

static inline bool test_near(double got, double want, double tol, const char *file, int line,
                             const char *what) {
    const bool ok = fabs(got - want) <= tol; // false for NaN
    if (!ok) printf("got %.17g, want %.17g within %g\n", got, want, tol);
    return test_check(ok, file, line, what);
}

static inline bool test_text(const char *got, const char *want, const char *file, int line,
                             const char *what) {
    const bool ok = got && want && strcmp(got, want) == 0;
    if (!ok) printf("got  \"%s\"\nwant \"%s\"\n", got ? got : "(null)", want ? want : "(null)");
    return test_check(ok, file, line, what);
}

#define CHECK(x) test_check((x), __FILE__, __LINE__, #x)
#define CHECK_NEAR(got, want, tol) test_near((got), (want), (tol), __FILE__, __LINE__, #got)
#define CHECK_TEXT(got, want) test_text((got), (want), __FILE__, __LINE__, #got)

static inline int test_end(const char *name) {
    printf("%s: %d passed, %d failed\n", name, tests_passed, tests_failed);
    return tests_failed ? 1 : 0;
}
