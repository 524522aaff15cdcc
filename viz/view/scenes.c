/* scenes.c — the table of scenes, and that of the keys. */
#include "viz/view/scenes.h"

#include <math.h>

#include "viz/view/keys.h"
#include "viz/view/pieces/pieces.h"

static const SceneSpec *const scenes[N_SCENES] = {
    [SCENE_OVERVIEW] = &overview_scene,
    [SCENE_TRAIN]    = &train_scene,
    [SCENE_CELL]     = &cell_scene,
    [SCENE_DRAW]     = &draw_scene,
    [SCENE_OPEN]     = &open_scene,
    [SCENE_HELP]     = &help_scene,
};

const SceneSpec *scene_of(const View *v) { return scenes[v->scene]; }

// ---- keys ----------------------------------------------------------------------------------------

static const char *const group_names[N_KEY_GROUPS] = {
    [KEYS_MOVE] = "Move", [KEYS_DATA] = "Data", [KEYS_LOOK] = "Look", [KEYS_KEEP] = "Keep",
};

enum { KEY_COLUMNS = 3, KEY_ROW = 30 };

static int rows_of(KeyGroup group) {
    int n = 0;
    for (int i = 0; i < n_key_rows; i++) n += key_rows[i].group == group;
    return n;
}

static void draw_key(Screen *s, Rect r, const KeyRow *k) {
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK};
    double x = r.x;
    for (int c = 0; c < 2 && k->cap[c]; c++) x = draw_cap(s->d, x, r.y + r.h / 2, k->cap[c]) + 6;
    draw_fitted(s->d, (Rect){r.x + 150, r.y, r.w - 150, r.h}, words, k->meaning);
}

// Groups one below the other, in columns of `most` lines; a column begins with a group's name or a key.
static void draw_help(Screen *s) {
    const TextStyle head = {.font = FONT_BOLD, .size = SIZE_BODY, .tone = TONE_FORWARD};
    draw_title(s->d, (Point){MARGIN, TITLE_TOP + 30}, s->w - MARGIN, "Keys", "any key closes");
    draw_card(s->d, s->area);
    const Rect in = rect_inset(s->area, 20);
    int lines = 2; // left empty where a group's name would be the last of a column
    for (KeyGroup g = 0; g < N_KEY_GROUPS; g++) lines += 1 + rows_of(g);
    const int most = (lines + KEY_COLUMNS - 1) / KEY_COLUMNS;
    const double w = in.w / KEY_COLUMNS, h = fmin(KEY_ROW, in.h / most);
    int line = 0;
    for (KeyGroup g = 0; g < N_KEY_GROUPS; g++) {
        if (line % most == most - 1) line++;
        const Rect name = {in.x + line / most * w, in.y + line % most * h, w - 20, h};
        draw_fitted(s->d, name, head, group_names[g]);
        line++;
        for (int i = 0; i < n_key_rows; i++) {
            if (key_rows[i].group != g) continue;
            draw_key(s, (Rect){in.x + line / most * w, in.y + line % most * h, w - 20, h}, &key_rows[i]);
            line++;
        }
    }
}

static void tell_help(Telling *t) {
    for (int i = 0; i < n_key_rows; i++)
        tell(t, "%s%s%s: %s\n", key_rows[i].cap[0], key_rows[i].cap[1] ? ", " : "",
             key_rows[i].cap[1] ? key_rows[i].cap[1] : "", key_rows[i].meaning);
}

const SceneSpec help_scene = {
    .name = "help", .footer = "any key closes", .draw = draw_help, .tell = tell_help,
};
