# cnnrun — everything generated lies in build/.
#
#   make            build/cnnrun (float) and build/cnnrun-f64 (double: checks gradients)
#   make demo       install what is missing, build, train models/first.cnn on the digits that ship
#   make test       install what is missing, build, run every test
#   make bench      build, measure how fast this machine, the kernels and the networks are
#   make arm-test   build for a 64-bit ARM and run the unit tests in an emulator (tests/tools/arm.sh)
#   make data       fetches the full public data sets (models/data/fetch.sh says how)
#   make install    into PREFIX (default /usr/local), below DESTDIR if set
#   make SDL=0      the same program without a window
#   make VIZ=0      without window and pictures
#   make packages   only install what is missing        make clean
#
# Options: CC=clang  OPT="-O1 -g -fsanitize=address"  WERROR=1  BUILD=build/other

CC      ?= cc
OPT     ?= -O3 -g
BUILD   ?= build
PREFIX  ?= /usr/local
SDL     ?= 1
VIZ     ?= 1
WERROR  ?= 0
FLEX    ?= flex
BISON   ?= bison
PKG     ?= pkg-config

ifeq ($(VIZ),0)
override SDL := 0
endif

WARN := -Wall -Wextra -Wshadow -Wconversion -Wmissing-prototypes
ifeq ($(WERROR),1)
WARN += -Werror
endif

LIBS_ALWAYS := libpng libjpeg zlib libdeflate
LIBS_VIZ    := $(if $(filter 1,$(VIZ)),cairo freetype2)
LIBS_SDL    := $(if $(filter 1,$(SDL)),sdl2)

pkg_cflags = $(if $(strip $(1)),$(shell $(PKG) --cflags $(1)))
pkg_libs   = $(if $(strip $(1)),$(shell $(PKG) --libs $(1)))

CPPFLAGS_OURS := -I. -I$(BUILD) -D_GNU_SOURCE
CFLAGS_OURS   := -std=c11 $(WARN) $(OPT) -pthread -fno-math-errno -fno-trapping-math -MMD -MP
LDLIBS_OURS    = $(call pkg_libs,$(LIBS_ALWAYS)) -lm

# ---- what there is ------------------------------------------------------------------------------

LANG_SRC    := $(sort $(wildcard lang/*.c))
RUNTIME_SRC := $(sort $(wildcard runtime/*.c runtime/*/*.c))
CLI_SRC     := $(sort $(wildcard viz/*.c viz/cli/*.c viz/terminal/*.c))
DRAW_SRC    := $(if $(filter 1,$(VIZ)),$(sort $(wildcard viz/draw/*.c viz/charts/*.c viz/view/*.c \
    viz/view/*/*.c)))
WINDOW_SRC  := $(if $(filter 1,$(SDL)),$(sort $(wildcard viz/window/*.c)))
VIZ_SRC     := $(CLI_SRC) $(DRAW_SRC) $(WINDOW_SRC)
VIZ_DEFS    := -DHAVE_VIZ=$(VIZ) -DHAVE_SDL=$(SDL)

LANG_OBJ := $(LANG_SRC:%.c=$(BUILD)/obj/%.o) $(BUILD)/obj/gen/lexer.o $(BUILD)/obj/gen/grammar.o
F32_OBJ  := $(RUNTIME_SRC:%.c=$(BUILD)/obj/f32/%.o)
F64_OBJ  := $(RUNTIME_SRC:%.c=$(BUILD)/obj/f64/%.o)
VIZ_OBJ  := $(VIZ_SRC:%.c=$(BUILD)/obj/viz$(VIZ)$(SDL)/%.o)
VIZ64_OBJ := $(CLI_SRC:%.c=$(BUILD)/obj/f64/%.o)

.PHONY: all demo test arm-test bench data packages install uninstall clean test-programs fuzz-programs
all: $(BUILD)/cnnrun $(BUILD)/cnnrun-f64

# ---- the program --------------------------------------------------------------------------------

# Which parts are in it is part of what it depends on: SDL=0 after a full build links anew.
PARTS := $(BUILD)/parts.$(VIZ)$(SDL)
$(PARTS):
	@mkdir -p $(BUILD) && rm -f $(BUILD)/parts.* && touch $@

$(BUILD)/cnnrun: $(VIZ_OBJ) $(BUILD)/libruntime.a $(BUILD)/liblang.a $(PARTS)
	@echo "LD $@"
	@$(CC) $(OPT) -pthread -o $@ $(VIZ_OBJ) $(BUILD)/libruntime.a $(BUILD)/liblang.a \
	    $(LDLIBS_OURS) $(call pkg_libs,$(LIBS_VIZ) $(LIBS_SDL)) $(LDFLAGS)

$(BUILD)/cnnrun-f64: $(VIZ64_OBJ) $(BUILD)/libruntime-f64.a $(BUILD)/liblang.a
	@echo "LD $@"
	@$(CC) $(OPT) -pthread -o $@ $^ $(LDLIBS_OURS) $(LDFLAGS)

$(BUILD)/liblang.a: $(LANG_OBJ)
$(BUILD)/libruntime.a: $(F32_OBJ)
$(BUILD)/libruntime-f64.a: $(F64_OBJ)
$(BUILD)/%.a:
	@rm -f $@ && echo "AR $@" && $(AR) rcs $@ $^

# ---- from source to object ----------------------------------------------------------------------

$(BUILD)/gen/lexer.c: lang/lexer.l
	@mkdir -p $(@D)
	@echo "FLEX $@"
	@$(FLEX) -o $@ --header-file=$(BUILD)/gen/lexer.h $<
$(BUILD)/gen/grammar.c: lang/grammar.y
	@mkdir -p $(@D)
	@echo "BISON $@"
	@$(BISON) -Wall -Werror -o $@ --header=$(BUILD)/gen/grammar.h $<
$(BUILD)/gen/lexer.h: $(BUILD)/gen/lexer.c
$(BUILD)/gen/grammar.h: $(BUILD)/gen/grammar.c
$(LANG_OBJ): | $(BUILD)/gen/lexer.h $(BUILD)/gen/grammar.h

COMPILE = @mkdir -p $(@D) && echo "CC $@" && $(CC) $(CPPFLAGS_OURS) $(CPPFLAGS) $(CFLAGS_OURS) $(CFLAGS)

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c
	$(COMPILE) -w -c -o $@ $<
$(BUILD)/obj/lang/%.o: lang/%.c
	$(COMPILE) -c -o $@ $<
$(BUILD)/obj/f32/%.o: %.c
	$(COMPILE) $(call pkg_cflags,$(LIBS_ALWAYS)) -c -o $@ $<
$(BUILD)/obj/f64/%.o: %.c
	$(COMPILE) $(call pkg_cflags,$(LIBS_ALWAYS)) -DREAL_DOUBLE -DHAVE_VIZ=0 -DHAVE_SDL=0 -c -o $@ $<
$(BUILD)/obj/viz$(VIZ)$(SDL)/%.o: %.c
	$(COMPILE) $(call pkg_cflags,$(LIBS_ALWAYS) $(LIBS_VIZ) $(LIBS_SDL)) $(VIZ_DEFS) -c -o $@ $<

# The viewer shows lines of these files, which are part of the program (viz/view/sources.c).
$(BUILD)/obj/viz$(VIZ)$(SDL)/viz/view/sources.o: $(wildcard runtime/layers/*.c runtime/losses/*.c \
    runtime/optimisers/*.c runtime/data/*.c runtime/augments/*.c)

-include $(shell find $(BUILD)/obj $(BUILD)/tests -name '*.d' 2>/dev/null)

# ---- tests: tests/unit/NAME.c is build/tests/NAME (float) and build/tests/NAME-f64 (double) -------

UNIT      := $(sort $(basename $(notdir $(wildcard tests/unit/*.c))))
TESTS     := $(UNIT:%=$(BUILD)/tests/%) $(patsubst %,$(BUILD)/tests/%-f64,$(filter-out lang%,$(UNIT)))

$(BUILD)/tests/%: tests/unit/%.c $(BUILD)/libruntime.a $(BUILD)/liblang.a
	$(COMPILE) $(call pkg_cflags,$(LIBS_ALWAYS)) -o $@ $(filter %.c %.a,$^) $(LDLIBS_OURS) $(LDFLAGS)
$(BUILD)/tests/%-f64: tests/unit/%.c $(BUILD)/libruntime-f64.a $(BUILD)/liblang.a
	$(COMPILE) $(call pkg_cflags,$(LIBS_ALWAYS)) -DREAL_DOUBLE -o $@ $(filter %.c %.a,$^) $(LDLIBS_OURS) $(LDFLAGS)
# One test counts what a step calls: calls of NAME come to its __wrap_NAME first.
COUNTED := malloc calloc realloc aligned_alloc free rng_make rng_named strlen strcmp strncmp snprintf vsnprintf
$(BUILD)/tests/steady $(BUILD)/tests/steady-f64: LDLIBS_OURS += $(COUNTED:%=-Wl,--wrap=%)
$(BUILD)/oracle_run: tests/oracle_run.c $(BUILD)/libruntime.a $(BUILD)/liblang.a
	$(COMPILE) -o $@ $(filter %.c %.a,$^) $(LDLIBS_OURS) $(LDFLAGS)
TEST_TOOLS := $(BUILD)/read_file $(BUILD)/step_file $(BUILD)/outputs
$(TEST_TOOLS): $(BUILD)/%: tests/tools/%.c $(BUILD)/libruntime.a $(BUILD)/liblang.a
	$(COMPILE) -o $@ $(filter %.c %.a,$^) $(LDLIBS_OURS) $(LDFLAGS)
$(BUILD)/make_pictures: tests/tools/make_pictures.c tests/tools/write_jpeg.h
	$(COMPILE) $(call pkg_cflags,$(LIBS_ALWAYS)) -o $@ $(filter %.c,$^) $(LDLIBS_OURS) $(LDFLAGS)

# Pictures and the window are tested with the objects of the program itself.
VIZ_TESTS := $(if $(filter 1,$(SDL)),$(BUILD)/draw_test $(BUILD)/sheet_test $(BUILD)/view_test $(BUILD)/view_lot \
    $(BUILD)/panels_test $(BUILD)/compare_test $(BUILD)/canvas_test $(BUILD)/training_test $(BUILD)/code_test \
    $(BUILD)/steer_test $(BUILD)/keys_test $(BUILD)/view_numbers $(BUILD)/view_time)
$(VIZ_TESTS): $(BUILD)/%: tests/tools/%.c tests/tools/look.h $(BUILD)/libruntime.a $(BUILD)/liblang.a \
    $(filter-out $(CLI_SRC:%.c=$(BUILD)/obj/viz$(VIZ)$(SDL)/%.o),$(VIZ_OBJ))
	$(COMPILE) $(call pkg_cflags,$(LIBS_VIZ)) -o $@ $(filter %.c %.o,$^) $(filter %.a,$^) \
	    $(LDLIBS_OURS) $(call pkg_libs,$(LIBS_VIZ) $(LIBS_SDL)) $(LDFLAGS)

# What SDL=0 makes, for a test: the files that know of the window anew, everything else as it is.
NO_SDL := $(if $(filter 1,$(SDL)),$(BUILD)/cnnrun-without-sdl)
KNOW_SDL := $(shell grep -l HAVE_SDL viz/cli/*.c)
$(BUILD)/obj/viz10/%.o: %.c
	$(COMPILE) $(call pkg_cflags,$(LIBS_ALWAYS) $(LIBS_VIZ)) -DHAVE_VIZ=1 -DHAVE_SDL=0 -c -o $@ $<
$(NO_SDL): $(KNOW_SDL:%.c=$(BUILD)/obj/viz10/%.o) $(filter-out $(KNOW_SDL:%.c=$(BUILD)/obj/viz11/%.o) \
    $(WINDOW_SRC:%.c=$(BUILD)/obj/viz11/%.o),$(VIZ_OBJ)) $(BUILD)/libruntime.a $(BUILD)/liblang.a
	@echo "LD $@"
	@$(CC) $(OPT) -pthread -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LDLIBS_OURS) $(call pkg_libs,$(LIBS_VIZ)) $(LDFLAGS)

# The button that closes a window is pressed through X11, where its headers are.
CLOSER := $(if $(filter 1,$(SDL)),$(if $(shell $(PKG) --exists x11 && echo 1),$(BUILD)/close_window))
$(CLOSER): tests/tools/close_window.c
	$(COMPILE) $(call pkg_cflags,x11) -o $@ $< $(call pkg_libs,x11) $(LDFLAGS)

test-programs: $(TESTS) $(BUILD)/oracle_run $(TEST_TOOLS) $(BUILD)/make_pictures $(VIZ_TESTS) $(NO_SDL) $(CLOSER)

# Fuzzing needs clang, everything built for it, and a folder of its own (see tests/fuzz.sh).
FUZZ      := $(patsubst tests/fuzz/%.c,$(BUILD)/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
$(BUILD)/fuzz_%: tests/fuzz/fuzz_%.c $(BUILD)/libruntime.a $(BUILD)/liblang.a
	$(COMPILE) -fsanitize=fuzzer -o $@ $(filter %.c %.a,$^) $(LDLIBS_OURS) $(LDFLAGS)
fuzz-programs: $(FUZZ)

# ---- for people ---------------------------------------------------------------------------------

packages:
	@SDL=$(SDL) VIZ=$(VIZ) sh tests/setup.sh build

demo:
	@SDL=$(SDL) VIZ=$(VIZ) sh tests/setup.sh build
	@$(MAKE) --no-print-directory -j$$(getconf _NPROCESSORS_ONLN) $(BUILD)/cnnrun
	$(BUILD)/cnnrun models/first.cnn --train

test:
	@SDL=$(SDL) VIZ=$(VIZ) sh tests/setup.sh test
	@sh tests/run.sh

arm-test:
	@BUILD=$(BUILD) sh tests/tools/arm.sh

bench: $(BUILD)/cnnrun
	@BUILD=$(BUILD) sh tests/bench/own.sh

data:
	@FROM='$(FROM)' sh models/data/fetch.sh $(SETS)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/libexec/cnnrun \
	    $(DESTDIR)$(PREFIX)/share/cnnrun/models
	install $(BUILD)/cnnrun $(DESTDIR)$(PREFIX)/bin/cnnrun
	install $(BUILD)/cnnrun-f64 $(DESTDIR)$(PREFIX)/libexec/cnnrun/cnnrun-f64
	install -m 644 models/*.cnn $(DESTDIR)$(PREFIX)/share/cnnrun/models
	cd models && find data -type d -exec install -d $(DESTDIR)$(PREFIX)/share/cnnrun/{} \;
	cd models && find data -type f -exec install -m 644 {} $(DESTDIR)$(PREFIX)/share/cnnrun/{} \;

uninstall:
	rm -rf $(DESTDIR)$(PREFIX)/bin/cnnrun $(DESTDIR)$(PREFIX)/libexec/cnnrun \
	    $(DESTDIR)$(PREFIX)/share/cnnrun

clean:
	rm -rf $(BUILD)
