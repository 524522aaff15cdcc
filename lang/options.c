/* options.c — the values of a statement, put into the options of a kind.
 *
 * Values without a name fill the kind's main options in their order; which one a value is meant for
 * shows in what it is (a size, a number, a text). A word that is chosen from a table, like the
 * optimizer behind `optimizer`, brings its own options along: they join the same statement. */
#include <math.h>
#include <string.h>

#include "lang/check.h"

// One option of the statement that is being read.
typedef struct Slot {
    const AttrSpec *spec;
    const KindSpec *kind; // that it belongs to
    void *field;
    Span *at;             // place of its value, once it is written
} Slot;

typedef struct Bind {
    Check *c;
    const KindSpec *kind;
    Span word_at, whole;
    Slot slot[MAX_ATTRS];
    int n;
} Bind;

static bool given(const Slot *s) { return s->at->hi > 0; }

// ---- defaults ----------------------------------------------------------------------------------

static void set_default(const AttrSpec *a, void *field) {
    const int side = (int)a->def;
    switch (a->type) {
    case ATTR_INT:
    case ATTR_WORD:   *(int *)field = (int)a->def; break;
    case ATTR_REAL:   *(double *)field = a->def; break;
    case ATTR_BOOL:
    case ATTR_FLAG:   *(bool *)field = a->def != 0; break;
    case ATTR_SIZE:
    case ATTR_WINDOW: *(Size *)field = (Size){side, side}; break;
    case ATTR_TEXT:   *(const char **)field = a->def_word; break;
    case ATTR_CHOICE: *(Use *)field = (Use){0}; break;
    case ATTR_REALS:  *(Reals *)field = (Reals){0}; break;
    case ATTR_NAMES:  *(Names *)field = (Names){0}; break;
    }
}

// Makes a configuration of this kind, all defaults, and its options part of the statement.
static bool join_kind(Bind *b, const KindSpec *kind, Span at, Use *use) {
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
        set_default(a, cfg + a->at);
    }
    return true;
}

// ---- one value ---------------------------------------------------------------------------------

static const char *described(const Bind *b, const AttrSpec *a) {
    char text[256];
    attr_range(text, sizeof text, a);
    return arena_text(b->c->arena, text, strlen(text));
}

// "kernel must be a size such as 3x3, not 3"
static bool wrong_type(const Bind *b, const Slot *s, Value v) {
    Check *c = b->c;
    const char *written = diags_text(c->diags, v.at);
    if (v.kind == VALUE_WORD && was_broken(c, v.text)) return false;
    diag_error(c->diags, v.at, W_TYPE, "%s must be %s, not %s", s->spec->name,
               described(b, s->spec), written);
    if (s->spec->type == ATTR_SIZE && v.kind == VALUE_NUMBER && v.number > 0
        && v.number == floor(v.number) && v.number <= MAX_SIDE)
        diag_try(c->diags, v.at, "%.0fx%.0f", v.number, v.number);
    else diag_label(c->diags, "%s", s->spec->help);
    if (v.kind != VALUE_WORD) return false;
    Guess g = {.word = v.text};
    for (const Word *w = s->spec->words; w && w->name; w++) guess_offer(&g, w->name, NULL);
    for (const Name *n = c->names; n; n = n->next) guess_offer(&g, n->name, NULL);
    if (g.best) diag_try(c->diags, v.at, "%s", g.best);
    return false;
}

static bool in_range(const Bind *b, const Slot *s, Value v, double x) {
    const AttrSpec *a = s->spec;
    if (a->lo == a->hi) return true; // a list of any numbers
    const bool low = x < a->lo || (a->open && a->lo == 0 && x == 0);
    const bool high = x > a->hi || (a->open && x == a->hi);
    if (!low && !high) return true;
    diag_error(b->c->diags, v.at, W_RANGE, "%s must be %s, not %s", a->name, described(b, a),
               diags_text(b->c->diags, v.at));
    diag_label(b->c->diags, "%s", a->help);
    return false;
}

static bool set_int(const Bind *b, const Slot *s, Value v) {
    for (const Word *w = s->spec->words; v.kind == VALUE_WORD && w && w->name; w++)
        if (strcmp(w->name, v.text) == 0) return *(int *)s->field = w->value, true;
    if (v.kind != VALUE_NUMBER || v.number != floor(v.number)) return wrong_type(b, s, v);
    if (!in_range(b, s, v, v.number)) return false;
    *(int *)s->field = (int)v.number;
    return true;
}

static bool set_word(const Bind *b, const Slot *s, Value v) {
    for (const Word *w = s->spec->words; v.kind == VALUE_WORD && w->name; w++)
        if (strcmp(w->name, v.text) == 0) return *(int *)s->field = w->value, true;
    return wrong_type(b, s, v);
}

static bool set_real(const Bind *b, const Slot *s, Value v) {
    if (v.kind != VALUE_NUMBER) return wrong_type(b, s, v);
    if (!in_range(b, s, v, v.number)) return false;
    *(double *)s->field = v.number;
    return true;
}

static bool set_bool(const Bind *b, const Slot *s, Value v) {
    const bool yes = v.kind == VALUE_WORD && strcmp(v.text, "yes") == 0;
    if (!yes && (v.kind != VALUE_WORD || strcmp(v.text, "no") != 0)) {
        wrong_type(b, s, v);
        const bool said_yes = (v.kind == VALUE_NUMBER && v.number != 0)
                           || (v.kind == VALUE_WORD && strchr("tToO", v.text[0]));
        diag_try(b->c->diags, v.at, "%s", said_yes ? "yes" : "no");
        return false;
    }
    *(bool *)s->field = yes;
    return true;
}

static bool set_size(const Bind *b, const Slot *s, Value v) {
    const bool number = s->spec->type == ATTR_WINDOW && v.kind == VALUE_NUMBER
                     && v.number == floor(v.number);
    if (v.kind != VALUE_SIZE && !number) return wrong_type(b, s, v);
    const double h = number ? v.number : v.size.h, w = number ? v.number : v.size.w;
    if (!in_range(b, s, v, h) || !in_range(b, s, v, w)) return false;
    *(Size *)s->field = (Size){(int)h, (int)w};
    return true;
}

static bool set_text(const Bind *b, const Slot *s, Value v) {
    // A name is as good as a text where no other word could stand: into=base, list=pets.txt.
    const bool name = v.kind == VALUE_WORD && !s->spec->main;
    if (v.kind != VALUE_TEXT && !name) return wrong_type(b, s, v);
    if (!*v.text) return diag_error(b->c->diags, v.at, W_TYPE, "there is nothing in these quotes");
    *(const char **)s->field = v.text;
    return true;
}

// ---- a word from a table -----------------------------------------------------------------------

static const char *all_words(Check *c, Group g) {
    const char *list = "";
    for (const KindSpec *const *k = words_of(c->words, g); *k; k++)
        list = arena_print(c->arena, "%s %s", list, (*k)->name);
    return list;
}

static bool unknown_choice(const Bind *b, const Slot *s, Value v) {
    Check *c = b->c;
    const AttrSpec *a = s->spec;
    if (was_broken(c, v.text)) return false;
    diag_error(c->diags, v.at, W_WORD, "there is no %s called '%s'", group_name(a->group), v.text);
    Guess g = {.word = v.text};
    guess_kinds(&g, words_of(c->words, a->group));
    if (g.best) diag_label(c->diags, "did you mean %s?", g.best);
    if (g.best) diag_try(c->diags, v.at, "%s", g.best);
    else diag_note(c->diags, "there are:%s", all_words(c, a->group));
    return false;
}

static bool set_choice(Bind *b, const Slot *s, Value v) {
    if (v.kind != VALUE_WORD) return wrong_type(b, s, v);
    const KindSpec *kind = kind_named(b->c->words, s->spec->group, v.text);
    if (!kind) return unknown_choice(b, s, v);
    return join_kind(b, kind, v.at, s->field);
}

static bool default_choice(Bind *b, const Slot *s) {
    if (given(s) || !s->spec->def_word) return true;
    const KindSpec *kind = kind_named(b->c->words, s->spec->group, s->spec->def_word);
    return !kind || join_kind(b, kind, b->word_at, s->field);
}

// ---- lists -------------------------------------------------------------------------------------

static bool set_reals(const Bind *b, const Slot *s, const Arg *arg) {
    double *list = arena_array(b->c->arena, double, arg->n);
    int n = 0;
    for (const Expr *e = arg->first; e; e = e->next) {
        const Value v = value_of(b->c, e);
        if (v.kind == VALUE_BAD) return false;
        if (v.kind != VALUE_NUMBER) return wrong_type(b, s, v);
        if (!in_range(b, s, v, v.number)) return false;
        list[n++] = v.number;
    }
    *(Reals *)s->field = (Reals){n, list};
    return true;
}

// Adds the names of one argument behind those that are there; `room` is enough for all.
static bool add_names(const Bind *b, const Slot *s, const Arg *arg, int room) {
    Names *names = s->field;
    if (!names->name) {
        names->name = arena_array(b->c->arena, const char *, room);
        names->at = arena_array(b->c->arena, Span, room);
    }
    for (const Expr *e = arg->first; e; e = e->next) {
        const bool word = e->first->kind == ATOM_WORD && !e->first->next;
        const bool number = e->first->kind == ATOM_NUMBER && !e->first->next;
        if (!word && !number)
            return diag_error(b->c->diags, e->at, W_TYPE, "a name is expected here, not %s",
                              diags_text(b->c->diags, e->at));
        ((const char **)names->name)[names->n] = diags_text(b->c->diags, e->at);
        ((Span *)names->at)[names->n++] = e->at;
    }
    return true;
}

// ---- one argument ------------------------------------------------------------------------------

static bool set_one(Bind *b, const Slot *s, Value v) {
    switch (s->spec->type) {
    case ATTR_INT:    return set_int(b, s, v);
    case ATTR_REAL:   return set_real(b, s, v);
    case ATTR_BOOL:   return set_bool(b, s, v);
    case ATTR_SIZE:
    case ATTR_WINDOW: return set_size(b, s, v);
    case ATTR_WORD:   return set_word(b, s, v);
    case ATTR_TEXT:   return set_text(b, s, v);
    case ATTR_CHOICE: return set_choice(b, s, v);
    default:          return false; // flags and lists have been dealt with
    }
}

static bool one_value(const Bind *b, const Slot *s, const Arg *arg) {
    if (arg->n == 1) return true;
    diag_error(b->c->diags, arg->at, W_TYPE, "%s takes one value, this is a list of %d",
               s->spec->name, arg->n);
    diag_label(b->c->diags, "decimals are written with a point: 0.5");
    return false;
}

static bool set(Bind *b, const Slot *s, const Arg *arg) {
    const Span before = *s->at, at = {arg->first->at.lo, arg->last->at.hi};
    *s->at = at;
    if (arg->n > MAX_LIST)
        return diag_error(b->c->diags, at, W_RANGE, "a list has at most %d values", MAX_LIST);
    if (before.hi > 0)
        return diag_error(b->c->diags, arg->at, W_TWICE, "%s has already been given: %s",
                          s->spec->name, diags_text(b->c->diags, before));
    if (s->spec->type == ATTR_NAMES) return add_names(b, s, arg, arg->n);
    if (s->spec->type == ATTR_REALS) return set_reals(b, s, arg);
    if (!one_value(b, s, arg)) return false;
    const Value v = value_of(b->c, arg->first);
    return v.kind != VALUE_BAD && set_one(b, s, v);
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
            diag_error(b->c->diags, arg->name_at, W_TOGETHER, "'%s' belongs to %s %s, but %s %s",
                       arg->name, a->name, (*k)->name, chosen ? "this is" : "none is chosen",
                       chosen ? chosen->name : "");
            return true;
        }
    }
    return false;
}

static bool unknown_option(Bind *b, const Arg *arg) {
    Check *c = b->c;
    Guess g = {.word = arg->name};
    if (owner_is_other(b, arg)) return false;
    for (int i = 0; i < b->n; i++) guess_offer(&g, b->slot[i].spec->name, b->slot[i].spec->synonyms);
    diag_error(c->diags, arg->name_at, W_OPTION, "%s has no option '%s'", b->kind->name, arg->name);
    const Slot *best = g.best ? slot_named(b, g.best) : NULL;
    if (best && best->spec->main)
        diag_label(c->diags, "write %s without a name, as in %s", g.best, b->kind->example);
    else if (best) {
        diag_label(c->diags, "did you mean %s?", g.best);
        diag_try(c->diags, arg->name_at, "%s", g.best);
    } else diag_note(c->diags, "`cnnrun help %s` lists its options", b->kind->name);
    return false;
}

static bool set_option(Bind *b, const Arg *arg) {
    const Slot *s = slot_named(b, arg->name);
    if (!s) return unknown_option(b, arg);
    if (!s->spec->main) return set(b, s, arg);
    diag_error(b->c->diags, arg->at, W_OPTION, "%s is written without its name", arg->name);
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
    for (const Slot *t = s + 1; t < b->slot + b->n; t++)
        if (t->kind == s->kind && t->spec->main && given(t) && t->spec->type != ATTR_FLAG) return true;
    return false;
}

static bool unknown_flag(Bind *b, Value v) {
    Check *c = b->c;
    Guess g = {.word = v.text};
    for (int i = 0; i < b->n; i++) guess_offer(&g, b->slot[i].spec->name, b->slot[i].spec->synonyms);
    diag_error(c->diags, v.at, W_OPTION, "%s does not know '%s'", b->kind->name, v.text);
    if (g.best) diag_label(c->diags, "did you mean %s?", g.best);
    if (g.best) diag_try(c->diags, v.at, "%s", g.best);
    else diag_note(c->diags, "`cnnrun help %s` lists its values and options", b->kind->name);
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
        for (; arg; arg = arg->next)
            if (!arg->name && !add_names(b, names, arg, rest)) return false;
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
    if (!too_late(b, s)) return set(b, s, arg);
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
    if (!join_kind(&b, kind, word_at, use)) return false;
    bool good = true;
    int rest = 0;
    for (const Arg *a = args; a; a = a->next) rest += a->n;
    for (const Arg *a = args; a && good; a = a->next) // words that bring options along come first
        if (is_choice(&b, a)) good = set(&b, slot_named(&b, a->name), a);
    for (const Arg *a = args; a && good; a = a->next)
        if (!a->name && !names_taken(&b)) good = set_main(&b, a, rest);
    for (int i = 0, n = b.n; i < n && good; i++)
        if (b.slot[i].spec->type == ATTR_CHOICE) good = default_choice(&b, &b.slot[i]);
    for (const Arg *a = args; a; a = a->next)
        if (a->name && !is_choice(&b, a)) good &= set_option(&b, a);
    return good && nothing_missing(&b);
}

bool bind_defaults(Check *c, const KindSpec *kind, Span at, Use *use) {
    return bind_use(c, kind, NULL, at, at, use);
}
