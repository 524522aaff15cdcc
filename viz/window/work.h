/* work.h — a thread beside the window that does one piece of work after the other.
 *
 * While it works, everything it was given is its own: the thread of the window waits, and only asks how far
 * it has come (Doing). So neither of them needs a lock for what is shown. */
#pragma once
#include <stdatomic.h>
#include <stdbool.h>

#include "runtime/error.h"

typedef enum DoingWhat {
    DOING_OPENING, DOING_SOMETHING, DOING_PICTURES, DOING_FORWARD, DOING_BACKWARD
} DoingWhat;

// What the work is at: written by any thread, read by the window's. Numbers that do not belong together
// for a moment hurt nobody.
typedef struct Doing {
    atomic_int what;
    atomic_int at, of;   // pictures read, and how many there are; or at: the node
} Doing;

typedef struct Work Work;

// NULL with a message.
Work *work_open(Error *e);
void work_close(Work *w); // it has nothing to do; NULL is allowed

// Gives it a task. The one before must be done.
void work_begin(Work *w, void (*task)(void *ctx), void *ctx);

// Is it done? Waits for that, at most so many seconds.
bool work_done(Work *w, double seconds);
