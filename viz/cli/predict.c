/* predict.c — says what is in pictures.
 *
 *     seven.png  7
 *       7    99.21 %  ████████████████████
 *       9     0.55 %
 *
 * The line of a picture starts in the first column, those of its classes do not. */
#include <stdlib.h>

#include "runtime/data/picture.h"
#include "runtime/judge.h"
#include "viz/cli/commands.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/terminal.h"
#include "viz/terminal/text.h"

enum { SHOWN = 5, BAR = 20, NAME = 64 };

static bool comes_first(const real *p, int i, int j) {
    return p[i] > p[j] || (p[i] == p[j] && i < j);
}

// The most probable class that comes after `before` (−1: of all); −1 when there is none.
static int next_class(const real *p, int classes, int before) {
    int best = -1;
    for (int i = 0; i < classes; i++) {
        if (before >= 0 && !comes_first(p, before, i)) continue;
        if (best < 0 || comes_first(p, i, best)) best = i;
    }
    return best;
}

static int name_width(const Dataset *d) {
    int width = 0;
    char name[NAME];
    for (int i = 0; i < d->classes; i++) {
        text_clean(name, sizeof name, d->class_name[i], "");
        if (text_columns(name) > width) width = text_columns(name);
    }
    return width;
}

// A bar only for a probability: a score has no end that a full bar could stand for.
static void print_class(FILE *out, const char *class_name, int width, double p, bool probable) {
    char name[NAME];
    text_clean(name, sizeof name, class_name, "");
    fprintf(out, "  %s%*s  %8s", name, width - text_columns(name), "", output_text(p, probable).s);
    const int bar = probable && p > 0 ? (int)(p * BAR + 0.5) : 0; // a NaN has none, too
    for (int i = 0; i < bar; i++) fprintf(out, "%s█", i ? "" : "  ");
    fputs("\n", out);
}

static void print_prediction(FILE *out, const Session *s, const char *path, const real *p) {
    const Dataset *const d = &s->data;
    const bool probable = judge_probable(&s->x->graph);
    const int width = name_width(d);
    int class = next_class(p, d->classes, -1);
    text_print(out, path);
    fputs("  ", out);
    text_print(out, d->class_name[class]);
    fputs("\n", out);

    for (int k = 0; k < SHOWN && class >= 0; k++, class = next_class(p, d->classes, class))
        print_class(out, d->class_name[class], width, (double)p[class], probable);
}

static bool predict_file(Session *s, const char *path, real *p, Error *e) {
    Picture picture;
    if (!picture_read(&picture, path, e)) return false;
    const bool fine = predict(s, &picture, 1, p, e);
    picture_free(&picture);
    if (fine) print_prediction(stdout, s, path, p);
    return fine;
}

// A picture that cannot be read is reported, and the others are looked at.
static int predict_files(Session *s, const CommandLine *c) {
    Error e;
    int status = STATUS_DONE;
    real *p = calloc((size_t)s->data.classes, sizeof *p);
    if (!p) return complain("there is no memory left");
    for (int i = 0; i < c->n_images; i++)
        if (!predict_file(s, c->image[i], p, &e)) status = complain("%s", e.text);
    free(p);
    return status;
}

int command_predict(const CommandLine *c, const Model *m) {
    return with_weights(c, m, false, predict_files);
}
