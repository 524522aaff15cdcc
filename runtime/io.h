/* io.h — whole files in, whole files out.
 *
 * Reading has a cap, so that a device or a wrong name cannot eat the memory. Writing is atomic: a
 * temporary file beside the target (a name of its own), write, fsync, rename, fsync of the folder;
 * whoever reads finds the old file or the new one, never half of one, also after a power cut. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "runtime/error.h"

// Reads a whole file of at most `cap` bytes. The buffer is malloc'd, *len bytes long, with a NUL
// behind it that does not count; the caller frees it. NULL with a message naming the file.
char *io_read(const char *path, size_t cap, size_t *len, Error *e);

// The same for a file that a folder listed: only a regular file is read, no symbolic link is followed,
// and no pipe is waited for. NULL with errno.
char *io_read_regular(const char *path, size_t cap, size_t *len);

typedef struct Piece { const void *v; size_t len; } Piece;

// Replaces (or creates) the file with the pieces, one after the other. If path is a symbolic link,
// the file it points to is replaced; a device or a pipe is written into. On failure the old file is
// untouched and no temporary is left; only if the last step fails, the sync of the folder, is the
// new file there already. Temporaries of processes that were killed are removed.
bool io_write(const char *path, const Piece *piece, int n, Error *e);

// Can a file be written at that path? Creates nothing; found before an hour of training, not after.
bool io_writable(const char *path, Error *e);

// Creates a folder and those above it; one that exists is fine.
bool io_mkdir(const char *path, Error *e);

bool io_exists(const char *path);

// "a/b" of a and b ("b" alone if a is empty or b is absolute). malloc'd; NULL when memory is out.
char *io_join(const char *folder, const char *name);

// CRC-32C (Castagnoli, 0x82F63B78 reflected) of more bytes; begin with crc = 0.
unsigned io_crc32c(unsigned crc, const void *v, size_t n);
