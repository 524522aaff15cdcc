/* options.h — the command line: from words to what is to be done.
 *
 * Everything that can be written is one row of one table (options.c). Parsing, the text of
 * --help, and the messages for wrong usage are made from it. */
#pragma once
#include <stdbool.h>
#include <stdio.h>

#include "runtime/error.h"
#include "runtime/train.h"

// What one call of the program does.
typedef enum Job {
    JOB_NONE,   // nothing was asked for: the model is shown
    JOB_SHOW, JOB_CHECK, JOB_TRAIN, JOB_RESUME, JOB_TEST, JOB_PREDICT, JOB_DRAW, JOB_VIEW,
    JOB_SNAPSHOT, JOB_HANDOUT, JOB_GRADCHECK, JOB_SHEET,
    JOB_STEPS, JOB_TRACE, JOB_DRY_RUN, JOB_OVERFIT,
    JOB_BENCH,  // cnnrun bench [MODEL]
    JOB_DATA,   // cnnrun data [NAME | FOLDER]
    JOB_WORDS,  // cnnrun help [WORD | CODE]
    JOB_FORMAT, // cnnrun fmt FILE
    JOB_USAGE, JOB_VERSION,
    N_JOBS
} Job;

typedef struct CommandLine {
    Job job;
    const char *model;       // or, of `cnnrun data`, the name or the folder
    const char *word;        // of `cnnrun help WORD`, or NULL
    RunOptions run;
    int cache;               // megabytes; 0: the default
    const char *drawing;     // --draw FILE
    const char *snapshot;    // --snapshot FILE
    const char *handout;     // --handout FILE
    const char *sheet;       // --sheet FILE
    const char *look_at;     // --image N|FILE; NULL: as the job likes best
    bool augment;            // --augment: with random image steps
    const char *keep;        // --keep LAYERS
    const char *screen;      // --screen NAME
    const char *script;      // --script FILE
    bool json;               // --json
    const char *mode;        // bench --mode train | infer, or NULL
    const char *trace;       // --trace FILE
    int updates;             // of --trace; 0: one
    int overfit;             // --overfit N
    const char *part, *label; // --part, --label NAME
    const char *stage, *at;  // --stage NAME, --at PLACE
    bool backward;           // --steps --backward
    bool write;              // fmt --write
    bool csv;                // data --csv
    const char *style;       // help --as FORMAT
    int n_images;            // --predict IMAGE…
    const char *const *image;
    uint64_t given;          // which options were written, as bits
    char **argv;             // all words, ending with NULL
} CommandLine;

// Exit statuses.
enum { STATUS_DONE = 0, STATUS_FAILED = 1, STATUS_USAGE = 2, STATUS_STOPPED = 130 };

// Reads argv, whose elements it may put into another order; *c points into it. False with a
// sentence in e if it does not make sense.
bool options_parse(CommandLine *c, int argc, char **argv, Error *e);

// The settings that were written and have a meaning for `job`, too, as they would be written
// again: " --seed 7 --run there".
void options_again(FILE *out, const CommandLine *c, Job job);

// What `cnnrun --help` prints.
void options_usage(FILE *out);
