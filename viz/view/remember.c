/* remember.c — see remember.h. */
#include "viz/view/remember.h"

#include <stdio.h>
#include <stdlib.h>

#include "viz/draw/number.h"

// ---- what there is -------------------------------------------------------------------------------

// Calls `act` for every target of every stage; returns how many there are.
static int each_target(const View *v, Remembered *r, void (*act)(KeptTensor *k, const Target *t)) {
    int n = 0;
    for (int stage = 0; stage < v->t.n_stages; stage++) {
        Target t;
        for (int i = 0; walk_target(v, stage, i, &t); i++, n++) {
            if (!act) continue;
            KeptTensor *k = &r->kept[n];
            k->kind = v->t.stage[stage].kind, k->index = v->t.stage[stage].index, k->target = i;
            act(k, &t);
        }
    }
    return n;
}

// The shape of what is kept of a target: a whole parameter, or image 0 of a value.
static void measure(KeptTensor *k, const Target *t) {
    k->param = t->param;
    k->there = t->v.v != NULL;
    k->v = (Tensor){NULL, t->param ? t->v.n : 1, t->v.c, t->v.h, t->v.w, LAYOUT_PLAIN};
}

static void copy(KeptTensor *k, const Target *t) {
    const Tensor to = k->v;
    for (int n = 0; to.v && n < to.n; n++)
        for (int c = 0; c < to.c; c++)
            for (int y = 0; y < to.h; y++)
                for (int x = 0; x < to.w; x++) *at(to, n, c, y, x) = *at(t->v, n, c, y, x);
}

// ---- keeping -------------------------------------------------------------------------------------

static bool wanted(const KeptTensor *k, int turn) { return k->there && k->param == (turn == 1); }

// Gives each tensor its place in one piece of memory: first those of the picture, then parameters, as
// long as they fit.
static bool give_places(Remembered *r, size_t most) {
    size_t used = 0;
    for (int turn = 0; turn < 2; turn++)
        for (int i = 0; i < r->n; i++) {
            const size_t len = tensor_len(r->kept[i].v);
            if (!wanted(&r->kept[i], turn)) continue;
            r->kept[i].fits = len <= most - used;
            if (r->kept[i].fits) used += len;
            else r->left_out += len;
        }
    r->v = malloc((used + 1) * sizeof *r->v);
    real *next = r->v;
    for (int i = 0; next && i < r->n; i++) {
        if (!r->kept[i].fits) continue;
        r->kept[i].v.v = next;
        next += tensor_len(r->kept[i].v);
    }
    return r->v != NULL;
}

void remember_free(Remembered *r) {
    free(r->kept), free(r->v);
    *r = (Remembered){0};
}

When remember_when(int step, int image, int edits) {
    When w;
    char of[32] = "your picture", edited[32] = "";
    if (image >= 0) snprintf(of, sizeof of, "image %.20s", number_count(image).s);
    if (edits > 0) snprintf(edited, sizeof edited, " · %d edit%s", edits, edits > 1 ? "s" : "");
    snprintf(w.s, sizeof w.s, "step %.20s · %s%s", number_count(step).s, of, edited);
    return w;
}

static void say(View *v, size_t most) {
    const Remembered *r = &v->remembered;
    const When when = remember_when(r->step, r->image, r->edits);
    if (r->left_out)
        snprintf(v->message, sizeof v->message, "kept: %.60s, but not %.20s numbers: the limit is %.20s",
                 when.s, number_short((int64_t)r->left_out).s, number_short((int64_t)most).s);
    else snprintf(v->message, sizeof v->message, "kept: %.80s. After U, N or E, M compares", when.s);
}

void remember(View *v) { remember_within(v, REMEMBER_MOST / sizeof(real)); }

void remember_within(View *v, size_t numbers) {
    Remembered r = {.step = view_step(v), .image = v->t.picture[0], .edits = v->edits};
    r.n = each_target(v, &r, NULL);
    r.kept = calloc((size_t)r.n + 1, sizeof *r.kept);
    if (r.kept) each_target(v, &r, measure);
    if (!r.kept || !give_places(&r, numbers)) {
        remember_free(&r);
        snprintf(v->message, sizeof v->message, "there is no memory left to keep this state");
        return;
    }
    each_target(v, &r, copy);
    remember_free(&v->remembered);
    v->remembered = r;
    say(v, numbers);
}

// ---- finding -------------------------------------------------------------------------------------

static const KeptTensor *look_up(const View *v) {
    const Remembered *r = &v->remembered;
    const Stage *s = &v->t.stage[v->at.stage];
    for (int i = 0; i < r->n; i++) {
        const KeptTensor *k = &r->kept[i];
        if (k->kind == s->kind && k->index == s->index && k->target == v->at.target) return k;
    }
    return NULL;
}

const KeptTensor *remember_find(const View *v, const Target *here, const char **why) {
    const KeptTensor *k = look_up(v);
    *why = NULL;
    if (!here->v.v) *why = "This stage has no numbers.";
    else if (!k || !k->there) *why = "The state that is kept has no such numbers.";
    else if (!k->fits) *why = "This was too large to be kept.";
    else if (k->param != here->param || k->v.c != here->v.c || k->v.h != here->v.h ||
             k->v.w != here->v.w || (k->param && k->v.n != here->v.n))
        *why = "What is kept has another size.";
    return *why ? NULL : k;
}
