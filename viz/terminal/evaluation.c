/* evaluation.c — counts of right and wrong answers, and what follows from them (runtime/scores.h). */
#include "viz/terminal/evaluation.h"

#include <math.h>
#include <setjmp.h>

#include "lang/arena.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/grid.h"
#include "viz/terminal/text.h"

enum { NAME = 64, ROW_NAME = 20, LEAST_TITLE = 3, WORST_PAIRS = 3 };

// ---- counts ------------------------------------------------------------------------------------

static int count_of(const Evaluation *v, int wanted, int said) {
    return v->confusion[(size_t)wanted * (size_t)v->classes + (size_t)said];
}

static void class_name(const Evaluation *v, int k, char name[NAME]) {
    text_clean(name, NAME, v->class_name[k], "");
}

// ---- the confusion matrix ----------------------------------------------------------------------

// Columns of the matrix: of a class's name in front, of a count, of a name above.
typedef struct Widths { int row, count, title; } Widths;

static int longest_name(const Evaluation *v) {
    int longest = 0;
    char name[NAME];
    for (int k = 0; k < v->classes; k++) {
        class_name(v, k, name);
        const int columns = text_columns(name);
        if (columns > longest) longest = columns;
    }
    return longest;
}

static int largest_count(const Evaluation *v) {
    int largest = 0;
    for (int i = 0; i < v->classes; i++)
    for (int j = 0; j < v->classes; j++)
        if (count_of(v, i, j) > largest) largest = count_of(v, i, j);
    return largest;
}

// A gap, the opening bracket, the count and the closing bracket.
static int cell_width(const Widths *w) { return 3 + (w->count > w->title ? w->count : w->title); }

// Finds widths with which the matrix fits, names shortened if need be.
static bool matrix_fits(const Evaluation *v, int room, Widths *w) {
    const int longest = longest_name(v), least = longest < LEAST_TITLE ? longest : LEAST_TITLE;
    *w = (Widths){.row = longest < ROW_NAME ? longest : ROW_NAME, .title = longest};
    for (int n = largest_count(v); n > 0; n /= 10) w->count++;
    while (w->row + (long)v->classes * cell_width(w) > room && w->title > least) w->title--;
    return w->row + (long)v->classes * cell_width(w) <= room;
}

static void print_right(FILE *out, const char *text, int columns) {
    const int bytes = text_fit(text, columns), used = text_columns(text);
    fprintf(out, "%*s%.*s", used < columns ? columns - used : 0, "", bytes, text);
}

// The diagonal, where the right answers are, stands in brackets.
static void print_count(FILE *out, int n, int columns, bool diagonal, bool last) {
    char text[16] = "·";
    if (n > 0 || diagonal) snprintf(text, sizeof text, diagonal ? "[%d" : "%d", n);
    print_right(out, text, columns - 1);
    fputs(diagonal ? "]" : last ? "" : " ", out);
}

static void print_titles(FILE *out, const Evaluation *v, const Widths *w) {
    char name[NAME];
    fprintf(out, "%*s", w->row, "");
    for (int j = 0; j < v->classes; j++) {
        class_name(v, j, name);
        fprintf(out, "%*s", cell_width(w) - 1 - w->title, "");
        print_right(out, name, w->title);
        if (j + 1 < v->classes) fputs(" ", out);
    }
    fputs("\n", out);
}

static void print_matrix(const Terminal *to, const Evaluation *v, const Widths *w) {
    char name[NAME];
    fprintf(to->out, "\n%sconfusion matrix%s  (row: what it was, column: what the network said)\n",
            terminal_bold(to), terminal_normal(to));
    print_titles(to->out, v, w);
    for (int i = 0; i < v->classes; i++) {
        class_name(v, i, name);
        print_right(to->out, name, w->row);
        for (int j = 0; j < v->classes; j++)
            print_count(to->out, count_of(v, i, j), cell_width(w), i == j, j + 1 == v->classes);
        fputs("\n", to->out);
    }
}

// ---- pairs that are taken for each other -------------------------------------------------------

typedef struct Pair { int wanted, said, n; } Pair;

// Does p come after `before` in the order of most images first?
static bool follows(const Pair *p, const Pair *before) {
    if (p->n != before->n) return p->n < before->n;
    if (p->wanted != before->wanted) return p->wanted > before->wanted;
    return p->said > before->said;
}

// The first pair after `before`; one of no images when there are no more.
static Pair next_pair(const Evaluation *v, const Pair *before) {
    Pair best = {0};
    for (int i = 0; i < v->classes; i++)
    for (int j = 0; j < v->classes; j++) {
        const Pair p = {i, j, count_of(v, i, j)};
        if (i != j && p.n > best.n && follows(&p, before)) best = p;
    }
    return best;
}

static void print_pairs(FILE *out, const Evaluation *v) {
    Pair p = {-1, -1, INT32_MAX};
    for (int k = 0; k < WORST_PAIRS; k++) {
        char wanted[NAME], said[NAME];
        p = next_pair(v, &p);
        if (p.n == 0) return;
        class_name(v, p.wanted, wanted);
        class_name(v, p.said, said);
        fprintf(out, "%s %s taken for %s: %s time%s\n", k ? "              " : "most confused:",
                wanted, said, count_text((uint64_t)p.n).s, p.n == 1 ? "" : "s");
    }
}

static void print_confusion(const Terminal *to, const Evaluation *v) {
    Widths w;
    if (matrix_fits(v, terminal_width(to), &w)) print_matrix(to, v, &w);
    else fprintf(to->out, "\na confusion matrix of %d classes is too wide for here\n", v->classes);
    print_pairs(to->out, v);
}

// ---- the report --------------------------------------------------------------------------------

static void ratio_cell(Grid *g, double share) {
    grid_cell(g, isfinite(share) ? percent_text(share).s : "–");
}

static void ratio_cells(Grid *g, double precision, double recall, double f1) {
    ratio_cell(g, precision);
    ratio_cell(g, recall);
    ratio_cell(g, f1);
}

static void report_rows(Grid *g, Arena *a, const Evaluation *v) {
    for (int k = 0; k < v->classes; k++) {
        const ClassScore *c = &v->score[k];
        grid_cell(g, v->class_name[k]);
        ratio_cells(g, c->precision, c->recall, c->f1);
        grid_cell(g, c->images ? count_text((uint64_t)c->images).s : "none");
    }
    grid_rule(g);
    grid_cell(g, v->mean.classes == v->classes ? "mean" : arena_print(a, "mean of %d", v->mean.classes));
    ratio_cells(g, v->mean.precision, v->mean.recall, v->mean.f1);
    grid_cell(g, count_text((uint64_t)v->n).s);
}

// What the table needs to be read rightly.
static void print_notes(FILE *out, const Evaluation *v) {
    const int without = v->classes - v->mean.classes;
    fprintf(out, "balanced accuracy %s: the mean recall, in which all classes count the same\n",
            percent_text(v->mean.recall).s);
    if (without > 0)
        fprintf(out, "%d class%s no %s images and %s left out of the means\n", without,
                without == 1 ? " has" : "es have", v->part, without == 1 ? "is" : "are");
}

static void print_report(const Terminal *to, const Evaluation *v) {
    static const Column columns[] = {
        {.title = "class", .elastic = true},   {.title = "precision", .right = true},
        {.title = "recall", .right = true},    {.title = "F1", .right = true},
        {.title = "images", .right = true},
    };
    Arena *a = arena_make();
    if (!a || setjmp(*arena_guard(a))) {
        arena_free(a);
        complain("no memory left for the report");
        return;
    }
    Grid *g = grid_make(a, 5, columns);
    report_rows(g, a, v);
    fputs("\n", to->out);
    grid_print(g, to);
    print_notes(to->out, v);
    arena_free(a);
}

// ---- the worst mistakes ------------------------------------------------------------------------

static void print_worst(FILE *out, const Evaluation *v) {
    fprintf(out, "\nworst mistakes%s\n", v->n_worst ? "" : ": none, every answer was right");
    for (int i = 0; i < v->n_worst; i++) {
        const WrongAnswer *m = &v->worst[i];
        char wanted[NAME], said[NAME];
        class_name(v, m->wanted, wanted);
        class_name(v, m->said, said);
        fprintf(out, "%s image %6d: %s taken for %s with %s", v->part, m->picture, wanted, said,
                output_text(m->share, v->probable).s);
        if (!isnan(m->loss)) fprintf(out, ", loss %.2f", m->loss);
        if (m->file) fputs("  ", out), text_print(out, m->file);
        fputs("\n", out);
    }
}

// ---- all of it ---------------------------------------------------------------------------------

static void print_accuracy(const Terminal *to, const Evaluation *v) {
    fprintf(to->out, "%saccuracy %s%s (%s of %s %s images)\n", terminal_bold(to),
            percent_text(v->accuracy).s, terminal_normal(to), count_text((uint64_t)v->hits).s,
            count_text((uint64_t)v->n).s, v->part);
    if (!isnan(v->loss)) fprintf(to->out, "loss %.4f\n", v->loss);
    if (v->top > 1)
        fprintf(to->out, "right among the first %d: %s\n", v->top, percent_text(v->top_accuracy).s);
}

void evaluation_print(const Terminal *to, const EvaluateOptions *o, const Evaluation *v) {
    const bool other = o->confusion || o->report || o->curves || o->worst;
    if (o->accuracy || o->top > 1 || !other) print_accuracy(to, v);
    if (o->confusion && v->confusion) print_confusion(to, v);
    if (o->report) print_report(to, v);
    if (o->worst > 0) print_worst(to->out, v);
}
