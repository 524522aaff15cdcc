/* memory.h — how much memory there is: asking the system for more than that would succeed, and end
 * in the middle of the work. */
#pragma once

// Bytes of memory of this machine; very many if the system does not say.
double memory_bytes(void);

double gigabytes(double bytes);
