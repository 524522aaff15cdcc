/* view_look.h — what every screen of the viewer must be like, and pictures that look as they did. */
#pragma once
#include "runtime/io.h"
#include "tests/tools/view_model.h"
#include "viz/view/frame.h"
#include "viz/view/snapshot.h"
#include "viz/view/tell.h"
#include "viz/view/walk.h"

enum { SMALLEST_WORD = 12 }; // dp, in panels; numbers in cells may be smaller

static inline void look(View *v, const char *what) {
    Error e;
    const int failed = tests_failed;
    DrawList *d = view_draw(v, &e);
    if (!CHECK(d != NULL)) return;
    look_rules(d, 11);
    if (v->scene == SCENE_STAGES && !frame_too_small(v)) {
        const char *cut = look_cut(d, PANELS_TOP, !v->model_text);
        const char *small = look_small(d, PANELS_TOP, SMALLEST_WORD);
        CHECK_TEXT(cut ? cut : "", "");
        CHECK_TEXT(small ? small : "", "");
    }
    draw_free(d);
    char *text = view_text(v);
    CHECK(text && *text);
    CHECK(text && !strstr(text, "(null)"));
    free(text);
    if (tests_failed > failed) printf("  on %s, %d × %d\n", what, v->w, v->h);
}

static inline void look_at_stage(View *v, int stage) {
    char what[200];
    for (Level level = LEVEL_STAGE; level < N_LEVELS; level++) {
        walk_to_stage(v, stage);
        walk_level(v, level);
        Target t;
        for (int k = 0; k == 0 || walk_target(v, stage, k, &t); k++) {
            if (k > 0) walk_to(v, k, 0, -1);
            snprintf(what, sizeof what, "%s %s, level %d, target %d", v->t.s->x->name,
                     v->t.stage[stage].name, (int)level, k);
            look(v, what);
        }
    }
}

// ---- pictures that look as they did --------------------------------------------------------------

enum { BLOCK = 20, COLUMNS = SLIDE_W / BLOCK, ROWS = SLIDE_H / BLOCK, BYTES = 3 * COLUMNS * ROWS };

static inline void block_means(View *v, double *mean) {
    static uint32_t pixel[SLIDE_W * SLIDE_H];
    Error e;
    DrawList *d = view_draw(v, &e);
    CHECK(d && paint_pixels(d, v->theme, view_place(v), pixel, SLIDE_W, SLIDE_H, 4 * SLIDE_W, &e));
    draw_free(d);
    memset(mean, 0, BYTES * sizeof *mean);
    for (int y = 0; y < SLIDE_H; y++)
        for (int x = 0; x < SLIDE_W; x++)
            for (int c = 0; c < 3; c++)
                mean[3 * (y / BLOCK * COLUMNS + x / BLOCK) + c] +=
                    (double)(pixel[y * SLIDE_W + x] >> (16 - 8 * c) & 0xFF) / (BLOCK * BLOCK);
}

// The means of a picture lie in a PPM, which can be looked at. Rounding takes half a grey level; one
// lost digit changes a block by 20 and more, another compiler by less than 0.01.
static inline void test_picture_here(View *v, const char *file) {
    static double mean[BYTES];
    static unsigned char byte[BYTES];
    char path[200], head[32];
    Error e;
    snprintf(path, sizeof path, "tests/data/view-%s.ppm", file);
    snprintf(head, sizeof head, "P6 %d %d 255\n", COLUMNS, ROWS);
    block_means(v, mean);
    if (getenv("UPDATE")) {
        for (int i = 0; i < BYTES; i++) byte[i] = (unsigned char)(mean[i] + 0.5);
        CHECK(io_write(path, (Piece[]){{head, strlen(head)}, {byte, BYTES}}, 2, &e));
    }
    size_t len = 0;
    char *was = io_read(path, 1 << 20, &len, &e);
    double worst = 0;
    if (CHECK(was && len == strlen(head) + BYTES))
        for (int i = 0; i < BYTES; i++)
            worst = fmax(worst, fabs(mean[i] - (unsigned char)was[strlen(head) + (size_t)i]));
    free(was);
    if (!CHECK(worst <= 1.5)) printf("  %s differs by %.1f; UPDATE=1 makes it anew\n", path, worst);
}

static inline void test_picture(View *v, const char *screen, const char *file) {
    Error e;
    if (CHECK(snapshot_go(v, screen, &e))) test_picture_here(v, file);
}
