/* options.h — the statement that is being read, as options that wait for their values. */
#pragma once
#include "lang/check.h"

// One option of the statement that is being read.
typedef struct Slot {
    const AttrSpec *spec;
    const KindSpec *kind; // that it belongs to
    void *field;
    Span *at;             // place of its value, once it is written
} Slot;

typedef struct Bind {
    Check *c;
    const KindSpec *kind;
    Span word_at, whole;
    Slot slot[MAX_ATTRS];
    int n;
    bool unsure; // a word that would bring options along is not known
} Bind;

// True once the option's value has been written.
static inline bool given(const Slot *s) { return s->at->hi > 0; }

// Makes a configuration of this kind, all defaults, and its options part of the statement.
bool options_join(Bind *b, const KindSpec *kind, Span at, Use *use);

// ---- option_values.c: what was written, into the field of one option. False after a message.
void option_default(const AttrSpec *a, void *field);
bool option_set(Bind *b, const Slot *s, const Arg *arg);
bool option_choose_default(Bind *b, const Slot *s); // joins the default word, if none was written
bool option_add_names(const Bind *b, const Slot *s, const Arg *arg, int room);
