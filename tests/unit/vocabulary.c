/* vocabulary.c — every word of the language explains itself: a sentence, a formula, an example that
 * works, the file it is written in, and options with help and sensible defaults. */
#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/model.h"

// How an example of each group becomes a model; the layers' may refer to one called conv1.
static const struct { Group group; bool formula; const char *model; } groups[] = {
    {GROUP_LAYER,     true,  "tanh as conv1; relu; %s"},
    {GROUP_LOSS,      true,  "dense classes; softmax\nloss %s"},
    {GROUP_OPTIMIZER, true,  "dense classes; softmax\nloss crossentropy\noptimizer %s\ntrain"},
    {GROUP_SCHEDULE,  true,  "dense classes; softmax\nloss crossentropy\noptimizer adam\n"
                             "train epochs=5 %s"},
    {GROUP_INIT,      true,  "init %s\ndense classes"},
    {GROUP_STEP,      true,  "preprocess { %s }\nrelu"},
    {GROUP_AUGMENT,   true,  "preprocess { resize 64x64 }\naugment { %s }\nrelu"},
    {GROUP_DATA,      false, "relu"},
};

static void check(bool ok, const KindSpec *k, const char *what) {
    if (!CHECK(ok)) printf("    %s: %s\n", k->name, what);
}

static bool filled(const char *text) { return text && *text; }

// Is `word` one of the words of a list separated by blanks?
static bool among(const char *word, const char *list) {
    const size_t len = strlen(word);
    for (const char *p = list; p && (p = strstr(p, word)); p += len)
        if ((p == list || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0')) return true;
    return false;
}

// A word that two lists share would have two meanings.
static bool overlap(const char *a, const char *b) {
    char *copy = a && b ? strdup(a) : NULL, *rest = NULL;
    bool found = false;
    for (char *w = copy ? strtok_r(copy, " ", &rest) : NULL; w; w = strtok_r(NULL, " ", &rest))
        found |= among(w, b);
    free(copy);
    return found;
}

static void test_option(const KindSpec *k, const AttrSpec *a) {
    const bool number = a->type == ATTR_INT || a->type == ATTR_REAL;
    check(filled(a->name) && filled(a->help), k, "an option without help");
    check(a->type != ATTR_WORD || a->words, k, "an option without its words");
    if (number) check(a->lo <= a->hi, k, a->name);
    if (number && !a->required && !a->def_text)
        check(a->def >= a->lo && a->def <= a->hi, k, a->name);
    for (const AttrSpec *b = k->attrs; b->name; b++) {
        check(b == a || strcmp(a->name, b->name) != 0, k, "two options of one name");
        check(!among(b->name, a->synonyms), k, "an option that is a synonym of another");
        check(b == a || !overlap(a->synonyms, b->synonyms), k, "a synonym of two options");
    }
}

static void test_kind(const KindSpec *k, bool formula) {
    check(filled(k->name) && filled(k->summary), k, "no summary");
    check(filled(k->example), k, "no example");
    check(!formula || filled(k->formula), k, "no formula");
    check(filled(k->source) && access(k->source, R_OK) == 0, k, "no source file");
    check(!k->attrs == !k->cfg_size, k, "options and configuration do not go together");
    for (const AttrSpec *a = k->attrs; a && a->name; a++)
        test_option(k, a);
}

static void test_example(const KindSpec *k, const char *form) {
    char text[512];
    snprintf(text, sizeof text, form, k->example);
    Model m = model_make(text, (Shape){3, 64, 64}, 10);
    check(m.x != NULL, k, "an example with errors");
    check(strstr(k->example, k->name) != NULL, k, "an example of something else");
    model_free(&m);
}

static void test_group(Group g, bool formula, const char *form) {
    const KindSpec *const *kinds = runtime_vocabulary.kinds[g];
    CHECK(kinds && kinds[0]);
    for (int i = 0; kinds[i]; i++) {
        test_kind(kinds[i], formula);
        test_example(kinds[i], form);
        CHECK(kind_named(&runtime_vocabulary, g, kinds[i]->name) == kinds[i]);
        for (int j = 0; kinds[j]; j++) {
            check(!among(kinds[j]->name, kinds[i]->synonyms), kinds[i], "a synonym that is a word");
            check(i == j || !overlap(kinds[i]->synonyms, kinds[j]->synonyms), kinds[i],
                  "a synonym of two words");
        }
    }
}

int main(void) {
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        test_group(groups[i].group, groups[i].formula, groups[i].model);
    for (Group g = 0; g < N_GROUPS; g++)
        CHECK(runtime_vocabulary.kinds[g] != NULL);
    CHECK(kind_named(&runtime_vocabulary, GROUP_LAYER, "no such layer") == NULL);
    return test_end("vocabulary");
}
