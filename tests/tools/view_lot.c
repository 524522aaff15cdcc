/* view_lot.c — events by lot: whatever a person does, the viewer can draw its next picture.
 *
 *     view_lot EVENTS       view.sh runs it under ASan and UBSan */
#include <unistd.h>

#include "runtime/rng.h"
#include "tests/tools/view_model.h"
#include "tests/unit/folder.h"
#include "viz/view/tell.h"

static const uint32_t keys_of_training[10] = {
    't', ' ', 'r', 's', KEY_ENTER, KEY_UP, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_ESCAPE,
};

// Every key there is, clicks anywhere, any size of window: the picture can always be drawn.
static void test_lot(View *v, int events) {
    const Rng rng = rng_make(7, "events");
    Error e;
    for (int i = 0; i < events; i++) {
        if (i % 50 == 25) v->scene = SCENE_TRAIN; // a person stays with something for a while
        const Rng r = rng_at(rng, (uint64_t)i);
        Event event = {.kind = (EventKind[]){EVENT_KEY, EVENT_KEY, EVENT_KEY, EVENT_MOVE, EVENT_PRESS,
                                             EVENT_RELEASE, EVENT_WHEEL, EVENT_TICK,
                                             EVENT_RESIZE}[rng_below(r, 0, 9)],
                       .ctrl = rng_below(r, 1, 8) == 0, .right = rng_below(r, 10, 4) == 0,
                       .x = rng_uniform(r, 2) * v->w * 1.1 - 20, .y = rng_uniform(r, 3) * v->h * 1.1 - 20};
        const KeyRow *row = &key_rows[rng_below(r, 4, (uint32_t)n_key_rows)];
        event.key = row->key[0] & ~(uint32_t)CTRL;
        if (rng_below(r, 5, 10) == 0) event.key = rng_below(r, 6, 0x110020);
        const bool training = v->scene == SCENE_TRAIN || v->scene == SCENE_CELL;
        if (training && rng_below(r, 11, 4) > 0) event.key = keys_of_training[rng_below(r, 12, 10)];
        const bool files = event.key == 'p' || event.key == 'h' || event.key == 'P' || event.key == 'H' ||
                           (training && event.key == 's');
        if (files && rng_below(r, 9, 20) > 0) event.key = 'g';
        const bool tiny = rng_below(r, 7, 10) == 0;
        event.w = 1 + (int)rng_below(r, 8, tiny ? 700 : 1600);
        event.h = 1 + (int)rng_below(r, 9, tiny ? 500 : 1000);
        if (event.kind == EVENT_WHEEL) event.y = event.x > 300 ? 1 : -1;
        view_event(v, &event);
        if (event.kind == EVENT_PRESS && rng_below(r, 13, 4) > 0) { // and is lifted where it went down
            event.kind = EVENT_RELEASE;
            view_event(v, &event);
        }
        v->quit = false;
        DrawList *d = view_draw(v, &e);
        CHECK(d != NULL);
        draw_free(d);
        if (i % 8) continue;
        char *text = view_text(v);
        CHECK(text != NULL);
        free(text);
    }
}

int main(int argc, char **argv) {
    const int events = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 300;
    Folder f = folder_make();
    Opened o;
    if (open_model(&o, "tests/data/view.cnn", 0)) {
        if (CHECK(chdir(f.path) == 0)) test_lot(o.v, events); // for pictures it saves
        close_model(&o);
    }
    folder_remove(&f);
    return test_end("view by lot");
}
