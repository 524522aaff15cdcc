/* tell.c — see tell.h. */
#include "viz/view/tell.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "viz/view/answer.h"
#include "viz/view/code.h"
#include "viz/view/compare.h"
#include "viz/view/frame.h"
#include "viz/view/keep.h"
#include "viz/view/panel.h"
#include "viz/view/pieces/pieces.h"
#include "viz/view/predict.h"
#include "viz/view/remember.h"
#include "viz/view/scenes.h"

static bool make_room(Telling *t, size_t more) {
    if (t->room - t->n > more) return true;
    const size_t room = 2 * t->room + more + 256;
    char *text = t->failed ? NULL : realloc(t->text, room);
    if (!text) return !(t->failed = true);
    t->text = text, t->room = room;
    return true;
}

void tell(Telling *t, const char *fmt, ...) {
    va_list args, again;
    va_start(args, fmt);
    va_copy(again, args);
    const int len = vsnprintf(NULL, 0, fmt, args);
    if (len >= 0 && make_room(t, (size_t)len)) {
        vsnprintf(t->text + t->n, t->room - t->n, fmt, again);
        t->n += (size_t)len;
    }
    va_end(again);
    va_end(args);
}

// ---- one number ----------------------------------------------------------------------------------

static const char *place_text(Telling *t, const Target *here, Spot at) {
    if (here->param) return arena_print(t->a, "[%d,%d,%d,%d]", at.n, at.c, at.y, at.x);
    if (here->v.h * here->v.w <= 1) return arena_print(t->a, "[%d]", at.c);
    return arena_print(t->a, "[%d,%d,%d]", at.c, at.y, at.x);
}

static const char *operand(Telling *t, const Operand *o) {
    const Trace *trace = &t->v->t;
    const Node *node = stage_node(trace, &trace->stage[t->v->at.stage]);
    return operand_text(t->a, node, &trace->s->x->graph, o);
}

// The gradient of a weight is summed over the batch: whose share is it?
static int picture_of(const Term *term) {
    for (int f = 0; f < term->n_factors; f++) {
        const OperandOf of = term->factor[f].of;
        if (of == OF_SRC || of == OF_DST || of == OF_DIFF_DST) return term->factor[f].n;
    }
    return -1;
}

// The sum so far would tell a hidden result.
static void tell_term(Telling *t, const Term *term, int i, double sum) {
    const int picture = walk_here(t->v).param ? picture_of(term) : -1;
    tell(t, "  %3d  ", i + 1);
    if (picture >= 0) tell(t, "picture %d of %d: ", picture + 1, t->v->t.n);
    tell(t, "%s", term->label ? term->label : "");
    for (int f = 0; f < term->n_factors; f++) {
        const Operand *o = &term->factor[f];
        tell(t, "%s%s %s", f ? " · " : term->label ? " " : "", operand(t, o),
             number_figures(o->v, 6).s);
    }
    tell(t, " = %s", number_figures(term->value, 6).s);
    if (predict_asks(t->v) != ASKING_NUMBER) tell(t, "   so far %s", number_figures(sum, 6).s);
    tell(t, "\n");
}

enum { TOLD_TERMS = 200 };

void tell_answer(Telling *t) {
    const View *v = t->v;
    const Target here = walk_here(v);
    if (!here.v.v || v->at.level < LEVEL_PIXEL) return;
    const Spot at = target_spot(&here, v->at.channel, v->at.pixel);
    const double value = target_value(&here, v->at.channel, v->at.pixel);
    const bool hidden = predict_asks(v) == ASKING_NUMBER;
    tell(t, "%s%s = %s\n", here.name, place_text(t, &here, at),
         hidden ? predict_mark(t->a, v) : number_figures(value, 6).s);

    const Answer x = answer_here(t->a, v);
    for (int i = 0; i < x.n_helpers; i++)
        tell(t, "  %s\n", helper_text(t->a, stage_node(&v->t, &v->t.stage[v->at.stage]), &v->t.s->x->graph,
                                      &x.helper[i], 6));
    double sum = 0;
    for (int i = 0; x.known && i < x.kept && i < TOLD_TERMS; i++) {
        if (v->at.level == LEVEL_TERM && x.first + i > v->at.term) break;
        sum += x.term[i].value;
        tell_term(t, &x.term[i], x.first + i, sum);
    }
    if (x.known) tell(t, "  %d term%s\n", x.n, x.n == 1 ? "" : "s");
}

// ---- a whole picture -----------------------------------------------------------------------------

static void tell_head(Telling *t) {
    static const char *const levels[] = {"Stage", "Channel", "Pixel", "Multiply"};
    const View *v = t->v;
    const Stage *s = &v->t.stage[v->at.stage];
    const Experiment *x = v->t.s->x;
    char position[160];
    walk_position(v, position, sizeof position);
    tell(t, "stage %s · %s · %s · %s\n", s->name, stage_title(t->a, &v->t, v->at.stage),
         levels[v->at.level], position);
    if (s->use && s->use->kind && diags_line(x->places, s->use->at) > 0)
        tell(t, "model %s:%d %s\n", x->file, diags_line(x->places, s->use->at), use_text(t->a, s->use));
    const Node *node = stage_node(&v->t, s);
    if (node) tell(t, "shape %s\n", shape_words(t->a, node->shape));
    if (s->formula && *s->formula) tell(t, "formula %s\n", s->formula);
    if (v->scale_by != BY_MAP) tell(t, "colours: one scale for %s\n", v->scale_by == BY_STAGE ? "this stage"
                                                                                             : "all stages");
    const CodeLine code = code_here(t->a, v);
    if (code.file) tell(t, "code %s:%d %s\n", code.file, code.line, code.text);
    if (node && trace_plain_sums(&v->t, s->index))
        tell(t, "sums as the formula says; training takes Winograd's short cut\n");
}

static void tell_channel(Telling *t) {
    const View *v = t->v;
    const Target here = walk_here(v);
    if (!here.v.v || v->at.level != LEVEL_CHANNEL) return;
    double sum = 0;
    int zeros = 0;
    for (int i = 0; i < here.pixels; i++) {
        const double value = target_value(&here, v->at.channel, i);
        sum += value, zeros += value == 0;
    }
    tell(t, "%s channel %d: mean %s, zeros %d of %d\n", here.name, v->at.channel,
         number_figures(sum / here.pixels, 6).s, zeros, here.pixels);
}

static void tell_picture(Telling *t) {
    const View *v = t->v;
    bool right;
    const char *verdict = frame_verdict(t->a, v, &right);
    tell(t, "model %s, ", v->t.s->x->name);
    const bool drawn = v->scene == SCENE_DRAW;
    const bool training = v->train && (v->scene == SCENE_TRAIN || v->scene == SCENE_CELL);
    if (drawn) tell(t, "a drawing");
    else if (training) tell(t, "in training");
    else if (v->t.picture[0] < 0) tell(t, "a picture of your own");
    else tell(t, "image %d", v->t.picture[0]);
    if (!drawn && !training && v->t.label[0] >= 0)
        tell(t, lesson_assumed(v) ? ", no label, taken as %s" : ", label %s",
             v->t.s->data.class_name[v->t.label[0]]);
    tell(t, "%s%s\n", verdict ? ", " : "", verdict ? verdict : "");
    const Remembered *r = &v->remembered;
    if (r->n) tell(t, "kept %s\n", remember_when(r->step, r->image, r->edits).s);
    const char *values = keep_words(t->a, v);
    if (values) tell(t, "values: %s\n", values);
    if (v->blank) {
        tell(t, "blank\n");
        return;
    }
    if (v->trouble[0]) tell(t, "cannot be opened: %s\n", v->trouble);
    if (v->scene != SCENE_STAGES) {
        tell(t, "scene %s\n", scene_of(v)->name);
        scene_of(v)->tell(t);
        if (v->message[0]) tell(t, "message %s\n", v->message);
        return;
    }
    const Panel *p = panel_of(&v->t.stage[v->at.stage]);
    tell_head(t);
    tell_channel(t);
    if (!keep_has(v, v->at.stage)) keep_tell(t);
    else if (v->comparing) compare_tell(t);
    else if (predict_asks(v) == ASKING_CLASS) predict_tell(t);
    else if (p->tell) p->tell(t);
    else tell_answer(t);
    if (v->message[0]) tell(t, "message %s\n", v->message);
}

static bool fill(Telling *t) {
    t->a = arena_make();
    if (!t->a) return false;
    if (setjmp(*arena_guard(t->a))) {
        arena_free(t->a);
        return false;
    }
    tell_picture(t);
    arena_free(t->a);
    return !t->failed;
}

char *view_text(const View *v) {
    Telling *t = calloc(1, sizeof *t);
    char *text = NULL;
    if (!t) return NULL;
    t->v = v;
    if (fill(t)) text = t->text;
    else free(t->text);
    free(t);
    return text;
}
