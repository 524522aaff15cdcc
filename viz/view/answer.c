/* answer.c — see answer.h. */
#include "viz/view/answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "viz/view/known.h"

enum { MAX_HELPERS = 16, LARGEST = 256, FIRST_ROOM = 64 };

// `smallest` of the kept terms is the next to go where only the largest are kept.
typedef struct Keeper { Arena *a; Answer *answer; bool bare, largest; int smallest, room; } Keeper;

// A copy of a text that lives only as long as the call that hands it over.
static const char *keep_text(Arena *a, const char *text) {
    return text ? arena_text(a, text, strlen(text)) : NULL;
}

static void keep_operand(Arena *a, Operand *o) {
    o->name = keep_text(a, o->name);
    o->note = keep_text(a, o->note);
}

static void keep_term(Arena *a, Term *to, const Term *term) {
    *to = *term;
    to->label = keep_text(a, term->label);
    for (int f = 0; f < to->n_factors; f++) keep_operand(a, &to->factor[f]);
}

static int by_size(const void *a, const void *b) {
    const double s = fabs(((const Term *)a)->value), t = fabs(((const Term *)b)->value);
    return s < t ? 1 : s > t ? -1 : 0;
}

// Only LARGEST terms stay when there is no room for all, so that finding the smallest of them is quick.
static void keep_if_large(Keeper *k, const Term *term) {
    Answer *x = k->answer;
    if (!x->largest) {
        qsort(x->term, (size_t)x->kept, sizeof *x->term, by_size);
        x->kept = LARGEST, x->largest = true, k->smallest = LARGEST - 1;
    }
    if (!(fabs(term->value) > fabs(x->term[k->smallest].value))) return;
    keep_term(k->a, &x->term[k->smallest], term);
    for (int i = 0; i < x->kept; i++)
        if (fabs(x->term[i].value) < fabs(x->term[k->smallest].value)) k->smallest = i;
}

// Most sums are short; room for a long one grows with it.
static void make_room(Keeper *k) {
    const int room = k->room ? 2 * k->room : FIRST_ROOM;
    Term *more = arena_array(k->a, Term, room);
    if (k->room) memcpy(more, k->answer->term, (size_t)k->room * sizeof *more);
    k->answer->term = more, k->room = room;
}

static void take_term(void *ctx, const Term *term) {
    Keeper *k = ctx;
    Answer *x = k->answer;
    x->sum += term->value;
    const int i = x->n++ - x->first;
    if (!k->a || i < 0) return;
    if (i >= KEPT_TERMS) {
        if (k->largest) keep_if_large(k, term);
        return;
    }
    if (i == k->room) make_room(k);
    keep_term(k->a, &x->term[i], term);
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
                  .bare = keeper->bare, .term = take_term, .helper = take_helper};
    if (asked == ASKED_WEIGHT) return trace_explain_update(&v->t, k, &q);
    return trace_explain(&v->t, node, &q);
}

Answer answer_about(Arena *a, const View *v, int node, Asked asked, int k, Spot at, int first) {
    Answer x = {.first = first};
    x.helper = arena_array(a, Operand, MAX_HELPERS);
    x.known = ask(v, node, asked, k, at, &(Keeper){.a = a, .answer = &x}) && x.n > 0;
    return x;
}

bool answer_each(const View *v, int node, Asked asked, int k, Spot at,
                 void (*term)(void *ctx, const Term *t), void *ctx) {
    Question q = {.asked = asked, .k = k, .n = at.n, .c = at.c, .y = at.y, .x = at.x, .ctx = ctx,
                  .bare = true, .term = term};
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

static Answer ask_keeping(const View *v, Keeper keeper) {
    Answer x = {.first = v->at.term / KEPT_TERMS * KEPT_TERMS};
    x.helper = arena_array(keeper.a, Operand, MAX_HELPERS);
    keeper.answer = &x;
    x.known = ask_here(v, &keeper) && x.n > 0;
    return x;
}

Answer answer_here(Arena *a, const View *v) { return ask_keeping(v, (Keeper){.a = a}); }

Answer answer_bare(Arena *a, const View *v) { return ask_keeping(v, (Keeper){.a = a, .bare = true}); }

Answer answer_largest(Arena *a, const View *v) {
    return ask_keeping(v, (Keeper){.a = a, .largest = v->at.level < LEVEL_TERM});
}

int answer_count(const View *v) {
    Answer x = {0};
    Place here = v->at;
    here.term = 0;
    if (v->known->terms >= 0 && memcmp(&v->known->counted, &here, sizeof here) == 0) return v->known->terms;
    v->known->terms = ask_here(v, &(Keeper){.answer = &x, .bare = true}) ? x.n : 0;
    v->known->counted = here;
    return v->known->terms;
}

Answer answer_loss(Arena *a, const View *v) {
    Answer x = {.helper = arena_array(a, Operand, MAX_HELPERS)};
    Keeper keeper = {.a = a, .answer = &x};
    Question q = {.asked = ASKED_LOSS, .ctx = &keeper, .term = take_term, .helper = take_helper};
    x.known = trace_explain_loss(&v->t, &q) && x.n > 0;
    return x;
}
