/* edit.c — see edit.h. */
#include "viz/view/edit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/draw/number.h"
#include "viz/view/answer.h"
#include "viz/view/screen.h"
#include "viz/view/walk.h"

// ---- which weight ----------------------------------------------------------------------------------

// Which term is looked for; of products alone, if terms that have no input are not counted.
typedef struct Search { int term, seen; bool products; int k; Spot at; bool found; } Search;

static void look_at_term(void *ctx, const Term *t) {
    Search *s = ctx;
    bool reads = !s->products;
    for (int f = 0; f < t->n_factors; f++) reads = reads || t->factor[f].of == OF_SRC;
    if (!reads || s->seen++ != s->term) return;
    for (int f = 0; f < t->n_factors; f++) {
        const Operand *o = &t->factor[f];
        if (o->of == OF_PARAM) s->found = true, s->k = o->k, s->at = (Spot){o->n, o->c, o->y, o->x};
    }
}

// The parameter and its number that is marked at the current place. Backward, that is the weight of the
// current product: of a sum over δ, or of the products that the arriving δ was made of.
static bool find_weight(const View *v, int *param, Spot *at) {
    const Stage *s = &v->t.stage[v->at.stage];
    const Target t = walk_here(v);
    const int first = stage_node(&v->t, s) ? params_of_node(v->t.s->params, s->index) : 0;
    *at = target_spot(&t, v->at.channel, v->at.pixel);
    if (t.param) {
        *param = s->kind == STAGE_UPDATE ? t.k : first + t.k;
        return v->at.level >= LEVEL_PIXEL;
    }
    const bool forward = s->kind == STAGE_FORWARD, backward = s->kind == STAGE_BACKWARD;
    if (!(forward || backward) || v->at.level != LEVEL_TERM) return false;
    Search search = {.term = v->at.term, .products = backward && !t.asks};
    answer_each(v, s->index, backward && t.asks ? t.asked : ASKED_DST, backward && t.asks ? t.k : 0, *at,
                look_at_term, &search);
    *param = first + search.k;
    *at = search.at;
    return search.found;
}

static real *weight_at(const View *v, int param, Spot p) {
    const Params *all = v->t.s->params;
    return at(params_tensor(all, param, all->value), p.n, p.c, p.y, p.x);
}

// ---- typing --------------------------------------------------------------------------------------

// "Conv 1 W[1,0,2,2]", "Dense b[3]".
static void say_weight(const View *v, int param, Spot p, char *text, size_t room) {
    param_words(&v->t, param, text, room);
    print_place(v->t.s->params->param[param].spec->rank, p.n, p.c, p.y, p.x, text, room);
}

static void say(View *v) {
    const Edit *e = &v->edit;
    char name[80];
    say_weight(v, e->param, (Spot){e->place[0], e->place[1], e->place[2], e->place[3]}, name, sizeof name);
    snprintf(v->message, sizeof v->message, "%s = %s_   Enter sets it, Esc leaves it", name, e->typed);
}

static void say_unmarked(View *v) {
    snprintf(v->message, sizeof v->message,
             "no weight is marked: go to level Multiply of a layer with weights");
}

void edit_begin(View *v) {
    int param;
    Spot p;
    if (!find_weight(v, &param, &p)) {
        say_unmarked(v);
        return;
    }
    const Tensor before = trace_param(&v->t, param, PARAM_BEFORE);
    v->edit = (Edit){.active = true, .param = param, .place = {p.n, p.c, p.y, p.x},
                     .old = (double)*at(before, p.n, p.c, p.y, p.x)};
    say(v);
}

bool edit_active(const View *v) { return v->edit.active; }

static void set(View *v, double value) {
    const Edit *e = &v->edit;
    lesson_put_back(v);
    *weight_at(v, e->param, (Spot){e->place[0], e->place[1], e->place[2], e->place[3]}) = (real)value;
    lesson_again(v);
}

static void finish(View *v) {
    Edit *e = &v->edit;
    char *end;
    const double value = strtod(e->typed, &end);
    e->active = false;
    v->message[0] = '\0';
    if (end == e->typed || *end || !isfinite(value) || fabs(value) > 1e6) {
        snprintf(v->message, sizeof v->message, "'%s' is no number: nothing is changed", e->typed);
        return;
    }
    set(v, value);
    e->done = true;
    v->edits++;
    if (!v->message[0])
        snprintf(v->message, sizeof v->message, "it was %s, it is %s: Z takes it back",
                 number_figures(e->old, 4).s, number_figures(value, 4).s);
}

void edit_key(View *v, const Event *event) {
    Edit *e = &v->edit;
    const size_t n = strlen(e->typed);
    if (event->key == KEY_ENTER) {
        finish(v);
        return;
    }
    if (event->key == KEY_ESCAPE) {
        e->active = false;
        v->message[0] = '\0';
        return;
    }
    if (event->key == KEY_BACKSPACE && n > 0) e->typed[n - 1] = '\0';
    const bool part = event->key > 0 && event->key < 128 && strchr("0123456789.-+eE", (int)event->key);
    const bool room = n + 1 < sizeof e->typed;
    if (part && room && !event->ctrl) e->typed[n] = (char)event->key, e->typed[n + 1] = '\0';
    say(v);
}

void edit_undo(View *v) {
    if (!v->edit.done) {
        snprintf(v->message, sizeof v->message, "nothing was changed");
        return;
    }
    set(v, v->edit.old);
    v->edit.done = false;
    v->edits--;
}

// ---- is the gradient right? ------------------------------------------------------------------------

static double loss_at(View *v, real *weight, double value) {
    *weight = (real)value;
    return trace_again(&v->t, NULL);
}

// (L(w + ε) − L(w − ε)) / 2ε with the weights before the update; those after it come back.
static double measured_gradient(View *v, int param, Spot p) {
    lesson_swap(v);
    real *const w = weight_at(v, param, p);
    const real old = *w;
    const double here = (double)old, epsilon = 3e-3 * fmax(0.3, fabs(here));
    const double more = loss_at(v, w, here + epsilon), less = loss_at(v, w, here - epsilon);
    *w = old;
    lesson_swap(v);
    return (more - less) / (2 * epsilon);
}

void edit_check(View *v) {
    int param;
    Spot p;
    if (!v->t.judged || !find_weight(v, &param, &p)) {
        say_unmarked(v);
        return;
    }
    const Tensor grad = trace_param(&v->t, param, PARAM_GRAD);
    char name[80];
    say_weight(v, param, p, name, sizeof name);
    if (grad.v)
        snprintf(v->message, sizeof v->message, "%s: ∂L/∂w = %s, measured by changing it: %s", name,
                 number_figures((double)*at(grad, p.n, p.c, p.y, p.x), 3).s,
                 number_figures(measured_gradient(v, param, p), 3).s);
    else snprintf(v->message, sizeof v->message, "it is frozen");
}
