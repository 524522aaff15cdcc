/* font_data.h — the bytes of viz/fonts, as part of the program. */
#pragma once

extern const unsigned char font_inter_regular[], font_inter_regular_end[];
extern const unsigned char font_inter_semibold[], font_inter_semibold_end[];
extern const unsigned char font_mono_regular[], font_mono_regular_end[];
