/* look.h — what --steps, --trace and --dry-run look at: a session with weights, and a traced step of
 * chosen pictures. */
#pragma once
#include "runtime/trace.h"
#include "viz/cli/commands.h"

// What is looked at unless the command line says otherwise.
typedef struct LookWish {
    bool trained;    // the weights of the last training, if there are any; else the first values
    bool as_training; // the first batch of training, random steps and all; else a test picture the
                      // network is wrong about, as it is
} LookWish;

typedef struct Look {
    Session s;
    Trace t;
    Part part;
    Picture picture; // from a file; v is NULL if there is none
    bool wrong;      // chosen because the network takes it for something else
    char *weights;   // the file they come from; NULL: first values
} Look;

// Opens what the command line asks for. False with a message; nothing is left open then.
bool look_open(Look *l, const CommandLine *c, const Model *m, LookWish w, Error *e);
void look_close(Look *l);

// opening_session() with pictures; if they cannot be opened and there is one from a file, without.
bool look_session(Session *s, const Experiment *x, const RunOptions *o, const Picture *p, Error *e);

// Sentences: where the weights come from; which pictures these are.
void look_print_weights(FILE *out, const Look *l);
void look_print_pictures(FILE *out, const Look *l, const CommandLine *c);

// The name of a class, made fit to be shown.
typedef struct ClassText { char s[64]; } ClassText;
ClassText look_class(const Session *s, int k);
// The class of that name, or of that number; −1 if name is NULL. False with a message otherwise.
bool look_label(const char *name, const Dataset *d, int *label, Error *e);
