/* train.c — carries out the program of a model while somebody watches. */
#include <stdlib.h>

#include "runtime/train.h"
#include "viz/cli/commands.h"
#include "viz/cli/pictures.h"
#include "viz/cli/signals.h"
#include "viz/terminal/chart.h"
#include "viz/terminal/evaluation.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/progress.h"
#include "viz/terminal/text.h"

typedef struct Watch {
    const CommandLine *c;
    const Experiment *x;
    ProgressView progress;
    Curve loss, valid;       // over the steps of the whole run
    uint64_t steps_before;   // of the phases that are over
} Watch;

// ---- what the runtime reports ------------------------------------------------------------------

static void on_message(void *ctx, const char *text) {
    Watch *w = ctx;
    char clean[4 * ERROR_TEXT];
    text_clean(clean, sizeof clean, text, "");
    progress_clear(&w->progress);
    fprintf(w->progress.to.out, "%s\n", clean);
    terminal_flush(w->progress.to.out);
}

static void on_progress(void *ctx, const Progress *p) {
    Watch *w = ctx;
    const Progress *before = &w->progress.last;
    if (p->phase != before->phase) w->steps_before += before->step;
    curve_add(&w->loss, (double)(w->steps_before + p->step), p->loss);
    progress_step(&w->progress, p);
}

static void on_epoch(void *ctx, const EpochResult *r) {
    Watch *w = ctx;
    const double step = (double)(w->steps_before + w->progress.last.step);
    if (r->has_valid) curve_add(&w->valid, step, r->valid_loss);
    progress_epoch(&w->progress, r);
}

static void on_evaluation(void *ctx, const EvaluateOptions *o, const Evaluation *v) {
    Watch *w = ctx;
    const Terminal *to = &w->progress.to;
    progress_clear(&w->progress);
    fputs("\n", to->out);
    evaluation_print(to, o, v);
    if (o->curves) {
        fputs("\n", to->out);
        chart_print(to, "loss over steps", 2, (const Curve *const[]){&w->loss, &w->valid});
    }
    fputs("\n", to->out);
    terminal_flush(to->out);
    if (o->confusion) picture_confusion(w->x, &w->c->run, v);
}

// Without a reader there is nothing to go on for; what is done so far is saved.
static bool on_stop(void *ctx) {
    const Watch *w = ctx;
    return signals_raised() || terminal_left(w->progress.to.out);
}

// ---- a training from beginning to end ----------------------------------------------------------

static void print_data(FILE *out, const Dataset *d) {
    char from[4 * sizeof d->from];
    text_clean(from, sizeof from, d->from, "");
    fprintf(out, "%s training", count_text((uint64_t)d->part[PART_TRAIN].n).s);
    if (d->part[PART_VALID].n > 0)
        fprintf(out, ", %s validation", count_text((uint64_t)d->part[PART_VALID].n).s);
    fprintf(out, " and %s test images from %s\n",
            count_text((uint64_t)d->part[PART_TEST].n).s, from);
    terminal_flush(out);
}

static void print_folder(const Watch *w) {
    char *folder = session_run(w->x, &w->c->run);
    if (folder) fprintf(w->progress.to.out, "this run lies in %s\n", folder);
    free(folder);
}

static void print_stopped(const Watch *w) {
    fprintf(w->progress.to.out, "stopped; everything is saved. Go on with: cnnrun %s --resume",
            w->c->model);
    options_again(w->progress.to.out, w->c, JOB_RESUME);
    fputs("\n", w->progress.to.out);
}

static int status_of(Watch *w, RunResult result, const Error *e) {
    progress_clear(&w->progress);
    if (w->progress.last.steps > 0) picture_curves(w->x, &w->c->run);
    if (result == RUN_FAILED) return complain("%s", e->text);
    print_folder(w);
    if (result == RUN_DONE) return STATUS_DONE;
    print_stopped(w);
    return STATUS_STOPPED;
}

int command_train(const CommandLine *c, const Model *m) {
    Error e;
    Session s;
    signals_catch();
    if (!session_open(&s, m->x, &c->run, true, &e)) return complain("%s", e.text);

    Watch w = {.c = c, .x = m->x, .loss = {.mark = '*', .name = "training"},
               .valid = {.mark = 'o', .name = "validation"}};
    progress_begin(&w.progress, terminal_of(stdout));
    print_data(stdout, &s.data);
    const Reporter r = {.ctx = &w, .message = on_message, .progress = on_progress,
                        .epoch = on_epoch, .evaluation = on_evaluation, .stop = on_stop};
    const int status = status_of(&w, train_run(&s, &r, &e), &e);
    session_close(&s);
    return status;
}
