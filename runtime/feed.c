/* feed.c — a ring of batches; see feed.h.
 *
 * The ring holds batches `next` … `chosen` − 1, each in pieces of a few pictures. A thread that has
 * time takes the first piece that nobody has taken. The owner takes the batch at `next` out when
 * all its pictures are done, and chooses another one for the place. If it comes too early, it takes
 * pieces like everybody else, and sleeps only when others have begun all there are.
 *
 * Invariant: the place of a picture is written by one thread, between taking its piece and counting
 * it as done; everything else in the ring is written under the lock. */
#include "runtime/feed.h"

#include <pthread.h>
#include <stdlib.h>

#include "runtime/clock.h"

enum {
    PIECE = 2, QUICK_PIECE = 32,        // pictures; or LANES, which share the lines of the cache
    AHEAD = 128,                        // pictures in the ring, but
    LEAST_SLOTS = 3, MOST_SLOTS = 16    // so many batches
};

static const size_t RING_BYTES = 256u << 20; // a larger ring has two batches

// A batch in preparation. Of several pictures that cannot be read, the first one is reported.
typedef struct Slot {
    int n, taken, done;
    Pick *pick;
    Draw draw;
    Tensor v;
    int wrong;                 // the picture that `error` is about; n: none
    Error error;
} Slot;

struct Feed {
    FeedOptions o;
    bool quick, ahead;         // pictures are only looked up; there is a ring
    int piece, n_slots;
    Slot *slot;
    uint64_t next, chosen;     // numbers of batches
    size_t scratch_len;
    real *scratch;             // per worker
    double waited;
    pthread_mutex_t lock;
    pthread_cond_t ready;      // the batch at `next` is done
};

static Slot *slot_of(const Feed *f, uint64_t k) { return &f->slot[k % (uint64_t)f->n_slots]; }

// ---- pieces ----------------------------------------------------------------------------------------

typedef struct Piece { Slot *s; int lo, hi; } Piece;

// Takes the first piece that nobody has; false: there is none. Locked.
static bool take(Feed *f, Piece *p) {
    for (uint64_t k = f->next; k < f->chosen; k++) {
        Slot *s = slot_of(f, k);
        if (s->taken == s->n) continue;
        *p = (Piece){s, s->taken, s->n - s->taken > f->piece ? s->taken + f->piece : s->n};
        s->taken = p->hi;
        return true;
    }
    return false;
}

static Draw draw_of(const Slot *s, int i) {
    return draw_of_copy(s->draw, s->pick[i].copy);
}

// Pictures that are only looked up, sixteen of them side by side.
static void prepare_lanes(const Feed *f, const Piece *p) {
    const Slot *s = p->s;
    for (int lo = p->lo; lo < p->hi; lo += LANES) {
        const int n = p->hi - lo < LANES ? p->hi - lo : LANES;
        int picture[LANES];
        for (int l = 0; l < n; l++) picture[l] = s->pick[lo + l].picture;
        dataset_lanes(f->o.data, f->o.part, picture, n, s->v, lo);
    }
}

// Returns the first picture that could not be read, or the number of pictures in the batch.
static int prepare(const Feed *f, const Piece *p, int worker, Error *e) {
    const Slot *s = p->s;
    if (f->quick && s->v.layout == LAYOUT_LANES) {
        prepare_lanes(f, p);
        return s->n;
    }
    real *scratch = f->scratch + (size_t)worker * f->scratch_len;
    for (int i = p->lo; i < p->hi; i++) {
        const Draw draw = draw_of(s, i);
        if (!dataset_image(f->o.data, f->o.part, s->pick[i].picture, f->o.random ? &draw : NULL, s->v,
                           i, scratch, e))
            return i;
    }
    return s->n;
}

static void note(Slot *s, const Piece *p, int wrong, const Error *e) {
    if (wrong < s->wrong) {
        s->wrong = wrong;
        s->error = *e;
    }
    s->done += p->hi - p->lo;
}

// Takes a piece and prepares it, if there is one. Called and left locked.
static bool do_piece(Feed *f, int worker) {
    Piece p;
    Error e;
    if (!take(f, &p)) return false;
    pthread_mutex_unlock(&f->lock);
    const int wrong = prepare(f, &p, worker, &e);
    pthread_mutex_lock(&f->lock);
    note(p.s, &p, wrong, &e);
    if (p.s->done == p.s->n) pthread_cond_signal(&f->ready);
    return true;
}

static bool idle_piece(void *ctx, int worker) {
    Feed *f = ctx;
    pthread_mutex_lock(&f->lock);
    const bool done = do_piece(f, worker);
    pthread_mutex_unlock(&f->lock);
    return done;
}

static void fill_piece(void *ctx, int task, int worker) {
    (void)task; // each task takes the next piece
    idle_piece(ctx, worker);
}

// ---- batches ---------------------------------------------------------------------------------------

// Chooses batches until the ring is full.
static void choose(Feed *f) {
    while (f->chosen < f->next + (uint64_t)f->n_slots) {
        Slot *s = slot_of(f, f->chosen); // nobody else knows it yet
        s->taken = s->done = 0;
        s->n = s->wrong = f->o.choose(f->o.ctx, f->chosen, s->pick, &s->draw);
        s->v.n = s->n;
        pthread_mutex_lock(&f->lock);
        f->chosen++;
        pthread_mutex_unlock(&f->lock);
    }
}

static void drop(Feed *f) {
    pthread_mutex_lock(&f->lock);
    f->next++;
    pthread_mutex_unlock(&f->lock);
}

// The batch at `next`, straight into its place.
static void fill_now(Feed *f, Tensor dst) {
    Slot *s = slot_of(f, f->next);
    s->v = dst, s->v.n = s->n;
    threads_run(f->o.threads, (s->n + f->piece - 1) / f->piece, fill_piece, f);
}

// Until all pictures of the batch at `next` are done.
static void wait_for(Feed *f) {
    pthread_mutex_lock(&f->lock);
    const Slot *s = slot_of(f, f->next);
    while (s->done < s->n)
        if (!do_piece(f, 0)) pthread_cond_wait(&f->ready, &f->lock);
    pthread_mutex_unlock(&f->lock);
}

// The batch at `next`, from the ring into its place.
typedef struct Copy { Tensor src, dst; } Copy;

static void copy_images(void *ctx, int task, int worker) {
    (void)worker;
    const Copy *c = ctx;
    const int lo = task * LANES, hi = c->src.n - lo > LANES ? lo + LANES : c->src.n;
    tensor_copy(tensor_part(c->dst, lo, hi), tensor_part(c->src, lo, hi));
}

static void copy_out(Feed *f, Tensor dst) {
    Copy c = {slot_of(f, f->next)->v, dst};
    c.dst.n = c.src.n;
    threads_run(f->o.threads, (c.src.n + LANES - 1) / LANES, copy_images, &c);
}

int feed_next(Feed *f, Tensor dst, int *label, Error *e) {
    const double before = clock_now();
    choose(f);
    if (f->ahead) threads_idle(f->o.threads, idle_piece, f), wait_for(f);
    else fill_now(f, dst);
    if (!f->quick) f->waited += clock_now() - before;
    if (f->ahead) copy_out(f, dst);

    const Slot *s = slot_of(f, f->next);
    const int n = s->n;
    if (s->wrong < n) return error_set(e, "%s", s->error.text);
    for (int i = 0; i < n; i++) label[i] = f->o.data->part[f->o.part].label[s->pick[i].picture];
    drop(f);
    if (f->ahead) choose(f), threads_wake(f->o.threads);
    return n;
}

double feed_waited(const Feed *f) { return f->waited; }

// ---- opening and closing -----------------------------------------------------------------------------

// As many batches as hold AHEAD pictures, within reason.
static int slots_for(int batch, size_t bytes) {
    const int n = (AHEAD + batch - 1) / batch;
    if (n > LEAST_SLOTS) return n < MOST_SLOTS ? n : MOST_SLOTS;
    return LEAST_SLOTS * bytes <= RING_BYTES ? LEAST_SLOTS : 2;
}

static bool slot_open(const Feed *f, Slot *s) {
    s->v = f->o.like;
    s->draw = draw_at(f->o.seed, 0);
    s->pick = calloc((size_t)f->o.like.n, sizeof *s->pick);
    s->v.v = f->ahead ? calloc(tensor_len(s->v), sizeof(real)) : NULL;
    return s->pick && (s->v.v || !f->ahead);
}

static bool memory_open(Feed *f) {
    f->scratch_len = dataset_scratch(f->o.data);
    f->scratch = calloc(f->scratch_len * (size_t)threads_count(f->o.threads) + 1, sizeof *f->scratch);
    f->slot = calloc((size_t)f->n_slots, sizeof *f->slot);
    bool fine = f->scratch && f->slot;
    for (int k = 0; fine && k < f->n_slots; k++) fine = slot_open(f, &f->slot[k]);
    return fine;
}

Feed *feed_open(const FeedOptions *o, Error *e) {
    Feed *f = calloc(1, sizeof *f);
    if (!f) {
        error_set(e, "there is not enough memory to prepare the pictures");
        return NULL;
    }
    *f = (Feed){.o = *o, .next = o->first, .chosen = o->first};
    f->quick = dataset_quick(o->data, o->part, o->random);
    f->ahead = !f->quick && threads_count(o->threads) > 1;
    f->piece = f->quick ? QUICK_PIECE : o->like.layout == LAYOUT_LANES ? LANES : PIECE;
    f->n_slots = f->ahead ? slots_for(o->like.n, tensor_len(o->like) * sizeof(real)) : 1;
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->ready, NULL);
    if (memory_open(f)) return f;
    feed_close(f);
    error_set(e, "there is not enough memory to prepare the pictures");
    return NULL;
}

void feed_close(Feed *f) {
    if (!f) return;
    if (f->ahead) threads_idle(f->o.threads, NULL, NULL);
    for (int k = 0; f->slot && k < f->n_slots; k++) {
        free(f->slot[k].pick);
        if (f->ahead) free(f->slot[k].v.v);
    }
    free(f->slot), free(f->scratch);
    pthread_cond_destroy(&f->ready);
    pthread_mutex_destroy(&f->lock);
    free(f);
}
