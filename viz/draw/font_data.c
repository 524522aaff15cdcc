/* font_data.c — puts the font files into the program.
 *
 * The assembler reads them; paths are relative to the top of the source tree, where make runs.
 * Each file stands between two symbols, NAME and NAME_end. */
#include "viz/draw/font_data.h"

#ifdef __APPLE__
#define SECTION ".section __TEXT,__const\n"
#define SYMBOL(name) "_" #name
#else
#define SECTION ".section .rodata\n"
#define SYMBOL(name) #name
#endif

#define INCLUDE_FILE(name, path) \
    __asm__(SECTION \
            ".balign 16\n" \
            ".globl " SYMBOL(name) "\n" SYMBOL(name) ":\n" \
            ".incbin \"" path "\"\n" \
            ".globl " SYMBOL(name##_end) "\n" SYMBOL(name##_end) ":\n" \
            ".byte 0\n" \
            ".text\n")

INCLUDE_FILE(font_inter_regular, "viz/fonts/Inter-Regular.otf");
INCLUDE_FILE(font_inter_semibold, "viz/fonts/Inter-SemiBold.otf");
INCLUDE_FILE(font_mono_regular, "viz/fonts/JetBrainsMono-Regular.ttf");
