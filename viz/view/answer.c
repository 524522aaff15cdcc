/* answer.c — see answer.h. */
#include "viz/view/answer.h"

#include <string.h>

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

static bool ask(const View *v, int node, Asked asked, int k, Spot at, Keeper *keeper) {
    Question q = {.asked = asked, .k = k, .n = at.n, .c = at.c, .y = at.y, .x = at.x, .ctx = keeper,
                  .term = take_term, .helper = take_helper};
    if (asked == ASKED_WEIGHT) return trace_explain_update(&v->t, k, &q);
    return trace_explain(&v->t, node, &q);
}

Answer answer_about(Arena *a, const View *v, int node, Asked asked, int k, Spot at, int first) {
    Answer x = {.first = first};
    x.term = arena_array(a, Term, KEPT_TERMS);
    x.helper = arena_array(a, Operand, MAX_HELPERS);
    x.known = ask(v, node, asked, k, at, &(Keeper){a, &x}) && x.n > 0;
    return x;
}

bool answer_each(const View *v, int node, Asked asked, int k, Spot at,
                 void (*term)(void *ctx, const Term *t), void *ctx) {
    Question q = {.asked = asked, .k = k, .n = at.n, .c = at.c, .y = at.y, .x = at.x, .ctx = ctx,
                  .term = term};
    return trace_explain(&v->t, node, &q);
}

// ---- the current place ---------------------------------------------------------------------------

// An image step takes the number apart that it made of the picture before it.
static bool ask_step(const View *v, Spot at, Keeper *keeper) {
    const int stage = v->at.stage;
    StepQuestion q = {.c = at.c, .y = at.y, .x = at.x, .ctx = keeper, .term = take_term,
                      .helper = take_helper};
    const Tensor src = trace_picture(&v->t, stage - 1), dst = trace_picture(&v->t, stage);
    if (!src.v || !dst.v) return false;
    dataset_explain(&v->t.s->data, v->t.stage[stage].index, src, dst, &q);
    return true;
}

static bool ask_here(const View *v, Keeper *keeper) {
    const Target t = walk_here(v);
    const Stage *s = &v->t.stage[v->at.stage];
    const Spot at = target_spot(&t, v->at.channel, v->at.pixel);
    if (!t.asks) return false;
    return s->kind == STAGE_STEP ? ask_step(v, at, keeper) : ask(v, s->index, t.asked, t.k, at, keeper);
}

Answer answer_here(Arena *a, const View *v) {
    Answer x = {.first = v->at.term / KEPT_TERMS * KEPT_TERMS};
    x.term = arena_array(a, Term, KEPT_TERMS);
    x.helper = arena_array(a, Operand, MAX_HELPERS);
    x.known = ask_here(v, &(Keeper){a, &x}) && x.n > 0;
    return x;
}

int answer_count(const View *v) {
    Answer x = {0};
    return ask_here(v, &(Keeper){NULL, &x}) ? x.n : 0;
}

Answer answer_loss(Arena *a, const View *v) {
    Answer x = {.term = arena_array(a, Term, KEPT_TERMS), .helper = arena_array(a, Operand, MAX_HELPERS)};
    Keeper keeper = {a, &x};
    Question q = {.asked = ASKED_LOSS, .ctx = &keeper, .term = take_term, .helper = take_helper};
    x.known = trace_explain_loss(&v->t, &q) && x.n > 0;
    return x;
}
