/* program.c — everything around the layers: data, loss, optimizer, and what is to be done. */
#include <string.h>

#include "lang/check.h"

// True if this line may stand once and has not been written yet.
static bool first_time(Check *c, const Stmt *s, Span *before) {
    if (before->hi == 0) {
        *before = s->word_at;
        return true;
    }
    diag_error(c->diags, s->word_at, E_TWICE, "%s is written twice: it already stands in line %d",
               s->word, diags_line(c->diags, *before));
    diag_label(c->diags, "take one of them away");
    return false;
}

static bool above_layers(Check *c, const Stmt *s) {
    if (c->n_nodes == 0) return true;
    diag_error(c->diags, s->word_at, E_ORDER, "%s must stand above the first layer", s->word);
    diag_label(c->diags, "it decides what arrives there");
    return false;
}

// ---- data --------------------------------------------------------------------------------------

bool data_known(Check *c, Span at) {
    if (c->said_no_data || was_broken(c, "data")) return false;
    if (c->data_at.hi > 0) return c->x->classes > 0;
    c->said_no_data = true;
    for (const Stmt *s = c->program; s; s = s->next)
        if (s->word && strcmp(s->word, "data") == 0 && s->at.lo > at.lo) {
            diag_error(c->diags, s->word_at, E_ORDER, "data must stand above the first layer");
            diag_label(c->diags, "the size of every layer follows from it");
            return false;
        }
    if (!is_missing(c, "data")) return false; // it is there, with a message of its own
    diag_error(c->diags, at, E_DATA, "nothing says where the pictures come from");
    diag_label(c->diags, "write a line such as `data mnist` above");
    return false;
}

// The shape and classes of a known set. A number of classes that was written is compared.
static bool known_set(Check *c, const DataOptions *o, const Use *use) {
    const DataSpec *set = (const DataSpec *)o->set.kind;
    c->x->image = set->image;
    c->x->classes = set->classes;
    if (o->classes == 0 || o->classes == set->classes) return true;
    diag_error(c->diags, use->whole, E_CLASSES, "%s has %d classes, not %d", set->kind.name,
               set->classes, o->classes);
    diag_label(c->diags, "leave classes= away: they are known");
    return false;
}

// A sentence of several lines: the first is the message, the others explain it.
static void say_why(Check *c, Span at, const char *why) {
    size_t len = strcspn(why, "\n");
    diag_error(c->diags, at, E_PROBE, "%.*s", (int)len, why);
    for (why += len; *why == '\n'; why += len) {
        len = strcspn(++why, "\n");
        if (len > 0) diag_note(c->diags, "%.*s", (int)len, why);
    }
}

static bool folder(Check *c, const DataOptions *o, const Use *use) {
    char why[512] = "its pictures cannot be looked at";
    Shape image = {3, o->size.h, o->size.w};
    int classes = o->classes;
    const bool told = o->size.h > 0 && o->classes > 0;
    if (!told && (!c->words->probe || !c->words->probe(o, c->x->folder, &image, &classes, why,
                                                       sizeof why))) {
        say_why(c, use->attr_at[1], why);
        diag_note(c->diags, "with size= and classes= a model can be checked without its pictures");
        return false;
    }
    c->x->image = image;
    c->x->classes = classes;
    return true;
}

bool do_data(Check *c, const Stmt *s, const Use *use) {
    const DataOptions *o = use->cfg;
    if (!first_time(c, s, &c->data_at) || !above_layers(c, s)) return false;
    if (!o->set.kind == !o->path) {
        diag_error(c->diags, s->word_at, W_MISSING, "%s", o->path
                   ? "data takes a known set or a folder, not both"
                   : "the name of the data is missing");
        diag_label(c->diags, "write data mnist, or data \"folder\"");
        return false;
    }
    c->x->data = *use;
    if (!(o->set.kind ? known_set(c, o, use) : folder(c, o, use))) return c->x->classes = 0, false;
    if (o->color != COLOR_ANY) c->x->image.c = o->color == COLOR_GRAY ? 1 : 3;
    if (o->size.h > 0) c->x->image.h = o->size.h, c->x->image.w = o->size.w;
    return true;
}

// ---- steps for pictures ------------------------------------------------------------------------

static void unknown_step(Check *c, const Stmt *s, Group group) {
    Group other = group;
    const char *known_in = "";
    if (was_broken(c, s->word)) return;
    if (word_named(c->words, s->word, &other) && other != group) known_in = group_name(other);
    diag_error(c->diags, s->word_at, *known_in ? W_PLACE : W_WORD, "there is no %s called '%s'",
               group_name(group), s->word);
    if (*known_in) diag_label(c->diags, "it is a %s", known_in);
    if (*known_in) return;
    Guess g = {.word = s->word};
    guess_kinds(&g, words_of(c->words, group));
    say_guess(c, s->word_at, &g);
}

static void add_step(Check *c, Uses *list, const Use *use) {
    list->v = grow(c->arena, list->v, list->n, &list->room, sizeof *list->v);
    list->v[list->n++] = *use;
}

static bool take_step(Check *c, const Stmt *s, Group group, Use *use) {
    if (!s->word) return false;
    c->now = s;
    const KindSpec *kind = kind_named(c->words, group, s->word);
    if (!kind) {
        unknown_step(c, s, group);
        return false;
    }
    if (s->name)
        return diag_error(c->diags, s->name->at, W_PLACE, "only a layer is given a name with `as`");
    return check_braces(c, s, 0, 0)
        && bind_use(c, kind, s->first, s->word_at, stmt_whole(s), use);
}

static bool take_steps(Check *c, const Stmt *s, Group group, Uses *list) {
    bool good = true;
    for (const Stmt *step = s->body->first; step && !diags_full(c->diags); step = step->next) {
        Use use;
        if (take_step(c, step, group, &use)) add_step(c, list, &use);
        else good = false;
    }
    return good;
}

bool do_preprocess(Check *c, const Stmt *s, const Use *use) {
    (void)use;
    if (!first_time(c, s, &c->preprocess_at) || !above_layers(c, s)) return false;
    if (!take_steps(c, s, GROUP_STEP, &c->steps)) c->bad_steps = true;
    return true;
}

bool do_augment(Check *c, const Stmt *s, const Use *use) {
    (void)use;
    return first_time(c, s, &c->augment_at) && take_steps(c, s, GROUP_AUGMENT, &c->augments);
}

// ---- rules -------------------------------------------------------------------------------------

static const Use *rule_of(const Use *use) { return &((const ChoiceOptions *)use->cfg)->rule; }

bool do_loss(Check *c, const Stmt *s, const Use *use) {
    if (!first_time(c, s, &c->loss_at)) return false;
    c->x->loss = *rule_of(use);
    return true;
}

bool do_optimizer(Check *c, const Stmt *s, const Use *use) {
    if (!first_time(c, s, &c->optimizer_at)) return false;
    const Use *rule = &c->x->optimizer;
    c->x->optimizer = *rule_of(use);
    Infer q = {.cfg = rule->cfg, .diags = c->diags, .use = rule};
    return !rule->kind->infer || rule->kind->infer(&q); // options that do not go together
}

bool init_concerns(Check *c) {
    if (!c->init_at.hi || c->init_taken || c->lost || c->importing->outer) return true;
    diag_error(c->diags, c->init_at, E_ORDER, "no layer takes its first values from this init");
    diag_label(c->diags, "it is for the layers below: write it above them");
    return false;
}

bool do_init(Check *c, const Stmt *s, const Use *use) {
    const bool fine = init_concerns(c);
    if (!c->importing->outer) {
        c->init_at = s->word_at;
        c->init_taken = false;
    }
    c->init = rule_of(use);
    if (c->n_nodes == 0) c->x->init = *c->init;
    return fine;
}

bool do_seed(Check *c, const Stmt *s, const Use *use) {
    if (!first_time(c, s, &c->seed_at)) return false;
    c->x->seed = (uint64_t)((const SeedOptions *)use->cfg)->seed;
    c->x->seed_written = true;
    return true;
}

// ---- what is to be done ------------------------------------------------------------------------

static bool add_action(Check *c, ActionKind kind, const Use *use) {
    c->action = grow(c->arena, c->action, c->n_actions, &c->room_actions, sizeof *c->action);
    c->action[c->n_actions++] = (Action){.kind = kind, .use = *use};
    return true;
}

static Span option_at(const Use *use, const char *name) {
    return use->attr_at[attr_named(use->kind->attrs, name) - use->kind->attrs];
}

bool do_train(Check *c, const Stmt *s, const Use *use) {
    TrainOptions *o = (TrainOptions *)use->cfg; // fresh from bind_use: still ours to complete
    if (c->train_at.hi == 0) c->train_at = s->word_at;
    if (o->epochs > 0 && o->iterations > 0) {
        diag_error(c->diags, option_at(use, "iterations"), W_TOGETHER, "training lasts so many "
                   "epochs or so many iterations, not both");
        diag_label(c->diags, "take one of them away");
        return false;
    }
    if (o->iterations > 0 && o->steps > 0) {
        diag_error(c->diags, option_at(use, "steps"), W_TOGETHER, "steps are counted per epoch, "
                   "but this training counts iterations");
        diag_label(c->diags, "take steps= away, or write epochs=");
        return false;
    }
    if (o->epochs == 0 && o->iterations == 0) o->epochs = 1;
    return add_action(c, ACTION_TRAIN, use);
}

bool do_evaluate(Check *c, const Stmt *s, const Use *use) {
    EvaluateOptions *o = (EvaluateOptions *)use->cfg; // see do_train
    if (!s->first) o->accuracy = true;
    return add_action(c, ACTION_EVALUATE, use);
}

bool do_save(Check *c, const Stmt *s, const Use *use) {
    (void)s;
    return add_action(c, ACTION_SAVE, use);
}

// True if the name is that of a section or layer above; `all` is one, too, where `everything`.
static bool is_part(Check *c, const char *name, Span at, bool everything) {
    if ((everything && strcmp(name, "all") == 0) || name_known(c, name)) return true;
    if (c->lost || was_broken(c, name)) return false;
    Guess g = {.word = name};
    for (int i = 1; i < c->n_nodes; i++) guess_offer(&g, c->node[i].name, NULL);
    for (int i = 1; i < c->n_parts; i++) guess_offer(&g, c->part[i].section.name, NULL);
    diag_error(c->diags, at, N_UNKNOWN, "no section or layer above is called '%s'", name);
    say_guess(c, at, &g);
    if (!g.best) diag_label(c->diags, "sections get names with `section NAME { … }`");
    return false;
}

bool do_load(Check *c, const Stmt *s, const Use *use) {
    (void)s;
    FileOptions *o = (FileOptions *)use->cfg; // see do_train
    if (o->into && !is_part(c, o->into, option_at(use, "into"), false)) return false;
    const int part = o->into ? part_named(c, o->into) : 0;
    if (part != LOST) o->cut = c->part[part].cut;
    return add_action(c, ACTION_LOAD, use);
}

static bool parts(Check *c, ActionKind kind, const Use *use) {
    const Names *names = &((const NameOptions *)use->cfg)->names;
    bool good = true;
    for (int i = 0; i < names->n; i++) good &= is_part(c, names->name[i], names->at[i], true);
    return good && add_action(c, kind, use);
}

bool do_freeze(Check *c, const Stmt *s, const Use *use) {
    (void)s;
    return parts(c, ACTION_FREEZE, use);
}

bool do_unfreeze(Check *c, const Stmt *s, const Use *use) {
    (void)s;
    return parts(c, ACTION_UNFREEZE, use);
}
