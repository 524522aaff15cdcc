/* terms.c — asks for the terms twice: first to know how many there are and which are the largest,
 * then to print those. */
#include "viz/terminal/terms.h"

#include <math.h>
#include <string.h>

#include "viz/terminal/describe.h"
#include "viz/terminal/grid.h"
#include "viz/terminal/numbers.h"

enum {
    FEW = 32,     // so many terms are all printed
    LARGEST = 20, // of more, so many
    HELPERS = 12
};

typedef struct Terms {
    Arena *a;
    Question q;          // while it is asked; picture steps: s
    StepQuestion s;
    Who who;
    int n, n_helpers, most_factors;
    bool labelled, other_pictures;
    TermSum all;
    double largest[LARGEST];          // sizes of the largest terms, falling
    int printed;
    double printed_sum;
    const Terminal *to;
    Grid *grid;
} Terms;

// ---- asking -------------------------------------------------------------------------------------

typedef void TellTerm(void *ctx, const Term *t);
typedef void TellHelper(void *ctx, const Operand *o);

static bool ask(Terms *r, const Asking *as, TellTerm *term, TellHelper *helper) {
    r->q = as->q;
    r->q.ctx = r, r->q.term = term, r->q.helper = helper;
    r->s = (StepQuestion){.c = as->q.c, .y = as->q.y, .x = as->q.x, .ctx = r, .term = term,
                          .helper = helper};
    switch (as->who) {
    case ASK_PICTURE: return trace_explain_picture(as->t, as->which, &r->s);
    case ASK_LAYER:   return trace_explain(as->t, as->which, &r->q);
    case ASK_LOSS:    return trace_explain_loss(as->t, &r->q);
    case ASK_UPDATE:  return trace_explain_update(as->t, as->which, &r->q);
    }
    return false;
}

// ---- the first time: counting -------------------------------------------------------------------

static void note_size(Terms *r, double size) {
    int at = LARGEST;
    while (at > 0 && size > r->largest[at - 1]) at--;
    for (int i = LARGEST - 1; i > at; i--) r->largest[i] = r->largest[i - 1];
    if (at < LARGEST) r->largest[at] = size;
}

static bool is_param(OperandOf of) {
    return of == OF_PARAM || of == OF_WEIGHT || of == OF_GRAD || of == OF_SLOT;
}

static void count(void *ctx, const Term *t) {
    Terms *r = ctx;
    r->n++;
    r->all.sum += t->value;
    r->all.size += fabs(t->value);
    if (t->n_factors > r->most_factors) r->most_factors = t->n_factors;
    r->labelled |= t->label != NULL;
    for (int i = 0; i < t->n_factors; i++) {
        const Operand *o = &t->factor[i];
        r->labelled |= o->note != NULL;
        r->other_pictures |= o->of != OF_NOTHING && !is_param(o->of) && o->n != 0;
    }
    note_size(r, fabs(t->value));
}

// ---- the second time: printing ------------------------------------------------------------------

static Tensor tensor_of(const Terms *r, const Operand *o) {
    return r->who == ASK_PICTURE ? r->s.s.src : explain_tensor(&r->q, o->of, o->k);
}

// "x[0,12,7]", "weight[3,0,2,2]", and in a sum over pictures "#5 x[0,12,7]".
static const char *operand_text(Terms *r, const Operand *o) {
    if (o->of == OF_NOTHING) return o->name;
    const Tensor t = tensor_of(r, o);
    if (is_param(o->of))
        return arena_print(r->a, "%s%s", o->name, param_place_text(r->a, t, o->n, o->c, o->y, o->x));
    const char *place = place_text(r->a, t, o->c, o->y, o->x);
    if (!r->other_pictures) return arena_print(r->a, "%s%s", o->name, place);
    return arena_print(r->a, "#%d %s%s", o->n, o->name, place);
}

static void say_helper(void *ctx, const Operand *o) {
    Terms *r = ctx;
    if (r->n_helpers++ == HELPERS) fprintf(r->to->out, "    … and more\n");
    if (r->n_helpers > HELPERS) return;
    const bool where = o->of != OF_NOTHING && strcmp(operand_text(r, o), o->name) != 0;
    fprintf(r->to->out, "    %s = %s", o->name, value_text(o->v).s);
    if (where) fprintf(r->to->out, ", at %s", operand_text(r, o) + strlen(o->name));
    if (o->note) fprintf(r->to->out, ", %s", o->note);
    fputs("\n", r->to->out);
}

// The label, and how the factors were worked out that lie nowhere.
static const char *remark(Terms *r, const Term *t) {
    const char *text = t->label ? t->label : "";
    for (int i = 0; i < t->n_factors; i++)
        if (t->factor[i].note)
            text = arena_print(r->a, "%s%s%s: %s", text, *text ? "; " : "", t->factor[i].name,
                               t->factor[i].note);
    return text;
}

static bool is_printed(const Terms *r, double value) {
    if (r->n <= FEW) return true;
    return r->printed < LARGEST && value != 0 && !(fabs(value) < r->largest[LARGEST - 1]);
}

static void print_term(void *ctx, const Term *t) {
    Terms *r = ctx;
    if (!is_printed(r, t->value)) return;
    r->printed++;
    r->printed_sum += t->value;
    for (int i = 0; i < r->most_factors; i++) {
        const bool there = i < t->n_factors;
        if (i > 0) grid_cell(r->grid, there ? "·" : "");
        grid_cell(r->grid, there ? operand_text(r, &t->factor[i]) : "");
        grid_cell(r->grid, there ? value_text(t->factor[i].v).s : "");
    }
    grid_cell(r->grid, arena_print(r->a, "= %s", value_text(t->value).s));
    if (r->labelled) grid_cell(r->grid, remark(r, t));
}

static Grid *terms_grid(const Terms *r) {
    static const Column name = {.title = ""}, number = {.title = "", .right = true};
        Column *column = arena_array(r->a, Column, 3 * MAX_FACTORS + 2);
    int n = 0;
    for (int i = 0; i < r->most_factors; i++) {
        if (i > 0) column[n++] = name;
        column[n++] = name;
        column[n++] = number;
    }
    column[n++] = number;
    if (r->labelled) column[n++] = name;
    column[0].title = r->n <= FEW ? "terms" : "largest terms";
    column[n - 1 - r->labelled].title = "product";
    return grid_make(r->a, n, column);
}

static void print_sum(const Terms *r, const char *name, double run) {
    FILE *out = r->to->out;
    const int rest = r->n - r->printed;
    const double others = r->all.sum - r->printed_sum;
    if (rest > 0 && r->printed < LARGEST && r->n > FEW)
        fprintf(out, "and %s terms that are 0\n", count_text((uint64_t)rest).s);
    else if (rest > 0)
        fprintf(out, "and %s smaller term%s, together %s\n", count_text((uint64_t)rest).s,
                rest == 1 ? "" : "s", value_text(others).s);
    fprintf(out, "sum: %s = %s%s%s", name, terminal_bold(r->to), value_text(r->all.sum).s,
            terminal_normal(r->to));
    if (isnan(run) && !isnan(r->all.sum)) fputs("\n", out);
    else terms_compare(out, r->all, run);
}

void terms_compare(FILE *out, TermSum s, double run) {
    const double off = fabs(run - s.sum);
    if (off <= 1e-4 * (fabs(run) + fabs(s.sum)) + 1e-9) {
        fputs(", as the run computed it\n", out);
        return;
    }
    const char *but = off <= 1e-7 * s.size ? ": the same but for rounding" : "";
    fprintf(out, "; the run computed %s%s\n", value_text(run).s, but);
}

TermSum terms_sum(Arena *a, const Asking *as) {
    Terms r = {.a = a, .who = as->who};
    return ask(&r, as, count, NULL) ? r.all : (TermSum){0};
}

bool terms_print(const Terminal *to, Arena *a, const Asking *as, const char *name, double run) {
    Terms r = {.a = a, .who = as->who, .to = to};
    if (!ask(&r, as, count, NULL)) return false;
    fprintf(to->out, "\n%s%s = %s%s, the sum of %s term%s\n", terminal_bold(to), name,
            value_text(isnan(run) ? r.all.sum : run).s, terminal_normal(to), count_text((uint64_t)r.n).s,
            r.n == 1 ? "" : "s");
    if (r.other_pictures) fputs("#0 is this picture, #1, #2 … are the others of the batch\n", to->out);
    if (r.n > 0) {
        r.grid = terms_grid(&r);
        ask(&r, as, print_term, say_helper);
        grid_print(r.grid, to);
    }
    print_sum(&r, name, run);
    return true;
}
