/* photo.h — the file that the inspected picture was read from, as the stage Load shows it.
 *
 * It is read once and kept until another picture is looked at: pictures of the screen are drawn many times a
 * second, and a large photograph takes longer to decode than all the rest of them. */
#pragma once
#include "viz/view/view.h"

// The name of its file without the folders; NULL: it has none (a set in one file, a drawing).
const char *photo_name(const View *v);

// Reads it, unless it has been read already.
void photo_look(View *v);
void photo_close(View *v);
