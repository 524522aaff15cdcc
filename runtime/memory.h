/* memory.h — how much memory there is: asking the system for more than that would succeed, and end
 * in the middle of the work. And a block of it, for numbers. */
#pragma once
#include <stddef.h>

// Bytes of memory of this machine; very many if the system does not say.
double memory_bytes(void);

double gigabytes(double bytes);

// Zeros that begin on a cache line, in large pages if there are many: a processor remembers where a thousand
// or two pages lie, and loses time with every other one. NULL: out of memory. To be freed with free().
void *memory_zeroed(size_t bytes);
