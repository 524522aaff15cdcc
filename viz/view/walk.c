/* walk.c — see walk.h. */
#include "viz/view/walk.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "runtime/layer.h"
#include "viz/draw/number.h"
#include "viz/view/answer.h"
#include "viz/view/panel.h"
#include "viz/view/screen.h"

// ---- stages --------------------------------------------------------------------------------------

int stage_of(const Trace *t, StageKind kind, int index) {
    for (int i = 0; i < t->n_stages; i++)
        if (t->stage[i].kind == kind && (index < 0 || t->stage[i].index == index)) return i;
    return -1;
}

const Node *stage_node(const Trace *t, const Stage *s) {
    const bool layer = s->kind == STAGE_FORWARD || s->kind == STAGE_BACKWARD;
    return layer ? &t->s->x->graph.node[s->index] : NULL;
}

// ---- targets -------------------------------------------------------------------------------------

static Target of_picture(const char *name, Tensor v) {
    return (Target){.name = name, .v = v, .channels = v.c, .pixels = v.h * v.w,
                    .unit = v.h * v.w <= 1 ? "number" : "channel"};
}

// Parameter k of a node. Those of a norm belong to channels, all others to what the weights belong to.
static Target of_param(const Node *node, int k, const char *name, Tensor v) {
    const ParamSpec *spec = &node->param[k];
    const bool norm = spec->role == PARAM_SCALE || spec->role == PARAM_SHIFT;
    return (Target){.name = name, .v = v, .param = true, .channels = v.n, .pixels = v.c * v.h * v.w,
                    .rank = spec->rank,
                    .unit = norm ? "channel" : node->param[0].rank == 2 ? "output" : "filter"};
}

static bool forward_target(const View *v, const Stage *s, int i, Target *out) {
    if (i > 0) return false;
    *out = of_picture("y", trace_value(&v->t, s->index));
    out->asks = true, out->asked = ASKED_DST;
    return true;
}

// The gradients of the inputs somebody asked for, then those of the parameters that have one.
bool walk_gradient(const View *v, const Stage *s, int i, Target *out) {
    const Node *node = stage_node(&v->t, s);
    for (int k = 0; k < node->n_src; k++) {
        const Tensor diff = trace_diff(&v->t, node->src[k]);
        if (!diff.v || i-- > 0) continue;
        *out = of_picture("∂L/∂x", diff);
        out->asks = true, out->asked = ASKED_DIFF_SRC, out->k = k;
        out->shared = v->t.s->x->graph.node[node->src[k]].n_uses > 1;
        return true;
    }
    const int first = params_of_node(v->t.s->params, s->index);
    for (int k = 0; k < node->n_params; k++) {
        const Tensor grad = node->param[k].role == PARAM_STATISTIC
                                ? (Tensor){0} : trace_param(&v->t, first + k, PARAM_GRAD);
        if (!grad.v || i-- > 0) continue;
        *out = of_param(node, k, node->param[k].name, grad);
        out->asks = true, out->asked = ASKED_DIFF_PARAM, out->k = k;
        return true;
    }
    return false;
}

bool walk_arriving(const View *v, const Stage *s, int i, Target *out) {
    if (i > 0) return walk_gradient(v, s, i - 1, out);
    *out = of_picture("δ", trace_diff(&v->t, s->index));
    return true;
}

static bool update_target(const View *v, int i, Target *out) {
    const Params *p = v->t.s->params;
    for (int k = 0; k < p->n; k++) {
        if (p->param[k].spec->role == PARAM_STATISTIC || i-- > 0) continue;
        const int node = p->param[k].node;
        *out = of_param(&v->t.s->x->graph.node[node], k - params_of_node(p, node), p->param[k].name,
                        trace_param(&v->t, k, PARAM_AFTER));
        out->asks = true, out->asked = ASKED_WEIGHT, out->k = k;
        return out->v.v != NULL;
    }
    return false;
}

bool walk_target(const View *v, int stage, int i, Target *out) {
    const Stage *s = &v->t.stage[stage];
    const Panel *panel = panel_of(s);
    *out = (Target){0};
    if (panel->target) return panel->target(v, s, i, out);
    switch (s->kind) {
    case STAGE_LOAD:
    case STAGE_AUGMENT:
    case STAGE_STEP:
        if (i == 0) *out = of_picture("picture", trace_picture(&v->t, stage));
        out->asks = s->kind == STAGE_STEP;
        return i == 0;
    case STAGE_FORWARD:  return forward_target(v, s, i, out);
    case STAGE_BACKWARD: return walk_gradient(v, s, i, out);
    case STAGE_UPDATE:   return update_target(v, i, out);
    case STAGE_LOSS:
        if (i == 0) *out = of_picture("score", trace_value(&v->t, v->t.score));
        return i == 0;
    }
    return false;
}

// A stage without any numbers is walked over as if it had one.
static Target target_at(const View *v, int stage, int i) {
    Target t;
    if (!walk_target(v, stage, i, &t) || !t.v.v)
        t = (Target){.name = "", .channels = 1, .pixels = 1, .unit = "number"};
    return t;
}

Target walk_here(const View *v) {
    return target_at(v, v->at.stage, v->at.target);
}

Spot target_spot(const Target *t, int channel, int pixel) {
    const int h = t->v.h > 0 ? t->v.h : 1, w = t->v.w > 0 ? t->v.w : 1;
    if (!t->param) return (Spot){0, channel, pixel / w, pixel % w};
    return (Spot){channel, pixel / (h * w), pixel / w % h, pixel % w};
}

double target_value(const Target *t, int channel, int pixel) {
    if (!t->v.v) return 0;
    const Spot s = target_spot(t, channel, pixel);
    return (double)*at(t->v, s.n, s.c, s.y, s.x);
}

// ---- where something is to be seen ---------------------------------------------------------------

// By which numbers that is judged: a weight is looked at where its gradient is large.
static Target judged_by(const View *v, Target t) {
    const bool update = v->t.stage[v->at.stage].kind == STAGE_UPDATE && t.param;
    const Tensor grad = update ? trace_param(&v->t, t.k, PARAM_GRAD) : (Tensor){0};
    if (grad.v) t.v = grad;
    return t;
}

static int largest_pixel(const Target *t, int channel) {
    if (!t->v.v) return 0;
    const Spot first = target_spot(t, channel, 0);
    const real *v = at(t->v, first.n, first.c, first.y, first.x);
    const size_t apart = t->param || t->v.layout == LAYOUT_PLAIN ? 1
                       : t->v.layout == LAYOUT_LANES ? LANES : (size_t)t->v.c;
    int best = 0;
    real most = v[0] < 0 ? -v[0] : v[0];
    for (int i = 1; i < t->pixels; i++) {
        const real size = v[(size_t)i * apart] < 0 ? -v[(size_t)i * apart] : v[(size_t)i * apart];
        if (size > most) most = size, best = i;
    }
    return best;
}

static int largest_channel(const Target *t) {
    int best = 0;
    double most = -1;
    for (int c = 0; c < t->channels; c++) {
        const double v = fabs(target_value(t, c, largest_pixel(t, c)));
        if (v > most) most = v, best = c;
    }
    return best;
}

// The loss asks about the right class; everywhere else the largest number is looked at first: a
// gradient chosen blindly is 0.
static int first_channel(const View *v, const Target *t) {
    const int label = v->t.label[0];
    const bool asked = v->t.stage[v->at.stage].kind == STAGE_LOSS && label >= 0 && label < t->channels;
    return asked ? label : largest_channel(t);
}

// What is finer than the level is where something is to be seen.
static void settle(View *v) {
    Place *at = &v->at;
    const Target t = judged_by(v, walk_here(v));
    at->term = 0;
    if (at->level < LEVEL_CHANNEL) at->channel = first_channel(v, &t);
    if (at->level < LEVEL_PIXEL) at->pixel = largest_pixel(&t, at->channel);
}

// Of the update that of the first parameter that learns; 0 if all are frozen.
static int first_target(const View *v, int stage) {
    Target t;
    if (v->t.stage[stage].kind != STAGE_UPDATE) return 0;
    for (int i = 0; walk_target(v, stage, i, &t); i++)
        if (trace_param(&v->t, t.k, PARAM_GRAD).v) return i;
    return 0;
}

void walk_to_stage(View *v, int stage) {
    if (stage < 0 || stage >= v->t.n_stages) return;
    const Level level = v->at.level;
    v->scene = SCENE_STAGES;
    v->at = (Place){.stage = stage, .target = first_target(v, stage)};
    settle(v);
    v->at.level = level;
}

void walk_to(View *v, int target, int channel, int pixel) {
    Target t;
    if (!walk_target(v, v->at.stage, target, &t) || channel < 0 || channel >= t.channels) return;
    t = judged_by(v, t);
    v->at.target = target, v->at.channel = channel, v->at.term = 0;
    v->at.pixel = pixel >= 0 && pixel < t.pixels ? pixel : largest_pixel(&t, channel);
}

// ---- steps ---------------------------------------------------------------------------------------

int walk_terms(const View *v) {
    const Panel *panel = panel_of(&v->t.stage[v->at.stage]);
    return panel->terms ? panel->terms(v) : answer_count(v);
}

static bool step_target(View *v, int by) {
    Target t;
    const int target = v->at.target + by;
    if (target < 0 || !walk_target(v, v->at.stage, target, &t)) return false;
    v->at.target = target;
    return true;
}

static bool step_stage(View *v, int by) {
    const int stage = v->at.stage + by;
    if (stage < 0 || stage >= v->t.n_stages) return false;
    v->at.stage = stage, v->at.target = 0;
    Target t;
    while (by < 0 && walk_target(v, stage, v->at.target + 1, &t)) v->at.target++;
    return true;
}

// One coordinate goes on, or starts again (from the end, backwards) after the next coarser one has.
static bool step_level(View *v, Level level, int by) {
    Place *at = &v->at;
    int *const place[] = {[LEVEL_CHANNEL] = &at->channel, [LEVEL_PIXEL] = &at->pixel,
                          [LEVEL_TERM] = &at->term};
    if (level == LEVEL_STAGE) return step_target(v, by) || step_stage(v, by);
    for (int tries = 0;; tries++) {
        const Target t = walk_here(v);
        const int n = level == LEVEL_CHANNEL ? t.channels : level == LEVEL_PIXEL ? t.pixels
                                                                               : walk_terms(v);
        const int next = tries == 0 ? *place[level] + by : by > 0 ? 0 : n - 1;
        if (next >= 0 && next < n) {
            *place[level] = next;
            return true;
        }
        if (tries > 0 && level != LEVEL_TERM) return false;
        if (tries > 0) { // a number that is no sum
            *place[level] = 0;
            return true;
        }
        if (!step_level(v, level - 1, by)) return false;
    }
}

void walk_step(View *v, int by) {
    if (v->at.level == LEVEL_STAGE) {
        walk_to_stage(v, v->at.stage + by);
        return;
    }
    if (step_level(v, v->at.level, by)) {
        if (v->at.level < LEVEL_TERM) settle(v);
    }
}

// ---- levels --------------------------------------------------------------------------------------

void walk_level(View *v, Level level) {
    if (v->scene != SCENE_STAGES) v->scene = SCENE_STAGES;
    v->at.level = level;
    if (level < LEVEL_TERM) v->at.term = 0;
}

void walk_finer(View *v) {
    if (v->scene == SCENE_STAGES && v->at.level < LEVEL_TERM) walk_level(v, v->at.level + 1);
    v->scene = SCENE_STAGES;
}

void walk_coarser(View *v) {
    if (v->scene == SCENE_STAGES && v->at.level == LEVEL_STAGE) v->scene = SCENE_OVERVIEW;
    else if (v->scene == SCENE_STAGES) walk_level(v, v->at.level - 1);
    else v->scene = SCENE_STAGES;
}

// ---- words ---------------------------------------------------------------------------------------

static int add(char *text, size_t room, int n, const char *what, int i, int of) {
    if (n < 0 || (size_t)n >= room) return n;
    return n + snprintf(text + n, room - (size_t)n, "%s%s %s of %s", n ? " · " : "", what,
                        number_count(i + 1).s, number_count(of).s);
}

static bool is_vector(const Target *t) { return !t->param && t->v.h * t->v.w <= 1; }

void target_place(const Target *t, Spot s, char *text, size_t room) {
    *text = '\0';
    if (t->rank == 4 && t->v.c > 1 && t->v.h * t->v.w > 1)
        snprintf(text, room, "channel %d, row %d, column %d", s.c, s.y, s.x);
    else if (t->rank == 4 && t->v.c > 1) snprintf(text, room, "channel %d", s.c);
    else if (t->rank == 3) snprintf(text, room, "row %d, column %d", s.c, s.y);
    else if (t->rank == 4 || (!t->param && !is_vector(t) && t->v.h > 0))
        snprintf(text, room, "row %d, column %d", s.y, s.x);
}

// What one number of a channel is.
static const char *part_of(const Target *t) {
    return !t->param ? "pixel" : t->rank == 4 ? "weight" : t->rank == 2 ? "input" : "number";
}

void walk_position(const View *v, char *text, size_t room) {
    const Place *at = &v->at;
    const Target t = walk_here(v);
    char place[80];
    int n = 0;
    text[0] = '\0';
    if (at->level == LEVEL_STAGE) {
        add(text, room, 0, "stage", at->stage, v->t.n_stages);
        return;
    }
    if (t.param && v->t.stage[at->stage].kind == STAGE_UPDATE) param_words(&v->t, t.k, text, room);
    else if (t.param) snprintf(text, room, "∂L/∂%s", t.name);
    n = add(text, room, (int)strlen(text), t.unit, at->channel, t.channels);
    if (at->level >= LEVEL_PIXEL && !is_vector(&t) && t.pixels > 1)
        n = add(text, room, n, part_of(&t), at->pixel, t.pixels);
    target_place(&t, target_spot(&t, at->channel, at->pixel), place, sizeof place);
    if (at->level == LEVEL_PIXEL && *place && n > 0 && (size_t)n < room)
        snprintf(text + n, room - (size_t)n, " · %s", place);
    const int terms = at->level == LEVEL_TERM ? walk_terms(v) : 0;
    if (terms > 0) add(text, room, n, "term", at->term, terms);
}

// The list of stages is in the order in which they happen.
bool walk_done(const View *v, int stage) {
    const int loss = stage_of(&v->t, STAGE_LOSS, -1);
    if (v->scene == SCENE_TRAIN || v->scene == SCENE_CELL) return true;
    if (v->scene == SCENE_OVERVIEW) return v->gradients || loss < 0 || stage <= loss;
    return stage < v->at.stage;
}
