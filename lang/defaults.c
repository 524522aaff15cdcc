/* defaults.c — options as text: what was written, and what was not. */
#include <string.h>

#include "lang/check.h"

// ---- one value ---------------------------------------------------------------------------------

static const char *word_for(const AttrSpec *a, int value) {
    for (const Word *w = a->words; w && w->name; w++)
        if (w->value == value) return w->name;
    return NULL;
}

static const char *reals_text(Arena *a, const Reals *list) {
    const char *text = "";
    for (int i = 0; i < list->n; i++)
        text = arena_print(a, "%s%s%.9g", text, i > 0 ? "," : "", list->v[i]);
    return text;
}

static const char *names_text(Arena *a, const Names *list, bool main) {
    const char *text = "";
    for (int i = 0; i < list->n; i++)
        text = arena_print(a, "%s%s%s", text, i == 0 ? "" : main ? " " : ",", list->name[i]);
    return text;
}

static const char *sides_text(Arena *a, Size s, bool window) {
    if (window && s.h == s.w) return arena_print(a, "%d", s.h);
    return arena_print(a, "%dx%d", s.h, s.w);
}

static const char *value_text(Arena *a, const AttrSpec *s, const void *field) {
    const char *word = NULL;
    switch (s->type) {
    case ATTR_INT:    word = word_for(s, *(const int *)field);
                      return word ? word : arena_print(a, "%d", *(const int *)field);
    case ATTR_WORD:   word = word_for(s, *(const int *)field);
                      return word ? word : "";
    case ATTR_REAL:   return arena_print(a, "%.9g", *(const double *)field);
    case ATTR_BOOL:   return *(const bool *)field ? "yes" : "no";
    case ATTR_FLAG:   return s->name;
    case ATTR_SIZE:
    case ATTR_WINDOW: return sides_text(a, *(const Size *)field, s->type == ATTR_WINDOW);
    case ATTR_TEXT:   word = *(const char *const *)field;
                      return word ? arena_print(a, "\"%s\"", word) : "";
    case ATTR_CHOICE: return ((const Use *)field)->kind ? ((const Use *)field)->kind->name : "";
    case ATTR_REALS:  return reals_text(a, field);
    case ATTR_NAMES:  return names_text(a, field, s->main);
    }
    return "";
}

// ---- one use -----------------------------------------------------------------------------------

static bool is_written(const Use *u, int i) { return u->attr_at && u->attr_at[i].hi > 0; }

static const void *field_of(const Use *u, const AttrSpec *a) {
    return (const char *)u->cfg + a->at;
}

// The written values of a use; a chosen word is followed by its own.
static const char *values_text(Arena *a, const Use *u, bool main, const char *text) {
    const AttrSpec *s = u->kind ? u->kind->attrs : NULL;
    for (int i = 0; s && s[i].name; i++) {
        const void *field = field_of(u, &s[i]);
        if (s[i].main == main && is_written(u, i))
            text = main ? arena_print(a, "%s %s", text, value_text(a, &s[i], field))
                        : arena_print(a, "%s %s=%s", text, s[i].name, value_text(a, &s[i], field));
        if (s[i].type == ATTR_CHOICE) text = values_text(a, field, main, text);
    }
    return text;
}

const char *use_text(Arena *a, const Use *u) {
    if (!u->kind) return "";
    const char *text = values_text(a, u, true, u->kind->name);
    return values_text(a, u, false, text);
}

// ---- all defaults ------------------------------------------------------------------------------

typedef struct Told { const AttrSpec *option; struct Told *next; } Told;

typedef struct Teller {
    Arena *arena;
    Told *told; // what has been told: a network has fifty convs with the same defaults
    void (*each)(void *ctx, const char *where, const char *option, const char *value);
    void *ctx;
} Teller;

static bool first_time(Teller *t, const AttrSpec *option) {
    for (const Told *k = t->told; k; k = k->next)
        if (k->option == option) return false;
    Told *k = arena_new(t->arena, Told);
    *k = (Told){.option = option, .next = t->told};
    t->told = k;
    return true;
}

static void tell(Teller *t, const Use *u, const char *where) {
    const AttrSpec *s = u->kind ? u->kind->attrs : NULL;
    for (int i = 0; s && s[i].name; i++) {
        const void *field = field_of(u, &s[i]);
        const char *value = s[i].def_text ? s[i].def_text : value_text(t->arena, &s[i], field);
        if (!is_written(u, i) && s[i].type != ATTR_FLAG && *value && first_time(t, &s[i]))
            t->each(t->ctx, where, s[i].name, value);
        if (s[i].type == ATTR_CHOICE) tell(t, field, where);
    }
}

static const char *rule(Teller *t, const char *statement, const Use *u) {
    return u->kind ? arena_print(t->arena, "%s %s", statement, u->kind->name) : statement;
}

static void tell_everything(Teller *t, const Experiment *x) {
    tell(t, &x->data, "data");
    for (int i = 0; i < x->n_steps; i++) tell(t, &x->step[i], x->step[i].kind->name);
    for (int i = 0; i < x->n_augments; i++) tell(t, &x->augment[i], x->augment[i].kind->name);
    for (int i = 1; i < x->graph.n_nodes; i++)
        tell(t, &x->graph.node[i].use, x->graph.node[i].use.kind->name);
    if (x->init.kind && x->init.at.hi == 0) t->each(t->ctx, "init", "rule", x->init.kind->name);
    tell(t, &x->loss, rule(t, "loss", &x->loss));
    tell(t, &x->optimizer, rule(t, "optimizer", &x->optimizer));
    for (int i = 0; i < x->n_actions; i++)
        tell(t, &x->action[i].use, x->action[i].use.kind->name);
    if (!x->seed_written)
        t->each(t->ctx, "seed", "seed", arena_print(t->arena, "%llu", (unsigned long long)x->seed));
}

void experiment_defaults(const Experiment *x,
                         void (*each)(void *ctx, const char *where, const char *option,
                                      const char *value),
                         void *ctx) {
    Arena *a = arena_make();
    if (!a) return;
    Teller t = {.arena = a, .each = each, .ctx = ctx};
    if (setjmp(*arena_guard(a)) == 0) tell_everything(&t, x);
    arena_free(a);
}
