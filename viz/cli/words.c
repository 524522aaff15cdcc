/* words.c — `cnnrun help`: every word of the language and every kind of message, explained. */
#include <string.h>

#include "lang/highlight.h"
#include "lang/reference.h"
#include "lang/words.h"
#include "runtime/vocabulary.h"
#include "viz/cli/commands.h"
#include "viz/terminal/terminal.h"

// A word may have a meaning in several places: crop is an image step and a random one.
static int explain_word(const Vocabulary *v, const char *word) {
    int found = 0;
    for (int g = 0; g < N_GROUPS; g++) {
        for (const KindSpec *const *k = words_of(v, (Group)g); *k; k++) {
            if (strcmp((*k)->name, word) != 0) continue;
            if (found++) fputs("\n", stdout);
            help_word(stdout, v, *k);
        }
    }
    return found;
}

// All words in a form that others read.
static int write_words(const Vocabulary *v, const char *style) {
    static const struct {
        const char *name;
        void (*write)(FILE *out, const Vocabulary *v);
    } styles[] = {
        {"markdown", reference_markdown}, {"vim", highlight_vim}, {"textmate", highlight_textmate},
    };
    for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
        if (strcmp(styles[i].name, style) != 0) continue;
        styles[i].write(stdout, v);
        return STATUS_DONE;
    }
    complain("--as wants markdown, vim or textmate, not '%s'", style);
    return STATUS_USAGE;
}

int command_words(const CommandLine *c) {
    const Vocabulary *v = &runtime_vocabulary;
    if (c->style) return write_words(v, c->style);
    if (!c->word) {
        help_all(stdout, v);
        return STATUS_DONE;
    }
    if (explain_word(v, c->word)) return STATUS_DONE;

    const Message *m = message_named(c->word);
    if (m) {
        help_code(stdout, m);
        return STATUS_DONE;
    }
    const char *near = suggest(v, c->word);
    if (near) return complain("there is no word or code '%s'; did you mean '%s'?", c->word, near);
    return complain("there is no word or code '%s'; `cnnrun help` lists all words", c->word);
}
