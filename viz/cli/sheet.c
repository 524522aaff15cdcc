/* sheet.c — `cnnrun MODEL --sheet FILE`: training pictures on their way to the network.
 *
 * Without --augment there is a row for each of a few pictures, of different classes, and a column for
 * each step. With it there is one picture as it was read, and as eight epochs would see it, with the
 * numbers that were drawn. */
#include "viz/cli/commands.h"

#if HAVE_VIZ
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/augments/augment.h"
#include "runtime/data/picture.h"
#include "viz/charts/sheet.h"
#include "viz/draw/number.h"
#include "viz/terminal/describe.h"
#include "viz/terminal/terminal.h"

enum { ROWS = 6, MOST_CLASSES = 8, VARIANTS = 8, ACROSS = 5 };

// One sheet while it is filled.
typedef struct Filling {
    const Model *m;
    const Dataset *d;
    const Picture *elsewhere; // --image FILE, or NULL
    int picture;              // --image N, or 0
    const char *asked;        // --image, as written
    Sheet sheet;
    int row, column;     // where the next stage goes
    int line;            // --augment: lines written below it
    Error *e;
    bool ok;
} Filling;

// ---- a row for each picture, a column for each step -----------------------------------------------

// As many pictures as there are rows, the classes one after the other: 0 0 0 1 1 1.
static int choose_pictures(const Dataset *d, int *picture) {
    const ImageList *l = &d->part[PART_TRAIN];
    const int classes = d->classes < MOST_CLASSES ? d->classes : MOST_CLASSES;
    const int each = classes < ROWS ? ROWS / classes : 1;
    int n = 0;
    for (int class = 0; class < classes; class++)
        for (int i = 0, found = 0; i < l->n && found < each; i++)
            if (l->label[i] == class) picture[n++] = i, found++;
    return n;
}

// "0 … 255"
static void write_range(Filling *f, Tensor v) {
    double lo = INFINITY, hi = -INFINITY;
    for (size_t i = 0, n = tensor_image(v); i < n; i++) {
        lo = fmin(lo, (double)v.v[i]);
        hi = fmax(hi, (double)v.v[i]);
    }
    const int decimals = hi - lo > 20 ? 0 : 2;
    sheet_write(&f->sheet, f->row, f->column, 1, TONE_INK3, "%s … %s", number_fixed(lo, decimals).s,
                number_fixed(hi, decimals).s);
}

static void show_step(void *ctx, const PictureStage *s) {
    Filling *f = ctx;
    if (!f->ok) return;
    f->ok = sheet_numbers(&f->sheet, f->row, f->column, s->v, f->e);
    sheet_column(&f->sheet, f->column,
                 s->use ? written_text(f->m->arena, f->m->x, s->use) : "as it was read");
    sheet_write(&f->sheet, f->row, f->column, 0, TONE_INK2, "%d×%d×%d", s->v.h, s->v.w, s->v.c);
    write_range(f, s->v);
    f->column++;
}

// The class of a training picture, or the name of the file.
static const char *picture_name(const Filling *f, int i) {
    if (!f->elsewhere) return f->d->class_name[f->d->part[PART_TRAIN].label[i]];
    const char *slash = strrchr(f->asked, '/');
    return slash ? slash + 1 : f->asked;
}

static bool show_pictures(Filling *f, const int *picture, int n) {
    for (f->row = 0; f->ok && f->row < n; f->row++) {
        const int i = picture[f->row];
        sheet_row(&f->sheet, f->row, picture_name(f, i));
        f->column = 0;
        f->ok &= dataset_watch(f->d, PART_TRAIN, i, f->elsewhere, NULL, show_step, f, f->e);
    }
    return f->ok;
}

static bool fill_steps(Filling *f) {
    int picture[ROWS + MOST_CLASSES] = {f->picture};
    const int n = f->asked ? 1 : choose_pictures(f->d, picture), columns = 1 + f->d->n_steps;
    if (columns > SHEET_COLUMNS)
        return error_set(f->e, "a sheet has room for %d steps; this model has %d", SHEET_COLUMNS - 1,
                         f->d->n_steps);
    if (!sheet_make(&f->sheet, n, columns, 2, f->e)) return false;
    sheet_title(&f->sheet, "Image steps", "%s · %s after every step", f->m->x->name,
                f->asked ? "one picture" : "training pictures");
    return show_pictures(f, picture, n);
}

// ---- eight variants of one picture ----------------------------------------------------------------

static void write_drawn(Filling *f, const PictureStage *s, int i) {
    const char *name = s->drawn_name[i], *kind = s->use->kind->name;
    const double v = s->drawn[i];
    char text[SHEET_TEXT];
    if (f->line >= f->sheet.lines) return;
    if (strchr(name, '?')) snprintf(text, sizeof text, "%s", v != 0 ? "yes" : "no");
    else snprintf(text, sizeof text, "%s", number_fixed(v, v == floor(v) ? 0 : 2).s);
    sheet_write(&f->sheet, f->row, f->column, f->line++, TONE_INK2, "%s · %s %s", kind, name, text);
}

// The last random stage is what is shown.
static void show_variant(void *ctx, const PictureStage *s) {
    Filling *f = ctx;
    if (!f->ok || !s->random) return;
    f->ok = sheet_numbers(&f->sheet, f->row, f->column, s->v, f->e);
    for (int i = 0; i < s->n_drawn; i++) write_drawn(f, s, i);
}

static void show_original(void *ctx, const PictureStage *s) {
    Filling *f = ctx;
    if (s->use) return;
    f->ok = sheet_numbers(&f->sheet, 0, 0, s->v, f->e);
    sheet_write(&f->sheet, 0, 0, 0, TONE_INK, "as it was read");
}

static bool show_variants(Filling *f, uint64_t seed) {
    f->ok = dataset_watch(f->d, PART_TRAIN, f->picture, f->elsewhere, NULL, show_original, f, f->e)
         && f->ok;
    for (int k = 0; f->ok && k < VARIANTS; k++) {
        const Draw draw = draw_at(seed, (uint64_t)k);
        f->row = (k + 1) / ACROSS;
        f->column = (k + 1) % ACROSS;
        f->line = 1;
        sheet_write(&f->sheet, f->row, f->column, 0, TONE_INK, "epoch %d", k + 1);
        f->ok &= dataset_watch(f->d, PART_TRAIN, f->picture, f->elsewhere, &draw, show_variant, f,
                               f->e);
    }
    return f->ok;
}

static int count_drawn(const Experiment *x) {
    int n = 0;
    for (int k = 0; k < x->n_augments; k++) n += augment_drawn((const AugmentKind *)x->augment[k].kind);
    return n;
}

static bool fill_variants(Filling *f, uint64_t seed) {
    const Experiment *x = f->m->x;
    const int lines = 1 + count_drawn(x);
    if (x->n_augments == 0)
        return error_set(f->e, "%s has no random steps: write for instance augment { flip horizontal }",
                         x->file);
    if (!sheet_make(&f->sheet, 2, ACROSS, lines < SHEET_LINES ? lines : SHEET_LINES, f->e)) return false;
    sheet_title(&f->sheet, "Random steps", "%s · %s %s in eight epochs", x->name,
                f->elsewhere ? "picture" : "a training picture of class", picture_name(f, f->picture));
    return show_variants(f, seed);
}

// ---- the command ----------------------------------------------------------------------------------

static bool is_number(const char *text) { return text[strspn(text, "0123456789")] == '\0'; }

// --image N|FILE; a file is read into p.
static bool find_picture(Filling *f, Picture *p) {
    const int n = f->d->part[PART_TRAIN].n;
    if (!f->asked) return true;
    if (!is_number(f->asked)) {
        f->elsewhere = p;
        return picture_read(p, f->asked, f->e);
    }
    f->picture = strlen(f->asked) < 10 ? (int)strtol(f->asked, NULL, 10) : n;
    return f->picture < n || error_set(f->e, "--image %s: there are %d training pictures, counted "
                                       "from 0", f->asked, n);
}

static bool draw_sheets(const CommandLine *c, const Model *m, const Dataset *d, uint64_t seed, Error *e) {
    Filling f = {.m = m, .d = d, .asked = c->look_at, .e = e, .ok = true};
    Picture p = {0};
    const bool ok = find_picture(&f, &p) && (c->augment ? fill_variants(&f, seed) : fill_steps(&f)) &&
                    chart_sheet(&f.sheet, c->sheet, e);
    picture_free(&p);
    sheet_free(&f.sheet);
    return ok;
}

static void say(void *ctx, const char *text) {
    (void)ctx;
    caution(text);
}

int command_sheet(const CommandLine *c, const Model *m) {
    Error e;
    Dataset d;
    Threads *t = threads_make(c->run.threads);
    const uint64_t seed = c->run.seed_set ? c->run.seed : m->x->seed;
    const Opening open = {.seed = seed, .limit = c->run.limit, .need_pictures = true,
                          .strict = c->run.strict, .allow_empty = c->run.allow_empty,
                          .cache = c->run.cache, .threads = t, .say = say};
    bool ok = dataset_open(&d, m->x, &open, &e);
    if (ok) {
        ok = draw_sheets(c, m, &d, seed, &e);
        dataset_close(&d);
    }
    threads_free(t);
    return ok ? STATUS_DONE : complain("%s", e.text);
}
#endif
