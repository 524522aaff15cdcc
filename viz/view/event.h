/* event.h — what a person does to a window.
 *
 * The window, a script of events and the tests make the same events, so that everything behind
 * them can be tested without a window. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef enum EventKind {
    EVENT_QUIT,
    EVENT_EXPOSE, // what is in the window is gone
    EVENT_RESIZE, // to w × h pixels
    EVENT_KEY,
    EVENT_MOVE,   // the mouse is at x, y (pixels)
    EVENT_PRESS,  // a button went down there; right: the right one
    EVENT_RELEASE, // and up again, there: a click, unless the mouse was dragged meanwhile
    EVENT_WHEEL,  // turned by y clicks, away from the person is positive; ctrl
    EVENT_DROP,   // a file was dropped on the window: path
    EVENT_NEWS,   // the training beside the window has come further
    EVENT_TICK    // while playing: time for the next step
} EventKind;

// Keys that are no letters. A letter is its own code point, however the keyboard is laid out.
typedef enum Key {
    KEY_LEFT = 0x110000, KEY_RIGHT, KEY_UP, KEY_DOWN, KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_HOME, KEY_END,
    KEY_TAB, KEY_ENTER, KEY_BACKSPACE, KEY_ESCAPE, KEY_F5, KEY_F11
} Key;

typedef struct Event {
    EventKind kind;
    uint32_t key;
    bool ctrl, shift;  // shift: only of keys that are no letters
    bool right;
    double x, y;
    int w, h;
    const char *path;  // lives as long as the call
} Event;
