/* train.h — carries out the program of a file; reports through a callback table.
 *
 * Nothing here prints. Whoever runs a program passes a Reporter and draws what it is told as a
 * progress line, a log or a window. */
#pragma once
#include <stdint.h>

#include "lang/graph.h"
#include "runtime/data/dataset.h"
#include "runtime/error.h"
#include "runtime/params.h"
#include "runtime/plan.h"
#include "runtime/schedule.h"
#include "runtime/scores.h"
#include "runtime/threads.h"

// What the command line sets; 0 or NULL: as the file says.
typedef struct RunOptions {
    int epochs, batch, threads, limit;
    double lr;
    bool seed_set;
    uint64_t seed;
    const char *run;     // folder of the run; NULL: runs/NAME, -2, -3 …
    const char *weights; // file to start from
    bool resume, ref, no_winograd;
    bool keeps_nothing;  // train_run() writes no file: no folder, no checkpoints; `save` and `evaluate`
                         // lines, which end in files, are left out
    bool strict, allow_empty, judging, only_test; // see Opening
    size_t cache;
    void (*say)(void *ctx, const char *text);
    void (*progress)(void *ctx, int done, int all);
    void *say_ctx;       // of these two
    PlanWatch *watch;    // of the steps of a trace
    void *watch_ctx;
} RunOptions;

// Where training is, after each step.
typedef struct Progress {
    int phase, n_phases;          // which `train` line
    uint64_t step, steps;         // of this phase
    int epoch, epochs;            // from 1
    double loss, accuracy;        // running means of this epoch; NaN: before its first step
    double batch_loss, batch_accuracy; // of the last step alone
    double lr;
    uint64_t images;              // seen by this process in this phase
    double seconds;               // spent on them, saving and evaluating left out
    double waited;                // of these, the seconds in which pictures were not ready
} Progress;

// The step of a program that comes next. A trace can do exactly that step (trace_follow).
typedef struct NextStep {
    const TrainOptions *train;    // its line
    uint64_t step;                // of this line, from 0
    uint64_t total;               // of the whole run: what random layers draw by
    uint64_t passes;              // over the pictures, begun before this line
    ScheduleState schedule;
} NextStep;

// Where numbers stopped being numbers.
typedef struct NotFinite {
    uint64_t step;                // of the whole run, from 1: it was not finished
    int node;                     // the first layer with a NaN or an infinity, or −1
    bool in_gradient;             // of what it put out, else in that itself
} NotFinite;

typedef struct EpochResult {
    int phase, epoch;
    uint64_t step;                // of the whole run
    double lr, loss, accuracy;
    bool has_valid;
    double valid_loss, valid_accuracy;
    bool best;                    // the best so far: saved as `best`
    double seconds;
} EpochResult;

// What the network says of a picture; in a list, of one that it judged badly.
typedef struct WrongAnswer {
    int picture;                  // its number in the part, from 0
    const char *file;             // where it came from; NULL: its source has no files of pictures
    int wanted, said;             // classes
    double loss, share;           // share: the probability it gave to what it said, or the score
} WrongAnswer;

typedef struct Evaluation {
    const char *part;             // "test", or "training" if there is no test part
    int n, classes;
    bool probable;                // the outputs are probabilities, else scores
    const char *const *class_name;
    double loss;                         // mean; NaN: the model has no loss
    double accuracy, top_accuracy;       // shares, 0 … 1
    int hits;                            // how many were right
    int top;
    ClassScore *score;            // of each class
    MeanScore mean;
    int *confusion;               // classes × classes: [wanted][said]; NULL above 1,000 classes
    int worst_wanted, n_worst;    // how many were asked for, and how many there are
    WrongAnswer *worst;               // the pictures with the largest loss, largest first
} Evaluation;

typedef struct Reporter {
    void *ctx;
    void (*message)(void *ctx, const char *text);       // one line for a person
    void (*progress)(void *ctx, const Progress *p);
    void (*epoch)(void *ctx, const EpochResult *r);
    void (*evaluation)(void *ctx, const EvaluateOptions *o, const Evaluation *v);
    // Asked after every step: a signal arrived, finish and save.
    bool (*stop)(void *ctx);
    // Before every step, with how it went so far; may be NULL. It may take its time, which nobody
    // counts, and judge the weights as they are. False: stop here.
    bool (*before)(void *ctx, const NextStep *next, const Progress *p);
    // The loss is not finite, and RUN_FAILED follows; may be NULL. The weights are those before the
    // step that was announced last.
    void (*broken)(void *ctx, const NotFinite *b);
} Reporter;

// A model with everything it needs to run.
typedef struct Session {
    const Experiment *x; // owned by the caller
    Dataset data;
    Params *params;
    Threads *threads;
    uint64_t seed;
    RunOptions o;
} Session;

// Opens data (with pictures or without), makes parameters with their first values, and loads
// o->weights if given. False with a message; nothing is left open then.
bool session_open(Session *s, const Experiment *x, const RunOptions *o, bool need_pictures, Error *e);
void session_close(Session *s);

// A second session over the pictures of `of`, which must outlive it: with threads and parameters of its
// own, which have their first values. To be closed with session_leave().
bool session_beside(Session *s, const Session *of, Error *e);
void session_leave(Session *s);

typedef enum RunResult { RUN_DONE, RUN_FAILED, RUN_STOPPED } RunResult;

// Carries out x's program from the start, or from the last checkpoint (o.resume). RUN_FAILED leaves
// a message in e; RUN_STOPPED means that the reporter said stop and everything is saved.
RunResult train_run(Session *s, const Reporter *r, Error *e);

// Judges a part with the current weights: `top` as in top-k accuracy, `worst` pictures are listed.
// On success the caller ends with evaluation_free(); on failure there is nothing to free.
bool evaluate_part(Session *s, Part part, int top, int worst, Evaluation *v, Error *e);
void evaluation_free(Evaluation *v);

// Judges the n pictures of a part that are listed, and tells of each; `each` ends it by false. False if it
// was ended so (the message is empty then), or failed.
typedef bool EachAnswer(void *ctx, const WrongAnswer *a);
bool evaluate_pictures(Session *s, Part part, const int *picture, int n, EachAnswer *each, void *ctx,
                       Error *e);

// The probabilities of n pictures in `input` order: out is n × classes (for one output unit: the
// probability of class 1 and its complement).
bool predict(Session *s, const Picture *picture, int n, real *out, Error *e);

// The folder of the newest run of x (runs/NAME, -2, -3 …), or o.run; malloc'd, NULL if there is none.
char *session_run(const Experiment *x, const RunOptions *o);

// The file whose weights --test and --predict use: o.weights, else the file of the last `save` that
// exists, else the run's `best`. malloc'd; NULL with a message that says what was looked for.
char *session_weights(const Experiment *x, const RunOptions *o, Error *e);
