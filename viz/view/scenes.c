/* scenes.c — the table of scenes, and that of the keys. */
#include "viz/view/scenes.h"

#include "viz/view/keys.h"
#include "viz/view/pieces/pieces.h"

static const SceneSpec *const scenes[N_SCENES] = {
    [SCENE_OVERVIEW] = &overview_scene,
    [SCENE_TRAIN]    = &train_scene,
    [SCENE_CELL]     = &cell_scene,
    [SCENE_DRAW]     = &draw_scene,
    [SCENE_HELP]     = &help_scene,
};

const SceneSpec *scene_of(const View *v) { return scenes[v->scene]; }

// ---- keys ----------------------------------------------------------------------------------------

static const char *const group_names[N_KEY_GROUPS] = {
    [KEYS_MOVE] = "Move", [KEYS_DATA] = "Data", [KEYS_LOOK] = "Look", [KEYS_KEEP] = "Keep",
};

enum { KEY_ROW = 30 };

static void draw_group(Screen *s, Rect r, KeyGroup group) {
    const TextStyle head = {.font = FONT_BOLD, .size = SIZE_BODY, .tone = TONE_FORWARD};
    const TextStyle words = {.size = SIZE_LABEL, .tone = TONE_INK};
    double y = r.y + 20;
    draw_text(s->d, (Point){r.x, y}, head, group_names[group]);
    for (int i = 0; i < n_key_rows; i++) {
        const KeyRow *k = &key_rows[i];
        if (k->group != group) continue;
        y += KEY_ROW;
        double x = r.x;
        for (int c = 0; c < 2 && k->cap[c]; c++) x = draw_cap(s->d, x, y - 6, k->cap[c]) + 6;
        draw_fitted(s->d, (Rect){r.x + 150, y - 18, r.w - 150, 24}, words, k->meaning);
    }
}

static void draw_help(Screen *s) {
    draw_title(s->d, (Point){MARGIN, TITLE_TOP + 30}, s->w - MARGIN, "Keys", "any key closes");
    Rect in = s->area;
    draw_card(s->d, in);
    in = rect_inset(in, 24);
    const double w = in.w / 3;
    draw_group(s, (Rect){in.x, in.y, w - 20, in.h}, KEYS_MOVE);
    draw_group(s, (Rect){in.x + w, in.y, w - 20, in.h}, KEYS_LOOK);
    const double upper = 0.54 * in.h;
    draw_group(s, (Rect){in.x + 2 * w, in.y, w - 20, upper}, KEYS_DATA);
    draw_group(s, (Rect){in.x + 2 * w, in.y + upper, w - 20, in.h - upper}, KEYS_KEEP);
}

static void tell_help(Telling *t) {
    for (int i = 0; i < n_key_rows; i++)
        tell(t, "%s%s%s: %s\n", key_rows[i].cap[0], key_rows[i].cap[1] ? ", " : "",
             key_rows[i].cap[1] ? key_rows[i].cap[1] : "", key_rows[i].meaning);
}

const SceneSpec help_scene = {
    .name = "help", .footer = "any key closes", .draw = draw_help, .tell = tell_help,
};
