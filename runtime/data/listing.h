/* listing.h — the pictures of a folder that has one sub-folder per class: names, not pixels.
 *
 *     pets/cat/1.jpg          or   pets/train/cat/1.jpg      pets/valid/… or pets/val/…
 *     pets/dog/2.jpg               pets/train/dog/2.jpg      pets/test/…
 *
 * Everything is sorted by bytes: classes by the names of their folders, pictures by class and then
 * by name. So the numbers of classes and pictures do not depend on the file system. */
#pragma once
#include "runtime/data/dataset.h"

// One class and its pictures in each part: numbers first … first + n − 1 of the part.
typedef struct ListedClass {
    const char *folder;    // the name of its folder
    bool there[N_PARTS];   // whether that part has such a folder
    int first[N_PARTS], n[N_PARTS];
} ListedClass;

typedef struct ListedPart { int n; const char **file; int *label; } ListedPart;

// What was found among the pictures and left out, and of each the first example.
typedef enum Other {
    OTHER_LINK, OTHER_SPECIAL, OTHER_FOLDER, OTHER_FILE, OTHER_HIDDEN, OTHER_LOOSE, N_OTHERS
} Other;
typedef struct Others { int n[N_OTHERS]; char *first[N_OTHERS]; } Others;

typedef struct Listing {
    char *folder;
    char *root[N_PARTS];   // where the classes of a part lie; NULL: there is no such part
    int classes;
    ListedClass *class;
    ListedPart part[N_PARTS];
    Others others;
    struct TextPool *texts; // of all names
} Listing;

// Looks at everything in the folder; opens nothing but files whose name does not say that they are
// pictures. On failure nothing is left.
bool listing_make(Listing *l, const char *folder, Error *e);
void listing_free(Listing *l);

// Is there a sub-folder that could be a class or a part?
bool listing_possible(const char *folder);

// Keeps only the pictures that the file names, one per line: "train/cat/1.jpg" or "cat/1.jpg". A part
// of which it names none stays as it is. list_pick.c
bool listing_pick(Listing *l, const char *list_file, Error *e);

// The same for the text of such a file; `name` names it in messages.
bool listing_pick_text(Listing *l, const char *text, size_t len, const char *name, Error *e);

// The name of a class: that of its folder, fit to be printed and on one line. Two folders never have
// the same.
typedef struct ClassName { char text[1100]; } ClassName;
ClassName class_name_of(const char *folder);

// A path fit to be printed: as it is, or without the folder of the listing.
enum { SHOWN_NAME = 1100 };
typedef struct ShownName { char text[SHOWN_NAME]; } ShownName;
ShownName path_show(const char *path);
ShownName listing_show(const Listing *l, const char *file);
