/* suggest.c — did you mean?
 *
 * Two words are as far apart as the number of slips of the keyboard between them: a letter too
 * many, missing, wrong, or two letters swapped ("optimal string alignment"). Upper case and _ do
 * not count. A candidate may be a third of the word's length away, plus one.
 * Source: Boytsov, "Indexing methods for approximate dictionary searching", 2011, §2.2. */
#include <string.h>

#include "lang/words.h"

enum { LONGEST = 32 }; // letters that are compared; no word of the language has more

// Small letters and digits only: MaxPool2D and max_pool_2d are the same word.
static int plain(const char *text, size_t len, char *out) {
    int n = 0;
    for (size_t i = 0; i < len && n < LONGEST; i++) {
        const char c = text[i];
        if (c >= 'A' && c <= 'Z') out[n++] = (char)(c - 'A' + 'a');
        else if (c != '_') out[n++] = c;
    }
    return n;
}

static bool same_plainly(const char *word, const char *spelling, size_t len) {
    char a[LONGEST], b[LONGEST];
    const int n = plain(word, strlen(word), a), m = plain(spelling, len, b);
    return n == m && n < LONGEST && memcmp(a, b, (size_t)n) == 0;
}

bool is_called(const char *word, const char *name, const char *synonyms) {
    if (same_plainly(word, name, strlen(name))) return true;
    for (const char *s = synonyms; s && *s;) {
        const size_t len = strcspn(s, " ");
        if (len > 0 && same_plainly(word, s, len)) return true;
        s += len + strspn(s + len, " ");
    }
    return false;
}

const KindSpec *kind_meant(const Vocabulary *v, Group g, const char *word) {
    for (const KindSpec *const *k = words_of(v, g); *k; k++)
        if (is_called(word, (*k)->name, (*k)->synonyms)) return *k;
    return NULL;
}

const AttrSpec *attr_meant(const AttrSpec *attrs, const char *word) {
    for (const AttrSpec *a = attrs; a && a->name; a++)
        if (is_called(word, a->name, a->synonyms)) return a;
    return NULL;
}

static int least(int a, int b, int c) {
    const int m = a < b ? a : b;
    return m < c ? m : c;
}

static int distance(const char *a, int n, const char *b, int m) {
    int d[LONGEST + 1][LONGEST + 1]; // d[i][j]: between the first i letters of a and j of b
    for (int i = 0; i <= n; i++) d[i][0] = i;
    for (int j = 0; j <= m; j++) d[0][j] = j;
    for (int i = 1; i <= n; i++)
    for (int j = 1; j <= m; j++) {
        d[i][j] = least(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1, d[i][j]);
    }
    return d[n][m];
}

// One spelling of a candidate. A synonym that is hit exactly costs nothing, near misses of it cost
// more than those of the name itself.
static void offer(Guess *g, const char *name, const char *spelling, size_t len, bool synonym) {
    char a[LONGEST], b[LONGEST];
    const int n = plain(g->word, strlen(g->word), a), m = plain(spelling, len, b);
    const int limit = n / 3 + 1;
    if (n - m > limit || m - n > limit) return;
    int cost = distance(a, n, b, m);
    if (cost > limit || cost >= n) return;
    if (cost > 0 && synonym) cost++;
    if (g->best && cost >= g->cost) return;
    g->best = name;
    g->cost = cost;
}

void guess_offer(Guess *g, const char *name, const char *synonyms) {
    offer(g, name, name, strlen(name), false);
    for (const char *s = synonyms; s && *s;) {
        const size_t len = strcspn(s, " ");
        if (len > 0) offer(g, name, s, len, true);
        s += len + strspn(s + len, " ");
    }
}

void guess_kinds(Guess *g, const KindSpec *const *kinds) {
    for (; *kinds; kinds++) guess_offer(g, (*kinds)->name, (*kinds)->synonyms);
}

const char *suggest(const Vocabulary *v, const char *word) {
    Guess g = {.word = word};
    for (int i = 0; i < N_GROUPS; i++) guess_kinds(&g, words_of(v, (Group)i));
    return g.best;
}
