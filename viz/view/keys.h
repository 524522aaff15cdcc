/* keys.h — what keys do: one table, which is also the help. */
#pragma once
#include "viz/view/view.h"

typedef enum KeyGroup { KEYS_MOVE, KEYS_DATA, KEYS_LOOK, KEYS_KEEP, N_KEY_GROUPS } KeyGroup;

// A row: up to three keys with the same meaning, and how they are printed on a keyboard.
typedef struct KeyRow {
    KeyGroup group;
    const char *meaning;
    void (*act)(View *v);
    uint32_t key[3];        // CTRL | '+'; 0: none
    const char *cap[2];
} KeyRow;

enum { CTRL = 1u << 30 };

extern const KeyRow key_rows[];
extern const int n_key_rows;

// Does what the key stands for; false if it stands for nothing.
bool key_act(View *v, const Event *e);

// The key that a script calls so ("Right", "PageDown", "n", "Ctrl+q" without the Ctrl+); 0: unknown.
uint32_t key_named(const char *name);
