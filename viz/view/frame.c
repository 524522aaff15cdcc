/* frame.c — a picture of the viewer: what stands around every panel, and the panel in the middle.
 *
 *     0     top bar      the model, four directions, which picture, what the network says
 *     62    strip        every stage (strip.c)
 *     148   title row    stage, one plain sentence, formula
 *     196   panels       (panel.h)
 *     −48   footer       level, position, five keys */
#include "viz/view/frame.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "runtime/judge.h"
#include "viz/view/compare.h"
#include "viz/view/keep.h"
#include "viz/view/keys.h"
#include "viz/view/listing.h"
#include "viz/view/panel.h"
#include "viz/view/panels/layers.h"
#include "viz/view/pieces/pieces.h"
#include "viz/view/predict.h"
#include "viz/view/scenes.h"
#include "viz/view/strip.h"

#define SMALLEST 0.5 // scale below which nothing could be read

// ---- top bar -------------------------------------------------------------------------------------

static double draw_mark_of_cnnrun(Screen *s) {
    static const Tone tones[] = {TONE_INK, TONE_FORWARD, TONE_BACKWARD};
    for (int i = 0; i < 3; i++)
        draw_rect(s->d, (Rect){MARGIN + 7 * i, 15 + 4 * i, 12, 22 - 8 * i},
                  (ShapeStyle){.fill = tones[i], .radius = 2});
    const TextStyle name = {.font = FONT_BOLD, .size = SIZE_RESULT, .tone = TONE_INK};
    return MARGIN + 38 + draw_text(s->d, (Point){MARGIN + 38, 34}, name, "cnnrun");
}

typedef enum Direction { FORWARD, BACKWARD, UPDATE, TRAIN, N_DIRECTIONS } Direction;

static const struct { const char *name; StageKind first; Tone tone; } directions[N_DIRECTIONS] = {
    [FORWARD]  = {"Forward",  STAGE_LOAD,     TONE_FORWARD},
    [BACKWARD] = {"Backward", STAGE_BACKWARD, TONE_BACKWARD},
    [UPDATE]   = {"Update",   STAGE_UPDATE,   TONE_INK},
    [TRAIN]    = {"Train",    STAGE_UPDATE,   TONE_INK},
};

static Direction direction_of(const View *v) {
    const StageKind kind = v->t.stage[v->at.stage].kind;
    if (v->scene == SCENE_TRAIN || v->scene == SCENE_CELL) return TRAIN;
    if (v->scene == SCENE_OVERVIEW) return v->gradients ? BACKWARD : FORWARD;
    return kind == STAGE_BACKWARD ? BACKWARD : kind == STAGE_UPDATE ? UPDATE : FORWARD;
}

static double direction_width(const Screen *s, Direction i) {
    const TextStyle bold = {.font = FONT_BOLD, .size = SIZE_LABEL};
    return fonts_width(s->d->fonts, &bold, directions[i].name) + 28;
}

static double draw_directions(Screen *s) {
    double all = 0;
    for (Direction i = 0; i < N_DIRECTIONS; i++) all += direction_width(s, i);
    double x = s->w / 2 - all / 2 + 20;
    for (Direction i = 0; i < N_DIRECTIONS; i++) {
        const bool current = i == direction_of(s->v);
        const Rect r = {x, 10, direction_width(s, i), 32};
        const TextStyle words = {current ? FONT_BOLD : FONT_REGULAR, SIZE_LABEL,
                                 current ? TONE_SURFACE : TONE_INK2, ALIGN_CENTRE, false};
        const int stage = stage_of(&s->v->t, directions[i].first, -1);
        if (current) draw_rect(s->d, r, (ShapeStyle){.fill = directions[i].tone, .radius = 16});
        draw_fitted(s->d, r, words, directions[i].name);
        if (i == TRAIN) hits_add(s->hits, (Hit){.kind = HIT_SCENE, .rect = r, .to = SCENE_TRAIN});
        else if (stage >= 0) hits_add(s->hits, (Hit){.kind = HIT_STAGE, .rect = r, .to = stage});
        x += r.w;
    }
    return x;
}

// Is it the step with its inspected picture that is seen?
static bool shows_step(const View *v) {
    const bool training = v->train && (v->scene == SCENE_TRAIN || v->scene == SCENE_CELL);
    return v->scene != SCENE_DRAW && !training;
}

const char *frame_verdict(Arena *a, const View *v, bool *right) {
    const Trace *t = &v->t;
    const int out = t->s->x->graph.output, done = stage_of(t, STAGE_FORWARD, out);
    const bool walking = v->scene == SCENE_STAGES || v->scene == SCENE_OPEN;
    if (!shows_step(v) || (walking && v->at.stage < done)) return NULL;
    if (v->scene == SCENE_STAGES && v->at.stage == done && predict_asks(v) != ASKING_NOTHING) return NULL;
    const Tensor scores = trace_value(t, out);
    const int said = judge_class(scores, 0);
    *right = false;
    for (int c = 0; c < scores.c; c++)
        if (!isfinite((double)*at(scores, 0, c, 0, 0))) return "says NaN ✗";
    *right = said == t->label[0];
    const char *sign = t->label[0] < 0 || lesson_assumed(v) ? "" : *right ? " ✓" : " ✗";
    return arena_print(a, "says %s%s", t->s->data.class_name[said], sign);
}

// From the right end: thumbnail, verdict, label, which picture; what does not fit is left out.
static void draw_picture_facts(Screen *s, double left) {
    const View *v = s->v;
    const Trace *t = &v->t;
    bool right = false;
    const char *verdict = frame_verdict(s->a, v, &right);
    const int label = t->label[0];
    const char *word = lesson_assumed(v) ? "taken as" : "label";
    const char *given = label < 0 ? NULL : arena_print(s->a, "%s %s", word, t->s->data.class_name[label]);
    const char *from = v->follows && v->chosen.part == PART_TRAIN ? "training image" : "image";
    const char *which = t->picture[0] < 0 ? "a picture of your own"
                                          : arena_print(s->a, "%s %s", from, number_count(t->picture[0]).s);
    which = arena_print(s->a, "step %s · %s", number_count(view_step(v)).s, which);

    const struct { const char *text; TextStyle style; } facts[] = {
        {verdict, {FONT_BOLD, SIZE_LABEL, right ? TONE_FORWARD : TONE_NEG, ALIGN_RIGHT, false}},
        {given, {FONT_BOLD, SIZE_LABEL, TONE_INK, ALIGN_RIGHT, false}},
        {which, {FONT_REGULAR, SIZE_LABEL, TONE_INK3, ALIGN_RIGHT, true}},
    };
    double x = s->w - MARGIN;
    const Tensor picture = trace_picture(t, 0);
    if (picture.v) {
        const Map m = map_of_picture(s, picture, -1);
        draw_map(s, map_fit((Rect){x - 36, 8, 36, 36}, m.rows, m.columns), &m);
        x -= 48;
    }
    for (int i = 0; i < 3; i++) {
        if (!facts[i].text) continue;
        const double w = fonts_width(s->d->fonts, &facts[i].style, facts[i].text);
        if (x - w < left) break;
        draw_text(s->d, (Point){x, 34}, facts[i].style, facts[i].text);
        x -= w + 13;
    }
}

static void draw_not_saved(Screen *s, double left) {
    const TextStyle plain = {.size = SIZE_LABEL, .tone = TONE_INK3, .align = ALIGN_RIGHT};
    draw_fitted(s->d, (Rect){left, 22, s->w - MARGIN - left, 12}, plain,
                "nothing is saved by itself · S saves the weights");
}

static void draw_top_bar(Screen *s) {
    const Experiment *x = s->v->t.s->x;
    draw_rect(s->d, (Rect){0, 0, s->w, TOP_BAR}, (ShapeStyle){.fill = TONE_SURFACE});
    draw_line(s->d, (Point){0, TOP_BAR - 0.5}, (Point){s->w, TOP_BAR - 0.5},
              (ShapeStyle){.line = TONE_LINE});
    const double left = draw_mark_of_cnnrun(s) + 14;
    const double right = draw_directions(s), middle = s->w - right;
    const TextStyle plain = {.size = SIZE_LABEL, .tone = TONE_INK3};
    const Remembered *r = &s->v->remembered;
    const char *kept = r->n ? arena_print(s->a, " · kept: step %s", number_count(r->step).s) : "";
    const char *model = arena_print(s->a, r->n ? "%s%s%s%s" : "%s · %s parameters%s%s", x->name,
                                    r->n ? "" : number_count(x->graph.n_weights).s,
                                    s->v->edits ? " · edited" : "", kept);
    draw_fitted(s->d, (Rect){left, 22, middle + 24 - left, 12}, plain, model);
    if (shows_step(s->v)) draw_picture_facts(s, right + 16);
    else if (s->v->scene != SCENE_DRAW) draw_not_saved(s, right + 16);
}

// ---- title row -----------------------------------------------------------------------------------

static const char *shapes_of(Screen *s) {
    const Graph *g = &s->v->t.s->x->graph;
    const char *text = "";
    for (int k = 0; k < s->node->n_src; k++)
        text = arena_print(s->a, "%s%s%s", text, k ? " + " : "",
                           shape_words(s->a, g->node[s->node->src[k]].shape));
    return arena_print(s->a, "%s → %s · ", text, shape_words(s->a, s->node->shape));
}

const char *frame_sentence(Screen *s) {
    const Panel *p = panel_of(s->stage);
    const char *own = p->sentence ? p->sentence
                    : s->stage->use && s->stage->use->kind ? s->stage->use->kind->summary : "";
    if (s->stage->kind == STAGE_FORWARD) return arena_print(s->a, "%s%s", shapes_of(s), own);
    return own;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

const char *signs_text(Arena *a, const char *text) {
    const char *out = "";
    for (const char *sign = text; *(sign += strcspn(sign, "-*x"));) {
        const bool cross = sign > text && is_digit(sign[-1]) && is_digit(sign[1]);
        const char *drawn = *sign == '-' ? "−" : *sign == '*' ? "·" : cross ? "×" : "x";
        out = arena_print(a, "%s%.*s%s", out, (int)(sign - text), text, drawn);
        text = ++sign;
    }
    return arena_print(a, "%s%s", out, text);
}

// A layer that was told to have no bias adds none.
static const char *without_bias(Screen *s, const char *formula) {
    static const char bias[] = "bias + ";
    const char *at = s->node && !layer_has_bias(s) ? strstr(formula, bias) : NULL;
    return at ? arena_print(s->a, "%.*s%s", (int)(at - formula), formula, at + strlen(bias)) : formula;
}

const char *frame_formula(Screen *s) {
    const Panel *p = panel_of(s->stage);
    if (p->formula_of) return signs_text(s->a, p->formula_of(s));
    return p->formula ? p->formula : signs_text(s->a, without_bias(s, s->stage->formula));
}

static void draw_title_row(Screen *s) {
    const char *formula = frame_formula(s);
    const TextStyle style = {.size = SIZE_BODY, .tone = TONE_INK, .align = ALIGN_RIGHT};
    const double most = 0.46 * s->w, right = s->w - MARGIN;
    const double w = fmin(most, fonts_width(s->d->fonts, &style, formula) + 1);
    draw_fitted(s->d, (Rect){right - w, TITLE_TOP + 15, w, 15}, style, formula);
    draw_title(s->d, (Point){MARGIN, TITLE_TOP + 30}, right - w - 24,
               stage_title(s->a, &s->v->t, s->v->at.stage), frame_sentence(s));
}

// ---- footer --------------------------------------------------------------------------------------

// From right to left as long as there is room.
static const Hint stage_hints[N_HINTS] = {
    {{"←", "→"}, "step"}, {{"↑", "↓"}, "detail"}, {{"Space"}, "play"}, {{"N"}, "next image"}, {{"?"}, "help"},
};

static const Hint *hints_of(const View *v) {
    const bool begun = v->scene != SCENE_TRAIN || v->train;
    const bool own = v->scene != SCENE_STAGES && begun && scene_of(v)->hint[0].meaning;
    return own ? scene_of(v)->hint : stage_hints;
}

enum { HINT_KEYS = sizeof stage_hints->keys / sizeof *stage_hints->keys };

static const TextStyle hint_style = {.size = SIZE_AXIS, .tone = TONE_INK2};

static double hint_width(const DrawList *d, const Hint *hint) {
    double w = fonts_width(d->fonts, &hint_style, hint->meaning) + 2;
    for (int k = 0; k < HINT_KEYS && hint->keys[k]; k++) w += cap_width(d, hint->keys[k]) + 6;
    return w;
}

static void draw_hints(Screen *s, double left, double middle) {
    double x = s->w - MARGIN;
    for (int i = N_HINTS - 1; i >= 0; i--) {
        const Hint *hint = &hints_of(s->v)[i];
        if (!hint->meaning) continue;
        if (x - hint_width(s->d, hint) < left) return;
        x -= hint_width(s->d, hint);
        double at = x;
        for (int k = 0; k < HINT_KEYS && hint->keys[k]; k++)
            at = draw_cap(s->d, at, middle, hint->keys[k]) + 6;
        draw_text(s->d, (Point){at + 2, middle + 5}, hint_style, hint->meaning);
        x -= 14;
    }
}

static void draw_footer(Screen *s) {
    static const char *const levels[] = {"Stage", "Channel", "Pixel", "Multiply"};
    const View *v = s->v;
    const double top = s->d->h - FOOTER, middle = top + FOOTER / 2.0;
    const bool message = v->message[0] != '\0';
    const TextStyle plain = {.size = SIZE_LABEL, .tone = message ? TONE_INK : TONE_INK2, .tabular = true,
                             .font = message ? FONT_BOLD : FONT_REGULAR};
    char position[160];
    double x = MARGIN;
    draw_rect(s->d, (Rect){0, top, s->w, FOOTER}, (ShapeStyle){.fill = TONE_SURFACE});
    draw_line(s->d, (Point){0, top + 0.5}, (Point){s->w, top + 0.5}, (ShapeStyle){.line = TONE_LINE});
    if (v->scene == SCENE_STAGES) {
        x += draw_choice(s, (Point){x, top + 9}, 30, levels, N_LEVELS, (int)v->at.level, HIT_LEVEL) + 16;
        walk_position(v, position, sizeof position);
        const char *kept = v->at.level == LEVEL_STAGE ? keep_words(s->a, v) : NULL;
        const size_t n = strlen(position);
        if (kept) snprintf(position + n, sizeof position - n, " · %s", kept);
        else if (s->node && v->at.level == LEVEL_STAGE && trace_plain_sums(&v->t, s->stage->index))
            snprintf(position + n, sizeof position - n, " · training: Winograd's sums");
    } else {
        if (scene_of(v)->words) scene_of(v)->words(v, position, sizeof position);
        else snprintf(position, sizeof position, "%s", scene_of(v)->footer);
    }
    const char *text = message ? v->message : position;
    const double w = fmin(fonts_width(s->d->fonts, &plain, text) + 1, s->w - x - MARGIN);
    draw_fitted(s->d, (Rect){x, top, w, FOOTER}, plain, text);
    draw_hints(s, x + w + 16, middle);
}

// ---- the value under the mouse -------------------------------------------------------------------

// NULL where the cell is not computed yet.
static const char *cell_words(Screen *s, const Hit *hit) {
    int row, column;
    hit_cell(hit, s->v->mouse, &row, &column);
    const int cell = row * hit->columns + column;
    if (cell >= hit->done) return NULL;
    const char *place = hit->vector ? arena_print(s->a, "[%d]", hit->left + cell)
                                    : arena_print(s->a, "[%d, %d]", hit->top + row, hit->left + column);
    return arena_print(s->a, "%s  %s", place, number_figures((double)hit->v[cell], 4).s);
}

// The whole name of a stage and what is written for it, or the first and the last of many.
static const char *stage_words(Screen *s, const Hit *hit) {
    const Trace *t = &s->v->t;
    const Use *use = t->stage[hit->to].use;
    const int lo = hit->to, hi = hit->last > lo ? hit->last : lo;
    const char *first = stage_title(s->a, t, hit->to);
    if (lo == hi) return use && use->kind ? arena_print(s->a, "%s   %s", first, use_text(s->a, use)) : first;
    return arena_print(s->a, "%d stages: %s … %s", hi - lo + 1, stage_title(s->a, t, lo),
                       stage_title(s->a, t, hi));
}

static void draw_pointer(Screen *s) {
    const View *v = s->v;
    const Hit *hit = v->pointing ? hits_at(s->hits, v->mouse) : NULL;
    const bool cell = hit && hit->kind == HIT_CELLS && hit->v, stage = hit && hit->kind == HIT_STAGE;
    if (!cell && !stage) return;
    const char *text = cell ? cell_words(s, hit) : stage_words(s, hit);
    if (!text) return;
    const TextStyle words = {FONT_BOLD, SIZE_BODY, TONE_SURFACE, ALIGN_CENTRE, true};
    const double w = fmin(fonts_width(s->d->fonts, &words, text) + 24, s->d->w);
    Rect r = {v->mouse.x + 18, v->mouse.y + 18, w, 38};
    if (r.x + r.w > s->d->w) r.x = fmax(0, cell ? v->mouse.x - r.w - 10 : s->d->w - r.w);
    if (r.y + r.h > s->d->h) r.y = v->mouse.y - 48;
    draw_rect(s->d, r, (ShapeStyle){.fill = TONE_INK, .radius = CHIP_RADIUS});
    draw_fitted(s->d, rect_inset(r, 4), words, text);
}

// ---- the whole picture ---------------------------------------------------------------------------

double frame_scale(const View *v) {
    return fmin((double)v->w / (SLIDE_W + (v->model_text ? LISTING_W : 0)), (double)v->h / SLIDE_H);
}

bool frame_too_small(const View *v) { return frame_scale(v) < SMALLEST; }

static void draw_too_small(Screen *s) {
    const TextStyle words = {FONT_BOLD, SIZE_LABEL, TONE_INK, ALIGN_CENTRE, false};
    draw_text(s->d, (Point){s->d->w / 2, s->d->h / 2}, words, "Please make the window larger");
}

Screen frame_screen(DrawList *d, Arena *a, const View *v, Hits *hits) {
    const Stage *stage = &v->t.stage[v->at.stage];
    return (Screen){.d = d, .a = a, .v = v, .hits = hits, .stage = stage, .here = walk_here(v),
                    .w = d->w - (v->model_text ? LISTING_W : 0),
                    .node = stage_node(&v->t, stage)};
}

// The message is "FILE: why", or only why.
static void draw_trouble(Screen *s) {
    const char *text = s->v->trouble, *colon = strstr(text, ": ");
    const TextStyle title = {.font = FONT_BOLD, .size = SIZE_TITLE, .tone = TONE_NEG};
    const TextStyle mono = {.font = FONT_MONO, .size = SIZE_BODY, .tone = TONE_INK};
    const TextStyle words = {.size = SIZE_BODY, .tone = TONE_INK};
    const TextStyle helper = {.size = SIZE_LABEL, .tone = TONE_INK3};
    const double w = fmin(820, s->area.w);
    const Rect card = {s->area.x + (s->area.w - w) / 2, s->area.y + 80, w, 300};
    const Rect in = rect_inset(card, 32);
    draw_card(s->d, card);
    draw_text(s->d, (Point){in.x, in.y + 24}, title, "This cannot be opened");
    double y = in.y + 74;
    if (colon) {
        const char *file = arena_text(s->a, text, (size_t)(colon - text));
        draw_fitted(s->d, (Rect){in.x, y - 20, in.w, 28}, mono, file);
        y += 40;
    }
    draw_prose(s, (Point){in.x, y}, in.w, words, colon ? colon + 2 : text);
    draw_text(s->d, (Point){in.x, in.y + in.h}, helper, "Any key closes this; what was there before stays.");
}

static void draw_all(Screen *s) {
    draw_top_bar(s);
    draw_strip(s);
    s->area = (Rect){MARGIN, PANELS_TOP, s->w - 2 * MARGIN, s->d->h - PANELS_BOTTOM - PANELS_TOP};
    if (s->v->trouble[0]) {
        draw_trouble(s);
    } else if (s->v->scene == SCENE_STAGES) {
        draw_title_row(s);
        if (!keep_has(s->v, s->v->at.stage)) keep_draw(s);
        else if (s->v->comparing) compare_draw(s);
        else if (predict_asks(s->v) == ASKING_CLASS) predict_draw(s);
        else panel_draw(s);
    } else {
        scene_of(s->v)->draw(s);
    }
    draw_footer(s);
    if (s->v->model_text) draw_listing(s, (Rect){s->w, 0, LISTING_W, s->d->h});
    draw_pointer(s);
}

void frame_draw(DrawList *d, Arena *a, const View *v, Hits *hits) {
    hits->n = 0;
    Screen s = frame_screen(d, a, v, hits);
    if (v->blank) draw_rect(d, (Rect){0, 0, d->w, d->h}, (ShapeStyle){.fill = TONE_BLACK});
    else if (frame_too_small(v)) draw_too_small(&s);
    else draw_all(&s);
    for (int i = 0; i < hits->n; i++) hits->hit[i].v = NULL; // they are gone with the picture
}
