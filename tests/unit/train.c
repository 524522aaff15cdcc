/* train.c — which pictures a training sees, and when: batches, epochs of `steps=`, balancing, on any
 * number of threads, stopped and resumed.
 *
 * The pictures are of 1 × 2 pixels, the first of which is the picture's number. An image step of the
 * test's own writes down which picture comes by. */
#include "runtime/train.h"

#include <pthread.h>

#include "runtime/feed.h"
#include "runtime/vocabulary.h"
#include "tests/unit/folder.h"
#include "tests/unit/test.h"

enum {
    N = 10, W = 2, CLASSES = 3, N_SEEN = 400, MAX_EPOCHS = 8,
    LATE = 200, // microseconds
    ALWAYS = 1  // bytes of cache: no prepared picture is kept, each goes through the steps every time
};

// ---- a step that looks ------------------------------------------------------------------------------

static struct Seen { pthread_mutex_t lock; int n, picture[N_SEEN], late; } seen = {
    .lock = PTHREAD_MUTEX_INITIALIZER};

static void look(const ImageStep *s) {
    pthread_mutex_lock(&seen.lock);
    if (seen.n < N_SEEN) seen.picture[seen.n++] = (int)s->src.v[0];
    pthread_mutex_unlock(&seen.lock);
    if (seen.late) usleep((unsigned)seen.late);
    tensor_copy(s->dst, s->src);
}

static const StepKind look_step = {
    .spec = {.name = "look", .summary = "test", .example = "look", .source = __FILE__},
    .apply = look,
};

// ---- a small set, and models of it ------------------------------------------------------------------

// Classes of 6, 3 and 1 pictures.
static int class_of(int picture) { return picture < 6 ? 0 : picture < 9 ? 1 : 2; }

static void put_part(Folder *f, const char *images, const char *labels) {
    uint8_t v[16 + N * W] = {0, 0, 8, 3, 0, 0, 0, N, 0, 0, 0, 1, 0, 0, 0, W};
    uint8_t l[8 + N] = {0, 0, 8, 1, 0, 0, 0, N};
    for (int i = 0; i < N; i++) {
        v[16 + i * W] = (uint8_t)i;
        v[17 + i * W] = (uint8_t)(50 * class_of(i) + 10);
        l[8 + i] = (uint8_t)class_of(i);
    }
    folder_put(f, images, v, sizeof v);
    folder_put(f, labels, l, sizeof l);
}

static void put_set(Folder *f) {
    put_part(f, "train-images-idx3-ubyte", "train-labels-idx1-ubyte");
    put_part(f, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte");
}

// The same pictures as files, in a folder for each class.
static void put_picture(Folder *f, const char *part, int i) {
    char name[64];
    const uint8_t v[] = {'P', '5', ' ', '2', ' ', '1', ' ', '2', '5', '5', '\n', (uint8_t)i,
                         (uint8_t)(50 * class_of(i) + 10)};
    Error e;
    snprintf(name, sizeof name, "%s/class%d", part, class_of(i));
    CHECK(io_mkdir(folder_file(f, name), &e));
    snprintf(name, sizeof name, "%s/class%d/%d.pgm", part, class_of(i), i);
    folder_put(f, name, v, sizeof v);
}

static void put_files(Folder *f) {
    for (int i = 0; i < N; i++) put_picture(f, "train", i), put_picture(f, "test", i);
}

typedef struct Case { Arena *arena; const Experiment *x; Session s; bool ok; } Case;

// A session on the set in `f`, of a model with these steps and these lines at its end.
static Case open_case(Folder *f, const char *steps, const char *lines, const RunOptions *o) {
    Case c = {.arena = arena_make()};
    Diags *d = diags_make(c.arena);
    Vocabulary *v = arena_new(c.arena, Vocabulary);
    const KindSpec **kinds = arena_array(c.arena, const KindSpec *, 64);
    int n = 0;
    for (const KindSpec *const *k = runtime_vocabulary.kinds[GROUP_STEP]; *k; k++) kinds[n++] = *k;
    kinds[n] = &look_step.spec;
    *v = runtime_vocabulary;
    v->kinds[GROUP_STEP] = kinds;
    const char *text = arena_print(c.arena, "data \"%s\" classes=%d\npreprocess { %s }\n"
                                   "dense 4; relu; dense classes; softmax\nloss crossentropy\n"
                                   "optimizer adam lr=0.01\n%s\n", f->path, CLASSES, steps, lines);
    Error e;
    c.x = experiment_parse(c.arena, d, v, "t.cnn", text, strlen(text));
    if (!CHECK(c.x != NULL)) diags_render(d, stdout);
    c.ok = c.x && CHECK(session_open(&c.s, c.x, o, true, &e));
    seen.n = 0;
    return c;
}

static void close_case(Case *c) {
    if (c->ok) session_close(&c->s);
    arena_free(c->arena);
}

// ---- a reporter that writes down --------------------------------------------------------------------

typedef struct Told {
    int n_epochs, images[MAX_EPOCHS]; // seen by the end of each epoch
    uint64_t step[MAX_EPOCHS];
    int images_now, steps, stop_after; // steps of this process
    double waited;
    char text[512];
} Told;

static void on_message(void *ctx, const char *text) {
    Told *t = ctx;
    if (strncmp(text, "balance", 7) == 0) snprintf(t->text, sizeof t->text, "%s", text);
}
static void on_progress(void *ctx, const Progress *p) {
    Told *t = ctx;
    t->steps++;
    t->images_now = (int)p->images;
    t->waited = p->waited;
}
static void on_epoch(void *ctx, const EpochResult *r) {
    Told *t = ctx;
    if (!CHECK(t->n_epochs < MAX_EPOCHS)) return;
    t->step[t->n_epochs] = r->step;
    t->images[t->n_epochs++] = t->images_now;
}
static void on_evaluation(void *ctx, const EvaluateOptions *o, const Evaluation *v) {
    (void)ctx, (void)o, (void)v;
}
static bool on_stop(void *ctx) {
    const Told *t = ctx;
    return t->steps == t->stop_after;
}

static RunResult train(Case *c, Told *t, int stop_after) {
    const Reporter r = {.ctx = t, .message = on_message, .progress = on_progress, .epoch = on_epoch,
                        .evaluation = on_evaluation, .stop = on_stop};
    Error e;
    *t = (Told){.stop_after = stop_after};
    const RunResult result = train_run(&c->s, &r, &e);
    if (result == RUN_FAILED) printf("%s\n", e.text);
    return result;
}

// ---- what an epoch is --------------------------------------------------------------------------------

// 10 pictures: batches of 4 are 4, 4 and 2, and a pass goes on where the epoch before ended.
static const struct { const char *line; int n_epochs, images[MAX_EPOCHS]; uint64_t step[MAX_EPOCHS]; }
epochs[] = {
    {"train epochs=3 batch=4",            3, {10, 20, 30},     {3, 6, 9}},
    {"train epochs=4 batch=4 steps=2",    4, {8, 14, 20, 28},  {2, 4, 6, 8}},
    {"train epochs=2 batch=4 steps=5",    2, {18, 34},         {5, 10}},
    {"train epochs=2 batch=4 steps=3",    2, {10, 20},         {3, 6}},
    {"train iterations=5 batch=4",        2, {10, 18},         {3, 5}},
    {"train epochs=2 batch=64",           2, {10, 20},         {1, 2}},
    {"train epochs=2 batch=10",           2, {10, 20},         {1, 2}},
    // balanced: 3 classes of 6, and 3 classes of 1
    {"train epochs=2 batch=4 balance=oversample",  2, {18, 36}, {5, 10}},
    {"train epochs=2 batch=4 balance=undersample", 2, {3, 6},   {1, 2}},
    {"train epochs=2 batch=4 balance=weights",     2, {10, 20}, {3, 6}},
};
enum { N_LINES = sizeof epochs / sizeof *epochs };

// Without balancing, what comes by is one permutation after the other.
static void check_seen(const Case *c, int n) {
    int order[N];
    CHECK(seen.n == n);
    for (int i = 0; i < n; i++) {
        if (i % N == 0) dataset_order(&c->s.data, PART_TRAIN, c->s.seed, (uint64_t)(i / N), order);
        CHECK(seen.picture[i] == order[i % N]);
    }
}

// A folder for each run, so that none holds one already.
static const char *new_run(Folder *f) {
    static int n;
    char name[32];
    snprintf(name, sizeof name, "run-%d", n++);
    return folder_file(f, name);
}

static void check_epochs(Folder *f, int k) {
    const RunOptions o = {.threads = 1, .run = new_run(f), .cache = ALWAYS};
    Case c = open_case(f, "rescale 1; look", epochs[k].line, &o);
    Told t;
    if (c.ok && CHECK(train(&c, &t, 0) == RUN_DONE)) {
        CHECK(t.n_epochs == epochs[k].n_epochs);
        CHECK(memcmp(t.images, epochs[k].images, sizeof t.images) == 0);
        CHECK(memcmp(t.step, epochs[k].step, sizeof t.step) == 0);
        const int n = epochs[k].images[epochs[k].n_epochs - 1];
        if (!strstr(epochs[k].line, "balance")) check_seen(&c, n);
        CHECK(seen.n == n && (t.text[0] != 0) == (strstr(epochs[k].line, "balance") != NULL));
    }
    close_case(&c);
}

// ---- the same weights on any number of threads, stopped and resumed ----------------------------------

enum { ROOM = 256 };

typedef struct Weights { size_t n; real v[ROOM]; } Weights;

static Weights weights_of(const Case *c) {
    const Params *p = c->s.params;
    Weights w = {p->len, {0}};
    if (CHECK(p->len <= ROOM)) memcpy(w.v, p->value, p->len * sizeof *w.v);
    return w;
}

static bool same(const Weights *a, const Weights *b) {
    return a->n > 0 && a->n == b->n && memcmp(a->v, b->v, a->n * sizeof *a->v) == 0;
}

static const char *const programs[] = {
    "train epochs=3 batch=4",
    "train epochs=4 batch=3 steps=2",
    "train epochs=3 batch=4 balance=oversample\ntrain iterations=5 batch=2 balance=undersample",
    "train epochs=2 batch=4 balance=weights\ntrain epochs=2 batch=3",
};
enum { N_PROGRAMS = sizeof programs / sizeof *programs };

// Looked up; or prepared, and ahead if there are several threads.
static const char *const prepared[] = {"rescale 1/255", "look; rescale 1/255"};

static Weights whole(Folder *f, const char *steps, const char *lines, int threads) {
    const RunOptions o = {.threads = threads, .run = new_run(f), .cache = ALWAYS};
    Case c = open_case(f, steps, lines, &o);
    Weights w = {0};
    Told t;
    if (c.ok && CHECK(train(&c, &t, 0) == RUN_DONE)) w = weights_of(&c);
    close_case(&c);
    return w;
}

// Stopped after every second step, and taken up by another session.
static Weights stopped(Folder *f, const char *steps, const char *lines) {
    char run[sizeof f->name];
    snprintf(run, sizeof run, "%s", new_run(f));
    RunOptions o = {.threads = 2, .run = run, .cache = ALWAYS};
    Weights w = {0};
    RunResult result = RUN_STOPPED;
    int sessions = 0;
    for (; result == RUN_STOPPED && CHECK(sessions < 20); sessions++) {
        Case c = open_case(f, steps, lines, &o);
        Told t;
        if (!c.ok) break;
        result = train(&c, &t, 2);
        w = weights_of(&c);
        close_case(&c);
        o.resume = true;
    }
    CHECK(result == RUN_DONE && sessions > 3);
    return w;
}

static void check_same(Folder *f, const char *lines) {
    const Weights one = whole(f, prepared[0], lines, 1);
    for (int n = 1; n <= 3; n++) {
        const Weights w = whole(f, prepared[1], lines, n);
        CHECK(same(&w, &one));
    }
    const Weights w = stopped(f, prepared[1], lines);
    CHECK(same(&w, &one));
}

// Balancing is not without effect.
static void check_balanced(Folder *f) {
    static const char *const lines[] = {
        "train epochs=2 batch=4",
        "train epochs=2 batch=4 balance=oversample",
        "train epochs=2 batch=4 balance=undersample",
        "train epochs=2 batch=4 balance=weights",
    };
    Weights w[4];
    for (int i = 0; i < 4; i++) w[i] = whole(f, prepared[0], lines[i], 1);
    for (int i = 1; i < 4; i++)
        for (int j = 0; j < i; j++) CHECK(!same(&w[i], &w[j]));
}

// ---- feeds ---------------------------------------------------------------------------------------------

enum { BATCH = 3, N_BATCHES = 60 };

// Batch k: pictures k, k + 3, k + 6 …; every fourth batch is a short one.
static int choose(void *ctx, uint64_t k, Pick *pick, Draw *draw) {
    int *asked = ctx;
    CHECK(*asked == (int)k);
    ++*asked;
    draw->epoch = k;
    if (k >= N_BATCHES) return 0;
    const int n = k % 4 == 3 ? 1 : BATCH;
    for (int i = 0; i < n; i++) pick[i] = (Pick){(int)(k + 3 * (uint64_t)i) % N, i};
    return n;
}

typedef struct Place { real v[W * 2 * LANES]; Tensor t; } Place;

static void place_make(Place *p, Layout layout) {
    memset(p->v, 0, sizeof p->v);
    p->t = (Tensor){p->v, BATCH, 1, 1, W, layout};
}

static Feed *open_feed(const Case *c, Layout layout, uint64_t first, int *asked) {
    Place p;
    Error e;
    place_make(&p, layout);
    *asked = (int)first;
    const FeedOptions o = {.data = &c->s.data, .part = PART_TRAIN, .threads = c->s.threads, .like = p.t,
                           .first = first, .choose = choose, .ctx = asked};
    Feed *f = feed_open(&o, &e);
    CHECK(f != NULL);
    return f;
}

// The next batch is k: each picture's number and the brightness of its class.
static void check_batch(Feed *f, uint64_t k, Layout layout) {
    Place p;
    Error e;
    int label[BATCH];
    place_make(&p, layout);
    if (!CHECK(feed_next(f, p.t, label, &e) == (k % 4 == 3 ? 1 : BATCH))) return;
    for (int i = 0; i < (k % 4 == 3 ? 1 : BATCH); i++) {
        const int picture = (int)(k + 3 * (uint64_t)i) % N;
        CHECK(label[i] == class_of(picture));
        CHECK_NEAR(*at(p.t, i, 0, 0, 0), picture, 0);
        CHECK_NEAR(*at(p.t, i, 0, 0, 1), 50 * class_of(picture) + 10, 0);
    }
}

// In every layout; while another feed of the same threads is used, too, and closed half way.
static void check_feeds(Folder *folder, const char *steps, int threads) {
    const RunOptions o = {.threads = threads, .cache = ALWAYS};
    Case c = open_case(folder, steps, "train", &o);
    if (!c.ok) return;
    for (Layout layout = LAYOUT_PLAIN; layout <= LAYOUT_LANES; layout++) {
        int asked, other_asked;
        Feed *f = open_feed(&c, layout, 5, &asked), *other = NULL;
        for (uint64_t k = 5; f && k < N_BATCHES; k++) {
            if (k % 8 == 0) other = open_feed(&c, LAYOUT_PLAIN, k, &other_asked);
            if (other) check_batch(other, k, LAYOUT_PLAIN);
            check_batch(f, k, layout);
            if (k % 8 == 4) feed_close(other), other = NULL;
        }
        if (f && dataset_quick(&c.s.data, PART_TRAIN, false)) CHECK(feed_waited(f) == 0);
        feed_close(other);
        feed_close(f);
    }
    close_case(&c);
}

// A picture that vanishes is named, at the same batch by any number of threads; those before it come.
static void check_vanished(void) {
    for (int threads = 1; threads <= 3; threads++) {
        Folder f = folder_make();
        put_files(&f);
        const RunOptions o = {.threads = threads, .cache = ALWAYS};
        Case c = open_case(&f, "rescale 1", "train", &o);
        Place p;
        Error e;
        int asked, label[BATCH];
        remove(folder_file(&f, "train/class1/8.pgm"));
        remove(folder_file(&f, "train/class2/9.pgm"));
        place_make(&p, LAYOUT_PLAIN);
        Feed *feed = c.ok ? open_feed(&c, LAYOUT_PLAIN, 0, &asked) : NULL;
        check_batch(feed, 0, LAYOUT_PLAIN); // pictures 0 3 6; then 1 4 7; then 2 5 8
        check_batch(feed, 1, LAYOUT_PLAIN);
        CHECK(feed_next(feed, p.t, label, &e) == 0);
        CHECK(strstr(e.text, "/train/class1/8.pgm") != NULL);
        feed_close(feed);
        close_case(&c);
        folder_remove(&f);
    }
}

// ---- copies of a picture -----------------------------------------------------------------------------

// One picture three times in a batch, in pass 7.
static int choose_copies(void *ctx, uint64_t k, Pick *pick, Draw *draw) {
    (void)ctx, (void)k;
    draw->epoch = 7;
    for (int i = 0; i < BATCH; i++) pick[i] = (Pick){4, i};
    return BATCH;
}

// Random steps draw anew for each copy; the first draws what the picture alone would.
static void check_copies(Folder *folder, int threads) {
    const RunOptions o = {.threads = threads, .cache = ALWAYS};
    Case c = open_case(folder, "rescale 1", "train\naugment { brightness 50%; noise 5% }", &o);
    Place p, alone;
    Error e;
    int label[BATCH];
    real *scratch = c.ok ? calloc(dataset_scratch(&c.s.data), sizeof *scratch) : NULL;
    if (!CHECK(scratch != NULL)) return close_case(&c);
    place_make(&p, LAYOUT_PLAIN);
    place_make(&alone, LAYOUT_PLAIN);
    const FeedOptions options = {.data = &c.s.data, .part = PART_TRAIN, .threads = c.s.threads, .like = p.t,
                                 .random = true, .seed = 3, .choose = choose_copies};
    Feed *f = feed_open(&options, &e);
    CHECK(f && feed_next(f, p.t, label, &e) == BATCH);
    const Draw draw = draw_at(3, 7);
    CHECK(dataset_image(&c.s.data, PART_TRAIN, 4, &draw, alone.t, 0, scratch, &e));
    CHECK(memcmp(p.v, alone.v, W * sizeof *p.v) == 0);
    for (int i = 0; i < BATCH; i++)
        for (int j = 0; j < i; j++) CHECK(memcmp(p.v + W * i, p.v + W * j, W * sizeof *p.v) != 0);
    feed_close(f);
    free(scratch);
    close_case(&c);
}

// Closed while pictures are still being prepared, or before any was asked for.
static void check_close(Folder *folder) {
    const RunOptions o = {.threads = 4, .cache = ALWAYS};
    seen.late = LATE;
    Case c = open_case(folder, "rescale 1; look", "train", &o);
    for (uint64_t n = 0; c.ok && n < 20; n++) {
        int asked;
        Feed *f = open_feed(&c, LAYOUT_PLAIN, 0, &asked);
        for (uint64_t k = 0; f && k < n % 5; k++) check_batch(f, k, LAYOUT_PLAIN);
        if (f && n % 5) CHECK(feed_waited(f) > 0);
        feed_close(f);
    }
    close_case(&c);
    seen.late = 0;
}

// Training that must wait says so; training that need not does not.
static void check_waited(Folder *f) {
    for (int slow = 0; slow < 2; slow++) {
        const RunOptions o = {.threads = 2, .run = new_run(f), .cache = ALWAYS};
        Told t;
        seen.late = slow ? LATE : 0;
        Case c = open_case(f, slow ? "look" : "rescale 1/255", "train epochs=3 batch=4", &o);
        if (c.ok && CHECK(train(&c, &t, 0) == RUN_DONE))
            CHECK(slow ? t.waited > 1e-6 * LATE : t.waited == 0);
        close_case(&c);
    }
    seen.late = 0;
}

int main(void) {
    Folder f = folder_make();
    put_set(&f);
    for (int k = 0; k < N_LINES; k++) check_epochs(&f, k);
    for (int k = 0; k < N_PROGRAMS; k++) check_same(&f, programs[k]);
    check_balanced(&f);
    for (int threads = 1; threads <= 4; threads++) {
        check_feeds(&f, "rescale 1", threads);
        check_feeds(&f, "rescale 1; look", threads);
    }
    Folder files = folder_make();
    put_files(&files);
    for (int threads = 1; threads <= 3; threads++) check_feeds(&files, "rescale 1", threads);
    folder_remove(&files);
    check_vanished();
    check_copies(&f, 1);
    check_copies(&f, 3);
    check_close(&f);
    check_waited(&f);
    folder_remove(&f);
    return test_end("train");
}
