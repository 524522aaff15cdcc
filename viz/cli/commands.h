/* commands.h — what can be done with a model, one function per job.
 *
 * A command prints its result to stdout and what went wrong to stderr, and returns the exit
 * status. It is given a model that has been read and found to be right. */
#pragma once
#include "lang/graph.h"
#include "runtime/train.h"
#include "viz/cli/options.h"

typedef struct Model {
    Arena *arena;
    Diags *diags;
    const Experiment *x;
} Model;

int command_show(const CommandLine *c, const Model *m);    // show.c
int command_train(const CommandLine *c, const Model *m);   // train.c, --resume as well
int command_test(const CommandLine *c, const Model *m);    // test.c
int command_predict(const CommandLine *c, const Model *m); // predict.c
int command_view(const CommandLine *c, const Model *m);    // view.c, and without a window:
int command_snapshot(const CommandLine *c, const Model *m);
int command_handout(const CommandLine *c, const Model *m);
int command_gradcheck(const CommandLine *c, const Model *m); // gradcheck.c
int command_in_double(const CommandLine *c);               // the same words for cnnrun-f64
int command_sheet(const CommandLine *c, const Model *m);   // sheet.c
int command_bench_model(const CommandLine *c, const Model *m); // bench.c: cnnrun bench MODEL.cnn
int command_bench(const CommandLine *c);                   // bench.c: of the machine
int command_steps(const CommandLine *c, const Model *m);   // steps.c
int command_trace(const CommandLine *c, const Model *m);   // trace.c
int command_dry_run(const CommandLine *c, const Model *m); // dry_run.c
int command_overfit(const CommandLine *c, const Model *m); // overfit.c
int command_data(const CommandLine *c);                    // data.c: cnnrun data [NAME | FOLDER]
int command_words(const CommandLine *c);                   // words.c: cnnrun help [WORD | CODE]
int command_format(const CommandLine *c);                  // format.c: cnnrun fmt FILE

// show_json.c: everything that is known about a model, as one JSON text; `a` for names.
void show_json(FILE *out, Arena *a, const Experiment *x);

// Opens a session with the trained weights of the model (see session_weights), uses it and closes
// it; the exit status.
int with_weights(const CommandLine *c, const Model *m, bool need_pictures,
                 int (*use)(Session *s, const CommandLine *c));

// Does what the command line says; the exit status.
int commands_run(int argc, char **argv);
