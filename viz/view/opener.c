/* opener.c — see opener.h. */
#include "viz/view/opener.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/data/picture.h"
#include "runtime/io.h"
#include "runtime/utf8.h"

enum { MOST_ENTRIES = 5000 };

// ---- a folder ------------------------------------------------------------------------------------

static bool is_picture(const char *name) {
    static const char *const ends[] = {".png", ".jpg", ".jpeg", ".bmp", ".pgm", ".ppm", ".pnm"};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof ends / sizeof *ends; i++)
        if (strcasecmp(dot, ends[i]) == 0) return true;
    return false;
}

// Folders first, then by name.
static int by_name(const void *a, const void *b) {
    const OpenEntry *x = a, *y = b;
    if (x->folder != y->folder) return x->folder ? -1 : 1;
    const int order = strcasecmp(x->name, y->name);
    return order ? order : strcmp(x->name, y->name);
}

static void forget_entries(Opener *o) {
    for (int i = 0; i < o->n; i++) free(o->entry[i].name);
    free(o->entry);
    o->entry = NULL, o->n = 0;
}

static void forget_preview(Opener *o) {
    picture_free(&o->preview);
    o->looked = false, o->why[0] = '\0';
}

// Keeps what is a folder or a picture. False when memory is out.
static bool add_entry(Opener *o, const char *name, int *room) {
    struct stat s;
    char *path = io_join(o->folder, name);
    const bool there = path && stat(path, &s) == 0, folder = there && S_ISDIR(s.st_mode);
    free(path);
    if (!path) return false;
    if (!folder && !(there && S_ISREG(s.st_mode) && is_picture(name))) return true;
    if (o->n == *room) {
        *room = 2 * *room + 64;
        OpenEntry *more = realloc(o->entry, (size_t)*room * sizeof *more);
        if (!more) return false;
        o->entry = more;
    }
    char *own = strdup(name);
    if (own) o->entry[o->n++] = (OpenEntry){own, folder};
    return own != NULL;
}

static bool is_hidden(const char *name) { return name[0] == '.' && strcmp(name, "..") != 0; }

// Reads the folder that `folder` names; the list of before stays if that is not possible.
static bool read_folder(View *v, const char *folder) {
    Opener next = {.data = v->opener.data};
    int room = 0;
    DIR *d = opendir(folder);
    bool fine = d && (next.folder = realpath(folder, NULL)) != NULL;
    if (!fine) snprintf(v->trouble, sizeof v->trouble, "the folder %.200s cannot be read", folder);
    for (struct dirent *f; fine && next.n < MOST_ENTRIES && (f = readdir(d));)
        if (!is_hidden(f->d_name) && !(fine = add_entry(&next, f->d_name, &room)))
            snprintf(v->trouble, sizeof v->trouble, "there is no memory left");
    if (d) closedir(d);
    if (!fine) {
        forget_entries(&next);
        free(next.folder);
        return false;
    }
    if (next.n > 0) qsort(next.entry, (size_t)next.n, sizeof *next.entry, by_name);
    while (next.at < next.n && next.entry[next.at].folder) next.at++;
    if (next.at == next.n) next.at = 0;
    next.picture = v->opener.picture;
    opener_close(v);
    v->opener = next;
    return true;
}

void opener_close(View *v) {
    forget_entries(&v->opener);
    forget_preview(&v->opener);
    free(v->opener.folder);
    v->opener = (Opener){0};
}

// ---- what there is -------------------------------------------------------------------------------

static const ImageList *part_of(const View *v) { return &v->s->data.part[v->chosen.part]; }

int opener_count(const View *v) { return v->opener.data ? part_of(v)->n : v->opener.n; }

const char *opener_label(const View *v, int i) { return v->s->data.class_name[part_of(v)->label[i]]; }

void opener_tab(View *v, bool data) {
    v->opener.data = data;
    v->opener.typed[0] = '\0';
}

void opener_begin(View *v) {
    v->opener.picture = v->t.picture[0] >= 0 ? v->t.picture[0] : 0;
    const bool first = !v->opener.folder;
    const bool read = read_folder(v, first ? "." : v->opener.folder);
    const Opener *o = &v->opener;
    const bool pictures = o->n > 0 && !o->entry[o->n - 1].folder;
    if (!read || (first && !pictures)) opener_tab(v, true);
    v->scene = SCENE_OPEN;
}

// ---- opening -------------------------------------------------------------------------------------

// A picture of the data, by its number.
static void take_picture(View *v, int i) {
    if (i < 0 || i >= part_of(v)->n) {
        snprintf(v->trouble, sizeof v->trouble, "there is no picture %d: there are %d, counted from 0", i,
                 part_of(v)->n);
        return;
    }
    v->scene = SCENE_STAGES;
    lesson_number(v, i);
}

static void take_path(View *v, const char *path) {
    struct stat s;
    const bool there = stat(path, &s) == 0;
    if (there && S_ISDIR(s.st_mode)) {
        read_folder(v, path);
        return;
    }
    if (there && !S_ISREG(s.st_mode)) {
        snprintf(v->trouble, sizeof v->trouble, "%.400s: this is no file", path);
        return;
    }
    lesson_picture(v, path);
}

static void take_entry(View *v, int i) {
    const Opener *o = &v->opener;
    char *path = i >= 0 && i < o->n ? io_join(o->folder, o->entry[i].name) : NULL;
    if (path) take_path(v, path);
    free(path);
}

// "~/cat.png" lies in the home folder, "cat.png" in the folder that is shown.
static char *whole_path(const Opener *o) {
    const char *home = getenv("HOME");
    if (o->typed[0] == '~' && o->typed[1] == '/' && home) return io_join(home, o->typed + 2);
    return io_join(o->folder ? o->folder : ".", o->typed);
}

static bool begins_marked(const Opener *o) {
    return o->at < o->n && strncasecmp(o->entry[o->at].name, o->typed, strlen(o->typed)) == 0;
}

static void take_typed(View *v) {
    Opener *o = &v->opener;
    if (o->data) {
        take_picture(v, (int)strtol(o->typed, NULL, 10));
        return;
    }
    char *path = whole_path(o);
    const bool marked = path && !io_exists(path) && begins_marked(o);
    if (marked) take_entry(v, o->at);
    else if (path) take_path(v, path);
    free(path);
}

void opener_take(View *v, int i) {
    if (i < 0 && v->opener.typed[0]) take_typed(v);
    else if (v->opener.data) take_picture(v, i < 0 ? v->opener.picture : i);
    else take_entry(v, i < 0 ? v->opener.at : i);
}

// ---- keys ----------------------------------------------------------------------------------------

static void move_to(View *v, int to) {
    Opener *o = &v->opener;
    const int n = opener_count(v);
    to = to >= n ? n - 1 : to;
    *(o->data ? &o->picture : &o->at) = to < 0 ? 0 : to;
    if (!o->data) forget_preview(o);
}

static bool move_key(View *v, uint32_t key) {
    const Opener *o = &v->opener;
    const int at = o->data ? o->picture : o->at, line = o->data ? OPEN_COLUMNS : 1;
    const int page = o->data ? OPEN_COLUMNS * OPEN_ROWS : OPEN_LINES;
    switch (key) {
    case KEY_UP:        move_to(v, at - line); return true;
    case KEY_DOWN:      move_to(v, at + line); return true;
    case KEY_LEFT:      move_to(v, at - 1); return true;
    case KEY_RIGHT:     move_to(v, at + 1); return true;
    case KEY_PAGE_UP:   move_to(v, at - page); return true;
    case KEY_PAGE_DOWN: move_to(v, at + page); return true;
    case KEY_HOME:      move_to(v, 0); return true;
    case KEY_END:       move_to(v, opener_count(v) - 1); return true;
    default:            return false;
    }
}

// The first entry that begins so is marked.
static void follow_typed(View *v) {
    const Opener *o = &v->opener;
    for (int i = 0; !o->data && o->typed[0] && i < o->n; i++)
        if (strncasecmp(o->entry[i].name, o->typed, strlen(o->typed)) == 0) {
            move_to(v, i);
            return;
        }
}

// Takes the last letter away; where there is none, goes to the folder above.
static void rub_out(View *v) {
    if (v->opener.typed[0]) {
        utf8_rub_out(v->opener.typed);
        return;
    }
    char *above = v->opener.data || !v->opener.folder ? NULL : io_join(v->opener.folder, "..");
    if (above) read_folder(v, above);
    free(above);
}

bool opener_key(View *v, const Event *e) {
    if (e->ctrl) return false;
    const bool digit = e->key >= '0' && e->key <= '9';
    const bool letter = e->key >= ' ' && e->key != 127 && e->key < 0x110000;
    if (letter && !digit && v->opener.data) opener_tab(v, false); // a path
    if (letter) utf8_append(v->opener.typed, sizeof v->opener.typed, e->key);
    else if (e->key == KEY_BACKSPACE) rub_out(v);
    else if (e->key == KEY_ENTER) opener_take(v, -1);
    else if (e->key == KEY_TAB) opener_tab(v, !v->opener.data);
    else if (e->key == KEY_ESCAPE && v->opener.typed[0]) v->opener.typed[0] = '\0';
    else return move_key(v, e->key);
    if (letter) follow_typed(v);
    return true;
}

// ---- what they look like -------------------------------------------------------------------------

void opener_look(View *v) {
    Opener *o = &v->opener;
    if (o->data || o->looked || o->at >= o->n || o->entry[o->at].folder) return;
    Error e;
    char *path = io_join(o->folder, o->entry[o->at].name);
    o->looked = true;
    if (path && !picture_read(&o->preview, path, &e)) {
        const char *slash = strrchr(e.text, '/'); // the folder is on the screen already
        snprintf(o->why, sizeof o->why, "%.*s", (int)sizeof o->why - 1, slash ? slash + 1 : e.text);
    }
    free(path);
}

bool opener_thumbnail(const View *v, int i, int most, float *rgb, int *h, int *w) {
    const Shape s = v->s->data.image;
    const size_t plane = (size_t)s.h * (size_t)s.w;
    uint8_t *room = malloc((size_t)s.c * plane + 1);
    Error e;
    const uint8_t *p = room ? dataset_pixels(&v->s->data, v->chosen.part, i, room, &e) : NULL;
    const int by = ((s.h > s.w ? s.h : s.w) + most - 1) / most;
    *h = (s.h + by - 1) / by, *w = (s.w + by - 1) / by;
    for (int y = 0; p && y < *h; y++)
        for (int x = 0; x < *w; x++)
            for (int c = 0; c < 3; c++)
                *rgb++ = p[(c < s.c ? (size_t)c : 0) * plane + (size_t)(y * by * s.w + x * by)];
    free(room);
    return p != NULL;
}
