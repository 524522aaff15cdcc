/* option_values.c — one value of a statement, put into the field it is meant for, or refused with
 * the sentence that says what would be right. */
#include <math.h>
#include <string.h>

#include "lang/options.h"

// ---- defaults ----------------------------------------------------------------------------------

void option_default(const AttrSpec *a, void *field) {
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

// ---- one value ---------------------------------------------------------------------------------

static const char *described(const Bind *b, const AttrSpec *a) {
    char text[256];
    attr_range(text, sizeof text, a);
    return arena_text(b->c->arena, text, strlen(text));
}

// A number where a size should stand: 3 is meant to be 3x3, and so are 33 and 3*3.
static void propose_size(Check *c, Value v) {
    const char *text = diags_text(c->diags, v.at);
    const size_t len = strlen(text), digits = strspn(text, "0123456789");
    if (digits == len && len == 1) diag_try(c->diags, v.at, "%sx%s", text, text);
    else if (digits == len && len == 2) diag_try(c->diags, v.at, "%cx%c", text[0], text[1]);
    else if (text[digits] == '*') diag_try(c->diags, v.at, "%.*sx%s", (int)digits, text,
                                           text + digits + 1);
}

// "kernel must be a size such as 3x3, not 3"
static bool wrong_type(const Bind *b, const Slot *s, Value v) {
    Check *c = b->c;
    const char *written = diags_text(c->diags, v.at);
    if (v.kind == VALUE_WORD && was_broken(c, v.text)) return false;
    diag_error(c->diags, v.at, W_TYPE, "%s must be %s, not %s", s->spec->name,
               described(b, s->spec), written);
    diag_label(c->diags, "%s", s->spec->help);
    if (s->spec->type == ATTR_SIZE && v.kind == VALUE_NUMBER) propose_size(c, v);
    if (v.kind != VALUE_WORD) return false;
    if (s->spec->type == ATTR_TEXT) diag_try(c->diags, v.at, "\"%s\"", v.text);
    Guess g = {.word = v.text};
    for (const Word *w = s->spec->words; w && w->name; w++) guess_offer(&g, w->name, NULL);
    for (const Name *n = c->names; n; n = n->next) guess_offer(&g, n->name, NULL);
    if (g.best) diag_try(c->diags, v.at, "%s", g.best);
    return false;
}

static bool in_range(const Bind *b, const Slot *s, Value v, double x) {
    const AttrSpec *a = s->spec;
    if (a->type == ATTR_REALS && a->lo == a->hi) return true; // any numbers
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
                           || (v.kind == VALUE_WORD && is_called(v.text, "yes", "true on y t"));
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
    say_guess(c, v.at, &g);
    if (g.best) return false;
    diag_note(c->diags, "there are:%s", all_words(c, a->group));
    for (int i = 0; i < b->n; i++)
        if (b->slot[i].spec->main && b->slot[i].spec->type == ATTR_TEXT) {
            diag_label(c->diags, "%s?", b->slot[i].spec->help);
            diag_try(c->diags, v.at, "\"%s\"", v.text);
        }
    return false;
}

static bool set_choice(Bind *b, const Slot *s, Value v) {
    if (v.kind != VALUE_WORD) return wrong_type(b, s, v);
    const KindSpec *kind = kind_named(b->c->words, s->spec->group, v.text);
    if (!kind) {
        b->unsure = true;
        return unknown_choice(b, s, v);
    }
    return options_join(b, kind, v.at, s->field);
}

bool option_choose_default(Bind *b, const Slot *s) {
    if (given(s) || !s->spec->def_word) return true;
    const KindSpec *kind = kind_named(b->c->words, s->spec->group, s->spec->def_word);
    return !kind || options_join(b, kind, b->word_at, s->field);
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
bool option_add_names(const Bind *b, const Slot *s, const Arg *arg, int room) {
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
    Diags *d = b->c->diags;
    const Span at = {arg->first->at.lo, arg->last->at.hi};
    char *text = (char *)diags_text(d, at); // a copy: the proposal is made in it
    char *comma = strchr(text, ',');
    const bool decimal = arg->n == 2 && strspn(text, "0123456789,") == strlen(text);
    diag_error(d, at, W_TYPE, "%s takes one value, this is a list of %d", s->spec->name, arg->n);
    diag_label(d, decimal ? "decimals are written with a point"
                          : "values are separated by blanks, a comma makes a list");
    *comma = decimal ? '.' : ' ';
    if (!decimal && comma[1] == ' ') memmove(comma, comma + 1, strlen(comma));
    if (arg->n == 2) diag_try(d, at, "%s", text);
    return false;
}

bool option_set(Bind *b, const Slot *s, const Arg *arg) {
    const Span before = *s->at, at = {arg->first->at.lo, arg->last->at.hi};
    *s->at = at;
    if (arg->n > MAX_LIST)
        return diag_error(b->c->diags, at, W_RANGE, "a list has at most %d values", MAX_LIST);
    if (before.hi > 0) {
        diag_error(b->c->diags, arg->at, W_TWICE, "%s has already been given: %s", s->spec->name,
                   diags_text(b->c->diags, before));
        diag_label(b->c->diags, "take one of them away");
        return false;
    }
    if (s->spec->type == ATTR_NAMES) return option_add_names(b, s, arg, arg->n);
    if (s->spec->type == ATTR_REALS) return set_reals(b, s, arg);
    if (!one_value(b, s, arg)) return false;
    const Value v = value_of(b->c, arg->first);
    return v.kind != VALUE_BAD && set_one(b, s, v);
}
