/* grid.c — measures first, then prints. */
#include "viz/terminal/grid.h"

#include <string.h>

#include "viz/terminal/text.h"

enum { GAP = 2, LEAST_ELASTIC = 8, MAX_COLUMNS = 16 };

typedef struct Cell { const char *text; struct Cell *next; } Cell;

struct Grid {
    Arena *arena;
    int n_columns, n_cells;
    const Column *column;
    Cell *first, **last;
    int rule; // number of the row with a line above it; 0: none
};

Grid *grid_make(Arena *a, int n_columns, const Column *column) {
    Grid *g = arena_new(a, Grid);
    g->arena = a;
    g->n_columns = n_columns < MAX_COLUMNS ? n_columns : MAX_COLUMNS;
    g->column = column;
    g->last = &g->first;
    return g;
}

void grid_cell(Grid *g, const char *text) {
    const size_t room = 4 * strlen(text) + 1;
    char *clean = arena_alloc(g->arena, room);
    text_clean(clean, room, text, "");

    Cell *cell = arena_new(g->arena, Cell);
    cell->text = clean;
    *g->last = cell;
    g->last = &cell->next;
    g->n_cells++;
}

void grid_rule(Grid *g) { g->rule = g->n_cells / g->n_columns; }

// ---- how wide each column becomes --------------------------------------------------------------

static int total(const Grid *g, const int *width) {
    int sum = GAP * (g->n_columns - 1);
    for (int i = 0; i < g->n_columns; i++) sum += width[i];
    return sum;
}

// The widest elastic column that can still give; -1 if there is none.
static int widest(const Grid *g, const int *width) {
    int best = -1;
    for (int i = 0; i < g->n_columns; i++) {
        if (!g->column[i].elastic || width[i] <= LEAST_ELASTIC) continue;
        if (best < 0 || width[i] > width[best]) best = i;
    }
    return best;
}

static void measure(const Grid *g, int room, int *width) {
    for (int i = 0; i < g->n_columns; i++) width[i] = text_columns(g->column[i].title);
    int i = 0;
    for (const Cell *c = g->first; c; c = c->next, i = (i + 1) % g->n_columns) {
        const int columns = text_columns(c->text);
        if (columns > width[i]) width[i] = columns;
    }
    for (int k; total(g, width) > room && (k = widest(g, width)) >= 0;) width[k]--;
}

// ---- printing ----------------------------------------------------------------------------------

// Prints a cell that begins after `blanks`, which are kept back until some text follows. Returns
// the blanks in front of the next one.
static int print_cell(FILE *out, const Column *c, const char *text, int width, int blanks) {
    const int columns = text_columns(text), rest = width > columns ? width - columns : 0;
    if (columns == 0) return blanks + width + GAP;
    fprintf(out, "%*s", blanks + (c->right ? rest : 0), "");
    if (columns <= width) fputs(text, out);
    else if (c->keep_end) fprintf(out, "…%s", text + text_fit(text, columns - width + 1));
    else fprintf(out, "%.*s…", text_fit(text, width - 1), text);
    return GAP + (c->right ? 0 : rest);
}

static void print_rule(FILE *out, int columns) {
    while (columns-- > 0) fputs("─", out);
    fputs("\n", out);
}

static void print_titles(const Grid *g, const Terminal *to, const int *width) {
    int blanks = 0;
    fputs(terminal_bold(to), to->out);
    for (int i = 0; i < g->n_columns; i++)
        blanks = print_cell(to->out, &g->column[i], g->column[i].title, width[i], blanks);
    fprintf(to->out, "%s\n", terminal_normal(to));
    print_rule(to->out, total(g, width));
}

void grid_print(const Grid *g, const Terminal *to) {
    int width[MAX_COLUMNS];
    measure(g, terminal_width(to), width);
    print_titles(g, to, width);

    int i = 0, row = 0, blanks = 0;
    for (const Cell *c = g->first; c; c = c->next) {
        if (i == 0 && row > 0 && row == g->rule) print_rule(to->out, total(g, width));
        blanks = print_cell(to->out, &g->column[i], c->text, width[i], blanks);
        if (++i < g->n_columns) continue;
        fputs("\n", to->out);
        i = blanks = 0;
        row++;
    }
}
