/* words.c — looking words up in the tables. */
#include "lang/words.h"

#include <string.h>

static const struct { const char *name, *plural, *place; } groups[] = {
    [GROUP_LAYER]     = {"layer",                 "layers",                 "%s"},
    [GROUP_LOSS]      = {"loss",                  "losses",                 "loss %s"},
    [GROUP_OPTIMIZER] = {"optimizer",             "optimizers",             "optimizer %s"},
    [GROUP_SCHEDULE]  = {"schedule",              "schedules",              "train schedule=%s"},
    [GROUP_INIT]      = {"rule for first values", "rules for first values", "init %s"},
    [GROUP_STEP]      = {"image step",            "image steps",            "preprocess { %s }"},
    [GROUP_AUGMENT]   = {"random image step",     "random image steps",     "augment { %s }"},
    [GROUP_DATA]      = {"data set",              "data sets",              "data %s"},
    [GROUP_STATEMENT] = {"statement",             "statements",             "%s"},
};
_Static_assert(sizeof groups / sizeof *groups == N_GROUPS, "one row per table");

const Group group_order[] = {
    GROUP_STATEMENT, GROUP_LAYER, GROUP_DATA, GROUP_STEP, GROUP_AUGMENT, GROUP_LOSS,
    GROUP_OPTIMIZER, GROUP_SCHEDULE, GROUP_INIT,
};
_Static_assert(sizeof group_order / sizeof *group_order == N_GROUPS, "every table");

const char *group_name(Group g) { return groups[g].name; }
const char *group_plural(Group g) { return groups[g].plural; }
const char *group_place(Group g) { return groups[g].place; }

const KindSpec *const *words_of(const Vocabulary *v, Group g) {
    static const KindSpec *const none[] = {NULL};
    if (g == GROUP_STATEMENT) return statement_kinds;
    return v->kinds[g] ? v->kinds[g] : none;
}

const KindSpec *kind_named(const Vocabulary *v, Group g, const char *name) {
    for (const KindSpec *const *k = words_of(v, g); *k; k++)
        if (strcmp((*k)->name, name) == 0) return *k;
    return NULL;
}

const KindSpec *word_named(const Vocabulary *v, const char *name, Group *g) {
    for (int i = 0; i < N_GROUPS; i++) {
        const Group group = (Group)((i + GROUP_STATEMENT) % N_GROUPS);
        const KindSpec *k = kind_named(v, group, name);
        if (!k) continue;
        if (g) *g = group;
        return k;
    }
    return NULL;
}

const AttrSpec *attr_named(const AttrSpec *attrs, const char *name) {
    for (const AttrSpec *a = attrs; a && a->name; a++)
        if (strcmp(a->name, name) == 0) return a;
    return NULL;
}

// True if some option of the kind takes `name` as a word.
static bool takes(const KindSpec *k, const char *name) {
    for (const AttrSpec *a = k->attrs; a && a->name; a++) {
        if (a->type == ATTR_FLAG && strcmp(a->name, name) == 0) return true;
        for (const Word *w = a->words; w && w->name; w++)
            if (strcmp(w->name, name) == 0) return true;
    }
    return false;
}

bool is_reserved(const Vocabulary *v, const char *name) {
    static const char *const values[] = {"yes", "no", "classes", "all"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (strcmp(values[i], name) == 0) return true;
    for (int g = 0; g < N_GROUPS; g++)
        for (const KindSpec *const *k = words_of(v, (Group)g); *k; k++)
            if (strcmp((*k)->name, name) == 0 || takes(*k, name)) return true;
    return false;
}
