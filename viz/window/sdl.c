/* sdl.c — the window itself: SDL opens it, shows an image and says what happens to it.
 *
 * Nothing is drawn while nothing changes: the loop sleeps in SDL_WaitEvent. Only video is started,
 * since game controllers would make SDL look for them all the time. */
#include <SDL.h>
#include <stdlib.h>
#include <string.h>

#include "viz/draw/paint.h"
#include "viz/view/train_view.h"
#include "viz/window/window.h"

typedef struct Window {
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *texture;
    int w, h;                // of the texture
    bool full_screen;
    Uint32 news;             // the number of our own event: the training has come further
    View *view;
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

bool window_possible(Error *e) {
    if (!start_video(e)) return false;
    SDL_Quit();
    return true;
}

// Called by the training's thread; pushing an event is what SDL allows there.
static void wake(void *ctx) {
    const Window *w = ctx;
    SDL_PushEvent(&(SDL_Event){.type = w->news});
}

static bool open_all(Window *w, Error *e) {
    if (!start_video(e) || !open_window(w, w->view->s->x->name, e)) return false;
    w->news = SDL_RegisterEvents(1);
    w->view->wake = wake, w->view->wake_ctx = w;
    SDL_GetRendererOutputSize(w->renderer, &w->view->w, &w->view->h);
    return true;
}

static void close_all(Window *w) {
    train_view_quiet(w->view);
    if (w->texture) SDL_DestroyTexture(w->texture);
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
    case SDL_MOUSEBUTTONDOWN: return take_button(w, EVENT_CLICK, &s->button, e);
    case SDL_MOUSEBUTTONUP: return take_button(w, EVENT_RELEASE, &s->button, e);
    case SDL_MOUSEWHEEL:  return take_wheel(&s->wheel, e);
    case SDL_TEXTINPUT:
        *e = (Event){.kind = EVENT_KEY, .key = (unsigned char)s->text.text[0]};
        return true;
    default: return false;
    }
}

// ---- drawing -----------------------------------------------------------------------------------

static bool fit_texture(Window *w, Error *e) {
    if (w->texture && w->w == w->view->w && w->h == w->view->h) return true;
    if (w->texture) SDL_DestroyTexture(w->texture);
    w->w = w->view->w, w->h = w->view->h;
    w->texture = SDL_CreateTexture(w->renderer, SDL_PIXELFORMAT_RGB888, SDL_TEXTUREACCESS_STREAMING,
                                   w->w, w->h);
    return w->texture || sdl_error(e, "no image for the window");
}

static bool paint(Window *w, const DrawList *d, Error *e) {
    void *pixels;
    int stride;
    if (!fit_texture(w, e)) return false;
    if (SDL_LockTexture(w->texture, NULL, &pixels, &stride))
        return sdl_error(e, "no image for the window");
    const PaintView place = view_place(w->view);
    const bool ok = paint_pixels(d, w->view->theme, place, pixels, w->w, w->h, stride, e);
    SDL_UnlockTexture(w->texture);
    return ok;
}

static bool show(Window *w, Error *e) {
    if (w->full_screen != w->view->full_screen) {
        w->full_screen = w->view->full_screen;
        SDL_SetWindowFullscreen(w->window, w->full_screen ? SDL_WINDOW_FULLSCREEN_DESKTOP : 0);
    }
    DrawList *d = view_draw(w->view, e);
    const bool ok = d && paint(w, d, e);
    draw_free(d);
    if (!ok) return false;
    SDL_RenderCopy(w->renderer, w->texture, NULL, NULL);
    SDL_RenderPresent(w->renderer);
    w->view->dirty = false;
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

static void drop(Window *w, const SDL_DropEvent *d) {
    if (d->file) view_event(w->view, &(Event){.kind = EVENT_DROP, .path = d->file});
    SDL_free(d->file);
}

static bool run(Window *w, Error *e) {
    SDL_Event s;
    while (!w->view->quit) {
        if (w->view->dirty && !show(w, e)) return false;
        Event event = {.kind = EVENT_EXPOSE};
        if (!wait_for(w, &s, &event, e)) return false;
        if (event.kind == EVENT_TICK) {
            view_event(w->view, &event);
            continue;
        }
        do {
            if (s.type == SDL_DROPFILE) drop(w, &s.drop);
            else if (take(w, &s, &event)) view_event(w->view, &event);
        } while (SDL_PollEvent(&s));
    }
    return true;
}

bool window_view(View *v, Error *e) {
    Window w = {.view = v};
    const bool ok = open_all(&w, e) && run(&w, e);
    close_all(&w);
    return ok;
}
