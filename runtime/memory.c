/* memory.c — how much memory there is. */
#include "runtime/memory.h"

#include <unistd.h>

double memory_bytes(void) {
    const long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGE_SIZE);
    return pages > 0 && page > 0 ? (double)pages * (double)page : 1e18;
}

double gigabytes(double bytes) { return bytes / 1e9; }
