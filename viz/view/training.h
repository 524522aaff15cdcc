/* training.h — a training that goes on beside the window, in a thread of its own.
 *
 * It carries out the program of the model exactly as `cnnrun MODEL --train` does (train_run(), with the
 * same first weights and the same seed), but keeps nothing on disk. Between two steps it can be halted;
 * then its weights can be read, and the test pictures are judged. It has weights and threads of its own,
 * so that nothing done to the step one looks at changes it.
 *
 * Whoever shows it asks for a copy of what it has come to (training_news). It says by `wake`, at most
 * twenty times a second, that there is something to show; without `wake` it goes on only as far as it
 * is allowed to, and every step is the same every time. */
#pragma once
#include "viz/view/record.h"

typedef enum TrainState {
    TRAIN_HALTED, TRAIN_RUNNING,
    TRAIN_DONE,              // the program is at its end
    TRAIN_BROKEN,            // the loss is no number any more
    TRAIN_FAILED,
    N_TRAIN_STATES
} TrainState;

// How the network answered the test pictures (of a model without any, those that train).
typedef struct Judged {
    Part part;
    int n, of;               // pictures judged, and how many there are
    uint64_t step;           // with the weights after so many steps
    double loss, accuracy;
    unsigned number;         // another one for each judgement; 0: there was none yet
    WrongAnswer *answer;     // n of them
} Judged;

typedef struct TrainNews {
    TrainState state;
    Progress at;
    NextStep next;
    uint64_t few;            // how many steps key T does
    NotFinite broken;
    char text[ERROR_TEXT];   // why it failed, or what the runtime said last
    Record record;
    Judged judged;           // its answers lie here and are the news' own
} TrainNews;

typedef struct Training Training;

typedef struct TrainingOptions {
    const real *start;       // first weights; NULL: those that the model and the seed give
    void (*wake)(void *ctx); // from its thread; NULL: nobody waits, it goes on by training_allow()
    void *ctx;
} TrainingOptions;

// Begins; it is halted before its first step. `of` must outlive it. NULL with a message.
Training *training_open(const Session *of, const TrainingOptions *o, Error *e);

// Ends it after the step it is in; what it has learnt is gone. NULL is allowed.
void training_close(Training *t);

// It does not call `wake` any more.
void training_quiet(Training *t);

// Lets it run until so many steps of the whole run are done (UINT64_MAX: to the end), then halts it.
void training_run(Training *t, uint64_t until);

// Without `wake`: it may do n more steps, and has done them on return.
void training_allow(Training *t, uint64_t n);

// Halts it. On return it stands between two steps, where it stays until it is run again.
void training_halt(Training *t);

// Waits until it has nothing to do: halted (or not allowed more), and all is judged.
void training_wait(Training *t);

// Copies what it has come to. False, with the news as they were, if there is no memory.
bool training_news(Training *t, TrainNews *news);
void news_free(TrainNews *news);

// The weights, while it is halted.
const Params *training_params(const Training *t);

// Writes the weights, as a `save` line does, while it is halted.
bool training_save(Training *t, const char *path, Error *e);
