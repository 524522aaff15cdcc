/* trace_choice.c — which pictures a trace looks at, and bringing them into the network. */
#include <stdlib.h>
#include <string.h>

#include "runtime/trace_private.h"

static bool no_memory(Error *e) { return error_set(e, "there is no memory left"); }

// ---- which ones ---------------------------------------------------------------------------------

static bool there_is(const Dataset *d, const TraceOptions *o, Error *e) {
    const int n = d->part[o->part].n;
    if (o->picture && o->label >= d->classes)
        return error_set(e, "there is no class %d: there are %d, from 0", o->label, d->classes);
    if (o->picture) return true;
    if (n == 0) return error_set(e, "there are no %s pictures", part_names[o->part]);
    return (o->first >= -1 && o->first < n) ||
           error_set(e, "there is no %s picture %d: there are %d, numbered from 0", part_names[o->part],
                     o->first, n);
}

// Does the `train` line say which pictures of this part a pass shows?
static bool by_training(const Trace *t, Part part) { return part == PART_TRAIN && t->state->order.n > 0; }

static int pass_length(const Trace *t, Part part) {
    return by_training(t, part) ? t->state->order.n : t->s->data.part[part].n;
}

// Which picture of its pass a step begins with.
static int first_of(const Trace *t, const TraceOptions *o) {
    const Pace *p = &t->state->pace;
    return by_training(t, o->part) ? (int)(o->step % p->steps_per_pass) * p->batch : 0;
}

static int batch_of(const Trace *t, const TraceOptions *o, bool judged) {
    const TrainOptions *train = t->state->train;
    const int most = pass_length(t, o->part) - first_of(t, o) + (o->picture != NULL);
    const int written = t->s->o.batch > 0 ? t->s->o.batch : train ? train->batch : 1;
    const int n = o->batch > 0 ? o->batch : judged ? written : 1;
    return n < most ? n : most;
}

// What the pass of a step shows, malloc'd; NULL: no memory.
static Pick *pass_of(const Trace *t, Part part, uint64_t step) {
    TraceState *s = t->state;
    const size_t n = (size_t)pass_length(t, part);
    Pick *pick = calloc(n + 1, sizeof *pick);
    int *order = calloc(n + 1, sizeof *order);
    const bool balanced = by_training(t, part), memory = pick && order;
    const uint64_t pass = balanced ? s->at.passes + step / s->pace.steps_per_pass : 0;
    if (memory && balanced) memcpy(pick, order_pass(&s->order, pass), n * sizeof *pick);
    if (memory && !balanced) dataset_order(&t->s->data, part, t->s->seed, 0, order);
    for (size_t i = 0; memory && !balanced && i < n; i++) pick[i].picture = order[i];
    free(order);
    if (memory) return pick;
    free(pick);
    return NULL;
}

// The inspected picture, then the pictures of the step without it.
static void put_pictures(Choice *c, const Pick *pass, const ImageList *part) {
    int skip = c->o.picture ? -2 : c->o.first >= 0 ? c->o.first : pass[0].picture;
    c->index[0] = c->o.picture ? -1 : skip;
    for (int i = 0, k = 1; k < c->n; i++) {
        if (pass[i].picture == skip) {
            c->copy[0] = pass[i].copy;
            skip = -2; // its other copies stay
            continue;
        }
        c->index[k] = pass[i].picture;
        c->copy[k++] = pass[i].copy;
    }
    for (int k = 0; k < c->n; k++)
        c->label[k] = c->index[k] >= 0 ? part->label[c->index[k]] : c->o.label;
}

static bool list_pictures(Choice *c, const Trace *t, Error *e) {
    Pick *pass = pass_of(t, c->o.part, c->o.step);
    c->index = calloc((size_t)c->n, sizeof *c->index);
    c->label = calloc((size_t)c->n, sizeof *c->label);
    c->copy = calloc((size_t)c->n, sizeof *c->copy);
    const bool fine = pass && c->index && c->label && c->copy;
    if (fine) put_pictures(c, pass + first_of(t, &c->o), &t->s->data.part[c->o.part]);
    free(pass);
    return fine || no_memory(e);
}

static bool copy_elsewhere(Choice *c, Error *e) {
    if (!c->o.picture) return true;
    const Picture *p = c->o.picture;
    const size_t bytes = (size_t)p->w * (size_t)p->h * (size_t)p->c;
    c->elsewhere = *p;
    c->elsewhere.v = malloc(bytes + 1);
    if (!c->elsewhere.v) return no_memory(e);
    memcpy(c->elsewhere.v, p->v, bytes);
    return true;
}

// ---- a plan and stages for them -----------------------------------------------------------------

static bool make_plan(Choice *c, const Trace *t, Error *e) {
    const Session *s = t->s;
    const PlanOptions o = {.batch = c->n, .training = c->judged, .keep = !c->o.kept, .kept = c->o.kept,
                           .ref = s->o.ref, .no_winograd = true, .input_diff = c->o.input_diff,
                           .seed = s->seed, .watch = s->o.watch, .watch_ctx = s->o.watch_ctx};
    c->plan = plan_make(s->x, s->params, s->threads, &o, e);
    if (c->plan) plan_weigh(c->plan, t->state->class_weight);
    return c->plan != NULL;
}

static bool make_watched(Choice *c, Error *e) {
    c->watched = calloc((size_t)c->n_watched, sizeof *c->watched);
    return c->watched || no_memory(e);
}

bool choice_make(Choice *c, const Trace *t, const TraceOptions *o, Error *e) {
    const Experiment *x = t->s->x;
    if (!there_is(&t->s->data, o, e)) return false;
    *c = (Choice){.o = *o, .judged = !o->kept && x->loss.kind && x->optimizer.kind &&
                                     !(o->picture && o->label < 0)};
    c->n = batch_of(t, o, c->judged);
    if (copy_elsewhere(c, e) && list_pictures(c, t, e) && make_plan(c, t, e) &&
        stages_list(c, x, e) && make_watched(c, e))
        return true;
    choice_free(c);
    return false;
}

static void watched_free(Watched *w) {
    free(w->v.v), free(w->drawn_name), free(w->drawn);
    *w = (Watched){0};
}

void choice_free(Choice *c) {
    for (int i = 0; c->watched && i < c->n_watched; i++) watched_free(&c->watched[i]);
    free(c->watched), free(c->stage), free(c->name);
    free(c->index), free(c->label), free(c->copy);
    free(c->elsewhere.v);
    plan_free(c->plan);
    *c = (Choice){0};
}

// ---- from pictures to numbers -------------------------------------------------------------------

typedef struct Watching { Watched *watched; int n, room; bool memory; } Watching;

static bool watched_copy(Watched *w, const PictureStage *s) {
    const size_t len = tensor_len(s->v), n = (size_t)s->n_drawn;
    *w = (Watched){.v = s->v, .n_drawn = s->n_drawn};
    w->v.v = malloc((len + 1) * sizeof *w->v.v);
    w->drawn_name = malloc((n + 1) * sizeof *w->drawn_name);
    w->drawn = malloc((n + 1) * sizeof *w->drawn);
    if (!w->v.v || !w->drawn_name || !w->drawn) return false;
    memcpy(w->v.v, s->v.v, len * sizeof *w->v.v);
    for (size_t i = 0; i < n; i++) {
        w->drawn_name[i] = s->drawn_name[i];
        w->drawn[i] = s->drawn[i];
    }
    return true;
}

static void watch(void *ctx, const PictureStage *s) {
    Watching *w = ctx;
    if (w->n == w->room || !w->memory) return;
    watched_free(&w->watched[w->n]);
    w->memory = watched_copy(&w->watched[w->n++], s);
}

// The inspected picture, stage by stage. What comes out last is what the network reads.
static bool watch_picture(Choice *c, const Dataset *d, const Draw *draw, Error *e) {
    Watching w = {.watched = c->watched, .room = c->n_watched, .memory = true};
    const Draw own = draw ? draw_of_copy(*draw, c->copy[0]) : (Draw){0};
    const Picture *elsewhere = c->elsewhere.v ? &c->elsewhere : NULL;
    const int i = c->index[0] >= 0 ? c->index[0] : 0;
    if (!dataset_watch(d, c->o.part, i, elsewhere, draw ? &own : NULL, watch, &w, e)) return false;
    return w.memory || no_memory(e);
}

// Further copies of a picture draw anew.
static bool draw_copies(const Choice *c, const Batcher *b, const Draw *draw, Tensor in, Error *e) {
    bool fine = true;
    for (int k = 0; draw && fine && k < c->n; k++) {
        const Draw own = draw_of_copy(*draw, c->copy[k]);
        if (c->copy[k] > 0)
            fine = dataset_image(b->d, c->o.part, c->index[k], &own, in, k, b->scratch, e);
    }
    return fine;
}

// The pictures of the part side by side. That from elsewhere is written over the first one afterwards:
// where sixteen images share their memory, a batch cannot be filled from its second image on.
static bool fill_batch(Choice *c, const Batcher *b, const Draw *draw, Tensor in, Error *e) {
    const int index = c->index[0], label = c->label[0];
    if (index < 0 && c->n > 1) c->index[0] = c->index[1];
    const bool fine = (index < 0 && c->n == 1) ||
                      (batcher_fill(b, c->o.part, c->index, c->n, draw, in, c->label, e) &&
                       draw_copies(c, b, draw, in, e));
    c->index[0] = index, c->label[0] = label;
    if (fine && index < 0) tensor_copy(tensor_part(in, 0, 1), c->watched[c->n_watched - 1].v);
    return fine;
}

bool choice_prepare(Choice *c, const Trace *t, uint64_t step, Error *e) {
    const TraceState *s = t->state;
    const Dataset *d = &t->s->data;
    const uint64_t of_line = s->at.step + step, number = of_line > c->o.step ? of_line : c->o.step;
    const Draw pass = draw_at(t->s->seed, s->train ? s->at.passes + number / s->pace.steps_per_pass : 0);
    const Draw *draw = c->o.random ? &pass : NULL;
    const Tensor in = plan_input(c->plan, c->n);
    if (!watch_picture(c, d, draw, e) || !fill_batch(c, &s->batcher, draw, in, e)) return false;
    const LossOptions *loss = t->s->x->loss.cfg;
    if (c->judged) loss_target(c->label, plan_target(c->plan, c->n), loss->smoothing);
    return true;
}
