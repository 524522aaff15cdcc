/* view.c — the state of the viewer, and what events do to it. */
#include "viz/view/view.h"

#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "viz/view/canvas.h"
#include "viz/view/edit.h"
#include "viz/view/frame.h"
#include "viz/view/keys.h"
#include "viz/view/opener.h"
#include "viz/view/photo.h"
#include "viz/view/predict.h"
#include "viz/view/scenes.h"
#include "viz/view/train_view.h"
#include "viz/view/walk.h"

#define DRAG 6 // dp: what is moved further than that is dragged, not clicked

// ---- events --------------------------------------------------------------------------------------

static double clamp(double v, double lo, double hi) { return fmin(fmax(v, lo), hi); }

// Where the mouse is on the slide.
static Point on_slide(const View *v, double x, double y) {
    const PaintView p = view_place(v);
    return (Point){(x - p.x) / p.scale, (y - p.y) / p.scale};
}

// A key takes away whatever lies over the picture first: the blank screen, the help.
static bool uncover(View *v) {
    const bool covered = v->blank || v->trouble[0] || v->scene == SCENE_HELP;
    if (v->trouble[0]) {
        v->trouble[0] = '\0';
        return true;
    }
    v->blank = false;
    if (v->scene == SCENE_HELP) v->scene = v->behind;
    return covered;
}

// A key that means something else in the current scene than everywhere.
static bool scene_key(View *v, const Event *e) {
    if (v->scene == SCENE_STAGES) return false;
    const SceneSpec *scene = scene_of(v);
    return scene->key && scene->key(v, e);
}

static void key_event(View *v, const Event *e) {
    if (edit_active(v) && !(e->ctrl && e->key == 'q')) {
        edit_key(v, e);
        v->dirty = true;
        return;
    }
    const bool told = v->message[0] || v->pointing;
    const bool leaves = e->ctrl && e->key == 'q';
    v->message[0] = '\0';
    v->pointing = false;
    const bool acted = (!leaves && uncover(v)) || scene_key(v, e) || predict_key(v, e) || key_act(v, e);
    v->dirty = v->dirty || acted || told;
}

// Clicking a number goes there; one level finer if that is where it can be looked at.
static void click_cells(View *v, const Hit *hit) {
    int row, column;
    if (hit->target < 0) return;
    hit_cell(hit, v->mouse, &row, &column);
    const int i = (hit->top + row) * hit->step + hit->left + column;
    if (hit->vector) walk_to(v, hit->target, i, 0);
    else walk_to(v, hit->target, hit->channel, i);
    if (v->at.level < LEVEL_PIXEL) walk_level(v, LEVEL_PIXEL);
}

// A small map of many: where all of them are shown, one goes to it.
static void click_channel(View *v, const Hit *hit) {
    walk_to(v, hit->target, hit->to, -1);
    if (v->at.level == LEVEL_STAGE) walk_level(v, LEVEL_CHANNEL);
}

// What lies under the mouse is done. Whatever covers the picture is taken away first.
static void click(View *v) {
    v->edit.active = false;
    v->dirty = true;
    const bool card = v->trouble[0] != '\0';
    uncover(v);
    if (card) return;
    const Hit *hit = hits_at(&v->hits, v->mouse);
    if (!hit) return;
    switch (hit->kind) {
    case HIT_STAGE:   walk_to_stage(v, hit->to); break;
    case HIT_LEVEL:   walk_level(v, (Level)hit->to); break;
    case HIT_SCENE:   v->scene = (Scene)hit->to; break;
    case HIT_ORDER:   v->order = (Order)hit->to; break;
    case HIT_CHANNEL: click_channel(v, hit); break;
    case HIT_CELLS:   click_cells(v, hit); break;
    case HIT_MATRIX:  train_view_click(v, hit); break;
    case HIT_PICTURE: train_view_picture(v, hit->to); break;
    case HIT_TAB:     opener_tab(v, hit->to == 1); break;
    case HIT_ENTRY:   opener_take(v, hit->to); break;
    case HIT_ANSWER:  predict_choose(v, hit->to); break;
    case HIT_COLOUR:  canvas_colour(v, hit->to); break;
    case HIT_CANVAS:
    case HIT_NONE:    break;
    }
}

// A pen draws at once. Everything else waits for the button to go up: who drags does not click.
static void press_event(View *v, const Event *e) {
    v->mouse = on_slide(v, e->x, e->y);
    const Hit *hit = v->blank || v->trouble[0] ? NULL : hits_at(&v->hits, v->mouse);
    v->pressed = !hit || hit->kind != HIT_CANVAS;
    v->press_at = (Point){e->x, e->y};
    if (v->pressed) return;
    v->edit.active = false;
    v->dirty = true;
    canvas_press(v, hit->rect, e->right);
}

// While something is drawn the magnifier stands still.
static void drag_event(View *v, const Event *e) {
    v->mouse = on_slide(v, e->x, e->y);
    canvas_drag(v);
    v->dirty = true;
}

static bool is_click(const View *v, const Event *e) {
    return v->pressed && hypot(e->x - v->press_at.x, e->y - v->press_at.y) <= DRAG * frame_scale(v);
}

// A click is where the button went down: a hand that shakes a little has not moved.
static void release_event(View *v, const Event *e) {
    if (is_click(v, e)) v->mouse = on_slide(v, v->press_at.x, v->press_at.y), click(v);
    v->pressed = false;
    v->dirty = v->dirty || v->canvas.held;
    canvas_lift(v);
}

// The magnifier follows the mouse: at the window's edge one sees the picture's edge. The first
// event is where the mouse happened to be when the window opened; nobody has pointed yet.
static void move_event(View *v, const Event *e) {
    if (v->canvas.held && v->scene == SCENE_DRAW) {
        drag_event(v, e);
        return;
    }
    const Point before = v->mouse;
    const Hit *old = hits_at(&v->hits, before);
    v->mouse = on_slide(v, e->x, e->y);
    v->pointing = before.x >= 0;
    v->pan_x = clamp(e->x / v->w, 0, 1);
    v->pan_y = clamp(e->y / v->h, 0, 1);
    const Hit *now = hits_at(&v->hits, v->mouse);
    v->dirty = v->dirty || v->zoom > 1 || old != now || (now && now->kind == HIT_CELLS);
    if (now && now->kind == HIT_CANVAS) canvas_hover(v, now->rect), v->dirty = true;
}

static void wheel_event(View *v, const Event *e) {
    v->pointing = false;
    if (e->ctrl) v->zoom = clamp(v->zoom * (e->y > 0 ? 1.1 : 1 / 1.1), 1, MAX_ZOOM);
    else if (v->scene == SCENE_OPEN)
        opener_key(v, &(Event){.kind = EVENT_KEY, .key = e->y > 0 ? KEY_UP : KEY_DOWN});
    else if (!uncover(v)) key_act(v, &(Event){.kind = EVENT_KEY, .key = e->y > 0 ? KEY_LEFT : KEY_RIGHT});
    v->dirty = true;
}

static void resize_event(View *v, const Event *e) {
    v->w = e->w > 0 ? e->w : 1;
    v->h = e->h > 0 ? e->h : 1;
    v->dirty = true;
}

// A whole map takes about ten seconds, however many pixels it has.
static int steps_per_tick(const View *v) {
    const double steps = v->at.level == LEVEL_PIXEL ? walk_here(v).pixels / (10 * v->speed) : 1;
    return steps > 1 ? (int)steps : 1;
}

static void tick_event(View *v) {
    train_view_tick(v);
    if (!v->playing) return;
    const Place before = v->at;
    if (v->scene != SCENE_STAGES) v->scene = SCENE_STAGES;
    for (int n = steps_per_tick(v), stage = v->at.stage; n > 0 && v->at.stage == stage; n--)
        walk_step(v, 1);
    v->playing = memcmp(&before, &v->at, sizeof before) != 0;
    v->dirty = true;
}

static void take_event(View *v, const Event *e) {
    const Scene before = v->scene;
    switch (e->kind) {
    case EVENT_QUIT:   v->quit = true; break;
    case EVENT_EXPOSE: v->dirty = true; break;
    case EVENT_RESIZE: resize_event(v, e); break;
    case EVENT_KEY:    key_event(v, e); break;
    case EVENT_MOVE:   move_event(v, e); break;
    case EVENT_PRESS:  press_event(v, e); break;
    case EVENT_RELEASE: release_event(v, e); break;
    case EVENT_WHEEL:  wheel_event(v, e); break;
    case EVENT_DROP:   v->message[0] = '\0', lesson_picture(v, e->path); break;
    case EVENT_NEWS:   train_view_news(v); break;
    case EVENT_TICK:   tick_event(v); break;
    }
    train_view_after(v, before);
}

// What was revealed or guessed belongs to one place.
void view_event(View *v, const Event *e) {
    const Place before = v->at;
    take_event(v, e);
    if (memcmp(&before, &v->at, sizeof before) != 0) predict_forget(v);
}

int view_step(const View *v) { return (v->follows ? (int)v->next.total : 0) + v->kept + 1; }

int view_pause(const View *v) {
    return v->playing ? (int)(1000 / v->speed) : 0;
}

// ---- the picture ---------------------------------------------------------------------------------

PaintView view_place(const View *v) {
    if (frame_too_small(v)) return (PaintView){1, 0, 0};
    return (PaintView){
        .scale = frame_scale(v) * v->zoom,
        .x = -v->pan_x * v->w * (v->zoom - 1),
        .y = -v->pan_y * v->h * (v->zoom - 1),
    };
}

// What is out of memory jumps; the list lives on the caller's side of the jump.
static bool fill(DrawList *d, View *v) {
    Arena *a = arena_make();
    if (!a) return false;
    if (setjmp(*arena_guard(a))) {
        arena_free(a);
        return false;
    }
    frame_draw(d, a, v, &v->hits);
    arena_free(a);
    return !d->failed;
}

DrawList *view_draw(View *v, Error *e) {
    const double scale = frame_too_small(v) ? 1 : frame_scale(v);
    if (v->scene == SCENE_DRAW) canvas_answer(v);
    if (v->scene == SCENE_OPEN) opener_look(v);
    if (v->scene == SCENE_STAGES && v->t.stage[v->at.stage].kind == STAGE_LOAD) photo_look(v);
    DrawList *d = draw_make(v->fonts, v->w / scale, v->h / scale);
    if (d && fill(d, v)) return d;
    draw_free(d);
    error_set(e, "no memory for the picture");
    return NULL;
}
