/* train.c — carries out the program of a file, line by line.
 *
 * A run remembers in RunState which line it is at. A checkpoint is written after every epoch, every
 * half a minute within long ones, before each `train` line, and when the user interrupts. Since the
 * order of the pictures and all random numbers follow from the counters in RunState, going on from
 * a checkpoint gives the same weights as never having stopped. */
#include "runtime/train.h"

#include <math.h>
#include <stdlib.h>

#include "runtime/io.h"
#include "runtime/phase.h"
#include "runtime/report.h"
#include "runtime/weights.h"

// ---- the lines of a program ------------------------------------------------------------------------

static RunResult do_train(Run *run, const Action *a, Error *e) {
    const Experiment *x = run->s->x;
    run->state.phase = 0;
    for (uint64_t i = 0; i <= run->state.action; i++)
        run->state.phase += x->action[i].kind == ACTION_TRAIN;
    return phase_run(run, a->use.cfg, e);
}

static RunResult do_evaluate(Run *run, const Action *a, Error *e) {
    const EvaluateOptions *o = a->use.cfg;
    Session *s = run->s;
    if (s->o.keeps_nothing) return RUN_DONE;
    const Part part = s->data.part[PART_TEST].n > 0 ? PART_TEST : PART_TRAIN;
    Evaluation v;
    if (!evaluate_part(s, part, o->top, o->worst, &v, e)) return RUN_FAILED;
    run->r->evaluation(run->r->ctx, o, &v);
    if (!report_save(run->folder, &v, e)) {
        run_say(run, "%s; training goes on", e->text);
        run->unreported = *e;
    }
    evaluation_free(&v);
    return RUN_DONE;
}

static RunResult do_save(Run *run, const Action *a, Error *e) {
    const FileOptions *o = a->use.cfg;
    if (run->s->o.keeps_nothing) return RUN_DONE;
    if (!weights_save(o->file, run->s->x, run->s->params, &run->s->data, e)) return RUN_FAILED;
    run_say(run, "weights saved to %s", o->file);
    return RUN_DONE;
}

static RunResult do_load(Run *run, const Action *a, Error *e) {
    const FileOptions *o = a->use.cfg;
    char differs[ERROR_TEXT];
    StFile f;
    const WeightsFit fit = weights_fit(o);
    if (!st_open(&f, o->file, e)) return RUN_FAILED;
    const bool fine = weights_take(&f, o->file, &fit, run->s->x, run->s->params, e);
    weights_other_steps(&f, &run->s->data, differs, sizeof differs);
    st_close(&f);
    if (!fine) return RUN_FAILED;
    run_say(run, *differs ? "weights loaded from %s: %s" : "weights loaded from %s", o->file, differs);
    return RUN_DONE;
}

static RunResult freeze_all(Run *run, const Action *a, bool freeze) {
    const NameOptions *o = a->use.cfg;
    for (int i = 0; i < o->names.n; i++) params_freeze(run->s->params, o->names.name[i], freeze);
    return RUN_DONE;
}

static RunResult do_freeze(Run *run, const Action *a, Error *e) {
    (void)e;
    return freeze_all(run, a, true);
}

static RunResult do_unfreeze(Run *run, const Action *a, Error *e) {
    (void)e;
    return freeze_all(run, a, false);
}

static RunResult (*const carry_out[])(Run *run, const Action *a, Error *e) = {
    [ACTION_TRAIN] = do_train,   [ACTION_EVALUATE] = do_evaluate, [ACTION_SAVE] = do_save,
    [ACTION_LOAD] = do_load,     [ACTION_FREEZE] = do_freeze,     [ACTION_UNFREEZE] = do_unfreeze,
};

// ---- before the first line ---------------------------------------------------------------------------

// What would fail after an hour is tried now.
static bool files_can_be_written(const Experiment *x, Error *e) {
    for (int i = 0; i < x->n_actions; i++) {
        const FileOptions *o = x->action[i].use.cfg;
        if (x->action[i].kind == ACTION_SAVE && !io_writable(o->file, e)) return false;
    }
    return true;
}

static bool start_anew(Run *run, Error *e) {
    Session *s = run->s;
    run->state = (RunState){.seed = s->seed, .best = INFINITY, .schedule = schedule_start()};
    if (s->o.keeps_nothing) return true;
    run->folder = run_folder_make(s->x, s->o.run, e);
    return run->folder && (run->lock = run_folder_lock(run->folder, e)) >= 0 &&
           results_open(&run->results, run->folder, false, 0, e);
}

static bool take_up(Run *run, Error *e) {
    Session *s = run->s;
    run->folder = session_run(s->x, &s->o);
    char *last = run->folder ? io_join(run->folder, RUN_LAST) : NULL;
    bool fine = last && io_exists(last);
    if (!fine)
        error_set(e, "there is no checkpoint to resume from: %s/%s is not there; start with --train",
                  run->folder ? run->folder : RUNS, RUN_LAST);
    run->state.seed = s->seed;
    fine = fine && (run->lock = run_folder_lock(run->folder, e)) >= 0 &&
           checkpoint_load(last, s->x, s->params, &run->state, e) &&
           results_open(&run->results, run->folder, true, run->state.rows, e);
    free(last);
    if (fine) run_say(run, "resuming %s", run->folder);
    return fine;
}

static bool run_open(Run *run, Error *e) {
    Session *s = run->s;
    for (int i = 0; i < s->x->n_actions; i++) run->n_phases += s->x->action[i].kind == ACTION_TRAIN;
    if (s->x->n_actions == 0)
        return error_set(e, "%s has nothing to carry out: it needs a line such as `train epochs=5`",
                         s->x->file);
    if (s->data.part[PART_TRAIN].n == 0) return error_set(e, "there are no pictures to train on");
    if (run->n_phases > 0 && !params_learn(s->params, &s->x->optimizer, e)) return false;
    return (s->o.keeps_nothing || files_can_be_written(s->x, e)) &&
           (s->o.resume ? take_up(run, e) : start_anew(run, e));
}

static void run_close(Run *run) {
    results_close(&run->results);
    run_folder_unlock(run->folder, run->lock);
    free(run->folder);
}

// ---- all lines -----------------------------------------------------------------------------------------

static RunResult all_lines(Run *run, Error *e) {
    const Experiment *x = run->s->x;
    if (run->state.action == (uint64_t)x->n_actions)
        run_say(run, "nothing to do: the run in %s is finished", run->folder);
    while (run->state.action < (uint64_t)x->n_actions) {
        const Action *a = &x->action[run->state.action];
        const RunResult result = carry_out[a->kind](run, a, e);
        if (result != RUN_DONE) return result;
        run->state.action++;
    }
    run_checkpoint(run);
    if (!run->unsaved[0] && !run->unreported.text[0]) return RUN_DONE;
    if (run->unsaved[0]) error_set(e, "the last checkpoint could not be saved: %s", run->unsaved);
    else error_set(e, "the evaluation could not be saved: %s", run->unreported.text);
    return RUN_FAILED;
}

RunResult train_run(Session *s, const Reporter *r, Error *e) {
    Run run = {.s = s, .r = r, .lock = -1};
    const RunResult result = run_open(&run, e) ? all_lines(&run, e) : RUN_FAILED;
    run_close(&run);
    return result;
}
