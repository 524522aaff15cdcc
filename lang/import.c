/* import.c — `use "file.cnn"`: the layers of another file, as if they stood here.
 *
 * Only what may stand in braces is carried over: layers, sections, blocks, let, init. Data, loss,
 * optimizer and program of the other file are its own. Names it gives with let and block are not
 * seen here, nor ours there. */
#include <string.h>
#include <sys/stat.h>

#include "lang/check.h"
#include "lang/parse.h"

static bool is_model(const char *file) {
    const size_t len = strlen(file);
    return len > 4 && strcmp(file + len - 4, ".cnn") == 0;
}

static const char *beside(Check *c, const char *file) {
    if (strcmp(c->folder, ".") == 0) return file;
    return file[0] == '/' ? file : arena_print(c->arena, "%s/%s", c->folder, file);
}

static bool same_file(const char *a, const char *b) {
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

// True, with a message, if the file is one of those that are being read already.
static bool uses_itself(Check *c, const char *path, Span at) {
    const Import *i = c->importing;
    while (i && !same_file(path, i->path)) i = i->outer;
    if (!i) return false;
    diag_error(c->diags, at, F_USE, "this file uses itself");
    diag_label(c->diags, "name another file, or take this line away");
    diag_note(c->diags, "%s", path);
    for (i = c->importing; i; i = i->outer) diag_note(c->diags, "is used by %s", i->path);
    return true;
}

static const char *folder_of(Check *c, const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? arena_text(c->arena, path, (size_t)(slash - path) + (slash == path)) : ".";
}

// The statements of the file; false after a message.
static bool read_program(Check *c, const char *path, Span at, const Stmt **program) {
    size_t len;
    const char *text = file_read(c->arena, c->diags, at, path, &len);
    if (!text) return false;
    if (len > MAX_SOURCE)
        return diag_error(c->diags, at, F_LARGE, "'%s' is larger than %d MB: this is no model file",
                          path, MAX_SOURCE >> 20);
    const Source *source = parse_register(c->diags, path, text, len);
    if (!source)
        return diag_error(c->diags, at, F_USE, "a model is made of %d files at most", MAX_SOURCES);
    bool complete;
    const int errors = diags_errors(c->diags);
    *program = parse_source(c->arena, c->diags, source, &complete);
    return complete && diags_errors(c->diags) == errors;
}

// The row of the table of statements, or NULL for a layer or block.
static const Statement *statement_of(const Stmt *s) {
    const KindSpec *const *k = statement_kinds;
    while (*k && strcmp((*k)->name, s->word) != 0) k++;
    return (const Statement *)*k;
}

static bool is_carried_over(const Stmt *s) {
    const Statement *t = statement_of(s);
    return !t || t->inside || t->carry_out == do_import;
}

// ---- what stays behind -------------------------------------------------------------------------

typedef struct Left { Check *c; const char **name; int n, room; } Left;

static void leave_name(Left *l, const char *name) {
    l->name = grow(l->c->arena, l->name, l->n, &l->room, sizeof *l->name);
    l->name[l->n++] = name;
}

// The names that stand outside of sections in these statements; a section hides what is in it.
static void leave(Left *l, const Stmt *s) {
    const Statement *t = statement_of(s);
    const bool section = t && t->carry_out == do_section;
    if (section && s->first) leave_name(l, diags_text(l->c->diags, s->first->at));
    if (s->name && !(t && t->plain)) leave_name(l, s->name->name);
    for (const Body *b = section ? NULL : s->body; b; b = b->next)
        for (const Stmt *inner = b->first; inner; inner = inner->next) leave(l, inner);
}

// Notes what is not taken of a file: the statements behind `last`, and what blocks may make there.
static void cut_off(Check *c, const Stmt *program, const Stmt *last) {
    Cut *cut = &c->part[c->section].cut;
    Left l = {.c = c};
    for (int i = 0; i < cut->names.n; i++) leave_name(&l, cut->names.name[i]);
    bool behind = false;
    for (const Stmt *s = program; s; s = s->next) {
        const Statement *t = statement_of(s);
        if (is_carried_over(s) && (behind || (t && t->plain))) leave(&l, s);
        behind |= s == last;
    }
    cut->names = (Names){.n = l.n, .name = l.name};
    cut->from = c->part[c->section].next;
}

// Carries out the other file's statements, up to and with the part `upto`.
static void carry_over(Check *c, const Stmt *program, const ImportOptions *o, Span upto_at) {
    const char *part = c->part[c->section].section.name;
    const char *last = o->upto && *part ? arena_print(c->arena, "%s.%s", part, o->upto) : o->upto;
    for (const Stmt *s = program; s && !c->stopped && !diags_full(c->diags); s = s->next) {
        if (is_carried_over(s)) check_one(c, s);
        if (last && name_known(c, last)) return cut_off(c, program, s);
    }
    if (!last || c->lost) return;
    diag_error(c->diags, upto_at, N_UNKNOWN, "no section or layer of that file is called '%s'",
               o->upto);
    diag_label(c->diags, "one that stands outside of all braces is needed");
}

bool do_import(Check *c, const Stmt *s, const Use *use) {
    const ImportOptions *o = use->cfg;
    const char *path = beside(c, o->file);
    const Span at = use->attr_at[0];
    const Stmt *program = NULL;
    if (!is_model(o->file))
        return diag_error(c->diags, at, F_USE, "a model file has a name that ends in .cnn");
    if (uses_itself(c, path, at) || !read_program(c, path, at, &program)) {
        c->here = LOST;
        c->lost = true;
        return false;
    }
    int outer = c->section;
    if (s->name && strchr(s->name->name, '.'))
        return diag_error(c->diags, s->name->at, N_FORM, "a name cannot contain a dot");
    if (s->name && !section_open(c, s->name->name, s->name->at, &outer)) return false;
    const Import import = {.path = path, .outer = c->importing};
    const Check before = *c;
    c->importing = &import;
    c->program = program;
    c->folder = folder_of(c, path);
    c->names = c->outer_names = NULL;
    carry_over(c, program, o, use->attr_at[1]);
    c->importing = before.importing;
    c->program = before.program;
    c->folder = before.folder;
    c->names = before.names;
    c->outer_names = before.outer_names;
    c->init = before.init;
    if (s->name) section_close(c, outer);
    return true;
}
