/* keys_words.h — what somebody does to the viewer, as words:
 *
 *     Right Down ? Ctrl++ 1     keys, as in scripts          tick:40     time passes
 *     wheel:-1 Ctrl+wheel:1     the wheel is turned          >first      to a screen (snapshot.h)
 *     first! last!              to the first or last number of the level */
#pragma once
#include "tests/tools/view_look.h"

// The first or the last stage, channel, pixel and term, whatever the level.
static inline void go_to_end(View *v, bool last) {
    const Level level = v->at.level;
    Target t;
    walk_to_stage(v, last ? v->t.n_stages - 1 : 0);
    if (level == LEVEL_STAGE) return;
    int target = 0;
    while (last && walk_target(v, v->at.stage, target + 1, &t)) target++;
    CHECK(walk_target(v, v->at.stage, target, &t));
    walk_to(v, target, last ? t.channels - 1 : 0, last ? t.pixels - 1 : 0);
    walk_level(v, level);
    const int terms = level == LEVEL_TERM ? walk_terms(v) : 0;
    v->at.term = last && terms > 0 ? terms - 1 : 0;
}

static inline void do_word(View *v, const char *word) {
    Event e = {.kind = EVENT_KEY};
    Error error;
    if (strncmp(word, "Ctrl+", 5) == 0) e.ctrl = true, word += 5;
    if (word[0] == '>' && word[1]) {
        if (!CHECK(snapshot_go(v, word + 1, &error))) puts(error.text);
        return;
    }
    if (strcmp(word, "first!") == 0 || strcmp(word, "last!") == 0) {
        go_to_end(v, *word == 'l');
        return;
    }
    if (strncmp(word, "tick:", 5) == 0) {
        for (long i = strtol(word + 5, NULL, 10); i > 0; i--) view_event(v, &(Event){.kind = EVENT_TICK});
        return;
    }
    if (strncmp(word, "wheel:", 6) == 0) e.kind = EVENT_WHEEL, e.y = strtod(word + 6, NULL);
    else if (!CHECK((e.key = key_named(word)) != 0)) printf("  no key '%s'\n", word);
    draw_free(view_draw(v, &error));
    view_event(v, &e);
}

static inline void do_words(View *v, const char *words) {
    char word[64];
    for (int n; sscanf(words, "%63s%n", word, &n) == 1; words += n) do_word(v, word);
}
