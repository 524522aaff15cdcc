/* gradcheck.c — `--gradcheck`: every gradient beside what a small change really does.
 *
 * Finite differences need double precision, so the program itself hands its words on to cnnrun-f64,
 * the same program with double for float, and that one does what follows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/batch.h"
#include "runtime/gradcheck.h"
#include "runtime/io.h"
#include "viz/cli/commands.h"
#include "viz/cli/opening.h"
#include "viz/terminal/grid.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/terminal.h"
#include "viz/terminal/text.h"

enum { FEW = 4 }; // pictures: enough for the mean of a batch, and quick

// ---- the same words for the other program -------------------------------------------------------

enum { PATH_CAP = 4096 };

// The folder this program lies in.
static bool own_folder(char *path) {
    const ssize_t n = readlink("/proc/self/exe", path, PATH_CAP - 1);
    path[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(path, '/');
    if (slash) *slash = '\0';
    return slash != NULL;
}

// Does not return if it could be run.
static void try_program(const char *path, char **argv, char *tried, size_t cap) {
    const size_t len = strlen(tried);
    snprintf(tried + len, cap - len, "%s%s", len ? ", " : "", path);
    execv(path, argv);
}

int command_in_double(const CommandLine *c) {
    static const char *const places[] = {"cnnrun-f64", "../libexec/cnnrun/cnnrun-f64"};
    const char *const chosen = getenv("CNNRUN_F64");
    char folder[PATH_CAP], path[PATH_CAP + 64], tried[3 * PATH_CAP] = "";
    if (chosen && *chosen) {
        try_program(chosen, c->argv, tried, sizeof tried);
        return complain("$CNNRUN_F64 is %s, which cannot be run: %s", chosen, strerror(errno));
    }
    if (!own_folder(folder)) return complain("the folder of this program cannot be found");
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, places[i]);
        try_program(path, c->argv, tried, sizeof tried);
    }
    return complain("gradients are checked in double precision, by cnnrun-f64, which is not there "
                    "(`make` builds it beside cnnrun; looked for %s)", tried);
}

// ---- the table ----------------------------------------------------------------------------------

static void number_cell(Grid *g, const char *fmt, double v) {
    char text[32];
    snprintf(text, sizeof text, fmt, v);
    grid_cell(g, text);
}

static const double NOTHING = 1e-12; // a bias before a norm: its gradient is 0 but for rounding

static const char *verdict(const GradTensor *t) {
    if (!t->right) return "WRONG";
    if (t->compared == 0) return "kinks only";
    return t->largest < NOTHING ? "right: all are 0" : "right";
}

static void print_tensors(const Terminal *to, Arena *a, const GradCheck *r) {
    static const Column columns[] = {
        {.title = "tensor", .elastic = true, .keep_end = true},
        {.title = "numbers", .right = true},
        {.title = "compared", .right = true},
        {.title = "at kinks", .right = true},
        {.title = "largest gradient", .right = true},
        {.title = "relative error", .right = true},
        {.title = ""},
    };
    Grid *g = grid_make(a, 7, columns);
    for (int i = 0; i < r->n; i++) {
        const GradTensor *t = &r->tensor[i];
        grid_cell(g, t->name);
        grid_cell(g, count_text(t->len).s);
        grid_cell(g, count_text((uint64_t)t->compared).s);
        grid_cell(g, t->kinks ? count_text((uint64_t)t->kinks).s : "");
        number_cell(g, "%.4g", t->largest);
        if (t->compared > 0) number_cell(g, "%.1e", t->error);
        else grid_cell(g, "");
        grid_cell(g, verdict(t));
    }
    grid_print(g, to);
}

static void explain_verdict(const Terminal *to, const GradCheck *r) {
    int kinks = 0, wrong = 0;
    const char *last = NULL;
    for (int i = 0; i < r->n; i++) kinks += r->tensor[i].kinks;
    if (kinks > 0)
        fprintf(to->out, "\nAt a kink a small change opens or shuts a relu, or another number wins in a "
                "maxpool:\nfor %s number%s two step sizes disagree, which says nothing about the "
                "gradient.\n", count_text((uint64_t)kinks).s, kinks == 1 ? "" : "s");
    for (int i = 0; i < r->n; i++) {
        const GradTensor *t = &r->tensor[i];
        if (t->right) continue;
        fprintf(to->out, "%s%sWRONG%s: ", wrong++ ? "" : "\n", terminal_red(to), terminal_normal(to));
        text_print(to->out, last = t->name);
        fprintf(to->out, ", number %s: backward says %.9g, the finite difference %.9g\n",
                count_text(t->place).s, t->found, t->measured);
    }
    if (r->right) {
        fprintf(to->out, "\nEvery gradient is right: no error is above %g.\n", GRADCHECK_LIMIT);
        return;
    }
    fprintf(to->out, "%d of %d tensors are wrong. Errors travel from the loss to the input: start looking "
            "at\nthe layer of the last one, ", wrong, r->n);
    text_print(to->out, last);
    fputs(", and at those behind it.\n", to->out);
}

// ---- checking -----------------------------------------------------------------------------------

// On a terminal one line says what is being checked, and is gone in the end.
static void show_progress(void *ctx, const char *name, int i, int n) {
    const Terminal *to = ctx;
    if (!to->live) return;
    fprintf(to->out, "\r\033[Kchecking %d of %d: ", i + 1, n);
    text_print(to->out, name);
    fflush(to->out);
}

// The number of the first picture; the exit status if it is none.
static int first_picture(const CommandLine *c, int pictures, int *first) {
    const char *const text = c->look_at ? c->look_at : "0";
    char *end;
    errno = 0;
    const long v = strtol(text, &end, 10);
    const bool number = strspn(text, "0123456789") == strlen(text) && *text && errno == 0;
    *first = (int)v;
    if (number && v < pictures) return STATUS_DONE;
    complain("--gradcheck --image wants the number of a picture, 0 to %s, not '%s'",
             count_text((uint64_t)pictures - 1).s, text);
    return number ? STATUS_FAILED : STATUS_USAGE;
}

// The test pictures, if there are any; else those of training.
static Part part_of(const Session *s) { return s->data.part[PART_TEST].n > 0 ? PART_TEST : PART_TRAIN; }
static int pictures_of(const Session *s) { return s->data.part[part_of(s)].n; }

static int batch_of(const CommandLine *c, const Session *s) {
    const int wanted = c->run.batch > 0 ? c->run.batch : FEW, most = pictures_of(s);
    return wanted < most ? wanted : most;
}

static bool read_batch(Session *s, int first, Tensor input, int *label, Error *e) {
    const int pictures = pictures_of(s);
    int *const index = calloc((size_t)input.n, sizeof *index);
    Batcher b;
    if (!index) return error_set(e, "there is no memory left");
    for (int i = 0; i < input.n; i++) index[i] = (first + i) % pictures;
    bool fine = batcher_open(&b, &s->data, s->threads, e);
    if (fine) {
        fine = batcher_fill(&b, part_of(s), index, input.n, NULL, input, label, e);
        batcher_close(&b);
    }
    free(index);
    return fine;
}

static bool check(Session *s, const CommandLine *c, const Terminal *to, int first, int n,
                  GradCheck *out, Error *e) {
    const Shape image = s->data.input;
    const GradOptions o = {.shake = 1e-3, .noise = 0.2, .ref = c->run.ref, .seed = s->seed,
                           .begin = show_progress, .ctx = (void *)to};
    Tensor input = {.n = n, .c = image.c, .h = image.h, .w = image.w};
    int *const label = calloc((size_t)n, sizeof *label);
    input.v = calloc(tensor_len(input), sizeof *input.v);
    bool fine = label && input.v ? read_batch(s, first, input, label, e)
                                 : error_set(e, "there is no memory left");
    if (fine) fine = gradcheck_run(s->x, s->params, s->threads, &o, input, label, out, e);
    if (to->live) fputs("\r\033[K", to->out);
    free(input.v), free(label);
    return fine;
}

static int report(Session *s, const CommandLine *c, const Model *m) {
    const Terminal to = terminal_of(stdout);
    const int n = batch_of(c, s);
    int first;
    Error e;
    GradCheck r;
    if (n == 0) return complain("there are no pictures");
    const int bad = first_picture(c, pictures_of(s), &first);
    if (bad) return bad;
    if (!check(s, c, &to, first, n, &r, &e)) return complain("%s", e.text);

    fprintf(to.out, "%d %s picture%s from number %d on and the %s weights,\n"
            "each moved a little, so that nothing stands exactly on a kink; loss %.4f\n\n", n,
            part_of(s) == PART_TEST ? "test" : "training", n == 1 ? "" : "s", first,
            s->o.weights ? "loaded" : "initial", r.loss);
    print_tensors(&to, m->arena, &r);
    explain_verdict(&to, &r);
    const int status = r.right ? STATUS_DONE : STATUS_FAILED;
    gradcheck_free(&r);
    return status;
}

int command_gradcheck(const CommandLine *c, const Model *m) {
    Error e;
    Session s;
    if (!opening_session(&s, m->x, &c->run, true, &e)) return complain("%s", e.text);
    const int status = report(&s, c, m);
    session_close(&s);
    return status;
}
