/* view_time.c — how long the pictures of the viewer take: no test, but figures for one.
 *
 *     view_time [-v] MODEL.cnn [PICTURE]     every screen at 1280×800, in milliseconds of one core: the
 *                                            median of five pictures; -v: of each screen, else the
 *                                            slowest. With PICTURE a model is opened without its data */
#include <time.h>
#include <unistd.h>

#include "runtime/clock.h"
#include "runtime/memory.h"
#include "tests/tools/view_model.h"
#include "viz/draw/paint.h"
#include "viz/view/scenes.h"
#include "viz/view/walk.h"

enum { TIMES = 5, MOST = 20000, SLOWEST = 12 };

typedef struct Screened { char name[120]; double median, worst; } Screened;

static Screened *screened;
static int n_screened;

static int by_number(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return x > y ? 1 : x < y ? -1 : 0;
}

static int by_median(const void *a, const void *b) {
    const Screened *x = a, *y = b;
    return x->median < y->median ? 1 : x->median > y->median ? -1 : 0;
}

static double cpu_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void time_screen(View *v, const char *name) {
    static uint32_t pixel[SLIDE_W * SLIDE_H];
    double ms[TIMES];
    Error e;
    for (int i = 0; i < TIMES; i++) {
        const double began = cpu_ms();
        DrawList *d = view_draw(v, &e);
        CHECK(d && paint_pixels(d, v->theme, view_place(v), pixel, SLIDE_W, SLIDE_H, 4 * SLIDE_W, &e));
        draw_free(d);
        ms[i] = cpu_ms() - began;
    }
    qsort(ms, TIMES, sizeof *ms, by_number);
    if (n_screened == MOST) return;
    Screened *s = &screened[n_screened++];
    snprintf(s->name, sizeof s->name, "%s", name);
    s->median = ms[TIMES / 2], s->worst = ms[TIMES - 1];
}

static void time_stage(View *v, int stage) {
    static const char *const levels[] = {"stage", "channel", "pixel", "multiply"};
    char name[120];
    Target t;
    for (Level level = LEVEL_STAGE; level < N_LEVELS; level++)
        for (int k = 0; k == 0 || (level > LEVEL_STAGE && k < 3 && walk_target(v, stage, k, &t)); k++) {
            walk_level(v, level), walk_to_stage(v, stage);
            if (k > 0) walk_to(v, k, 0, -1);
            snprintf(name, sizeof name, "%.80s:%s %d", v->t.stage[stage].name, levels[level], k);
            time_screen(v, name);
        }
}

static void time_all(View *v) {
    for (int i = 0; i < v->t.n_stages; i++) time_stage(v, i);
    for (Scene i = SCENE_OVERVIEW; i < N_SCENES; i++) {
        v->scene = i;
        time_screen(v, scene_of(v)->name);
        if (i != SCENE_OVERVIEW) continue;
        v->gradients = true;
        time_screen(v, "overview, gradients");
        v->gradients = false;
    }
    v->scene = SCENE_STAGES;
}

static void report(const char *model, bool all) {
    double *ms = calloc((size_t)n_screened + 1, sizeof *ms);
    for (int i = 0; ms && i < n_screened; i++) ms[i] = screened[i].median;
    if (ms) qsort(ms, (size_t)n_screened, sizeof *ms, by_number);
    int slow = 0;
    for (int i = 0; i < n_screened; i++) slow += screened[i].median > 16;
    printf("%s: %d screens, median %.1f ms, slowest %.1f ms, %d over 16 ms\n", model, n_screened,
           ms ? ms[n_screened / 2] : 0, ms ? ms[n_screened - 1] : 0, slow);
    free(ms);
    if (!all) qsort(screened, (size_t)n_screened, sizeof *screened, by_median);
    for (int i = 0; i < n_screened && (all || i < SLOWEST); i++)
        printf("  %7.1f %7.1f  %s\n", screened[i].median, screened[i].worst, screened[i].name);
}

static bool open_with(Opened *o, const char *path, const char *picture, Picture *p) {
    Error e = {0};
    ViewOptions view = {.image = -1, .label = -1, .w = SLIDE_W, .h = SLIDE_H};
    const RunOptions run = {.limit = picture ? 0 : 500, .threads = 1};
    *o = (Opened){.a = arena_make(), .v = calloc(1, sizeof(View))};
    const Experiment *x = experiment_load(o->a, diags_make(o->a), &runtime_vocabulary, path);
    bool fine = x && (!picture || picture_read(p, picture, &e));
    if (picture) view.picture = p;
    fine = fine && session_open(&o->s, x, &run, !picture, &e) &&
           (o->s.data.measured_known || dataset_measure(&o->s.data, p, &e)) &&
           view_open(o->v, &o->s, &view, &e);
    if (!fine) printf("%s: %s\n", path, e.text);
    return fine;
}

int main(int argc, char **argv) {
    const bool all = argc > 1 && strcmp(argv[1], "-v") == 0;
    const char *model = argc > 1 + all ? argv[1 + all] : "models/first.cnn";
    const char *picture = argc > 2 + all ? argv[2 + all] : NULL;
    Opened o;
    Picture p = {0};
    const double began = clock_now();
    screened = calloc(MOST, sizeof *screened);
    if (!screened || !open_with(&o, model, picture, &p)) return 1;
    const double opened = clock_now();
    time_screen(o.v, "the first picture");
    printf("%s: opened in %.2f s, first picture after %.1f ms more\n", model, opened - began,
           screened[0].median);
    time_all(o.v);
    report(model, all);
    close_model(&o);
    picture_free(&p);
    free(screened);
    return test_end("view_time");
}
