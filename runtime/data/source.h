/* source.h — where labelled pictures come from: a table of what a folder can hold.
 *
 * A source looks at a folder, tells what is in it, and reads it. dataset.c does the rest: sizes,
 * splitting, steps. A new form is one file and one line in sources.def. */
#pragma once
#include "runtime/data/listing.h"

// Pictures as they were read, one after the other, channels side by side. Owns both arrays.
typedef struct Block {
    int n;
    Shape image;
    uint8_t *pixel;
    int *label;
} Block;

typedef struct DataSource {
    const char *name;    // for people: "IDX files"
    const char *expects; // what a folder must hold
    bool (*recognises)(const char *folder);
    // The shape of the pictures and how many classes there are, for what the options do not say.
    bool (*probe)(const char *folder, const DataOptions *o, Shape *image, int *classes, Error *e);
    // One of the two. Pictures in a few large files: fills the parts that the folder has, the others
    // keep n 0; after false they own nothing. t may be NULL: one thread.
    bool (*read)(const char *folder, Threads *t, Block part[N_PARTS], Error *e);
    // Pictures that are files of their own: their names. Known sets are never looked for like this.
    bool (*list)(Listing *l, const char *folder, Error *e);
} DataSource;

#define SOURCE(name) extern const DataSource name##_source;
#include "runtime/data/sources.def"
#undef SOURCE

void block_free(Block *b);
void blocks_free(Block part[N_PARTS]);

// The data that `o` names: the folder (malloc'd) and the source that reads it. A known set is
// looked for in data_folders(); a path beside the model in `model_folder`, then there. NULL with a
// message that says where it was looked for.
char *source_find(const DataOptions *o, const char *model_folder, const DataSource **source,
                  Error *e);
