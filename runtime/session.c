/* session.c — a model with everything it needs to run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/io.h"
#include "runtime/run_folder.h"
#include "runtime/train.h"
#include "runtime/weights.h"

// What predicting needs besides the weights: names of classes and measured values of the steps.
// Files of other programs may use the same keys for something else.
static bool take_metadata(Session *s, const StFile *f, Error *e) {
    if (!st_meta(f, "cnnrun.version")) return true;
    const char *classes = st_meta(f, "classes"), *steps = st_meta(f, "steps");
    if (!dataset_classes_take(&s->data, classes, e)) return false;
    return !steps || dataset_steps_take(&s->data, steps, e);
}

static bool take_weights(Session *s, const StFile *f, Error *e) {
    const char *path = s->o.weights;
    const WeightsFit all = {0};
    if (!weights_take(f, path, &all, s->x, s->params, e) || !take_metadata(s, f, e)) return false;
    return s->data.measured_known || !s->o.judging ||
           error_set(e, "%s: does not say what the image steps have measured", path);
}

// What is judged has been trained: what its steps measured then stands beside the weights.
static bool open_data(Session *s, const StFile *f, bool need_pictures, Error *e) {
    const RunOptions *o = &s->o;
    const bool ours = o->judging && f && st_meta(f, "cnnrun.version");
    const Opening open = {.seed = s->seed, .limit = o->limit, .need_pictures = need_pictures,
                          .strict = o->strict, .allow_empty = o->allow_empty,
                          .judging = o->judging, .steps = ours ? st_meta(f, "steps") : NULL,
                          .only_test = o->only_test, .cache = o->cache, .threads = s->threads,
                          .say = o->say, .progress = o->progress, .ctx = o->say_ctx};
    return dataset_open(&s->data, s->x, &open, e);
}

static bool open_all(Session *s, const StFile *f, bool need_pictures, Error *e) {
    if (!open_data(s, f, need_pictures, e)) return false;
    s->params = params_make(&s->x->graph, NULL, e);
    if (!s->params) return false;
    params_init(s->params, s->x, s->seed);
    return !f || take_weights(s, f, e);
}

bool session_open(Session *s, const Experiment *x, const RunOptions *o, bool need_pictures,
                  Error *e) {
    *s = (Session){.x = x, .o = *o, .seed = o->seed_set ? o->seed : x->seed};
    StFile f;
    if (o->weights && !st_open(&f, o->weights, e)) return false;
    s->threads = threads_make(o->threads);
    const bool fine = s->threads ? open_all(s, o->weights ? &f : NULL, need_pictures, e)
                                 : error_set(e, "there is no memory left");
    if (o->weights) st_close(&f);
    if (!fine) session_close(s);
    return fine;
}

void session_close(Session *s) {
    params_free(s->params);
    dataset_close(&s->data);
    threads_free(s->threads);
    *s = (Session){0};
}

bool session_beside(Session *s, const Session *of, Error *e) {
    *s = (Session){.x = of->x, .data = of->data, .seed = of->seed, .o = of->o};
    s->threads = threads_make(of->o.threads);
    s->params = s->threads ? params_make(&s->x->graph, NULL, e) : NULL;
    if (s->params) {
        params_init(s->params, s->x, s->seed);
        return true;
    }
    if (!s->threads) error_set(e, "there is no memory left");
    session_leave(s);
    return false;
}

void session_leave(Session *s) {
    params_free(s->params);
    threads_free(s->threads);
    *s = (Session){0};
}

// ---- where weights are looked for ------------------------------------------------------------------

char *session_run(const Experiment *x, const RunOptions *o) {
    if (o->run) return strdup(o->run);
    return run_folder_newest(x->name);
}

static const char *last_save(const Experiment *x) {
    for (int i = x->n_actions - 1; i >= 0; i--) {
        const FileOptions *f = x->action[i].use.cfg;
        if (x->action[i].kind == ACTION_SAVE && io_exists(f->file)) return f->file;
    }
    return NULL;
}

static char *best_of_run(const Experiment *x, const RunOptions *o) {
    char *run = session_run(x, o);
    char *best = run ? io_join(run, RUN_BEST) : NULL;
    free(run);
    if (best && io_exists(best)) return best;
    free(best);
    return NULL;
}

char *session_weights(const Experiment *x, const RunOptions *o, Error *e) {
    const char *saved = o->weights ? o->weights : o->run ? NULL : last_save(x);
    char *found = saved ? strdup(saved) : best_of_run(x, o);
    if (!found && o->run)
        error_set(e, "there are no trained weights in %s: %s is not there", o->run, RUN_BEST);
    else if (!found)
        error_set(e, "%s has no trained weights yet: neither a file it saves nor %s/%s/%s is there; "
                  "train it with --train or name a file with --weights",
                  x->file, RUNS, x->name, RUN_BEST);
    return found;
}
