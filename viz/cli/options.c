/* options.c — the table of options, and what is generic over it. */
#include "viz/cli/options.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lang/kind.h"
#include "lang/words.h"
#include "viz/terminal/numbers.h"
#include "viz/terminal/text.h"

#if HAVE_VIZ
#define WITHOUT_PICTURES NULL
#else
#define WITHOUT_PICTURES "this cnnrun was built without pictures (make VIZ=1)"
#endif
#if HAVE_SDL
#define WITHOUT_WINDOW NULL
#else
#define WITHOUT_WINDOW "this cnnrun was built without a window (make VIZ=1 SDL=1)"
#endif

typedef enum OptionType {
    OPTION_BARE,   // takes no value: it only names a job
    OPTION_FLAG,   // bool
    OPTION_INT,    // int within [lo, hi]
    OPTION_REAL,   // double within (lo, hi]
    OPTION_SEED,   // uint64_t
    OPTION_TEXT,   // const char *
    OPTION_IMAGES, // all operands that follow
    N_OPTION_TYPES
} OptionType;

typedef struct Option {
    const char *name;     // with its dashes
    const char *value;    // what stands behind it, for people; NULL: nothing
    OptionType type;
    size_t at;            // offset in CommandLine
    double lo, hi;
    Job job;              // asks for this job; JOB_NONE: it is a setting of others
    unsigned with;        // the jobs it is a setting of, as bits
    const char *absent;   // why this build does not have it, or NULL
    const char *synonyms; // what it might be called instead, separated by blanks
    const char *help;
} Option;

#define TO_FLAG(f) .type = OPTION_FLAG, .at = FIELD(CommandLine, f, bool)
#define TO_SEED(f) .type = OPTION_SEED, .at = FIELD(CommandLine, f, uint64_t)
#define TO_TEXT(f) .type = OPTION_TEXT, .at = FIELD(CommandLine, f, const char *)
#define TO_INT(f, lo_, hi_) \
    .type = OPTION_INT, .at = FIELD(CommandLine, f, int), .lo = (lo_), .hi = (hi_)
#define TO_REAL(f, lo_, hi_) \
    .type = OPTION_REAL, .at = FIELD(CommandLine, f, double), .lo = (lo_), .hi = (hi_)
#define BIT(job) (1u << (job))

enum {
    LEARNING = BIT(JOB_TRAIN) | BIT(JOB_RESUME),
    JUDGING = LEARNING | BIT(JOB_TEST),
    VIEWING = BIT(JOB_VIEW) | BIT(JOB_SNAPSHOT) | BIT(JOB_HANDOUT),
    RUNNING = JUDGING | BIT(JOB_PREDICT) | VIEWING,
    CHECKING = BIT(JOB_GRADCHECK),
    SHEETS = BIT(JOB_SHEET),
    STEPPING = BIT(JOB_STEPS) | BIT(JOB_TRACE),
    TRYING = BIT(JOB_DRY_RUN) | BIT(JOB_OVERFIT),
    SHORT = CHECKING | STEPPING | TRYING, // a few steps, and nothing is saved
    OPENING = JUDGING | VIEWING | SHORT | SHEETS
};

// Words that stand where else the model stands.
typedef struct Command { const char *name, *values; Job job; } Command;

static const Command commands[] = {
    {"help", "[WORD | CODE]", JOB_WORDS},
    {"fmt",  "FILE.cnn [--write]", JOB_FORMAT},
    {"bench", "[MODEL.cnn] [--mode train | infer]", JOB_BENCH},
    {"data", "[NAME | FOLDER] [--csv] [--sheet FILE]", JOB_DATA},
};

enum { N_COMMANDS = sizeof commands / sizeof *commands };

static const Option options[] = {
    {.name = "--show", .job = JOB_SHOW, .synonyms = "summary print describe",
     .help = "show its layers, as without any of these"},
    {.name = "--check", .job = JOB_CHECK,
     .help = "say whether the file is right, and nothing more"},
    {.name = "--train", .job = JOB_TRAIN, .synonyms = "fit",
     .help = "carry out its program: train, evaluate, save"},
    {.name = "--resume", .job = JOB_RESUME, .synonyms = "continue",
     .help = "go on with a training that was stopped"},
    {.name = "--test", .job = JOB_TEST, .synonyms = "evaluate",
     .help = "judge trained weights on the test images"},
    {.name = "--predict", .value = "IMAGE…", .type = OPTION_IMAGES, .job = JOB_PREDICT,
     .synonyms = "classify infer", .help = "say what is in these pictures (PNG, JPEG, BMP …)"},
    {.name = "--gradcheck", .job = JOB_GRADCHECK, .synonyms = "check-gradients grad-check",
     .help = "compare its gradients with finite differences"},
    {.name = "--steps", .job = JOB_STEPS, .synonyms = "stages explain step",
     .help = "go through it stage by stage, with the numbers of one picture"},
    {.name = "--trace", .value = "FILE", TO_TEXT(trace), .job = JOB_TRACE, .synonyms = "dump",
     .help = "write every number of a training step into a .safetensors file"},
    {.name = "--dry-run", .job = JOB_DRY_RUN, .synonyms = "dryrun try",
     .help = "try one training step: are data, network and memory in order?"},
    {.name = "--overfit", .value = "N", TO_INT(overfit, 1, 1000), .job = JOB_OVERFIT,
     .synonyms = "sanity", .help = "can it learn N pictures by heart? (20 is usual)"},
    {.name = "--draw", .value = "FILE", TO_TEXT(drawing), .job = JOB_DRAW,
     .absent = WITHOUT_PICTURES, .help = "draw the network: FILE.png, .svg or .pdf"},
    {.name = "--sheet", .value = "FILE", TO_TEXT(sheet), .job = JOB_SHEET, .with = BIT(JOB_DATA),
     .absent = WITHOUT_PICTURES, .synonyms = "pictures contact-sheet",
     .help = "show training pictures after every step: FILE.png, .svg or .pdf"},
    {.name = "--view", .job = JOB_VIEW, .absent = WITHOUT_WINDOW, .synonyms = "window gui step",
     .help = "walk through every stage of a training step in a window; ? there: its keys"},
    {.name = "--snapshot", .value = "FILE", TO_TEXT(snapshot), .job = JOB_SNAPSHOT,
     .absent = WITHOUT_PICTURES, .synonyms = "screenshot picture",
     .help = "the same as a picture: FILE.png, .svg or .pdf"},
    {.name = "--handout", .value = "FILE", TO_TEXT(handout), .job = JOB_HANDOUT,
     .absent = WITHOUT_PICTURES, .help = "every stage on a page of its own: FILE.pdf"},
    {.name = "--help", .job = JOB_USAGE, .synonyms = "h usage", .help = "show this"},
    {.name = "--version", .job = JOB_VERSION, .synonyms = "v",
     .help = "show which cnnrun this is"},

    {.name = "--epochs", .value = "N", TO_INT(run.epochs, 1, 1000000), .with = LEARNING,
     .help = "train so many epochs instead of what the file says"},
    {.name = "--batch", .value = "N", TO_INT(run.batch, 1, MAX_BATCH),
     .with = LEARNING | (SHORT & ~BIT(JOB_OVERFIT)) | BIT(JOB_SHOW) | BIT(JOB_NONE) | BIT(JOB_BENCH),
     .synonyms = "batch-size",
     .help = "images of one step instead of what the file says"},
    {.name = "--lr", .value = "X", TO_REAL(run.lr, 0, 1000), .with = LEARNING | STEPPING | TRYING,
     .synonyms = "learning-rate rate", .help = "learning rate instead of what the file says"},
    {.name = "--seed", .value = "N", TO_SEED(run.seed), .with = OPENING,
     .help = "where all random numbers come from"},
    {.name = "--limit", .value = "N", TO_INT(run.limit, 1, 1000000000), .with = OPENING,
     .help = "use only so many training and test images"},
    {.name = "--strict", TO_FLAG(run.strict), .with = OPENING,
     .help = "a picture that cannot be read is an error; else it is left out"},
    {.name = "--allow-empty", TO_FLAG(run.allow_empty), .with = OPENING,
     .help = "a class folder without pictures is no error"},
    {.name = "--cache", .value = "MB", TO_INT(cache, 1, 1000000), .with = OPENING,
     .help = "memory for prepared pictures (default: 1,000 MB)"},
    {.name = "--threads", .value = "N", TO_INT(run.threads, 1, 1024),
     .with = RUNNING | SHORT | SHEETS | BIT(JOB_BENCH) | BIT(JOB_DATA),
     .synonyms = "cores jobs",
     .help = "cores to use (default: all); results are the same for any number"},
    {.name = "--run", .value = "DIR", TO_TEXT(run.run), .with = RUNNING | BIT(JOB_STEPS),
     .help = "folder of the run instead of runs/NAME"},
    {.name = "--weights", .value = "FILE", TO_TEXT(run.weights),
     .with = (RUNNING | SHORT) & ~BIT(JOB_RESUME), .help = "weights to start from or to judge"},
    {.name = "--image", .value = "N|FILE", TO_TEXT(look_at),
     .with = VIEWING | CHECKING | SHEETS | STEPPING, .synonyms = "picture",
     .help = "the picture to look at: number of a test image (--sheet: of a training image), or a file"},
    {.name = "--part", .value = "NAME", TO_TEXT(part), .with = STEPPING,
     .help = "where that number counts: training, validation or test (default)"},
    {.name = "--label", .value = "CLASS", TO_TEXT(label), .with = STEPPING | VIEWING, .synonyms = "class",
     .help = "what a picture from a file shows, so that it can be judged"},
    {.name = "--stage", .value = "NAME", TO_TEXT(stage), .with = BIT(JOB_STEPS), .synonyms = "layer",
     .help = "show this stage with its numbers and one of them worked out"},
    {.name = "--backward", TO_FLAG(backward), .with = BIT(JOB_STEPS), .synonyms = "gradient back",
     .help = "show the way back: the gradients"},
    {.name = "--at", .value = "C,Y,X", TO_TEXT(at), .with = BIT(JOB_STEPS), .synonyms = "place",
     .help = "which number is worked out: channel, row, column from 0, or weight:O,I,Y,X"},
    {.name = "--updates", .value = "N", TO_INT(updates, 1, 10000), .with = BIT(JOB_TRACE),
     .help = "so many training steps on the same batch (default 1)"},
    {.name = "--screen", .value = "NAME", TO_TEXT(screen), .with = BIT(JOB_SNAPSHOT),
     .help = "which picture: overview, conv1, conv1:pixel, loss, update …"},
    {.name = "--script", .value = "FILE", TO_TEXT(script), .with = BIT(JOB_SNAPSHOT),
     .help = "carry out a file of keys and clicks first"},
    {.name = "--keep", .value = "LAYERS", TO_TEXT(keep), .with = VIEWING, .synonyms = "only",
     .help = "of a huge network keep only these layers' numbers: conv1,conv2 (forward only)"},
    {.name = "--augment", TO_FLAG(augment), .with = SHEETS | STEPPING, .synonyms = "augmented random",
     .help = "with the random steps of training (--sheet: eight random variants of one picture)"},
    {.name = "--ref", TO_FLAG(run.ref), .with = RUNNING | SHORT | BIT(JOB_BENCH),
     .help = "compute with the definitions instead of the fast code"},
    {.name = "--no-winograd", TO_FLAG(run.no_winograd), .with = RUNNING | SHORT | BIT(JOB_BENCH),
     .help = "3x3 convolutions with the sums of the definition, not Winograd's"},
    {.name = "--json", TO_FLAG(json), .with = BIT(JOB_SHOW) | BIT(JOB_BENCH),
     .help = "print everything as JSON, for other programs"},
    {.name = "--mode", .value = "WORD", TO_TEXT(mode), .with = BIT(JOB_BENCH),
     .help = "what bench measures: train (steps, the default) or infer"},
    {.name = "--write", TO_FLAG(write), .with = BIT(JOB_FORMAT),
     .synonyms = "inplace in-place", .help = "replace the file by its neat version"},
    {.name = "--csv", TO_FLAG(csv), .with = BIT(JOB_DATA), .synonyms = "table tsv",
     .help = "as a table, for spreadsheets and other programs"},
    {.name = "--as", .value = "FORMAT", TO_TEXT(style), .with = BIT(JOB_WORDS),
     .synonyms = "format", .help = "all words as markdown, or for an editor: vim, textmate"},
};

enum { N_OPTIONS = sizeof options / sizeof *options };
_Static_assert(N_OPTIONS <= 64, "CommandLine.given has a bit for each");

// ---- values ------------------------------------------------------------------------------------

static bool consists_of(const char *s, const char *letters) {
    return *s && strspn(s, letters) == strlen(s);
}

static bool read_int(const Option *o, const char *text, void *at, Error *e) {
    char *end;
    errno = 0;
    const long long v = strtoll(text, &end, 10);
    const bool ok = consists_of(text, "0123456789") && *end == '\0' && errno == 0;
    if (!ok || (double)v < o->lo || (double)v > o->hi)
        return error_set(e, "%s wants a whole number from %s to %s, not '%s'", o->name,
                         count_text((uint64_t)o->lo).s, count_text((uint64_t)o->hi).s, text);
    *(int *)at = (int)v;
    return true;
}

static bool read_real(const Option *o, const char *text, void *at, Error *e) {
    char *end;
    const double v = strtod(text, &end);
    const bool ok = consists_of(text, "0123456789.eE+-") && *end == '\0' && isfinite(v);
    if (!ok || v <= o->lo || v > o->hi)
        return error_set(e, "%s wants a number above %g and up to %g, like 0.01, not '%s'", o->name,
                         o->lo, o->hi, text);
    *(double *)at = v;
    return true;
}

static bool read_seed(const Option *o, const char *text, void *at, Error *e) {
    char *end;
    errno = 0;
    const unsigned long long v = strtoull(text, &end, 10);
    if (!consists_of(text, "0123456789") || *end != '\0' || errno != 0)
        return error_set(e, "%s wants a whole number below 2^64, not '%s'", o->name, text);
    *(uint64_t *)at = v;
    return true;
}

static bool read_text(const Option *o, const char *text, void *at, Error *e) {
    if (*text == '\0') return error_set(e, "%s wants a %s, not an empty word", o->name, o->value);
    *(const char **)at = text;
    return true;
}

// How the value of each type is read; NULL: it takes none.
static bool (*const read_value[N_OPTION_TYPES])(const Option *, const char *, void *, Error *) = {
    [OPTION_INT]  = read_int,
    [OPTION_REAL] = read_real,
    [OPTION_SEED] = read_seed,
    [OPTION_TEXT] = read_text,
};

// ---- reading the words one after the other -----------------------------------------------------

typedef struct Parse {
    CommandLine *c;
    int argc, i; // argv[i] is the next word
    char **argv;
    const char *asked;   // the word that named the job, or NULL
    int n_images;        // gathered in argv[1] and behind it: those words have been read
    Error *e;
} Parse;

static const Option *option_named(const char *name, size_t len) {
    for (int k = 0; k < N_OPTIONS; k++)
        if (strlen(options[k].name) == len && memcmp(options[k].name, name, len) == 0)
            return &options[k];
    return NULL;
}

static bool unknown_option(const char *word, Error *e) {
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    Guess near = {.word = name + strspn(name, "-")};
    for (const Option *o = options; o < options + N_OPTIONS; o++)
        guess_offer(&near, o->name + 2, o->synonyms);
    error_set(e, "there is no option %s", name);
    return near.best ? error_add(e, "; did you mean --%s?", near.best) : false;
}

// Who asks for help besides wants help.
static bool ask_for_job(Parse *p, const Option *o) {
    const bool help = o->job == JOB_USAGE || p->c->job == JOB_USAGE;
    if (p->asked && !help)
        return error_set(p->e, "%s and %s are two different things to do; choose one",
                         p->asked, o->name);
    p->asked = o->name;
    p->c->job = help ? JOB_USAGE : o->job;
    return true;
}

static bool add_image(Parse *p, char *word) {
    p->argv[++p->n_images] = word;
    return true;
}

// The value of an option: behind its "=", or the next word.
static bool take_value(Parse *p, const Option *o, const char *equals) {
    const char *value = equals ? equals + 1 : p->i < p->argc ? p->argv[p->i] : NULL;
    if (!value || (!equals && strncmp(value, "--", 2) == 0))
        return error_set(p->e, "%s needs a value: %s %s", o->name, o->name, o->value);
    if (!equals) p->i++;
    return read_value[o->type](o, value, (char *)p->c + o->at, p->e);
}

static bool read_option(Parse *p, char *word) {
    char *equals = strchr(word, '=');
    const Option *o = option_named(word, equals ? (size_t)(equals - word) : strlen(word));
    if (!o) return unknown_option(word, p->e);
    if (o->absent) return error_set(p->e, "%s: %s", o->name, o->absent);
    if (p->c->given >> (o - options) & 1) return error_set(p->e, "%s is given twice", o->name);
    p->c->given |= 1ull << (o - options);

    const bool setting = o->with & BIT(p->c->job);
    if (o->job != JOB_NONE && !setting && !ask_for_job(p, o)) return false;
    if (read_value[o->type]) return take_value(p, o, equals);
    if (equals && o->type == OPTION_IMAGES) return add_image(p, equals + 1);
    if (equals) return error_set(p->e, "%s takes no value", o->name);
    if (o->type == OPTION_FLAG) *(bool *)((char *)p->c + o->at) = true;
    return true;
}

static bool read_operand(Parse *p, char *word) {
    CommandLine *c = p->c;
    if (c->job == JOB_PREDICT) return add_image(p, word);
    const char **place = c->job == JOB_WORDS ? &c->word : &c->model;
    if (!*place) {
        *place = word;
        return true;
    }
    if (c->job == JOB_WORDS) return error_set(p->e, "one word at a time: cnnrun help %s", c->word);
    char dashed[64];
    snprintf(dashed, sizeof dashed, "--%s", c->model);
    if (option_named(dashed, strlen(dashed)))
        return error_set(p->e, "'%s' is an option: write cnnrun %s %s", c->model, word, dashed);
    return error_set(p->e, "one model at a time, not both '%s' and '%s'", c->model, word);
}

static bool read_words(Parse *p) {
    bool operands_only = false;
    while (p->i < p->argc) {
        char *word = p->argv[p->i++];
        const bool option = !operands_only && word[0] == '-' && word[1] != '\0';
        if (option && strcmp(word, "--") == 0) {
            operands_only = true;
            continue;
        }
        if (option ? !read_option(p, word) : !read_operand(p, word)) return false;
        if (p->c->job == JOB_USAGE || p->c->job == JOB_VERSION) return true;
    }
    return true;
}

// ---- do the words make sense together? ---------------------------------------------------------

// The word that asks for it, or NULL.
static const char *job_word(Job job) {
    for (int k = 0; k < N_COMMANDS; k++)
        if (commands[k].job == job) return commands[k].name;
    for (int k = 0; k < N_OPTIONS; k++)
        if (options[k].job == job && job != JOB_NONE) return options[k].name;
    return NULL;
}

// "--epochs has a meaning only with --train or --resume"
static bool misplaced(const Option *o, const char *asked, Error *e) {
    const char *between = " ";
    if (asked) error_set(e, "%s has no meaning with %s; it goes with", o->name, asked);
    else error_set(e, "%s has a meaning only with", o->name);
    for (int job = 0; job < N_JOBS; job++) {
        if (!(o->with & BIT(job)) || !job_word((Job)job)) continue;
        error_add(e, "%s%s", between, job_word((Job)job));
        const unsigned rest = o->with >> (job + 1);
        between = rest & (rest - 1) ? ", " : " or ";
    }
    return false;
}

static bool same_file(const char *a, const char *b) {
    struct stat s, t;
    return stat(a, &s) == 0 && stat(b, &t) == 0 && s.st_dev == t.st_dev && s.st_ino == t.st_ino;
}

// Without a model the machine is measured, which has no steps and no batch.
static bool bench_makes_sense(Parse *p) {
    const CommandLine *c = p->c;
    const char *of_models = c->mode ? "--mode" : c->run.batch ? "--batch" : c->run.ref ? "--ref" :
                            c->run.no_winograd ? "--no-winograd" : NULL;
    if (!of_models) return true;
    return error_set(p->e, "%s needs a model: cnnrun bench MODEL.cnn", of_models);
}

static bool makes_sense(Parse *p) {
    CommandLine *c = p->c;
    for (int k = 0; k < N_OPTIONS; k++) {
        const Option *o = &options[k];
        const bool setting = o->job == JOB_NONE && c->given >> k & 1;
        if (setting && !(o->with & BIT(c->job))) return misplaced(o, p->asked, p->e);
        if (setting && o->type == OPTION_SEED) c->run.seed_set = true;
    }
    if (c->job == JOB_WORDS) {
        if (!c->style || !c->word) return true;
        return error_set(p->e, "--as %s writes all words, not only '%s'", c->style, c->word);
    }
    if (c->mode && strcmp(c->mode, "train") != 0 && strcmp(c->mode, "infer") != 0)
        return error_set(p->e, "--mode wants train or infer, not '%s'", c->mode);
    if (!c->model && c->job == JOB_BENCH) return bench_makes_sense(p);
    if (c->job == JOB_DATA) {
        if (c->model || !c->sheet) return true;
        return error_set(p->e, "which pictures? cnnrun data NAME --sheet %s", c->sheet);
    }
    if (!c->model && c->job == JOB_FORMAT)
        return error_set(p->e, "which file? cnnrun fmt FILE.cnn");
    if (!c->model && c->job == JOB_PREDICT)
        return error_set(p->e, "which model? cnnrun MODEL.cnn --predict IMAGE…");
    if (!c->model) return error_set(p->e, "which model? cnnrun MODEL.cnn …");
    if (c->job == JOB_PREDICT && p->n_images == 0)
        return error_set(p->e, "--predict needs pictures: --predict IMAGE…");
    const char *const out[] = {c->drawing, c->snapshot, c->handout, c->sheet};
    for (size_t k = 0; k < sizeof out / sizeof *out; k++)
        if (out[k] && same_file(out[k], c->model))
            return error_set(p->e, "%s %s would overwrite the model", p->asked, out[k]);
    return true;
}

// A command, if the first word is one.
static void read_command(Parse *p) {
    for (int k = 0; k < N_COMMANDS && p->argc > 1; k++) {
        if (strcmp(p->argv[1], commands[k].name) != 0) continue;
        p->asked = commands[k].name;
        p->c->job = commands[k].job;
        p->i = 2;
    }
}

bool options_parse(CommandLine *c, int argc, char **argv, Error *e) {
    *c = (CommandLine){0};
    Parse p = {.c = c, .argc = argc, .i = 1, .argv = argv, .e = e};
    c->argv = argv;
    read_command(&p);
    if (!read_words(&p)) return false;
    if (c->job == JOB_USAGE || c->job == JOB_VERSION) return true;
    c->run.resume = c->job == JOB_RESUME;
    c->run.cache = (size_t)c->cache * 1000000;
    c->n_images = p.n_images;
    c->image = (const char *const *)(argv + 1);
    if (!makes_sense(&p)) return false;
    if (c->job == JOB_NONE) c->job = JOB_SHOW;
    return true;
}

// ---- writing options again ---------------------------------------------------------------------

static void print_value(FILE *out, const Option *o, const void *at) {
    switch (o->type) {
    case OPTION_INT:  fprintf(out, " %d", *(const int *)at); break;
    case OPTION_REAL: fprintf(out, " %.17g", *(const double *)at); break;
    case OPTION_SEED: fprintf(out, " %" PRIu64, *(const uint64_t *)at); break;
    case OPTION_TEXT: fputs(" ", out), text_print(out, *(const char *const *)at); break;
    default: break;
    }
}

void options_again(FILE *out, const CommandLine *c, Job job) {
    for (int k = 0; k < N_OPTIONS; k++) {
        const Option *o = &options[k];
        if (!(c->given >> k & 1) || !(o->with & BIT(job))) continue;
        fprintf(out, " %s", o->name);
        print_value(out, o, (const char *)c + o->at);
    }
}

// ---- --help ------------------------------------------------------------------------------------

static void usage_rows(FILE *out, bool jobs) {
    for (int k = 0; k < N_OPTIONS; k++) {
        const Option *o = &options[k];
        if ((o->job != JOB_NONE) != jobs || o->absent) continue;
        char text[64];
        snprintf(text, sizeof text, "%s %s", o->name, o->value ? o->value : "");
        fprintf(out, "  %s%*s%s\n", text, 18 - text_columns(text), "", o->help);
    }
}

void options_usage(FILE *out) {
    fputs("usage: cnnrun MODEL.cnn [what to do] [settings]\n", out);
    for (const Command *c = commands; c < commands + N_COMMANDS; c++)
        fprintf(out, "       cnnrun %s %s\n", c->name, c->values);
    fputs("\n"
          "What to do with the model; without any of these, its layers are shown:\n", out);
    usage_rows(out, true);
    fputs("\nSettings:\n", out);
    usage_rows(out, false);
    fputs("\n`cnnrun help` lists every word of a model file, `cnnrun help conv` explains one,\n"
          "`cnnrun help S003` explains a message, `cnnrun fmt` writes a file neatly,\n"
          "`cnnrun bench` measures speed.\n"
          "Start with: cnnrun models/first.cnn\n", out);
}
