/* options.c — the values of a statement, put into the options of a kind.
 *
 * Values without a name fill the kind's main options in their order; which one a value is meant for
 * shows in what it is (a size, a number, a text). A word that is chosen from a table, like the
 * optimizer behind `optimizer`, brings its own options along: they join the same statement. */
#include <string.h>

#include "lang/options.h"

// Makes a configuration of this kind, all defaults, and its options part of the statement.
bool options_join(Bind *b, const KindSpec *kind, Span at, Use *use) {
    int n = 0;
    for (const AttrSpec *a = kind->attrs; a && a->name; a++) n++;
    if (b->n + n > MAX_ATTRS)
        return diag_error(b->c->diags, at, W_MANY, "%s has too many options", kind->name);
    char *cfg = arena_alloc(b->c->arena, kind->cfg_size);
    Span *attr_at = arena_array(b->c->arena, Span, n);
    *use = (Use){.kind = kind, .cfg = cfg, .at = at, .whole = b->whole, .attr_at = attr_at};
    for (int i = 0; i < n; i++) {
        const AttrSpec *a = &kind->attrs[i];
        b->slot[b->n++] = (Slot){.spec = a, .kind = kind, .field = cfg + a->at, .at = &attr_at[i]};
        option_default(a, cfg + a->at);
    }
    return true;
}

// ---- options: name=value -----------------------------------------------------------------------

static Slot *slot_named(Bind *b, const char *name) {
    for (int i = 0; i < b->n; i++)
        if (strcmp(b->slot[i].spec->name, name) == 0) return &b->slot[i];
    return NULL;
}

// The word of a table that would have brought the option along: factor needs schedule=step.
static bool owner_is_other(Bind *b, const Arg *arg) {
    for (int i = 0; i < b->n; i++) {
        const AttrSpec *a = b->slot[i].spec;
        if (a->type != ATTR_CHOICE) continue;
        const KindSpec *chosen = ((const Use *)b->slot[i].field)->kind;
        for (const KindSpec *const *k = words_of(b->c->words, a->group); *k; k++) {
            if (!attr_named((*k)->attrs, arg->name)) continue;
            diag_error(b->c->diags, arg->name_at, W_TOGETHER, "'%s' belongs to %s %s, this is %s",
                       arg->name, group_name(a->group), (*k)->name,
                       chosen ? chosen->name : "without one");
            if (!a->main) diag_label(b->c->diags, "it goes with %s=%s", a->name, (*k)->name);
            return true;
        }
    }
    return false;
}

static Guess guess_option(const Bind *b, const char *word) {
    Guess g = {.word = word};
    for (int i = 0; i < b->n; i++) {
        const AttrSpec *a = b->slot[i].spec;
        guess_offer(&g, a->name, a->synonyms);
    }
    return g;
}

// Would the option of the right name take the value that was written for the wrong one? What is not
// one plain word or number is not looked into.
static bool would_take(const Bind *b, const AttrSpec *a, const Arg *arg) {
    const Atom *v = arg->first->first;
    if (arg->n > 1 || v->next || (v->kind == ATOM_WORD && name_find(b->c->names, v->text))) return true;
    for (const Word *w = a->words; v->kind == ATOM_WORD && w && w->name; w++)
        if (strcmp(w->name, v->text) == 0) return true;
    switch (a->type) {
    case ATTR_INT:
    case ATTR_REAL:   return v->kind != ATOM_WORD && v->number >= a->lo && v->number <= a->hi;
    case ATTR_WORD:   return false;
    case ATTR_BOOL:   return v->kind == ATOM_WORD && (!strcmp(v->text, "yes") || !strcmp(v->text, "no"));
    case ATTR_CHOICE: return v->kind == ATOM_WORD && kind_named(b->c->words, a->group, v->text);
    default:          return true;
    }
}

static bool unknown_option(Bind *b, const Arg *arg) {
    Check *c = b->c;
    if (b->unsure || owner_is_other(b, arg)) return false;
    const Guess g = guess_option(b, arg->name);
    diag_error(c->diags, arg->name_at, W_OPTION, "%s has no option '%s'", b->kind->name, arg->name);
    const Slot *best = g.best ? slot_named(b, g.best) : NULL;
    if (best && best->spec->main)
        diag_label(c->diags, "write %s without a name, as in %s", g.best, b->kind->example);
    else if (best && would_take(b, best->spec, arg)) say_guess(c, arg->name_at, &g);
    else if (best) {
        diag_label(c->diags, g.cost == 0 ? "here this is called %s" : "did you mean %s?", g.best);
        diag_note(c->diags, "`cnnrun help %s` says what %s can be", b->kind->name, g.best);
    } else diag_note(c->diags, "`cnnrun help %s` lists its options", b->kind->name);
    return false;
}

static bool set_option(Bind *b, const Arg *arg) {
    const Slot *s = slot_named(b, arg->name);
    if (!s) return unknown_option(b, arg);
    if (!s->spec->main) return option_set(b, s, arg);
    diag_error(b->c->diags, arg->at, W_OPTION, "write the value of %s without its name", arg->name);
    diag_label(b->c->diags, "as in %s", s->kind->example);
    return false;
}

// ---- main values -------------------------------------------------------------------------------

// Could this value be meant for that option, by what it is?
static bool suits(const Slot *s, const Arg *arg, Value v) {
    const AttrSpec *a = s->spec;
    const bool number = v.kind == VALUE_NUMBER, word = v.kind == VALUE_WORD;
    if (arg->n > 1) return a->type == ATTR_REALS || a->type == ATTR_NAMES;
    switch (a->type) {
    case ATTR_INT:    return number || (word && a->words);
    case ATTR_REAL:
    case ATTR_REALS:  return number;
    case ATTR_BOOL:
    case ATTR_WORD:
    case ATTR_CHOICE: return word;
    case ATTR_FLAG:   return word && strcmp(a->name, v.text) == 0;
    case ATTR_SIZE:   return v.kind == VALUE_SIZE;
    case ATTR_WINDOW: return v.kind == VALUE_SIZE || number;
    case ATTR_TEXT:   return v.kind == VALUE_TEXT;
    case ATTR_NAMES:  return true;
    }
    return false;
}

// A main option that is still to be filled: the first that suits, or with any = true the first.
static Slot *open_slot(Bind *b, const Arg *arg, Value v, bool any) {
    for (int i = 0; i < b->n; i++) {
        Slot *s = &b->slot[i];
        if (!s->spec->main || (given(s) && s->spec->type != ATTR_FLAG)) continue;
        if (any ? s->spec->type != ATTR_FLAG : suits(s, arg, v)) return s;
    }
    return NULL;
}

// True if a main option behind this one has its value already: 5x5 8 instead of 8 5x5.
static bool too_late(const Bind *b, const Slot *s) {
    for (const Slot *t = s + 1; t < b->slot + b->n; t++) {
        if (t->kind != s->kind || !t->spec->main || t->spec->type == ATTR_FLAG) continue;
        if (given(t)) return true;
    }
    return false;
}

static bool unknown_flag(Bind *b, Value v) {
    Check *c = b->c;
    const Guess g = guess_option(b, v.text);
    diag_error(c->diags, v.at, W_OPTION, "%s does not know '%s'", b->kind->name, v.text);
    say_guess(c, v.at, &g);
    if (!g.best) diag_note(c->diags, "`cnnrun help %s` lists what it knows", b->kind->name);
    return false;
}

// A value that no main option is left for.
static bool extra(Bind *b, const Arg *arg, Value v) {
    Check *c = b->c;
    const Slot *option = v.kind == VALUE_WORD ? slot_named(b, v.text) : NULL;
    if (option) {
        diag_error(c->diags, v.at, W_EQUALS, "'%s' needs a =", v.text);
        const Expr *value = arg->next && !arg->next->name ? arg->next->first : NULL;
        if (value) diag_try(c->diags, (Span){v.at.lo, value->at.hi}, "%s=%s", v.text,
                            diags_text(c->diags, value->at));
        else diag_label(c->diags, "write %s=…", v.text);
        return false;
    }
    if (v.kind == VALUE_WORD && was_broken(c, v.text)) return false;
    if (v.kind == VALUE_WORD) return unknown_flag(b, v);
    diag_error(c->diags, arg->at, W_MANY, "%s takes no further value", b->kind->name);
    if (b->kind->example) diag_label(c->diags, "written like this: %s", b->kind->example);
    return false;
}

static bool set_flag(Bind *b, Slot *s, Value v) {
    if (given(s))
        return diag_error(b->c->diags, v.at, W_TWICE, "%s has already been written", v.text);
    *s->at = v.at;
    *(bool *)s->field = true;
    return true;
}

// `rest` is how many arguments there are from here on, for lists of names.
static bool set_main(Bind *b, const Arg *arg, int rest) {
    Slot *names = open_slot(b, arg, (Value){.kind = VALUE_TEXT}, false);
    if (names && names->spec->type == ATTR_NAMES) { // words here are names, not values
        if (rest > MAX_LIST)
            return diag_error(b->c->diags, b->word_at, W_RANGE, "at most %d names can be given",
                              MAX_LIST);
        for (; arg; arg = arg->next)
            if (!arg->name && !option_add_names(b, names, arg, rest)) return false;
        *names->at = b->whole;
        return true;
    }
    const Value v = value_of(b->c, arg->first);
    if (v.kind == VALUE_BAD) return false;
    Slot *s = open_slot(b, arg, v, false);
    if (s && s->spec->type == ATTR_FLAG) return set_flag(b, s, v);
    if (!s && v.kind == VALUE_WORD && slot_named(b, v.text)) return extra(b, arg, v);
    if (!s) s = open_slot(b, arg, v, true);
    if (!s) return extra(b, arg, v);
    if (!too_late(b, s)) return option_set(b, s, arg);
    diag_error(b->c->diags, arg->at, W_TYPE, "these values stand in the wrong order");
    diag_label(b->c->diags, "written like this: %s", b->kind->example);
    return false;
}

// ---- the whole statement -----------------------------------------------------------------------

static bool is_choice(Bind *b, const Arg *arg) {
    const Slot *s = arg->name ? slot_named(b, arg->name) : NULL;
    return s && s->spec->type == ATTR_CHOICE && !s->spec->main;
}

static bool nothing_missing(Bind *b) {
    for (int i = 0; i < b->n; i++) {
        const AttrSpec *a = b->slot[i].spec;
        if (!a->required || given(&b->slot[i])) continue;
        if (is_cut_short(b->c)) return false;
        diag_error(b->c->diags, b->word_at, W_MISSING, "%s is missing: %s", a->name, a->help);
        if (b->kind->example) diag_label(b->c->diags, "written like this: %s", b->kind->example);
        return false;
    }
    return true;
}

// Values of lists of names are taken together, with the first of them.
static bool names_taken(const Bind *b) {
    for (int i = 0; i < b->n; i++)
        if (b->slot[i].spec->type == ATTR_NAMES && b->slot[i].spec->main && given(&b->slot[i]))
            return true;
    return false;
}

bool bind_use(Check *c, const KindSpec *kind, const Arg *args, Span word_at, Span whole, Use *use) {
    Bind b = {.c = c, .kind = kind, .word_at = word_at, .whole = whole};
    if (!options_join(&b, kind, word_at, use)) return false;
    bool good = true;
    int rest = 0;
    for (const Arg *a = args; a; a = a->next) rest += a->n;
    for (const Arg *a = args; a && good; a = a->next) // words that bring options along come first
        if (is_choice(&b, a)) good = option_set(&b, slot_named(&b, a->name), a);
    for (const Arg *a = args; a && good; a = a->next)
        if (!a->name && !names_taken(&b)) good = set_main(&b, a, rest);
    for (int i = 0, n = b.n; i < n && good; i++)
        if (b.slot[i].spec->type == ATTR_CHOICE) good = option_choose_default(&b, &b.slot[i]);
    for (const Arg *a = args; a && !diags_full(c->diags); a = a->next)
        if (a->name && !is_choice(&b, a)) good &= set_option(&b, a);
    return good && nothing_missing(&b);
}

bool bind_defaults(Check *c, const KindSpec *kind, Span at, Use *use) {
    return bind_use(c, kind, NULL, at, at, use);
}
