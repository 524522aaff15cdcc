/* diag_list.h — how messages are kept: shared by the file that records them and the one that
 * shows them. */
#pragma once
#include "lang/diag.h"

enum { MAX_MESSAGES = 2 * MAX_ERRORS, MAX_NOTES = 40 };

// A block that is being written out, and the one around it.
typedef struct Inside { const char *block; Span used_at; struct Inside *outer; } Inside;

struct Diags {
    Arena *arena;
    int n_sources, n_errors, n_warnings, n;
    uint32_t end;             // first position that no source has
    Source source[MAX_SOURCES];
    Diag list[MAX_MESSAGES];  // in the order recorded; diags_get() sorts
    Diag *last;               // the one that labels and notes go to
    Inside *inside;
};

// Records that there is no memory left; needs none.
void diags_no_memory(Diags *d);
