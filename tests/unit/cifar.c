/* cifar.c — the CIFAR binaries: what is right is read to the byte, what is not is named. */
#include "runtime/data/dataset.h"
#include "runtime/data/source.h"
#include "tests/unit/folder.h"
#include "tests/unit/test.h"

enum { PLANE = 1024, TEN = 1 + 3 * PLANE, HUNDRED = 2 + 3 * PLANE };

// n records: picture i of file `file` has label (i + file) mod classes, and bytes that tell plane,
// place and picture apart. `labels` bytes stand before the planes, the last of them counts.
static void put_records(Folder *f, const char *name, int labels, int classes, int n, int file) {
    const size_t record = (size_t)labels + 3 * PLANE;
    uint8_t *v = calloc((size_t)n + 1, record);
    for (int i = 0; i < n; i++) {
        uint8_t *at = v + (size_t)i * record;
        at[labels - 1] = (uint8_t)((i + file) % classes);
        for (int k = 0; k < 3 * PLANE; k++) at[labels + k] = (uint8_t)(k / PLANE * 80 + k % 61 + i);
    }
    folder_put(f, name, v, (size_t)n * record);
    free(v);
}

typedef struct Case { bool ok; Block part[N_PARTS], train, test; Error e; } Case;

static Case read_folder(const Folder *f) {
    Case c = {.ok = false};
    c.ok = cifar_source.recognises(f->path) && cifar_source.read(f->path, NULL, c.part, &c.e);
    c.train = c.part[PART_TRAIN];
    c.test = c.part[PART_TEST];
    return c;
}

static void free_case(Case *c) {
    blocks_free(c->part);
}

static void expect_refused(const Folder *f, const char *wrong) {
    Case c = read_folder(f);
    CHECK(!c.ok && !c.train.pixel && !c.test.pixel);
    if (!CHECK(strstr(c.e.text, wrong))) printf("got \"%s\", want \"%s\"\n", c.e.text, wrong);
    free_case(&c);
}

static void check_ten(void) {
    Folder f = folder_make();
    CHECK(!cifar_source.recognises(f.path));
    put_records(&f, "data_batch_1.bin", 1, 10, 12, 0);
    put_records(&f, "data_batch_2.bin", 1, 10, 5, 3);
    put_records(&f, "test_batch.bin", 1, 10, 4, 1);
    Case c = read_folder(&f);
    if (!CHECK(c.ok)) printf("%s\n", c.e.text);
    CHECK(c.train.n == 17 && c.test.n == 4);
    CHECK(c.train.image.c == 3 && c.train.image.h == 32 && c.train.image.w == 32);
    CHECK(c.train.label[11] == 1 && c.train.label[12] == 3 && c.test.label[3] == 4);
    // Picture 2, row 1, column 3: place 35 of each plane; red, green, blue side by side.
    const uint8_t *pixel = c.train.pixel + (2 * PLANE + 35) * 3;
    CHECK(pixel[0] == (PLANE * 0 + 35) % 61 + 2);
    CHECK(pixel[1] == 80 + (PLANE + 35) % 61 + 2);
    CHECK(pixel[2] == 160 + (2 * PLANE + 35) % 61 + 2);
    free_case(&c);

    Shape image;
    int classes;
    Error e;
    const DataOptions none = {0};
    CHECK(cifar_source.probe(f.path, &none, &image, &classes, &e) && classes == 10 && image.c == 3);
    put_records(&f, "data_batch_4.bin", 1, 10, 1, 0);
    expect_refused(&f, "data_batch_4.bin is there, but data_batch_3.bin is missing");
    folder_remove(&f);
}

static void check_hundred(void) {
    Folder f = folder_make();
    put_records(&f, "train.bin", 2, 100, 103, 0);
    Case c = read_folder(&f);
    CHECK(c.ok && c.train.n == 103 && c.test.n == 0);
    CHECK(c.ok && c.train.label[99] == 99 && c.train.label[102] == 2);
    free_case(&c);
    Shape image;
    int classes;
    Error e;
    const DataOptions none = {0};
    CHECK(cifar_source.probe(f.path, &none, &image, &classes, &e) && classes == 100);
    folder_remove(&f);
}

static void check_wrong(void) {
    static uint8_t bytes[2 * HUNDRED];
    Folder f = folder_make();
    put_records(&f, "data_batch_1.bin", 1, 10, 2, 0);
    put_records(&f, "test_batch.bin", 2, 100, 3, 0);
    expect_refused(&f, "test_batch.bin: this is a file of CIFAR-100, not of CIFAR-10");
    folder_put(&f, "test_batch.bin", bytes, TEN - 1);
    expect_refused(&f, "test_batch.bin: 3072 bytes are not a whole number of records of 3073");
    folder_put(&f, "test_batch.bin", bytes, 0);
    expect_refused(&f, "test_batch.bin: 0 bytes are not");
    bytes[TEN] = 10;
    folder_put(&f, "test_batch.bin", bytes, 2 * TEN);
    expect_refused(&f, "test_batch.bin: picture 1 has label 10; in CIFAR-10 labels run from 0 to 9");
    folder_remove(&f);
}

int main(void) {
    check_ten();
    check_hundred();
    check_wrong();
    return test_end("cifar");
}
