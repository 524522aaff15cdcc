/* stage_common.c — what is said of every stage, and which of its numbers is chosen. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "viz/terminal/numbers.h"
#include "viz/terminal/stage.h"
#include "viz/terminal/text.h"

static FILE *out(const Show *s) { return s->to->out; }

// ---- places -------------------------------------------------------------------------------------

bool place_read(Place *p, const char *text, Error *e) {
    *p = (Place){.given = true};
    const char *colon = strrchr(text, ':'), *at = text;
    if (colon) {
        p->param = text;
        p->param_len = (int)(colon - text);
        at = colon + 1;
    }
    while (p->n < 4 && *at >= '0' && *at <= '9') {
        char *end;
        const long v = strtol(at, &end, 10);
        p->at[p->n++] = v < 1000000000 ? (int)v : 1000000000;
        at = end;
        if (*at == '\0') return true;
        if (*at++ != ',') break;
    }
    return error_set(e, "--at wants channel, row and column, like 3,14,9, or of a parameter weight:3,0,2,2; "
                     "not '%s'", text);
}

static bool inside(Tensor t, Spot s) {
    return s.n >= 0 && s.n < t.n && s.c >= 0 && s.c < t.c && s.y >= 0 && s.y < t.h && s.x >= 0 && s.x < t.w;
}

Spot stage_largest(Tensor t, bool by_size) {
    Spot best = {.v = -INFINITY};
    for (int n = 0; n < t.n; n++)
    for (int c = 0; c < t.c; c++)
    for (int y = 0; y < t.h; y++)
    for (int x = 0; x < t.w; x++) {
        const double v = (double)*at(t, n, c, y, x), size = by_size ? fabs(v) : v;
        if (size > best.v) best = (Spot){n, c, y, x, size};
    }
    best.v = (double)*at(t, best.n, best.c, best.y, best.x);
    return best;
}

static bool outside(const Show *s, const char *what, Tensor t, bool param) {
    if (param)
        return error_set(s->e, "%s has no such number: its sides are %d, %d, %d and %d, counted from 0", what,
                         t.n, t.c, t.h, t.w);
    return error_set(s->e, "%s has no such number: %d channels, %d rows, %d columns, counted from 0", what,
                     t.c, t.h, t.w);
}

bool stage_choose(const Show *s, const char *what, Tensor t, bool by_size, Spot *spot) {
    const Place *p = s->place;
    if (!p->given) {
        *spot = stage_largest(t, by_size);
        return true;
    }
    *spot = (Spot){.c = p->at[0], .y = p->at[1], .x = p->at[2]};
    if (!inside(t, *spot) || p->n > 3) return outside(s, what, t, false);
    spot->v = (double)*at(t, 0, spot->c, spot->y, spot->x);
    return true;
}

bool stage_choose_in_param(const Show *s, const char *what, Tensor t, Spot *spot) {
    const Place *p = s->place;
    if (!p->given) {
        *spot = stage_largest(t, true);
        return true;
    }
    *spot = (Spot){.n = p->at[0], .c = p->at[1], .y = p->at[2], .x = p->at[3]};
    if (!inside(t, *spot)) return outside(s, what, t, true);
    spot->v = (double)*at(t, spot->n, spot->c, spot->y, spot->x);
    return true;
}

bool stage_other_param(const Show *s, const char *name) {
    const Place *p = s->place;
    if (!p->given) return false;
    if (!p->param) return true;
    const size_t len = strlen(name), asked = (size_t)p->param_len;
    return asked > len || memcmp(name + len - asked, p->param, asked) != 0 ||
           (asked < len && name[len - asked - 1] != '.');
}

// ---- sentences about tensors --------------------------------------------------------------------

void stage_summary(const Show *s, const char *name, Tensor t, const char *remark) {
    const Summary m = summary_of(t);
    fprintf(out(s), "%-10s %s%s: mean %s, from %s to %s, %.1f %% zeros\n", name,
            size_text(s->a, (Shape){t.c, t.h, t.w}), remark, value_text(m.mean).s, value_text(m.least).s,
            value_text(m.most).s, 100 * (double)m.zeros / (double)m.n);
}

const char *stage_sides(const Show *s, const ParamSpec *p) {
    const char *text = "";
    for (int i = 0; i < p->rank; i++) text = arena_print(s->a, "%s%s%d", text, i ? "×" : "", p->dim[i]);
    return text;
}

void stage_head(const Show *s) {
    const Experiment *x = s->t->s->x;
    const Stage *g = s->stage;
    fprintf(out(s), "%sstage %d of %d: ", terminal_bold(s->to), s->number + 1, s->t->n_stages);
    text_print(out(s), g->name);
    fprintf(out(s), "%s\n", terminal_normal(s->to));
    fprintf(out(s), "%-10s ", "written");
    text_print(out(s), written_text(s->a, x, g->use));
    if (was_written(x, g->use)) fprintf(out(s), "   (line %s)", stage_line(s->a, x, g->use));
    fprintf(out(s), "\n%-10s %s\n", "what", g->use->kind->summary);
    if (*g->formula) fprintf(out(s), "%-10s %s\n", "formula", g->formula);
    if (*g->source) fprintf(out(s), "%-10s %s\n", "source", g->source);
    const bool layer = g->kind == STAGE_FORWARD || g->kind == STAGE_BACKWARD;
    if (layer && trace_plain_sums(s->t, g->index))
        fprintf(out(s), "%-10s %s\n", "sums",
                "as the formula says; training takes Winograd's short cut: the last digits may differ");
}
