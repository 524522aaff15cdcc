/* widen.h — what the panels of widen share: new channels, those that arrive, new channels. */
#pragma once
#include "viz/view/panels/join.h"

// The channels of the output in three bands, from above: new ones, the input's, new ones.
enum { BANDS = 3, ARRIVING = 1 };
typedef struct Bands { int first[BANDS], n[BANDS]; } Bands;

Bands bands_of(const Screen *s);
int band_of(const Bands *b, int channel);

// "channels 0 to 3: new"
const char *band_words(Screen *s, const Bands *b, int band);

// The three bands of a tensor below one another, a card each; returns the card in the middle.
Rect draw_bands(Screen *s, Rect r, Tensor v, bool back);

// Which channels come from where, with one band marked.
void draw_band_list(Screen *s, Rect r, int own, bool back);

// As text: a line for each band.
void tell_bands(Telling *t);
