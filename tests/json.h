/* json.h — a JSON text as a tree, for test programs.
 *
 * Values lie in one array of limited size and refer to each other by index; 0 is the whole text.
 * Anything that is not JSON, is nested deeper than JSON_DEPTH or has more values than there is room
 * for is refused. Escapes in texts are not decoded: names in tests need none. */
#pragma once
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { JSON_DEPTH = 16, JSON_VALUES = 8192 };

typedef enum JsonType {
    JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_TEXT, JSON_LIST, JSON_OBJECT
} JsonType;

typedef struct JsonValue {
    JsonType type;
    const char *key, *text; // NUL-terminated, in the tree's own copy
    double number;          // of a bool 0 or 1
    int n, first, next;     // members, the first of them, the next of the same list; −1: none
} JsonValue;

typedef struct JsonTree {
    JsonValue value[JSON_VALUES];
    int n;
    char *at; // the reader's place in the copy
} JsonTree;

static inline bool json_skip(JsonTree *t, char c) {
    t->at += strspn(t->at, " \t\r\n");
    if (*t->at != c) return false;
    t->at++;
    return true;
}

// A text; its closing quote becomes the NUL. NULL if there is none.
static inline const char *json_string(JsonTree *t) {
    if (!json_skip(t, '"')) return NULL;
    const char *text = t->at;
    t->at += strcspn(t->at, "\"\\");
    if (*t->at != '"') return NULL;
    *t->at++ = '\0';
    return text;
}

static inline int json_read(JsonTree *t, int depth);

// The members up to `close`; an object's have keys.
static inline bool json_members(JsonTree *t, int v, char close, int depth) {
    int *link = &t->value[v].first;
    if (json_skip(t, close)) return true;
    do {
        const char *key = NULL;
        if (close == '}' && (!(key = json_string(t)) || !json_skip(t, ':'))) return false;
        const int member = json_read(t, depth + 1);
        if (member < 0) return false;
        t->value[member].key = key;
        *link = member;
        link = &t->value[member].next;
        t->value[v].n++;
    } while (json_skip(t, ','));
    return json_skip(t, close);
}

static inline bool json_word(JsonTree *t, JsonValue *v) {
    static const struct { const char *word; JsonType type; double number; } words[] = {
        {"null", JSON_NULL, 0}, {"true", JSON_BOOL, 1}, {"false", JSON_BOOL, 0}};
    for (int i = 0; i < 3; i++) {
        const size_t len = strlen(words[i].word);
        if (strncmp(t->at, words[i].word, len) != 0) continue;
        v->type = words[i].type;
        v->number = words[i].number;
        t->at += len;
        return true;
    }
    char *end;
    v->type = JSON_NUMBER;
    v->number = strtod(t->at, &end);
    const bool any = end != t->at;
    t->at = end;
    return any;
}

// Reads a value; −1 if there is none.
static inline int json_read(JsonTree *t, int depth) {
    if (t->n == JSON_VALUES || depth > JSON_DEPTH) return -1;
    const int i = t->n++;
    JsonValue *v = &t->value[i];
    *v = (JsonValue){.first = -1, .next = -1};
    if (json_skip(t, '{')) v->type = JSON_OBJECT;
    else if (json_skip(t, '[')) v->type = JSON_LIST;
    if (v->type) return json_members(t, i, v->type == JSON_LIST ? ']' : '}', depth) ? i : -1;
    if (*t->at != '"') return json_word(t, v) ? i : -1;
    v->type = JSON_TEXT;
    v->text = json_string(t);
    return v->text ? i : -1;
}

// Reads the NUL-terminated text, which is changed and must live as long as the tree.
static inline bool json_parse(JsonTree *t, char *text) {
    t->n = 0;
    t->at = text;
    return json_read(t, 0) == 0 && json_skip(t, '\0');
}

// The member of an object, or NULL if there is none (or it is null).
static inline const JsonValue *json_get(const JsonTree *t, const JsonValue *v, const char *key) {
    for (int i = v->first; i >= 0; i = t->value[i].next)
        if (t->value[i].key && strcmp(t->value[i].key, key) == 0)
            return t->value[i].type == JSON_NULL ? NULL : &t->value[i];
    return NULL;
}

static inline double json_real(const JsonTree *t, const JsonValue *v, const char *key, double def) {
    const JsonValue *m = json_get(t, v, key);
    return m ? m->number : def;
}
