/* steps_text.c — image steps as text, with what they have measured; and back.
 *
 *     rescale 0.00392157
 *     normalize mean=0.130660489 std=0.308107734
 *
 * One line per step: as it would be written in a model file, then the measured numbers, with as
 * many digits as it takes to read the very same ones back. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/data/store.h"

enum { DIGITS = sizeof(real) == sizeof(float) ? FLT_DECIMAL_DIG : DBL_DECIMAL_DIG };

// ---- writing ------------------------------------------------------------------------------------

typedef struct Text { char *v; size_t len, cap; bool full; } Text;

static void put(Text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(Text *t, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    const int n = t->full ? -1 : vsnprintf(t->v + t->len, t->cap - t->len, fmt, args);
    va_end(args);
    if (n < 0 || (size_t)n >= t->cap - t->len) t->full = true;
    else t->len += (size_t)n;
}

// The step as written in a model file. The arena jumps back here when memory is out.
static void put_use(Text *t, const Use *u) {
    Arena *const a = arena_make();
    if (!a || setjmp(*arena_guard(a))) t->full = true;
    else put(t, "%s", use_text(a, u));
    arena_free(a);
}

// How many names a step's numbers are written under, each with an equal share of them.
static int count_names(const StepKind *s) {
    int n = 0;
    while (s->measured_name[n]) n++;
    return n ? n : 1;
}

static void put_measured(Text *t, const Dataset *d, int k) {
    const StepKind *s = step_kind(d, k);
    const int share = step_measures(d, k) / count_names(s);
    const real *x = d->measured[k];
    for (int i = 0; share && s->measured_name[i]; i++) {
        put(t, " %s=", s->measured_name[i]);
        for (int j = 0; j < share; j++) put(t, "%s%.*g", j ? "," : "", DIGITS, (double)*x++);
    }
}

static void put_step(Text *t, const Dataset *d, int k) {
    put_use(t, &d->step[k]);
    put_measured(t, d, k);
}

bool dataset_steps_text(const Dataset *d, char *text, size_t cap) {
    Text t = {text, 0, cap, cap == 0};
    if (cap) *text = 0;
    for (int k = 0; k < d->n_steps; k++) {
        if (k) put(&t, "\n");
        put_step(&t, d, k);
    }
    return !t.full;
}

// ---- reading ------------------------------------------------------------------------------------

// `word` must come next.
static bool take_word(const char **at, const char *word) {
    const size_t n = strlen(word);
    if (strncmp(*at, word, n) != 0) return false;
    *at += n;
    return true;
}

static bool take_number(const char **at, real *x) {
    char *end;
    const double value = strtod(*at, &end);
    if (end == *at || !isfinite((double)(real)value)) return false;
    *at = end;
    *x = (real)value;
    return true;
}

// The measured numbers of step k, as put_measured() writes them.
static bool take_measured(const char **at, const Dataset *d, int k, real *x) {
    const StepKind *s = step_kind(d, k);
    const int share = step_measures(d, k) / count_names(s);
    for (int i = 0; share && s->measured_name[i]; i++) {
        if (!take_word(at, " ") || !take_word(at, s->measured_name[i])) return false;
        for (int j = 0; j < share; j++)
            if (!take_word(at, j ? "," : "=") || !take_number(at, x++)) return false;
    }
    return true;
}

// One line: the step as it is written in the model now, then its numbers.
static bool take_step(const char **at, const Dataset *d, int k, const char *written, real *x) {
    if (!take_word(at, written) || !take_measured(at, d, k, x)) return false;
    return k == d->n_steps - 1 ? !**at : take_word(at, "\n");
}

static bool take_steps(Dataset *d, const char *text, char *written, size_t cap, real *x, Error *e) {
    const char *at = text;
    for (int k = 0; k < d->n_steps; k++) {
        Text t = {written, 0, cap, false};
        put_use(&t, &d->step[k]);
        if (t.full) return error_set(e, "no memory for the image steps");
        if (!take_step(&at, d, k, written, x))
            return error_set(e, "the weights were trained with other image steps: \"%.200s\"; step "
                             "%d of the model is \"%.200s\"", text, k + 1, written);
        x += step_measures(d, k);
    }
    return d->n_steps || !*text ||
           error_set(e, "the weights were trained with image steps: \"%.200s\"; the model has none",
                     text);
}

static size_t count_measured(const Dataset *d) {
    size_t n = 0;
    for (int k = 0; k < d->n_steps; k++) n += (size_t)step_measures(d, k);
    return n;
}

bool dataset_steps_take(Dataset *d, const char *text, Error *e) {
    const size_t n = count_measured(d), cap = strlen(text) + 65536;
    real *x = malloc((n + 1) * sizeof *x);
    char *written = malloc(cap);
    const bool memory = x && written;
    const bool ok = memory && take_steps(d, text, written, cap, x, e);
    if (ok) memcpy(store_of(d)->numbers, x, n * sizeof *x);
    free(x);
    free(written);
    if (!memory) return error_set(e, "no memory for the image steps");
    if (!ok) return false;
    d->measured_known = true;
    return table_make(d, e);
}
