/* explain.c — what all explanations share: operands, products and short notes. */
#include "runtime/explain.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// ---- operands -----------------------------------------------------------------------------------

Tensor explain_tensor(const Question *q, OperandOf of, int k) {
    switch (of) {
    case OF_NOTHING:  break;
    case OF_SRC:      return q->s->src[k];
    case OF_DST:      return q->s->dst;
    case OF_DIFF_DST: return q->s->diff_dst;
    case OF_PARAM:    return q->s->param[k];
    case OF_SCORE:    return q->loss->score;
    case OF_TARGET:   return q->loss->target;
    case OF_WEIGHT:   return q->before->w;
    case OF_GRAD:     return q->before->g;
    case OF_SLOT:     return q->before->slot[k];
    }
    return (Tensor){0};
}

Operand explain_at(const Question *q, const char *name, OperandOf of, int k, int n, int c, int y,
                   int x) {
    return (Operand){.name = name, .of = of, .k = k, .n = n, .c = c, .y = y, .x = x,
                     .v = (double)*at(explain_tensor(q, of, k), n, c, y, x)};
}

Operand explain_here(const Question *q, const char *name, OperandOf of) {
    return explain_at(q, name, of, 0, q->n, q->c, q->y, q->x);
}

Operand explain_worked(const char *name, double v, const char *note) {
    return (Operand){.name = name, .v = v, .note = note};
}

Operand explain_from(Operand x, const char *name, double v, const char *note) {
    x.from = x.of == OF_NOTHING ? x.from : x.of;
    x.of = OF_NOTHING;
    x.name = name;
    x.v = v;
    x.note = note;
    return x;
}

// ---- telling ------------------------------------------------------------------------------------

void explain_product(const Question *q, const char *label, const Operand *factor, int n) {
    Term t = {.n_factors = n, .value = 1, .label = label};
    assert(0 < n && n <= MAX_FACTORS);
    for (int i = 0; i < n; i++) {
        t.factor[i] = factor[i];
        t.value *= factor[i].v;
    }
    q->term(q->ctx, &t);
}

void explain_helper(const Question *q, Operand o) {
    if (q->helper) q->helper(q->ctx, &o);
}

// ---- notes --------------------------------------------------------------------------------------

// Four digits, and a minus sign that is as wide as a plus.
Figure figure(double v) {
    char plain[24];
    Figure f = {{0}};
    size_t len = 0;
    if (isnan(v)) return (Figure){"NaN"};
    if (isinf(v)) return v > 0 ? (Figure){"∞"} : (Figure){"−∞"};
    snprintf(plain, sizeof plain, "%.4g", v + 0.0); // −0 is 0
    for (const char *p = plain; *p && len + 4 < sizeof f.s; p++) {
        if (*p != '-') {
            f.s[len++] = *p;
            continue;
        }
        memcpy(f.s + len, "−", strlen("−"));
        len += strlen("−");
    }
    return f;
}

Figure inner(double v) {
    const Figure f = figure(v);
    if (!(v < 0)) return f;
    Figure in = {{0}};
    snprintf(in.s, sizeof in.s, "(%.*s)", (int)sizeof in.s - 3, f.s);
    return in;
}

Note explain_note(const char *fmt, ...) {
    Note note;
    va_list args;
    va_start(args, fmt);
    vsnprintf(note.s, sizeof note.s, fmt, args);
    va_end(args);
    return note;
}
