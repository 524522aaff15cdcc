/* commands.c — reads the model and hands it to the command that was asked for. */
#include "viz/cli/commands.h"

#include <setjmp.h>
#include <stdlib.h>

#include "runtime/kernels/kernels.h"
#include "runtime/version.h"
#include "runtime/vocabulary.h"
#include "viz/cli/opening.h"
#include "viz/cli/signals.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/terminal.h"
#include "viz/terminal/text.h"

#if HAVE_VIZ
#include "viz/charts/charts.h"
#endif

// ---- commands of a few lines -------------------------------------------------------------------

static int check(const CommandLine *c, const Model *m) {
    const int layers = m->x->graph.n_nodes - 1; // node 0 is the image
    text_print(stdout, c->model);
    printf(": fine: %s layer%s, %s parameters\n", count_text((uint64_t)layers).s,
           layers == 1 ? "" : "s", count_text((uint64_t)m->x->graph.n_weights).s);
    return STATUS_DONE;
}

#if HAVE_VIZ
static int draw(const CommandLine *c, const Model *m) {
    Error e;
    return chart_network(m->x, c->drawing, &e) ? STATUS_DONE : complain("%s", e.text);
}
#endif

static int usage(const CommandLine *c) {
    (void)c;
    options_usage(stdout);
    return STATUS_DONE;
}

static int version(const CommandLine *c) {
    (void)c;
    puts("cnnrun " CNNRUN_VERSION);
    return STATUS_DONE;
}

int with_weights(const CommandLine *c, const Model *m, bool need_pictures,
                 int (*use)(Session *s, const CommandLine *c)) {
    Error e;
    RunOptions o = c->run;
    char *weights = session_weights(m->x, &o, &e);
    if (!weights) return complain("%s", e.text);

    Session s;
    int status = STATUS_FAILED;
    o.weights = weights;
    o.judging = o.only_test = true;
    if (opening_session(&s, m->x, &o, need_pictures, &e)) {
        status = use(&s, c);
        session_close(&s);
    } else {
        complain("%s", e.text);
    }
    free(weights);
    return status;
}

// ---- what is done for each job -----------------------------------------------------------------

static int (*const without_model[N_JOBS])(const CommandLine *) = {
    [JOB_BENCH]   = command_bench,
    [JOB_DATA]    = command_data,
    [JOB_WORDS]   = command_words,
    [JOB_FORMAT]  = command_format,
    [JOB_USAGE]   = usage,
    [JOB_VERSION] = version,
#ifndef REAL_DOUBLE
    [JOB_GRADCHECK] = command_in_double,
#endif
};

static int (*const with_model[N_JOBS])(const CommandLine *, const Model *) = {
    [JOB_SHOW]    = command_show,
    [JOB_CHECK]   = check,
    [JOB_TRAIN]   = command_train,
    [JOB_RESUME]  = command_train,
    [JOB_TEST]    = command_test,
    [JOB_PREDICT] = command_predict,
    [JOB_GRADCHECK] = command_gradcheck,
    [JOB_BENCH]   = command_bench_model,
    [JOB_STEPS]   = command_steps,
    [JOB_TRACE]   = command_trace,
    [JOB_DRY_RUN] = command_dry_run,
    [JOB_OVERFIT] = command_overfit,
#if HAVE_VIZ
    [JOB_DRAW]     = draw,
    [JOB_SNAPSHOT] = command_snapshot,
    [JOB_HANDOUT]  = command_handout,
    [JOB_SHEET]    = command_sheet,
#endif
#if HAVE_SDL
    [JOB_VIEW]     = command_view,
#endif
};

static int run_with_model(const CommandLine *c) {
    Model m = {.arena = arena_make()};
    if (!m.arena) return complain("there is no memory left");

    m.diags = diags_make(m.arena);
    m.x = experiment_load(m.arena, m.diags, &runtime_vocabulary, c->model);
    if (setjmp(*arena_guard(m.arena))) {
        arena_free(m.arena);
        return complain("there is no memory left");
    }
    diags_render(m.diags, stderr);
    const int status = m.x ? with_model[c->job](c, &m) : STATUS_FAILED;
    arena_free(m.arena);
    return status;
}

// What was printed must have arrived; a reader that has gone away wanted no more.
static int finish(int status) {
    if (terminal_flush(stdout) || terminal_left(stdout)) return status;
    complain("the output could not be written");
    return status == STATUS_DONE ? STATUS_FAILED : status;
}

int commands_run(int argc, char **argv) {
    signals_ignore();
    CommandLine c;
    Error e;
    if (argc < 2) {
        options_usage(stderr);
        return STATUS_USAGE;
    }
    if (!options_parse(&c, argc, argv, &e)) {
        complain("%s (see cnnrun --help)", e.text);
        return STATUS_USAGE;
    }
    if (!kernels_choose(getenv("CNNRUN_KERNELS"), &e)) {
        complain("%s", e.text);
        return STATUS_USAGE;
    }
    const bool model = !without_model[c.job] || (c.job == JOB_BENCH && c.model);
    return finish(model ? run_with_model(&c) : without_model[c.job](&c));
}
