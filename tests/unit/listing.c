/* listing.c — names of pictures in folders: sorted, counted, picked by a list; nothing that is no
 * picture is taken. */
#include "runtime/data/listing.h"

#include <sys/stat.h>

#include "tests/unit/folder.h"
#include "tests/unit/test.h"

static void put(Folder *f, const char *name) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", f->path, name);
    for (char *slash = path + strlen(f->path) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = 0;
        mkdir(path, 0777);
    }
    folder_put(f, name, "P5 1 1 255 a", 12);
}

// All names of a part, one after the other: "cat/1.png cat/2.png".
static void names_of(const Listing *l, Part part, char *out, size_t cap) {
    size_t used = 0;
    out[0] = 0;
    for (int i = 0; i < l->part[part].n; i++)
        used += (size_t)snprintf(out + used, cap - used, "%s%s", i ? " " : "",
                                 listing_show(l, l->part[part].file[i]).text);
}

static void expect_names(const Listing *l, Part part, const char *want) {
    char got[4096];
    names_of(l, part, got, sizeof got);
    CHECK_TEXT(got, want);
    for (int i = 0; i < l->part[part].n; i++) {
        const ListedClass *c = &l->class[l->part[part].label[i]];
        CHECK(i >= c->first[part] && i < c->first[part] + c->n[part]);
    }
}

// ---- folders ------------------------------------------------------------------------------------

// Files, separated by blanks; classes and parts that come of them.
static const struct { const char *files, *classes, *part[N_PARTS]; } rows[] = {
    {"b/2.png b/1.png a/x.jpg", "a b", {"a/x.jpg b/1.png b/2.png", "", ""}},
    {"train/b/1.png train/a/1.png test/b/2.png", "a b",
     {"train/a/1.png train/b/1.png", "", "test/b/2.png"}},
    {"train/a/1.png val/a/2.png test/a/3.png", "a",
     {"train/a/1.png", "val/a/2.png", "test/a/3.png"}},
    {"train/a/1.png valid/c/2.png", "a c", {"train/a/1.png", "valid/c/2.png", ""}},
    {"test/a/1.png", "a", {"", "", "test/a/1.png"}},             // only to be judged
    {"test/1.png other/2.png", "other test", {"other/2.png test/1.png", "", ""}}, // test is a class
    {"cat/1.png cat-b/1.png cat.c/1.png", "cat cat-b cat.c",     // '-' and '.' come before '/'
     {"cat/1.png cat-b/1.png cat.c/1.png", "", ""}},
    {"a/B.PNG a/c.Jpeg a/a.pgm a/10.bmp a/9.bmp", "a",
     {"a/10.bmp a/9.bmp a/B.PNG a/a.pgm a/c.Jpeg", "", ""}},
    {"a/x.gif a/y.webp a/z.tif", "a", {"a/x.gif a/y.webp a/z.tif", "", ""}}, // refused when read
    {"a/1.txt a/2 b/Thumbs.db b/.x.png", "a b", {"", "", ""}},
};

static void put_files(Folder *f, const char *files) {
    char text[512];
    snprintf(text, sizeof text, "%s", files);
    for (char *name = text; name; ) {
        char *end = strchr(name, ' ');
        if (end) *end++ = 0;
        put(f, name);
        name = end;
    }
}

static void check_row(size_t i) {
    Folder f = folder_make();
    Listing l;
    Error e = {""};
    char classes[256] = "";
    put_files(&f, rows[i].files);
    CHECK(listing_possible(f.path));
    if (!CHECK(listing_make(&l, f.path, &e))) {
        printf("%s: %s\n", rows[i].files, e.text);
        folder_remove(&f);
        return;
    }
    for (int c = 0; c < l.classes; c++)
        snprintf(classes + strlen(classes), sizeof classes - strlen(classes), "%s%s", c ? " " : "",
                 l.class[c].folder);
    CHECK_TEXT(classes, rows[i].classes);
    for (Part p = 0; p < N_PARTS; p++) expect_names(&l, p, rows[i].part[p]);
    listing_free(&l);
    folder_remove(&f);
}

static void check_both_valid(void) {
    Folder f = folder_make();
    Listing l;
    Error e = {""};
    CHECK(!listing_possible(f.path) && !listing_possible("/dev/null") && !listing_possible("none"));
    put_files(&f, "train/a/1.png val/a/1.png valid/a/1.png");
    CHECK(!listing_make(&l, f.path, &e) && strstr(e.text, "one of them is enough"));
    folder_remove(&f);
}

// ---- what is no picture -------------------------------------------------------------------------

static void check_others(void) {
    Folder f = folder_make();
    Listing l;
    Error e = {""};
    char path[600];
    put_files(&f, "a/1.png a/.hidden a/Thumbs.db a/DESKTOP.INI a/notes.txt a/b/inner.png loose.png x.csv");
    folder_put(&f, "a/picture.dat", "\x89PNG\r\n\x1a\n", 8); // begins like a PNG: the content decides
    snprintf(path, sizeof path, "%s/a", f.path);
    CHECK(symlink(path, folder_file(&f, "a/loop.png")) == 0);
    CHECK(symlink("nowhere", folder_file(&f, "a/dangling.png")) == 0);
    CHECK(symlink(path, folder_file(&f, "class-link")) == 0);
    CHECK(mkfifo(folder_file(&f, "a/pipe.png"), 0600) == 0);
    CHECK(mkfifo(folder_file(&f, "pipe"), 0600) == 0);
    if (CHECK(listing_make(&l, f.path, &e))) {
        static const int want[N_OTHERS] = {[OTHER_LINK] = 3, [OTHER_SPECIAL] = 2, [OTHER_FOLDER] = 1,
                                           [OTHER_FILE] = 1, [OTHER_HIDDEN] = 3, [OTHER_LOOSE] = 1};
        expect_names(&l, PART_TRAIN, "a/1.png a/picture.dat");
        for (int i = 0; i < N_OTHERS; i++)
            if (!CHECK(l.others.n[i] == want[i])) printf("sort %d: %d\n", i, l.others.n[i]);
        CHECK_TEXT(listing_show(&l, l.others.first[OTHER_LINK]).text, "a/dangling.png");
        CHECK_TEXT(listing_show(&l, l.others.first[OTHER_LOOSE]).text, "loose.png");
        listing_free(&l);
    }
    folder_remove(&f);
}

// Names may be anything that a file system takes.
static void check_names(void) {
    static const struct { const char *file, *shown, *class_name; } odd[] = {
        {"-a/-1.png", "-a/-1.png", "-a"},
        {"a\nb/1\n2.png", "a\\x0Ab/1\\x0A2.png", "a\\x0Ab"},
        {"c\xFF/\"q'.png", "c\\xFF/\"q'.png", "c\\xFF"},
        {"d\\e/1.png", "d\\e/1.png", "d\\x5Ce"},
        {"e\xCC\x81/\xE2\x82\xAC.png", "e\xCC\x81/\xE2\x82\xAC.png", "e\xCC\x81"},
    };
    enum { N = sizeof odd / sizeof *odd };
    Folder f = folder_make();
    Listing l;
    Error e = {""};
    char longest[300] = "f/";
    memset(longest + 2, 'x', 255);
    memcpy(longest + 2 + 251, ".png", 5);
    for (int i = 0; i < N; i++) put(&f, odd[i].file);
    put(&f, longest);
    if (CHECK(listing_make(&l, f.path, &e)) && CHECK(l.part[PART_TRAIN].n == N + 1)) {
        for (int i = 0; i < N; i++) {
            CHECK_TEXT(listing_show(&l, l.part[PART_TRAIN].file[i]).text, odd[i].shown);
            CHECK_TEXT(class_name_of(l.class[i].folder).text, odd[i].class_name);
        }
        CHECK_TEXT(listing_show(&l, l.part[PART_TRAIN].file[N]).text, longest);
    }
    listing_free(&l);
    folder_remove(&f);
}

// ---- lists --------------------------------------------------------------------------------------

#define FILES "train/a/1.png train/a/2.png train/b/1.png train/b/3.png test/a/1.png test/a/9.png"

static const struct { const char *list, *train, *test, *wrong; } lists[] = {
    {"train/b/3.png\ntrain/a/2.png\n", "train/a/2.png train/b/3.png", "test/a/1.png test/a/9.png", NULL},
    {"a/2.png\r\n\r\n./b/1.png", "train/a/2.png train/b/1.png", "test/a/1.png test/a/9.png", NULL},
    {"test/a/9.png", "train/a/1.png train/a/2.png train/b/1.png train/b/3.png", "test/a/9.png", NULL},
    {"a/9.png\na/1.png\n", "train/a/1.png", "test/a/9.png", NULL}, // train/a/9.png does not exist
    {"a/2.png\na/4.png\n", NULL, NULL, "list: line 2: there is no picture a/4.png"},
    {"a/2.png\n\ntrain/a/2.png\n", NULL, NULL, "list: line 3: train/a/2.png is named a second time"},
    {"train/a\n", NULL, NULL, "line 1: there is no picture train/a in"},
    {"../../etc/passwd\n", NULL, NULL, "line 1: there is no picture ../../etc/passwd"},
    {"/etc/passwd\n", NULL, NULL, "line 1: there is no picture /etc/passwd"},
    {"x\x1b[2Jy\n", NULL, NULL, "there is no picture x\\x1B[2Jy in"},
    {"a/1.png\nb\0c\n", NULL, NULL, "list: line 2: a NUL byte"},
    {"\n\r\n", NULL, NULL, "list: names no picture"},
    {"", NULL, NULL, "list: names no picture"},
};

static void check_list(const Folder *f, size_t i) {
    Listing l;
    Error e = {""};
    const char *text = lists[i].list;
    const size_t len = strstr(text, "\nb") ? 12 : strlen(text); // the one with a NUL in it
    if (!CHECK(listing_make(&l, f->path, &e))) return;
    const bool ok = listing_pick_text(&l, text, len, "list", &e);
    if (!CHECK(ok == !lists[i].wrong)) printf("list %zu: %s\n", i, e.text);
    if (ok && !lists[i].wrong) {
        expect_names(&l, PART_TRAIN, lists[i].train);
        expect_names(&l, PART_TEST, lists[i].test);
    }
    if (!ok && !CHECK(lists[i].wrong && strstr(e.text, lists[i].wrong)))
        printf("got \"%s\", want \"%s\"\n", e.text, lists[i].wrong);
    listing_free(&l);
}

static void check_list_file(Folder *f) {
    Listing l;
    Error e = {""};
    if (!CHECK(listing_make(&l, f->path, &e))) return;
    CHECK(!listing_pick(&l, folder_file(f, "none.txt"), &e) && strstr(e.text, "none.txt"));
    CHECK(listing_pick(&l, folder_put(f, "list.txt", "b/1.png", 7), &e));
    expect_names(&l, PART_TRAIN, "train/b/1.png");
    listing_free(&l);
}

// Without parts, names begin with the class.
static void check_list_flat(void) {
    Folder f = folder_make();
    Listing l;
    Error e = {""};
    put_files(&f, "a/1.png a/2.png b/1.png");
    if (CHECK(listing_make(&l, f.path, &e))) {
        CHECK(listing_pick_text(&l, "b/1.png\na/2.png", 15, "list", &e));
        expect_names(&l, PART_TRAIN, "a/2.png b/1.png");
        listing_free(&l);
    }
    folder_remove(&f);
}

int main(void) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) check_row(i);
    check_both_valid();
    check_others();
    check_names();
    Folder f = folder_make();
    put_files(&f, FILES);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) check_list(&f, i);
    check_list_file(&f);
    folder_remove(&f);
    check_list_flat();
    return test_end("listing");
}
