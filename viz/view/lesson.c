/* lesson.c — which step is looked at: opening, other pictures, and going on with the update. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/io.h"
#include "runtime/run_folder.h"
#include "viz/view/canvas.h"
#include "viz/view/keep.h"
#include "viz/view/known.h"
#include "viz/view/opener.h"
#include "viz/view/photo.h"
#include "viz/view/predict.h"
#include "viz/view/remember.h"
#include "viz/view/train_view.h"
#include "viz/view/view.h"
#include "viz/view/walk.h"

// ---- the parameters before the update --------------------------------------------------------------

// The trace keeps what they were; only how often each has been changed is kept here.
static void keep_updates(View *v) {
    const Params *p = v->t.s->params;
    for (int i = 0; i < p->n; i++) v->updates[i] = p->param[i].updates;
}

static void copy_back(Tensor to, Tensor from) {
    if (to.v && from.v && to.v != from.v) memcpy(to.v, from.v, tensor_len(to) * sizeof *to.v);
}

// As soon as a step begins with others than the first one did, those of the beginning have a copy: until
// then they are what the trace keeps.
static bool keep_start(View *v, Error *e) {
    const Params *p = v->t.s->params;
    bool same = true;
    for (int i = 0; !v->start && !v->keeps && same && i < p->n; i++) {
        const Tensor before = trace_param(&v->t, i, PARAM_BEFORE);
        same = memcmp(before.v, p->value + p->param[i].offset, tensor_len(before) * sizeof *before.v) == 0;
    }
    return same || lesson_start(v) || error_set(e, "there is no memory left");
}

const real *lesson_start(View *v) {
    const Params *p = v->t.s->params;
    if (!v->start && !v->keeps) v->start = calloc(p->len + 1, sizeof *v->start);
    else return v->start;
    for (int i = 0; v->start && i < p->n; i++)
        copy_back(params_tensor(p, i, v->start), trace_param(&v->t, i, PARAM_BEFORE));
    return v->start;
}

void lesson_swap(View *v) {
    const Params *p = v->t.s->params;
    for (int i = 0; i < p->n; i++) {
        const Tensor now = params_tensor(p, i, p->value), before = trace_param(&v->t, i, PARAM_BEFORE);
        const size_t len = before.v == now.v ? 0 : tensor_len(now);
        for (size_t k = 0; k < len; k++) {
            const real x = now.v[k];
            now.v[k] = before.v[k], before.v[k] = x;
        }
    }
}

void lesson_put_back(View *v) {
    Params *p = v->t.s->params;
    v->t.steps = v->kept; // the update that is taken back was none
    for (int i = 0; i < p->n; i++) {
        copy_back(params_tensor(p, i, p->value), trace_param(&v->t, i, PARAM_BEFORE));
        for (int k = 0; k < p->n_slots; k++)
            copy_back(params_tensor(p, i, p->slot[k]), trace_slot(&v->t, i, k, false));
        p->param[i].updates = v->updates[i];
    }
}

// ---- one step ------------------------------------------------------------------------------------

// What a stage computes for the whole batch; v is NULL where that is nothing.
static Tensor computed(const Trace *t, const Stage *s) {
    if (s->kind == STAGE_FORWARD) return trace_value(t, s->index);
    return s->kind == STAGE_BACKWARD ? trace_diff(t, s->index) : (Tensor){0};
}

// The stage in which numbers first stop being numbers, in the order of computation: forward, then
// backward; −1: all are.
static int first_broken(const View *v) {
    for (int i = 0; i < v->t.n_stages; i++) {
        const Tensor values = computed(&v->t, &v->t.stage[i]);
        if (values.v && tensor_bad(values) >= 0) return i;
    }
    return -1;
}

static void look_for_broken(View *v) {
    const int i = first_broken(v);
    if (i >= 0)
        snprintf(v->message, sizeof v->message, "the first NaN or ∞ appears in %.100s", v->t.stage[i].name);
}

static bool do_step(View *v, Error *e) {
    Trace *t = &v->t;
    keep_updates(v);
    v->canvas.answered = false;
    predict_forget(v);
    known_forget(v);
    if (!keep_start(v, e) || !trace_step(t, t->judged, e)) return false;
    v->loss_after = t->judged ? trace_again(t, v->score_after) : NAN;
    look_for_broken(v);
    return true;
}

// The stage of that name in the list of now, or the first one.
static void return_to(View *v, const char *name) {
    const Level level = v->at.level;
    const int stage = trace_stage(&v->t, name);
    walk_to_stage(v, stage >= 0 ? stage : 0);
    v->at.level = level;
}

// The step with other pictures, seen from the same stage. The weights are those before the update.
static bool step_with(View *v, const TraceOptions *o) {
    Error e;
    char name[256];
    const Scene scene = v->scene;
    snprintf(name, sizeof name, "%s", v->t.stage[v->at.stage].name);
    lesson_put_back(v);
    bool fine = trace_choose(&v->t, o, &e);
    if (fine) v->chosen = *o;
    const bool stepped = do_step(v, fine ? &e : &(Error){0});
    if (!fine || !stepped) snprintf(v->message, sizeof v->message, "%.150s", e.text);
    return_to(v, name);
    v->scene = scene;
    v->dirty = true;
    return fine;
}

// ---- the steps of a training -----------------------------------------------------------------------

// Is the batch that of a training's step?
static bool in_training(const View *v) { return v->follows && v->batch && !v->chosen.picture; }

// The pictures of the step in its own order, so that one can walk through them.
static void list_batch(View *v) {
    free(v->batch);
    v->batch = v->chosen.part == PART_TRAIN && !v->chosen.picture
                   ? malloc((size_t)v->t.n * sizeof *v->batch) : NULL;
    v->n_batch = v->t.n, v->in_batch = 0;
    if (v->batch) memcpy(v->batch, v->t.picture, (size_t)v->t.n * sizeof *v->batch);
}

// Another picture of the batch comes first. The sums over the batch stay what they are, but where a layer
// draws by lot: that goes by the place in the batch.
static void look_in_batch(View *v, int by) {
    TraceOptions o = v->chosen;
    v->in_batch = ((v->in_batch + by) % v->n_batch + v->n_batch) % v->n_batch;
    o.first = v->batch[v->in_batch];
    step_with(v, &o);
}

// The batch of a later step.
static void go_on_in_training(View *v, uint64_t by) {
    TraceOptions o = v->chosen;
    o.first = -1, o.step += by;
    step_with(v, &o);
    list_batch(v);
}

static void copy_params(Params *to, const Params *from) {
    memcpy(to->value, from->value, to->len * sizeof *to->value);
    for (int k = 0; k < to->n_slots && k < from->n_slots; k++)
        memcpy(to->slot[k], from->slot[k], to->len * sizeof *to->slot[k]);
    for (int i = 0; i < to->n; i++)
        to->param[i].updates = from->param[i].updates, to->param[i].frozen = from->param[i].frozen;
}

void lesson_follow(View *v, const Params *from, const NextStep *next, const TraceOptions *o) {
    Error e;
    char name[256];
    const Scene scene = v->scene;
    snprintf(name, sizeof name, "%s", v->t.stage[v->at.stage].name);
    lesson_put_back(v);
    bool fine = trace_follow(&v->t, next, o, &e);
    if (fine) {
        copy_params(v->t.s->params, from);
        v->chosen = *o, v->next = *next, v->follows = true;
        v->kept = v->edits = 0, v->edit = (Edit){0};
        fine = do_step(v, &e);
        list_batch(v);
    } else {
        do_step(v, &(Error){0});
    }
    if (!fine) snprintf(v->message, sizeof v->message, "%.150s", e.text);
    return_to(v, name);
    v->scene = scene;
    v->dirty = true;
}

void lesson_find_broken(View *v) {
    const int stage = first_broken(v);
    if (stage < 0) return;
    const Tensor values = computed(&v->t, &v->t.stage[stage]);
    int n = 0;
    while (n + 1 < values.n && tensor_bad(tensor_part(values, n, n + 1)) < 0) n++;
    if (n > 0 && in_training(v)) look_in_batch(v, n);
    walk_to_stage(v, first_broken(v));
    look_for_broken(v);
}

// ---- other pictures --------------------------------------------------------------------------------

void lesson_image(View *v, int by) {
    if (in_training(v)) {
        look_in_batch(v, by);
        return;
    }
    TraceOptions o = v->chosen;
    const int n = v->t.s->data.part[o.part].n;
    if (n < 1) {
        snprintf(v->message, sizeof v->message, "there are no other pictures: O opens one, D draws one");
        return;
    }
    if (!o.picture) o.first = ((o.first + by) % n + n) % n;
    o.picture = NULL;
    step_with(v, &o);
}

void lesson_number(View *v, int image) {
    TraceOptions o = v->chosen;
    o.first = image, o.picture = NULL;
    step_with(v, &o);
    walk_to_stage(v, 0);
}

static bool has_pictures(const View *v) {
    return v->s->data.part[PART_TEST].n > 0 || v->s->data.part[PART_TRAIN].n > 0;
}

// A picture of one's own has no class: the network runs forward, as it does in use. Where there are no
// others, it is taken as what the network says of it, so that there is a way back. −1: not taken as any.
static int said_of(View *v, const Picture *p) {
    const Experiment *x = v->s->x;
    const int classes = v->s->data.classes;
    Error e;
    if (v->keeps || has_pictures(v) || !x->loss.kind || !x->optimizer.kind) return -1;
    real *out = calloc((size_t)classes + 1, sizeof *out);
    int best = -1;
    if (out && lesson_predict(v, p, out, &e))
        for (int c = best = 0; c < classes; c++)
            if (out[c] > out[best]) best = c;
    free(out);
    return best;
}

bool lesson_assumed(const View *v) { return v->chosen.picture && v->assumed && v->t.label[0] >= 0; }

// The picture is the view's from now on, unless the step cannot be done.
static void step_with_own(View *v, Picture p) {
    TraceOptions o = v->chosen;
    Picture old = v->picture;
    v->picture = p;
    o.picture = &v->picture, o.label = said_of(v, &p);
    if (step_with(v, &o)) {
        v->assumed = true;
        picture_free(&old);
        walk_to_stage(v, 0);
        return;
    }
    picture_free(&v->picture);
    v->picture = old;
}

void lesson_picture(View *v, const char *path) {
    Error e;
    Picture p;
    if (!picture_read(&p, path, &e)) {
        snprintf(v->trouble, sizeof v->trouble, "%.500s", e.text);
        v->dirty = true;
        return;
    }
    step_with_own(v, p);
}

void lesson_drawing(View *v) {
    const Canvas *c = &v->canvas;
    const size_t n = (size_t)c->h * (size_t)c->w * (size_t)c->c;
    Picture p = {.w = c->w, .h = c->h, .c = c->c, .v = malloc(n + 1)};
    if (!p.v) {
        snprintf(v->message, sizeof v->message, "there is no memory left");
        return;
    }
    memcpy(p.v, c->ink, n);
    step_with_own(v, p);
}

bool lesson_predict(View *v, const Picture *p, real *out, Error *e) {
    lesson_swap(v);
    const bool fine = predict(v->s, p, 1, out, e);
    lesson_swap(v);
    return fine;
}

void lesson_batch(View *v) {
    if (in_training(v)) go_on_in_training(v, 1);
    else lesson_image(v, v->t.n);
}

void lesson_again(View *v) {
    Error e;
    const Place here = v->at;
    const TraceOptions same = v->chosen;
    if (!trace_choose(&v->t, &same, &e) || !do_step(v, &e))
        snprintf(v->message, sizeof v->message, "%.150s", e.text);
    v->at = here;
    v->dirty = true;
}

static const TrainOptions *first_train(const Experiment *x) {
    for (int i = 0; i < x->n_actions; i++)
        if (x->action[i].kind == ACTION_TRAIN) return x->action[i].use.cfg;
    return NULL;
}

// The first step of the program comes next.
static void follow_from_start(View *v) {
    Error e;
    const NextStep start = {.train = first_train(v->s->x), .schedule = schedule_start()};
    v->chosen.step = 0;
    if (!start.train || trace_follow(&v->t, &start, &v->chosen, &e)) return;
    snprintf(v->message, sizeof v->message, "%.150s", e.text);
}

// The weights of the beginning; the optimiser remembers nothing.
void lesson_restart(View *v) {
    Params *p = v->t.s->params;
    if (v->keeps) {
        snprintf(v->message, sizeof v->message, "the first weights are not kept: Z takes a change back");
        return;
    }
    if (v->start) memcpy(p->value, v->start, p->len * sizeof *p->value);
    else lesson_put_back(v);
    for (int k = 0; k < p->n_slots; k++) memset(p->slot[k], 0, p->len * sizeof *p->slot[k]);
    for (int i = 0; i < p->n; i++) p->param[i].updates = 0, p->param[i].frozen = v->frozen[i];
    v->edits = v->kept = 0;
    v->edit = (Edit){0};
    v->follows = false, v->t.steps = 0;
    free(v->batch);
    v->batch = NULL;
    follow_from_start(v);
    lesson_again(v);
}

void lesson_update(View *v) {
    Error e;
    char name[256];
    if (!v->t.judged) return;
    snprintf(name, sizeof name, "%s", v->t.stage[v->at.stage].name);
    TraceOptions o = v->chosen;
    const bool next = in_training(v);
    if (next) o.first = -1, o.step = v->next.step + (uint64_t)v->kept + 1;
    const bool chosen = !next || trace_choose(&v->t, &o, &e);
    if (chosen) v->chosen = o;
    if (chosen && do_step(v, &e)) v->kept++;
    else snprintf(v->message, sizeof v->message, "%.150s", e.text);
    if (next && chosen) list_batch(v);
    return_to(v, name);
}

// ---- opening -------------------------------------------------------------------------------------

// Statistics over a batch say little about fewer than four pictures.
static int smallest_batch(const Graph *g) {
    for (int i = 1; i < g->n_nodes; i++)
        if (strcmp(g->node[i].use.kind->name, "batchnorm") == 0) return 4;
    return 1;
}

int lesson_fitting(const Session *s, int batch) {
    const size_t most = (size_t)1 << 30;
    const double work = 1e9; // products of one forward pass
    const int least = smallest_batch(&s->x->graph);
    const Experiment *x = s->x;
    for (; batch > 1; batch /= 2) {
        const PlanOptions o = {.batch = batch, .training = true, .input_diff = true};
        const PlanSize size = plan_size(x, &o, 1);
        const bool quick = batch <= least || (double)x->graph.macs * batch <= work;
        if (quick && size.values + size.work <= most) break;
    }
    return batch;
}

enum { FEW = 50 };

// A picture that is read wrongly teaches most: one that is read perfectly has no gradient.
static int wrong_picture(Session *s, Part part) {
    const double work = 4e8, most = 2e9; // products that looking for one may cost; at most for FEW pictures
    const double each = (double)(s->x->graph.macs > 0 ? s->x->graph.macs : 1);
    const double images = fmax(work / each, fmin(FEW, most / each));
    Error e;
    int picture = -1;
    if (images < 1) return 0;
    if (!trace_find_wrong(s, part, images > 2000 ? 2000 : (int)images, &picture, &e)) return 0;
    return picture >= 0 ? picture : 0;
}

static bool choose_pictures(View *v, const ViewOptions *o, Error *e) {
    Session *s = v->s;
    const Part part = s->data.part[PART_TEST].n > 0 ? PART_TEST : PART_TRAIN;
    const int n = s->data.part[part].n;
    const TrainOptions *train = first_train(s->x);
    if (!o->picture && n == 0)
        return error_set(e, "there are no pictures to look at; --image FILE brings one");
    if (o->image >= n && !o->picture)
        return error_set(e, "image %d: there are %d, counted from 0", o->image, n);
    v->chosen = (TraceOptions){.part = part, .label = o->picture ? o->label : -1, .random = true,
                               .input_diff = true,
                               .batch = v->keeps ? 1 : lesson_fitting(s, train ? train->batch : 64),
                               .picture = o->picture, .kept = v->keeps};
    if (o->picture) v->chosen.batch = n == 0 ? 1 : v->chosen.batch;
    else v->chosen.first = o->image >= 0 ? o->image : wrong_picture(s, part);
    return true;
}

static void read_history(View *v, const char *run) {
    Error e;
    char *folder = session_run(v->s->x, &(RunOptions){.run = run});
    char *path = folder ? io_join(folder, RUN_RESULTS) : NULL;
    if (path && io_exists(path)) history_read(path, &v->history, &e);
    free(folder), free(path);
}

// Of the picture the view was opened with, if nobody said what it shows.
static bool assume_label(View *v, Error *e) {
    TraceOptions *o = &v->chosen;
    if (!o->picture || o->label >= 0) return true;
    o->label = said_of(v, o->picture);
    v->assumed = true;
    return o->label < 0 || trace_choose(&v->t, o, e);
}

bool view_open(View *v, Session *s, const ViewOptions *o, Error *e) {
    *v = (View){.s = s, .zoom = 1, .w = o->w, .h = o->h, .dirty = true, .speed = 4, .mouse = {-1, -1}};
    v->fonts = fonts_open(e);
    bool fine = v->fonts && (!o->keep || keep_choose(v, o->keep, e)) && choose_pictures(v, o, e) &&
                keep_fits(v, e) && trace_open(&v->t, s, &v->chosen, e) && assume_label(v, e);
    if (fine) {
        v->known = calloc(1, sizeof *v->known);
        v->updates = calloc((size_t)s->params->n + 1, sizeof *v->updates);
        v->score_after = calloc((size_t)s->x->graph.node[s->x->graph.output].shape.c, sizeof(real));
        v->frozen = calloc((size_t)s->params->n + 1, sizeof *v->frozen);
        for (int i = 0; v->frozen && i < s->params->n; i++) v->frozen[i] = s->params->param[i].frozen;
        v->from_weights = o->from_weights;
        if (!v->known || !v->updates || !v->score_after || !v->frozen)
            fine = error_set(e, "there is no memory left");
    }
    fine = fine && canvas_open(v, e) && do_step(v, e);
    if (fine) {
        read_history(v, o->run);
        walk_to_stage(v, 0);
        return true;
    }
    view_close(v);
    return false;
}

void view_close(View *v) {
    train_view_close(v);
    if (v->t.state) trace_close(&v->t);
    history_free(&v->history);
    fonts_close(v->fonts);
    canvas_close(v);
    opener_close(v);
    photo_close(v);
    free(v->updates), free(v->score_after), free(v->start), free(v->keeps);
    free(v->frozen), free(v->batch), free(v->known);
    picture_free(&v->picture);
    remember_free(&v->remembered);
    *v = (View){0};
}
