/* listing.h — the text of the model beside the picture: the statement that made the current stage is
 * marked, stepping moves the mark, clicking a line goes to its stage. */
#pragma once
#include "viz/view/screen.h"

enum { LISTING_W = 420 }; // dp

void draw_listing(Screen *s, Rect r);
