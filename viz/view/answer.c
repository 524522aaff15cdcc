/* answer.c — see answer.h. */
#include "viz/view/answer.h"

#include <string.h>

#include "viz/view/walk.h"

enum { MAX_HELPERS = 16 };

typedef struct Keeper { Arena *a; Answer *answer; } Keeper;

// A copy of a text that lives only as long as the call that hands it over.
static const char *keep_text(Arena *a, const char *text) {
    return text ? arena_text(a, text, strlen(text)) : NULL;
}

static void keep_operand(Arena *a, Operand *o) {
    o->name = keep_text(a, o->name);
    o->note = keep_text(a, o->note);
}

static void take_term(void *ctx, const Term *term) {
    const Keeper *k = ctx;
    Answer *x = k->answer;
    x->sum += term->value;
    const int i = x->n++ - x->first;
    if (!k->a || i < 0 || i >= KEPT_TERMS) return;
    Term *kept = &x->term[i];
    *kept = *term;
    kept->label = keep_text(k->a, term->label);
    for (int f = 0; f < kept->n_factors; f++) keep_operand(k->a, &kept->factor[f]);
    x->kept = i + 1;
}

static void take_helper(void *ctx, const Operand *o) {
    const Keeper *k = ctx;
    if (!k->a || k->answer->n_helpers == MAX_HELPERS) return;
    Operand *kept = &k->answer->helper[k->answer->n_helpers++];
    *kept = *o;
    keep_operand(k->a, kept);
}

static bool ask(const View *v, Keeper *k) {
    const Stage *s = &v->t.stage[v->at.stage];
    const Target here = walk_here(v);
    if (!here.asks) return false;
    const Spot at = target_spot(&here, v->at.channel, v->at.pixel);
    Question q = {.asked = here.asked, .k = here.k, .n = at.n, .c = at.c, .y = at.y, .x = at.x,
                  .ctx = k, .term = take_term, .helper = take_helper};
    return trace_explain(&v->t, s->index, &q);
}

Answer answer_here(Arena *a, const View *v) {
    Answer x = {.first = v->at.term / KEPT_TERMS * KEPT_TERMS};
    x.term = arena_array(a, Term, KEPT_TERMS);
    x.helper = arena_array(a, Operand, MAX_HELPERS);
    x.known = ask(v, &(Keeper){a, &x}) && x.n > 0;
    return x;
}

int answer_count(const View *v) {
    Answer x = {0};
    return ask(v, &(Keeper){NULL, &x}) ? x.n : 0;
}
