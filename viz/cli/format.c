/* format.c — `cnnrun fmt FILE`: the file, neatly written. */
#include <stdlib.h>
#include <string.h>

#include "lang/format.h"
#include "runtime/io.h"
#include "runtime/vocabulary.h"
#include "viz/cli/commands.h"
#include "viz/terminal/terminal.h"
#include "viz/terminal/text.h"

static int replace(const char *path, const char *neat, const char *text, size_t len) {
    Error e;
    const size_t n = strlen(neat);
    const bool same = n == len && memcmp(neat, text, n) == 0;
    const Piece all = {neat, n};
    if (!same && !io_write(path, &all, 1, &e)) return complain("%s", e.text);
    text_print(stdout, path);
    puts(same ? ": is neat already" : ": written anew");
    return STATUS_DONE;
}

static int format_file(Arena *a, const CommandLine *c, const char *text, size_t len) {
    Diags *d = diags_make(a);
    const char *neat = format_text(a, d, &runtime_vocabulary, c->model, text, len);
    diags_render(d, stderr);
    if (!neat) return STATUS_FAILED;
    if (c->write) return replace(c->model, neat, text, len);
    fputs(neat, stdout);
    return STATUS_DONE;
}

int command_format(const CommandLine *c) {
    Error e;
    size_t len;
    char *text = io_read(c->model, MAX_SOURCE, &len, &e);
    if (!text) return complain("%s", e.text);
    Arena *a = arena_make();
    const int status = a ? format_file(a, c, text, len) : complain("there is no memory left");
    arena_free(a);
    free(text);
    return status;
}
