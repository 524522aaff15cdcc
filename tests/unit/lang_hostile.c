/* lang_hostile.c — a megabyte of whatever is worst: the reader says what is wrong and is done, in
 * bounded time and memory. Each text is read, its messages are shown and it is formatted, in a
 * process of its own. */
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lang/format.h"
#include "lang/graph.h"
#include "runtime/vocabulary.h"
#include "tests/unit/test.h"

// Five times what is allowed on a quiet machine, so that a busy one does not fail; code that checks
// every access of memory is several times slower.
#ifdef __SANITIZE_ADDRESS__
#define MOST_SECONDS 12.5
#else
#define MOST_SECONDS 2.5
#endif
enum { MOST_MB = 1024, SIZE = 1 << 20 };

// `before`, then `part` again and again (@ becomes a number that counts), then `behind`; and the
// code of the first message, NULL for a text that is right.
static const struct { const char *before, *part, *behind, *code; } floods[] = {
    {"data mnist\n", "relu\n", "", "G006"},
    {"data mnist\n", "relu;", "", "G006"},
    {"data mnist\n", "relu # why\n", "", "S006"},
    {"", "{", "", "G001"},
    {"", "section{", "", "G005"},
    {"", "section{}", "", "G006"},
    {"", "}", "", "G003"},
    {"", "{}", "", "G001"},
    {"data mnist\nresidual", "{}", "", "W010"},
    {"data mnist\nresidual {relu}", " shortcut {relu}", "", "W010"},
    {"data mnist\nparallel", "{relu}", "", "G006"},
    {"", "a", "", "L004"},
    {"", "a.", "", "L004"},
    {"data mnist\nrelu as ", "a.b", "", "L004"},
    {"", "1", "", "L002"},
    {"", "9x9x", "", "L002"},
    {"data mnist\nconv 8 5x5 pad=0.", "0", "1", NULL},
    {"data mnist\nconv ", "-", " 5x5", "L001"},
    {"", "\n", "", "E002"},
    {"", ";", "", "E002"},
    {"", " ", "", "E002"},
    {"", "\t", "", "E002"},
    {"", "\r", "", "L001"},
    {"", "\r\n", "", "E002"},
    {"", "#\n", "", "E002"},
    {"#", "#", "", "E002"},
    {"", "\"", "", "G001"},
    {"", "'", "", "L003"},
    {"data mnist\nsave \"", "a", "\"", "L003"},
    {"data mnist\nsave \"", "a", "", "L003"},
    {"", "\xff", "", "L001"},
    {"", "\xe2\x82\xac", "", "L001"},
    {"", "=", "", "G001"},
    {"", "%", "", "G001"},
    {"", "a=b\n", "", "G001"},
    {"", "as as ", "", "G001"},
    {"", "let ", "", "G004"},
    {"", "block ", "", "G004"},
    {"data mnist\nlet k = 1", "*9", "", "W006"},
    {"data mnist\nlet k = 1", "/9", "\nconv 8 5x5 pad=k", NULL},
    {"data mnist\nconv", " 1", "", "W005"},
    {"data mnist\nconv 1 1x1", " a=1", "", "W002"},
    {"data mnist\nconv 1 1x1", " stride=1", "", "W003"},
    {"data mnist\nconv 1 1x1 pad=1", ",1", "", "W006"},
    {"data mnist\nrelu as a; add", " a", "", "W007"},
    {"data mnist\nrelu; freeze", " a", "", "W006"},
    {"data mnist\nevaluate", " accuracy", "\nrelu", "W003"},
    {"data mnist\npreprocess { normalize mean=1", ",1", " }\nrelu", "W006"},
    {"data mnist\npreprocess {", " equalise;", " }\nrelu", "G006"},
    {"data mnist\npreprocess {", " normalize;", " }\nrelu", NULL},
    {"block b", " p", " { relu }", "N002"},
    {"data mnist\nblock b", " p@", " { relu }\nb", "W007"},
    {"data mnist\nrelu\nb", " 1", "", "W001"},
    {"data mnist\nblock b p { relu }\nb", " 1", "", "W011"},
    {"data mnist\n", "section {} ", "", "S006"},
    {"data mnist\n", "section s@ {} ", "", "S006"},
    {"data mnist\n", "relu as r@\n", "", "S006"},
    {"data mnist\n", "let a = classes;", "", "N002"},
    {"data mnist\n", "let a@ = 1;", "", "N002"},
    {"data mnist\n", "block b@ { };", "", "N002"},
    {"data mnist\n", "Conv2D 8 5x5;", "", "W001"},
    {"data mnist\n", "LearningRateScheduler;", "", "W001"},
    {"data mnist\n", "use \"nowhere.cnn\";", "", "F001"},
    {"data mnist\nrelu\nloss crossentropy\noptimizer sgd\n", "train;", "", "G006"},
    {"data mnist\nrelu\n", "freeze 0;", "", "G006"},
    {"data mnist\nrelu\n", "init he;", "", "G006"},
    {"data mnist\n", "conv 8 5x5 pad=same stride=1 bias=yes groups=1 dilation=1 as c@\n", "",
     "S006"},
};
enum { N_FLOODS = sizeof floods / sizeof *floods };

// Writes `part` with its @ as the number n.
static size_t put_part(char *to, const char *part, int n) {
    const char *at = strchr(part, '@');
    if (!at) return (size_t)snprintf(to, SIZE, "%s", part);
    return (size_t)snprintf(to, SIZE, "%.*s%d%s", (int)(at - part), part, n, at + 1);
}

static size_t make(char *text, int i) {
    const size_t reserve = strlen(floods[i].part) + strlen(floods[i].behind) + 20;
    size_t len = put_part(text, floods[i].before, 0);
    for (int n = 0; len + reserve < SIZE; n++) len += put_part(text + len, floods[i].part, n);
    return len + put_part(text + len, floods[i].behind, 0);
}

// The code of the first message, "" if the text is right.
static const char *first_code(const char *text, size_t len) {
    Vocabulary words = runtime_vocabulary;
    words.probe = NULL; // looks at the disk
    FILE *out = fopen("/dev/null", "w");
    Arena *a = arena_make();
    Diags *d = diags_make(a);
    experiment_parse(a, d, &words, "flood.cnn", text, len);
    diags_render(d, out);
    format_text(a, diags_make(a), &words, "flood.cnn", text, len);
    fclose(out);
    return diags_count(d) > 0 ? message_of(diags_get(d, 0)->code)->code : "";
}

// The child's part: its status says whether the right thing was said.
static int flood(char *text, int i) {
    const char *code = first_code(text, make(text, i)), *want = floods[i].code;
    if (strcmp(code, want ? want : "") == 0) return 0;
    printf("flood %d: the first message is %s, not %s\n", i, code, want ? want : "none");
    fflush(stdout);
    return 1;
}

// A text on one line.
static void print_line(const char *text) {
    for (; *text; text++) putchar(*text == '\n' ? '|' : *text);
}

static void check_flood(char *text, int i) {
    struct rusage used;
    int status = -1;
    fflush(stdout);
    const pid_t child = fork();
    if (child == 0) _exit(flood(text, i));
    if (!CHECK(child > 0 && wait4(child, &status, 0, &used) == child)) return;
    const double seconds = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec)
                         + 1e-6 * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
    const double mb = (double)used.ru_maxrss / 1024;
    bool good = CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    good &= CHECK(seconds <= MOST_SECONDS);
    good &= CHECK(mb <= MOST_MB);
    printf("%s %6.3f s %5.0f MB  ", good ? "     " : "fails", seconds, mb);
    print_line(floods[i].before);
    print_line(floods[i].part);
    puts("…");
}

int main(void) {
    char *text = malloc(SIZE);
    for (int i = 0; text && i < N_FLOODS; i++) check_flood(text, i);
    CHECK(text != NULL);
    free(text);
    return test_end("lang_hostile");
}
