/* data.h — what `cnnrun data` shares: a data set that is looked at, without a model. */
#pragma once
#include "runtime/data/survey.h"
#include "viz/cli/options.h"

typedef struct DataLook {
    const char *name;        // as it was asked for
    const KnownSet *set;     // NULL: a folder
    DataOptions options;     // size: written only if its pictures have different ones
    bool found;              // it lies somewhere; whether it can be read is another question
    Experiment x;
    Dataset d;
} DataLook;

// A known set, or the folder at `path`.
void data_look_init(DataLook *l, const KnownSet *set, const char *path);

// Opens it as it lies there: nothing is held back, no step is carried out. False with a message; nothing
// is open then, but data_look_close() is allowed.
bool data_look_open(DataLook *l, Threads *t, Error *e);
void data_look_close(DataLook *l);


// data_show.c: one data set, for a person or for a program. The exit status.
int data_show(const DataLook *l, const Survey *s, bool csv);

// data_sheet.c: some pictures of each class as a picture: .png, .svg or .pdf.
bool data_sheet(const DataLook *l, const Survey *s, const char *path, Error *e);
