/* inflate.c — what zlib packs, at every level and with every strategy, comes out as it was; what is cut
 * short, damaged, or longer than announced, does not. */
#include "runtime/data/inflate.h"

#include <stdlib.h>
#include <zlib.h>

#include "runtime/rng.h"
#include "tests/unit/test.h"

enum { N = 70000, ROOM = 2 * N };

typedef struct Packed { uint8_t v[ROOM]; size_t n; } Packed;

static void pack(Packed *p, const uint8_t *v, size_t n, int level, int strategy, int memory) {
    z_stream z = {.next_in = (Bytef *)v, .avail_in = (uInt)n, .next_out = p->v, .avail_out = ROOM};
    if (deflateInit2(&z, level, Z_DEFLATED, 15 + 16, memory, strategy) != Z_OK) abort();
    if (deflate(&z, Z_FINISH) != Z_STREAM_END) abort();
    p->n = z.total_out;
    deflateEnd(&z);
}

// Unpacks into memory of its own, so that a byte beside it is seen.
static bool unpacks(const uint8_t *in, size_t len, const uint8_t *wanted, size_t n) {
    uint8_t *copy = malloc(len + 1), *out = malloc(n + 1);
    memcpy(copy, in, len);
    const bool ok = inflate_gzip(copy, len, out, n) && memcmp(out, wanted, n) == 0;
    free(copy), free(out);
    return ok;
}

// Different kinds of content: noise, few values, long runs, a pattern with a period, a ruler.
static uint8_t byte_of(int kind, Rng r, size_t i) {
    switch (kind) {
    case 0: return (uint8_t)rng_below(r, i, 256);
    case 1: return (uint8_t)(rng_below(r, i, 20) ? 0 : rng_below(r, i + N, 256));
    case 2: return (uint8_t)(i / 700);
    case 3: return (uint8_t)(i % 28 * 9 + rng_below(r, i / 3000, 3));
    default: return (uint8_t)(rng_normal(r, i) * 12);
    }
}

static void everything_comes_back(void) {
    static uint8_t v[N];
    static Packed p;
    static const size_t sizes[] = {0, 1, 2, 7, 100, 3000, N};
    static const int strategies[] = {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED};
    for (int kind = 0; kind < 5; kind++) {
        const Rng r = rng_at(rng_make(1, "inflate"), (uint64_t)kind);
        for (size_t i = 0; i < N; i++) v[i] = byte_of(kind, r, i);
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
            for (int s = 0; s < 5; s++)
                for (int level = 1; level <= 9; level += 4) {
                    pack(&p, v, sizes[k], level, strategies[s], level);
                    CHECK(unpacks(p.v, p.n, v, sizes[k]));
                    CHECK(!unpacks(p.v, p.n, v, sizes[k] + 1)); // one less than announced
                    CHECK(sizes[k] == 0 || !unpacks(p.v, p.n, v, sizes[k] - 1));
                }
    }
}

// Blocks that are stored, not packed, among others.
static void stored_blocks(void) {
    static uint8_t v[N];
    static Packed p;
    const Rng r = rng_make(2, "inflate");
    for (size_t i = 0; i < N; i++) v[i] = byte_of(i / 20000 % 2 ? 0 : 2, r, i);
    pack(&p, v, N, 6, Z_DEFAULT_STRATEGY, 8);
    CHECK(unpacks(p.v, p.n, v, N));
    pack(&p, v, N, 0, Z_DEFAULT_STRATEGY, 8);
    CHECK(unpacks(p.v, p.n, v, N));
}

// Whatever bit is wrong, and wherever it ends: nothing else comes out for what was packed.
static void damage_is_seen(void) {
    enum { SHORT = 600, HEAD = 10 };
    uint8_t v[SHORT], wrong[2 * SHORT + 100];
    static Packed p;
    const Rng r = rng_make(3, "inflate");
    for (int kind = 0; kind < 5; kind++)
        for (int s = 0; s < 2; s++) {
            for (size_t i = 0; i < SHORT; i++) v[i] = byte_of(kind, r, i);
            pack(&p, v, SHORT, 6, s ? Z_FIXED : Z_DEFAULT_STRATEGY, 8);
            for (size_t cut = 0; cut < p.n; cut++) CHECK(!unpacks(p.v, cut, v, SHORT));
            for (size_t bit = 8 * HEAD; bit < 8 * p.n; bit += 3) {
                memcpy(wrong, p.v, p.n);
                wrong[bit / 8] ^= (uint8_t)(1u << bit % 8);
                uint8_t out[SHORT];
                CHECK(!inflate_gzip(wrong, p.n, out, SHORT) || memcmp(out, v, SHORT) == 0);
            }
            memcpy(wrong, p.v, p.n);
            memcpy(wrong + p.n, "more", 4);
            CHECK(!unpacks(wrong, p.n + 4, v, SHORT));
        }
}

// A name in the header is skipped; other things in it are left to zlib.
static void headers(void) {
    static Packed p;
    uint8_t named[200];
    pack(&p, (const uint8_t *)"digits", 6, 6, Z_DEFAULT_STRATEGY, 8);
    memcpy(named, p.v, 10), memcpy(named + 10, "name", 5), memcpy(named + 15, p.v + 10, p.n - 10);
    named[3] = 8;
    CHECK(unpacks(named, p.n + 5, (const uint8_t *)"digits", 6));
    named[3] = 16;
    CHECK(!unpacks(named, p.n + 5, (const uint8_t *)"digits", 6));
    memset(named + 10, 'x', sizeof named - 10); // a name without an end
    named[3] = 8;
    CHECK(!unpacks(named, sizeof named, (const uint8_t *)"digits", 6));
}

int main(void) {
    everything_comes_back();
    stored_blocks();
    damage_is_seen();
    headers();
    return test_end("inflate");
}
