/* code.c — see code.h: a table of statements, by the letters they begin with. */
#include "viz/view/code.h"

#include <math.h>
#include <string.h>

#include "runtime/augments/augment.h"
#include "viz/view/walk.h"

typedef enum Side { FORWARD, OF_SRC_DIFF, OF_FIRST_PARAM, OF_SECOND_PARAM } Side;

// A row: of which kind (NULL: any), which side of it, in which function, and how the statement begins.
// The file is the kind's own; what several kinds share lies elsewhere. `when` tells apart what a kind
// does in two ways (way_of).
typedef struct Statement {
    StageKind stage;
    const char *kind;
    Side side;
    const char *function, *begins, *path, *when;
} Statement;

#define NORM   "runtime/layers/norm.c"
#define AFFINE "runtime/augments/affine.c"
#define ADAM   "runtime/optimisers/adam.c"

// Of several rows that fit, the first one whose statement is there.
static const Statement statements[] = {
    {STAGE_FORWARD, "batchnorm",    FORWARD, "apply_ref", .begins = "*at(dst", .path = NORM},
    {STAGE_FORWARD, "instancenorm", FORWARD, "apply_ref", .begins = "*at(dst", .path = NORM},
    {STAGE_FORWARD, "softmax",      FORWARD, "forward_at", .begins = "*at(dst, n, c, y, x) /="},
    {STAGE_FORWARD, "dropout",      FORWARD, "forward", .begins = "memmove(dst, src", .when = "resting"},
    {STAGE_FORWARD, NULL, FORWARD, "forward_ref", .begins = "sum += "},
    {STAGE_FORWARD, NULL, FORWARD, "forward_ref", .begins = "*at(dst"},
    {STAGE_FORWARD, NULL, FORWARD, "forward_ref", .begins = "*at(s->dst"},
    {STAGE_FORWARD, NULL, FORWARD, "forward_ref", .begins = "s->dst.v[i] ="},
    {STAGE_FORWARD, NULL, FORWARD, "forward", .begins = "dst[i] ="},
    {STAGE_FORWARD, NULL, FORWARD, "forward", .begins = "*at(dst"},

    {STAGE_BACKWARD, "batchnorm",    OF_SRC_DIFF,     "spread_ref", .begins = "*at(diff_src", .path = NORM},
    {STAGE_BACKWARD, "batchnorm",    OF_FIRST_PARAM,  "sums_ref", .begins = "s.gx +=", .path = NORM},
    {STAGE_BACKWARD, "batchnorm",    OF_SECOND_PARAM, "sums_ref", .begins = "s.g +=", .path = NORM},
    {STAGE_BACKWARD, "instancenorm", OF_SRC_DIFF,     "spread_ref", .begins = "*at(diff_src", .path = NORM},
    {STAGE_BACKWARD, "instancenorm", OF_FIRST_PARAM,  "sums_ref", .begins = "s.gx +=", .path = NORM},
    {STAGE_BACKWARD, "instancenorm", OF_SECOND_PARAM, "sums_ref", .begins = "s.g +=", .path = NORM},
    {STAGE_BACKWARD, "layernorm",    OF_SRC_DIFF,     "src_ref", .begins = "*at(s->diff_src"},
    {STAGE_BACKWARD, "layernorm",    OF_FIRST_PARAM,  "params_ref", .begins = "*at(diff_weight"},
    {STAGE_BACKWARD, "layernorm",    OF_SECOND_PARAM, "params_ref", .begins = "*at(diff_bias"},
    {STAGE_BACKWARD, "softmax",      OF_SRC_DIFF,     "backward_at", .begins = "*at(diff_src"},
    {STAGE_BACKWARD, "avgpool",       OF_SRC_DIFF, "backward_ref", .begins = "const real part ="},
    {STAGE_BACKWARD, "globalavgpool", OF_SRC_DIFF, "backward", .begins = "const real part ="},
    {STAGE_BACKWARD, NULL, OF_SRC_DIFF, "backward_ref", .begins = "*at(diff_src"},
    {STAGE_BACKWARD, NULL, OF_SRC_DIFF, "backward_ref", .begins = "*at(s->diff_src"},
    {STAGE_BACKWARD, NULL, OF_SRC_DIFF, "backward_ref", .begins = "diff_src[i] +="},
    {STAGE_BACKWARD, NULL, OF_SRC_DIFF, "backward", .begins = "*at(diff_src"},
    {STAGE_BACKWARD, NULL, OF_SRC_DIFF, "backward", .begins = "diff_src[i] "},
    {STAGE_BACKWARD, NULL, OF_FIRST_PARAM, "backward_ref", .begins = "*at(diff_weights"},
    {STAGE_BACKWARD, NULL, OF_SECOND_PARAM, "backward_ref", .begins = "s->diff_param[1].v["},

    {STAGE_LOSS, "crossentropy", FORWARD, "judge_sigmoid", .begins = "loss +=", .when = "sigmoid"},
    {STAGE_LOSS, "crossentropy", FORWARD, "judge_softmax", .begins = "loss +="},
    {STAGE_LOSS, "hinge",        FORWARD, "judge_right", .begins = "const real lack ="},
    {STAGE_LOSS, NULL, FORWARD, "judge", .begins = "sum +="},

    {STAGE_UPDATE, "sgd",   FORWARD, "update", .begins = "w[i] -= lr * (o->nesterov", .when = "remembering"},
    {STAGE_UPDATE, "adam",  FORWARD, "adam_step", .begins = "w[i] =", .path = ADAM},
    {STAGE_UPDATE, "adamw", FORWARD, "adam_step", .begins = "w[i] =", .path = ADAM},
    {STAGE_UPDATE, NULL, FORWARD, "update", .begins = "w[i] -="},

    {STAGE_AUGMENT, NULL, FORWARD, "apply", .begins = "picture.v[i] ="},
    {STAGE_AUGMENT, NULL, FORWARD, "apply", .begins = "*at(picture"},
    {STAGE_AUGMENT, NULL, FORWARD, "affine_move_ref", .begins = "*at(dst", .path = AFFINE, .when = "moving"},
    {STAGE_AUGMENT, NULL, FORWARD, "affine_resample_ref", .begins = "*at(dst", .path = AFFINE},

    {STAGE_STEP, "blur",   FORWARD, "sum_columns", .begins = "add_scaled("},
    {STAGE_STEP, "resize", FORWARD, "resize_channel_ref", .begins = "sum += "},
    {STAGE_STEP, "edges",  FORWARD, "magnitude", .begins = "return "},
    {STAGE_STEP, NULL, FORWARD, "apply", .begins = "*at(dst"},
    {STAGE_STEP, NULL, FORWARD, "apply", .begins = "dst[i] ="},
    {STAGE_STEP, NULL, FORWARD, "apply", .begins = "s->dst.v[i] ="},
};

// ---- which way a kind goes -----------------------------------------------------------------------

// Pixels only change places as long as every number drawn for this map is whole. Neighbouring steps
// are one map unless one shows black outside of the picture and the other its edge.
static bool only_moves(const Trace *t, int stage) {
    Outside seen = OUTSIDE_NEVER;
    for (int i = stage; i >= 0 && t->stage[i].kind == STAGE_AUGMENT; i--) {
        const AugmentKind *a = (const AugmentKind *)t->stage[i].use->kind;
        if (!a->place) break;
        if (seen != OUTSIDE_NEVER && a->outside != OUTSIDE_NEVER && (a->outside == OUTSIDE_BLACK ||
                                                                     seen == OUTSIDE_BLACK)) break;
        if (a->outside != OUTSIDE_NEVER) seen = a->outside;
        double v = 0;
        for (int k = 0, n = trace_drawn(t, i, 0, NULL, NULL); k < n; k++)
            if (trace_drawn(t, i, k, NULL, &v), v != floor(v)) return false;
    }
    return true;
}

static const char *way_of(const Trace *t, int stage) {
    const Graph *g = &t->s->x->graph;
    switch (t->stage[stage].kind) {
    case STAGE_FORWARD: return t->judged ? "" : "resting";
    case STAGE_LOSS:    return strcmp(g->node[g->output].use.kind->name, "sigmoid") == 0 ? "sigmoid" : "";
    case STAGE_UPDATE:  return t->s->params->n_slots > 0 ? "remembering" : "";
    case STAGE_AUGMENT: return only_moves(t, stage) ? "moving" : "";
    default:            return "";
    }
}

// ---- looking it up -------------------------------------------------------------------------------

static Side side_of(const View *v, int stage, int target) {
    Target t;
    if (v->t.stage[stage].kind != STAGE_BACKWARD || !walk_target(v, stage, target, &t)) return FORWARD;
    if (!t.param) return OF_SRC_DIFF;
    return t.k == 0 ? OF_FIRST_PARAM : OF_SECOND_PARAM;
}

CodeLine code_of(Arena *a, const View *v, int stage, int target) {
    const Stage *s = &v->t.stage[stage];
    const char *kind = s->use && s->use->kind ? s->use->kind->name : "", *way = way_of(&v->t, stage);
    Side side = side_of(v, stage, target);
    if (s->kind == STAGE_BACKWARD && side == FORWARD) side = OF_SRC_DIFF;
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        const Statement *r = &statements[i];
        if (r->stage != s->kind || r->side != side || (r->kind && strcmp(r->kind, kind) != 0)) continue;
        if (r->when && strcmp(r->when, way) != 0) continue;
        const CodeLine l = source_line(a, r->path ? r->path : s->source, r->function, r->begins);
        if (l.file) return l;
    }
    return (CodeLine){0};
}

CodeLine code_here(Arena *a, const View *v) { return code_of(a, v, v->at.stage, v->at.target); }
