/* predict.c — see predict.h. */
#include "viz/view/predict.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "runtime/judge.h"
#include "runtime/utf8.h"
#include "viz/draw/number.h"
#include "viz/view/pieces/pieces.h"
#include "viz/view/walk.h"

// ---- what is asked -------------------------------------------------------------------------------

static bool at_output(const View *v) {
    const Stage *s = &v->t.stage[v->at.stage];
    return s->kind == STAGE_FORWARD && s->index == v->t.s->x->graph.output &&
           walk_here(v).channels == v->t.s->data.classes;
}

Asking predict_asks(const View *v) {
    if (!v->predict || v->revealed || v->comparing || v->scene != SCENE_STAGES) return ASKING_NOTHING;
    if (v->at.level < LEVEL_PIXEL) return at_output(v) ? ASKING_CLASS : ASKING_NOTHING;
    return walk_here(v).v.v ? ASKING_NUMBER : ASKING_NOTHING;
}

static int said(const View *v) { return judge_class(trace_value(&v->t, v->t.s->x->graph.output), 0); }

// ---- the answer ----------------------------------------------------------------------------------

// A number with a real minus sign, as everywhere.
static const char *typed_text(Arena *a, const View *v) {
    const char *t = v->guess.typed;
    return *t == '-' ? arena_print(a, "−%s", t + 1) : t;
}

const char *predict_mark(Arena *a, const View *v) {
    return *v->guess.typed ? arena_print(a, "%s ?", typed_text(a, v)) : "?";
}

static void say_typing(View *v) {
    const char *t = v->guess.typed;
    const bool minus = *t == '-';
    snprintf(v->message, sizeof v->message, "your answer: %s%s_   Enter or → reveals, Esc takes it back",
             minus ? "−" : "", minus ? t + 1 : t);
}

// A point only continues a number: alone it is the blank key of presenters' remotes.
static bool in_number(const View *v, uint32_t key) {
    const bool begun = v->guess.typed[0] != '\0';
    return (key >= '0' && key <= '9') || (key == '-' && !begun) || (key == '.' && begun);
}

static bool is_letter(uint32_t key) { return key >= ' ' && key != 127 && key < 0x110000; }

bool predict_key(View *v, const Event *e) {
    Guess *g = &v->guess;
    if (e->ctrl || predict_asks(v) == ASKING_NOTHING) return false;
    const bool begun = g->naming || g->typed[0];
    if (e->key == 'a' && !begun) g->naming = true;
    else if (begun && e->key == KEY_ENTER) return predict_reveal(v);
    else if (begun && e->key == KEY_BACKSPACE) utf8_rub_out(g->typed);
    else if (begun && e->key == KEY_ESCAPE) *g = (Guess){0};
    else if (in_number(v, e->key) || (g->naming && is_letter(e->key)))
        utf8_append(g->typed, sizeof g->typed, e->key);
    else return false;
    if (g->naming || g->typed[0]) say_typing(v);
    return true;
}

void predict_choose(View *v, int class) {
    if (predict_asks(v) != ASKING_CLASS || class < 0 || class >= v->t.s->data.classes) return;
    v->guess = (Guess){0};
    snprintf(v->guess.typed, sizeof v->guess.typed, "%.*s", (int)sizeof v->guess.typed - 1,
             v->t.s->data.class_name[class]);
    say_typing(v);
}

void predict_forget(View *v) {
    v->revealed = false;
    v->guess = (Guess){0};
}

// ---- was it right? -------------------------------------------------------------------------------

// Within a hundredth it is right, within a tenth close.
static void judge_number(View *v) {
    const Target t = walk_here(v);
    const double is = target_value(&t, v->at.channel, v->at.pixel);
    const Digits shown = number_figures(is, 4);
    char *end;
    const double answer = strtod(v->guess.typed, &end), off = fabs(answer - is);
    char *say = v->message;
    const size_t room = sizeof v->message;
    if (end == v->guess.typed || *end || !isfinite(answer))
        snprintf(say, room, "it is %s; '%s' is no number", shown.s, v->guess.typed);
    else if (off <= 0.01 * fabs(is)) snprintf(say, room, "right: it is %s", shown.s);
    else if (answer * is < 0 && fabs(answer + is) <= 0.1 * fabs(is))
        snprintf(say, room, "it is %s: the size is right, the sign is not", shown.s);
    else snprintf(say, room, "%sit is %s, the answer is off by %s", off <= 0.1 * fabs(is) ? "close: " : "",
                  shown.s, number_figures(off, 2).s);
}

// The class of that name, in capitals or not; or the only one that begins so. −1: none.
static int class_named(const Dataset *d, const char *name) {
    int found = -1, begins = 0;
    for (int c = 0; c < d->classes; c++) {
        if (strcasecmp(d->class_name[c], name) == 0) return c;
        if (strncasecmp(d->class_name[c], name, strlen(name)) == 0) found = c, begins++;
    }
    return begins == 1 ? found : -1;
}

static void judge_name(View *v) {
    const Dataset *d = &v->t.s->data;
    const int is = said(v), answer = class_named(d, v->guess.typed);
    char *say = v->message;
    const size_t room = sizeof v->message;
    if (answer == is) snprintf(say, room, "right: it says %.100s", d->class_name[is]);
    else if (answer < 0) snprintf(say, room, "it says %.60s; there is no class '%s'", d->class_name[is],
                                  v->guess.typed);
    else snprintf(say, room, "it says %.60s, not %.60s", d->class_name[is], d->class_name[answer]);
}

bool predict_reveal(View *v) {
    const Asking asking = predict_asks(v);
    if (asking == ASKING_NOTHING) return false;
    if (v->guess.typed[0]) (asking == ASKING_CLASS ? judge_name : judge_number)(v);
    v->revealed = true;
    v->guess = (Guess){0};
    return true;
}

// ---- the question about the class ----------------------------------------------------------------

enum { NAMES = 30, NAME_ROWS = 10 }; // shown at once

static void draw_names(Screen *s, Rect in) {
    const Dataset *d = &s->v->t.s->data;
    const int n = d->classes < NAMES ? d->classes : NAMES, columns = (n + NAME_ROWS - 1) / NAME_ROWS;
    const double w = (in.w + 12) / columns, h = fmin(46, in.h / NAME_ROWS);
    for (int c = 0; c < n; c++) {
        const Rect r = {in.x + c / NAME_ROWS * w, in.y + c % NAME_ROWS * h, w - 12, h - 8};
        const bool chosen = strcmp(s->v->guess.typed, d->class_name[c]) == 0;
        draw_rect(s->d, r, (ShapeStyle){.fill = chosen ? TONE_FOCUS_TINT : TONE_SUNKEN,
                                        .radius = CHIP_RADIUS});
        const TextStyle words = {chosen ? FONT_BOLD : FONT_REGULAR, SIZE_BODY, TONE_INK, ALIGN_CENTRE, true};
        draw_fitted(s->d, rect_inset(r, 3), words, d->class_name[c]);
        hits_add(s->hits, (Hit){.kind = HIT_ANSWER, .rect = r, .to = c});
    }
}

void predict_draw(Screen *s) {
    const Trace *t = &s->v->t;
    Rect room = s->area;
    const Rect left = cut_left(&room, fmin(room.h, 0.45 * room.w));
    const Tensor picture = trace_picture(t, 0);
    const Rect in = draw_titled(s, left, "The picture", NULL);
    if (picture.v) {
        const Map m = map_of_picture(s, picture, -1);
        draw_map(s, map_fit(in, m.rows, m.columns), &m);
    }
    const int classes = t->s->data.classes;
    const char *helper = classes <= NAMES ? NULL
                       : arena_print(s->a, "%s classes; the first ones", number_count(classes).s);
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK2};
    Rect card = draw_titled(s, room, "Which class does the network say?", helper);
    const Rect answer = cut_bottom(&card, 112);
    draw_names(s, card);
    draw_prose(s, (Point){answer.x, answer.y + 18}, answer.w, words,
               "Click a class or type it: a number at once, a name behind A. The next step reveals.");
    draw_result(s, (Point){answer.x + 4, answer.y + 100}, SIZE_TILE, predict_mark(s->a, s->v));
}

void predict_tell(Telling *t) {
    const View *v = t->v;
    tell(t, "which class does the network say? %s\n", predict_mark(t->a, v));
}
