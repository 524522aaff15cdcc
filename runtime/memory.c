/* memory.c — how much memory there is, and a block of it. */
#include "runtime/memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/mman.h>
#endif

enum { CACHE_LINE = 64, LARGE_PAGE = 1 << 21, MANY = 1 << 22 }; // bytes

double memory_bytes(void) {
    const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGE_SIZE);
    return pages > 0 && page > 0 ? (double)pages * (double)page : 1e18;
}

double gigabytes(double bytes) { return bytes / 1e9; }

void *memory_zeroed(size_t bytes) {
    const size_t unit = bytes < MANY ? CACHE_LINE : LARGE_PAGE, room = (bytes / unit + 1) * unit;
    void *v = aligned_alloc(unit, room);
#ifdef MADV_HUGEPAGE
    if (v && bytes >= MANY) madvise(v, room, MADV_HUGEPAGE); // where that is refused, small pages do
#endif
    if (v) memset(v, 0, room);
    return v;
}
