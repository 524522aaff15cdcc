/* threads.h — the same work, cut the same way, on any number of cores.
 *
 * Work is a number of tasks fixed by the caller from shapes alone. Whichever thread takes a task,
 * the task computes the same numbers into its own place; so results do not depend on how many
 * threads there are, or on which was quicker.
 *
 * While a task runs, on whatever thread, numbers too small for a normal float (below 10⁻³⁸) count as 0:
 * a processor takes a hundred times as long for each of them, and the momentum of a weight whose
 * gradient stays 0 would end there and stay. */
#pragma once
#include <stdbool.h>

typedef struct Threads Threads;

// task(ctx, i, worker): do task i; worker < threads_count() names the scratch memory it may use.
typedef void Task(void *ctx, int i, int worker);

// A pool of n threads, the caller being one of them; n = 0 means one per core. If the system gives
// fewer, the pool has fewer: see threads_count(). NULL only when memory is out.
Threads *threads_make(int n);
void threads_free(Threads *t); // NULL is allowed

int threads_count(const Threads *t); // NULL is one thread: the caller

// Does tasks 0 … n−1, each once, and returns when all are done. Not to be called from a task.
void threads_run(Threads *t, int n, Task *task, void *ctx);

// A piece of work for idle moments, as small as it can sensibly be; false: there is none just now.
typedef bool IdleWork(void *ctx, int worker);

// From now on threads that have no task do pieces of this work: the others between two rounds, the
// caller while it waits for the end of one. When it returns, the work of before (NULL: none) is not
// going on any more.
void threads_idle(Threads *t, IdleWork *work, void *ctx);

// There is idle work again, after some thread was told that there is none.
void threads_wake(Threads *t);
