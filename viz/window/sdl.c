/* sdl.c — the window itself: SDL opens it, shows an image and says what happens to it.
 *
 * Nothing is drawn while nothing changes: the loop sleeps in SDL_WaitEvent. Only video is started,
 * since game controllers would make SDL look for them all the time.
 *
 * Every event is handed to the thread beside the window, to which the view belongs until it is done. When
 * that takes long, the last picture stays, with a card over it that says what is computed (busy.h); events
 * wait in SDL's queue, but for those that close the window. */
#include <SDL.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/clock.h"
#include "viz/draw/paint.h"
#include "viz/view/frame.h"
#include "viz/view/train_view.h"
#include "viz/window/busy.h"
#include "viz/window/window.h"

#define PATIENCE 0.25 // seconds before the card appears; nothing at all is shown before the first picture, so
#define AT_ONCE  0.1  // it comes sooner there
#define PACE     0.04 // between two looks at what is asked meanwhile

// An image of w × h pixels that can be written to.
typedef struct Image { SDL_Texture *texture; int w, h; } Image;

typedef struct Window {
    SDL_Window *window;
    SDL_Renderer *renderer;
    Image picture, card;
    Fonts *fonts;            // of the card: those of the view may be in use
    bool full_screen;
    Uint32 news;             // the number of our own event: the training has come further
    const WindowWish *wish;
    View *view;
    Work *work;
    Theme theme;             // of the picture that is shown
    // What the work is about.
    Event event;
    DrawList *list;
    bool opened, fine;
    Error why;               // it could not be opened; `e` is the window's own meanwhile
    Error *e;
} Window;

// ---- open and close ----------------------------------------------------------------------------

// Without a display SDL does not fail: it draws into nothing and waits for ever. That is only right
// for somebody who asked for it by SDL_VIDEODRIVER.
static bool has_display(void) {
    const char *driver = SDL_GetCurrentVideoDriver();
    const bool nowhere = !driver || !strcmp(driver, "offscreen") || !strcmp(driver, "dummy");
    return !nowhere || getenv("SDL_VIDEODRIVER");
}

static bool sdl_error(Error *e, const char *what) {
    return error_set(e, "%s: %s", what, SDL_GetError());
}

static bool open_window(Window *w, const char *title, Error *e) {
    const Uint32 flags = SDL_WINDOW_RESIZABLE | SDL_WINDOW_ALLOW_HIGHDPI;
    w->window = SDL_CreateWindow(title, SDL_WINDOWPOS_CENTERED, SDL_WINDOWPOS_CENTERED, SLIDE_W,
                                 SLIDE_H, flags);
    if (!w->window) return sdl_error(e, "the window cannot be opened");
    w->renderer = SDL_CreateRenderer(w->window, -1, 0);
    if (!w->renderer) return sdl_error(e, "the window cannot be drawn to");
    SDL_StartTextInput();
    return true;
}

static bool start_video(Error *e) {
    if (SDL_Init(SDL_INIT_VIDEO) == 0 && has_display()) return true;
    SDL_Quit();
    return error_set(e, "no display: use --snapshot FILE.png or --draw FILE.png");
}

// Called by the training's thread; pushing an event is what SDL allows there.
static void wake(void *ctx) {
    const Window *w = ctx;
    SDL_PushEvent(&(SDL_Event){.type = w->news});
}

static void begin(Window *w, void (*task)(void *ctx)) {
    atomic_store(&w->wish->doing->what, w->opened ? DOING_SOMETHING : DOING_OPENING);
    work_begin(w->work, task, w);
}

static void do_open(void *ctx) {
    Window *w = ctx;
    w->fine = w->wish->open(w->wish->ctx, &w->why);
}

// The network is opened while the window is.
static bool open_all(Window *w, Error *e) {
    if (!start_video(e) || !(w->work = work_open(e))) return false;
    begin(w, do_open);
    if (!open_window(w, w->wish->x->name, e)) return false;
    w->news = SDL_RegisterEvents(1);
    w->fonts = fonts_open(e);
    return w->fonts != NULL;
}

static void close_all(Window *w) {
    work_close(w->work);
    if (w->opened) train_view_quiet(w->view);
    fonts_close(w->fonts);
    if (w->card.texture) SDL_DestroyTexture(w->card.texture);
    if (w->picture.texture) SDL_DestroyTexture(w->picture.texture);
    if (w->renderer) SDL_DestroyRenderer(w->renderer);
    if (w->window) SDL_DestroyWindow(w->window);
    SDL_Quit();
}

// ---- events ------------------------------------------------------------------------------------

static const struct { SDL_Keycode sdl; Key key; } keys[] = {
    {SDLK_LEFT, KEY_LEFT},      {SDLK_RIGHT, KEY_RIGHT},       {SDLK_UP, KEY_UP},
    {SDLK_DOWN, KEY_DOWN},      {SDLK_PAGEUP, KEY_PAGE_UP},    {SDLK_PAGEDOWN, KEY_PAGE_DOWN},
    {SDLK_HOME, KEY_HOME},      {SDLK_END, KEY_END},           {SDLK_TAB, KEY_TAB},
    {SDLK_RETURN, KEY_ENTER},   {SDLK_KP_ENTER, KEY_ENTER},    {SDLK_ESCAPE, KEY_ESCAPE},
    {SDLK_BACKSPACE, KEY_BACKSPACE}, {SDLK_F5, KEY_F5},          {SDLK_F11, KEY_F11},
};

// Letters come as text, except together with Ctrl, which makes no text.
static bool take_key(const SDL_KeyboardEvent *k, Event *e) {
    *e = (Event){.kind = EVENT_KEY, .ctrl = (k->keysym.mod & KMOD_CTRL) != 0};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (keys[i].sdl != k->keysym.sym) continue;
        e->key = keys[i].key;
        return true;
    }
    e->key = (uint32_t)k->keysym.sym;
    return e->ctrl;
}

static bool take_window(Window *w, const SDL_WindowEvent *s, Event *e) {
    if (s->event == SDL_WINDOWEVENT_EXPOSED) {
        *e = (Event){.kind = EVENT_EXPOSE};
        return true;
    }
    if (s->event != SDL_WINDOWEVENT_SIZE_CHANGED) return false;
    *e = (Event){.kind = EVENT_RESIZE};
    SDL_GetRendererOutputSize(w->renderer, &e->w, &e->h);
    return true;
}

// The mouse counts in the window's own units, the picture in pixels.
static bool take_mouse(const Window *w, EventKind kind, int x, int y, Event *e) {
    int width, height;
    SDL_GetWindowSize(w->window, &width, &height);
    if (width < 1 || height < 1) return false;
    *e = (Event){.kind = kind, .x = (double)x * w->view->w / width,
                 .y = (double)y * w->view->h / height};
    return true;
}

static bool take_button(const Window *w, EventKind kind, const SDL_MouseButtonEvent *b, Event *e) {
    const bool fine = take_mouse(w, kind, b->x, b->y, e);
    e->right = b->button == SDL_BUTTON_RIGHT;
    return fine;
}

static bool take_wheel(const SDL_MouseWheelEvent *m, Event *e) {
    *e = (Event){.kind = EVENT_WHEEL, .y = m->y, .ctrl = (SDL_GetModState() & KMOD_CTRL) != 0};
    return m->y != 0;
}

// What SDL says, in our words. False for what nobody asks about.
static bool take(Window *w, const SDL_Event *s, Event *e) {
    if (s->type == w->news) {
        *e = (Event){.kind = EVENT_NEWS};
        return true;
    }
    switch (s->type) {
    case SDL_QUIT:        *e = (Event){.kind = EVENT_QUIT}; return true;
    case SDL_WINDOWEVENT: return take_window(w, &s->window, e);
    case SDL_KEYDOWN:     return take_key(&s->key, e);
    case SDL_MOUSEMOTION: return take_mouse(w, EVENT_MOVE, s->motion.x, s->motion.y, e);
    case SDL_MOUSEBUTTONDOWN: return take_button(w, EVENT_PRESS, &s->button, e);
    case SDL_MOUSEBUTTONUP: return take_button(w, EVENT_RELEASE, &s->button, e);
    case SDL_MOUSEWHEEL:  return take_wheel(&s->wheel, e);
    case SDL_TEXTINPUT:
        *e = (Event){.kind = EVENT_KEY, .key = (unsigned char)s->text.text[0]};
        return true;
    default: return false;
    }
}

// ---- drawing -----------------------------------------------------------------------------------

static bool fit(const Window *w, Image *i, int width, int height, Error *e) {
    if (i->texture && i->w == width && i->h == height) return true;
    if (i->texture) SDL_DestroyTexture(i->texture);
    i->w = width, i->h = height;
    i->texture = SDL_CreateTexture(w->renderer, SDL_PIXELFORMAT_RGB888, SDL_TEXTUREACCESS_STREAMING, width,
                                   height);
    return i->texture || sdl_error(e, "no image for the window");
}

static bool paint(const Window *w, Image *i, const DrawList *d, PaintView place, Error *e) {
    void *pixels;
    int stride;
    if (SDL_LockTexture(i->texture, NULL, &pixels, &stride)) return sdl_error(e, "no image for the window");
    const bool ok = paint_pixels(d, w->theme, place, pixels, i->w, i->h, stride, e);
    SDL_UnlockTexture(i->texture);
    return ok;
}

static bool show(Window *w, const DrawList *d, Error *e) {
    View *v = w->view;
    if (w->full_screen != v->full_screen) {
        w->full_screen = v->full_screen;
        SDL_SetWindowFullscreen(w->window, w->full_screen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
    }
    w->theme = v->theme;
    if (!fit(w, &w->picture, v->w, v->h, e) || !paint(w, &w->picture, d, view_place(v), e)) return false;
    SDL_RenderCopy(w->renderer, w->picture.texture, NULL, NULL);
    SDL_RenderPresent(w->renderer);
    v->dirty = false;
    return true;
}

// The last picture, if there was one, and the card in its middle. What cannot be shown is left out.
static void show_busy(Window *w) {
    Error e;
    int width, height;
    SDL_GetRendererOutputSize(w->renderer, &width, &height);
    const double scale = SDL_max(0.5, SDL_min(width / (double)SLIDE_W, height / (double)SLIDE_H));
    const uint32_t ground = tone_rgb(w->theme, TONE_BG);
    DrawList *d = busy_draw(w->fonts, w->wish->doing, &w->wish->x->graph, &e);
    const bool fine = d && fit(w, &w->card, (int)(BUSY_W * scale), (int)(BUSY_H * scale), &e) &&
                      paint(w, &w->card, d, (PaintView){scale, 0, 0}, &e);
    draw_free(d);
    SDL_SetRenderDrawColor(w->renderer, (Uint8)(ground >> 16), (Uint8)(ground >> 8), (Uint8)ground, 255);
    SDL_RenderClear(w->renderer);
    if (w->picture.texture) SDL_RenderCopy(w->renderer, w->picture.texture, NULL, NULL);
    const SDL_Rect middle = {(width - w->card.w) / 2, (height - w->card.h) / 2, w->card.w, w->card.h};
    if (fine) SDL_RenderCopy(w->renderer, w->card.texture, NULL, &middle);
    SDL_RenderPresent(w->renderer);
}

// ---- work beside the window ----------------------------------------------------------------------

static void do_event(void *ctx) {
    const Window *w = ctx;
    view_event(w->view, &w->event);
}

static void do_draw(void *ctx) {
    Window *w = ctx;
    w->list = view_draw(w->view, w->e);
}

// Does somebody want to close the window? All other events stay where they are.
static bool asked_to_leave(void) {
    SDL_Event key[64];
    SDL_PumpEvents();
    const int n = SDL_PeepEvents(key, 64, SDL_PEEKEVENT, SDL_KEYDOWN, SDL_KEYDOWN);
    bool leaves = SDL_HasEvent(SDL_QUIT);
    for (int i = 0; i < n; i++)
        leaves = leaves || (key[i].key.keysym.sym == SDLK_q && key[i].key.keysym.mod & KMOD_CTRL);
    return leaves;
}

// Waits for a task that was begun. False if the window is to be closed meanwhile: the work goes on then.
static bool attend(Window *w, double patience) {
    const double began = clock_now();
    bool shown = false;
    while (!work_done(w->work, patience < PACE ? patience : PACE)) {
        if (asked_to_leave()) return false;
        if (clock_now() - began < patience) continue;
        show_busy(w);
        shown = true;
    }
    if (shown && w->opened) w->view->dirty = true;
    return true;
}

// ---- the loop ----------------------------------------------------------------------------------

// Sleeps until something happens or, while playing, until the next step is due.
static bool wait_for(const Window *w, SDL_Event *s, Event *e, Error *error) {
    const int pause = view_pause(w->view);
    SDL_ClearError();
    if (pause ? SDL_WaitEventTimeout(s, pause) : SDL_WaitEvent(s)) return true;
    *e = (Event){.kind = EVENT_TICK};
    return pause ? true : sdl_error(error, "the window is gone");
}

static bool give(Window *w, const Event *e) {
    w->event = *e;
    begin(w, do_event);
    return attend(w, PATIENCE);
}

static bool drop(Window *w, const SDL_DropEvent *d) {
    const bool done = !d->file || give(w, &(Event){.kind = EVENT_DROP, .path = d->file});
    if (done) SDL_free(d->file);
    return done;
}

// Everything that has happened. False if the window is to be closed meanwhile.
static bool answer(Window *w, SDL_Event *s) {
    Event event;
    do {
        if (s->type == SDL_DROPFILE) {
            if (!drop(w, &s->drop)) return false;
        } else if (take(w, s, &event) && !give(w, &event)) {
            return false;
        }
    } while (SDL_PollEvent(s));
    return true;
}

static bool show_view(Window *w, WindowEnd *end, Error *e) {
    *end = WINDOW_LEFT;
    begin(w, do_draw);
    if (!attend(w, PATIENCE)) return false;
    *end = WINDOW_FAILED;
    const bool fine = w->list && show(w, w->list, e);
    draw_free(w->list);
    return fine;
}

// A training that goes on is in the middle of a step, and keeps nothing.
static WindowEnd end_of(const View *v) {
    return v->train && v->train->training ? WINDOW_LEFT : WINDOW_CLOSED;
}

static WindowEnd run(Window *w, Error *e) {
    SDL_Event s;
    WindowEnd end;
    View *v = w->view;
    while (!v->quit) {
        if (v->dirty && !show_view(w, &end, e)) return end;
        Event event = {.kind = EVENT_EXPOSE};
        if (!wait_for(w, &s, &event, e)) return WINDOW_FAILED;
        if (event.kind == EVENT_TICK ? !give(w, &event) : !answer(w, &s)) return WINDOW_LEFT;
    }
    return end_of(v);
}

static WindowEnd open_and_run(Window *w, Error *e) {
    if (!attend(w, AT_ONCE)) return WINDOW_LEFT;
    if (!w->fine) {
        *e = w->why;
        return WINDOW_FAILED;
    }
    w->opened = true;
    w->view->wake = wake, w->view->wake_ctx = w;
    SDL_GetRendererOutputSize(w->renderer, &w->view->w, &w->view->h);
    return run(w, e);
}

// What is being written to disk is written to its end, when the window is gone already.
static void leave(Window *w) {
    SDL_DestroyWindow(w->window);
    while (atomic_load(&w->view->saving) && !work_done(w->work, PACE)) continue;
}

WindowEnd window_view(const WindowWish *wish, Error *e) {
    Window *w = calloc(1, sizeof *w); // not on the stack: whoever is left working still writes there
    if (!w) return error_set(e, "there is no memory left"), WINDOW_FAILED;
    w->wish = wish, w->view = wish->view, w->e = e;
    const WindowEnd end = open_all(w, e) ? open_and_run(w, e) : WINDOW_FAILED;
    if (end == WINDOW_LEFT) {
        leave(w);
        return end;
    }
    close_all(w);
    free(w);
    return end;
}
