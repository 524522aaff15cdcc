/* train.c — carries out the program of a model while somebody watches. */
#include <stdlib.h>
#include <string.h>

#include "runtime/train.h"
#include "viz/cli/commands.h"
#include "viz/cli/opening.h"
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
    Evaluation judged;       // the last one with a confusion matrix, which is a copy of our own
    int *confusion;
} Watch;

// ---- what the runtime reports ------------------------------------------------------------------

static void on_message(void *ctx, const char *text) {
    Watch *w = ctx;
    FILE *out = w->progress.to.out;
    progress_clear(&w->progress);
    text_print(out, text);
    fputs("\n", out);
    terminal_flush(out);
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

// The matrix becomes a picture when all is done, and everything else is safely on the disk.
static void keep_confusion(Watch *w, const Evaluation *v) {
    const size_t n = (size_t)v->classes * (size_t)v->classes;
    int *copy = v->confusion ? malloc(n * sizeof *copy) : NULL;
    if (!copy) return;
    memcpy(copy, v->confusion, n * sizeof *copy);
    free(w->confusion);
    w->confusion = copy;
    w->judged = *v;
    w->judged.confusion = copy;
    w->judged.worst = NULL;
    w->judged.score = NULL;
    w->judged.n_worst = 0;
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
    if (o->confusion) keep_confusion(w, v);
}

// Without a reader there is nothing to go on for; what is done so far is saved.
static bool on_stop(void *ctx) {
    const Watch *w = ctx;
    return signals_raised() || terminal_left(w->progress.to.out);
}

// ---- a training from beginning to end ----------------------------------------------------------

static void print_data(FILE *out, const Dataset *d) {
    fprintf(out, "%s training", count_text((uint64_t)d->part[PART_TRAIN].n).s);
    if (d->part[PART_VALID].n > 0)
        fprintf(out, ", %s validation", count_text((uint64_t)d->part[PART_VALID].n).s);
    fprintf(out, " and %s test images from ", count_text((uint64_t)d->part[PART_TEST].n).s);
    text_print(out, d->from);
    fputs("\n", out);
    terminal_flush(out);
}

static void print_folder(FILE *out, const Watch *w) {
    char *folder = session_run(w->x, &w->c->run);
    if (!folder) return;
    fputs("this run lies in ", out);
    text_print(out, folder);
    fputs("\n", out);
    free(folder);
}

static void print_stopped(FILE *out, const CommandLine *c) {
    fputs("stopped. Go on with: cnnrun ", out);
    text_print(out, c->model);
    fputs(" --resume", out);
    options_again(out, c, JOB_RESUME);
    fputs("\n", out);
}

static void draw_pictures(const Watch *w) {
    if (w->progress.last.steps > 0) picture_curves(w->x, &w->c->run);
    if (w->confusion) picture_confusion(w->x, &w->c->run, &w->judged);
}

static int print_end(Watch *w, RunResult result, const Error *e) {
    progress_clear(&w->progress);
    if (result == RUN_FAILED) return complain("%s", e->text);
    print_folder(w->progress.to.out, w);
    if (result == RUN_DONE) return STATUS_DONE;
    print_stopped(w->progress.to.out, w->c);
    return STATUS_STOPPED;
}

int command_train(const CommandLine *c, const Model *m) {
    Error e;
    Session s;
    signals_catch();
    if (!opening_session(&s, m->x, &c->run, true, &e)) return complain("%s", e.text);

    Watch w = {.c = c, .x = m->x, .loss = {.mark = '*', .name = "training"},
               .valid = {.mark = 'o', .name = "validation"}};
    progress_begin(&w.progress, terminal_of(stdout));
    print_data(stdout, &s.data);
    const Reporter r = {.ctx = &w, .message = on_message, .progress = on_progress,
                        .epoch = on_epoch, .evaluation = on_evaluation, .stop = on_stop};
    const int status = print_end(&w, train_run(&s, &r, &e), &e);
    terminal_flush(stdout);
    draw_pictures(&w);
    free(w.confusion);
    session_close(&s);
    return status;
}
