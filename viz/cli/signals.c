/* signals.c — the one place where something can happen between two instructions. */
#include "viz/cli/signals.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "viz/cli/options.h"

// A handler can tell the program something only through an object like this one.
static volatile sig_atomic_t raised;

static void handle(int signal_number) {
    (void)signal_number;
    if (raised) _exit(STATUS_STOPPED);
    raised = 1;
}

static void set(int signal_number, void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(signal_number, &action, NULL);
}

void signals_ignore(void) {
    set(SIGPIPE, SIG_IGN);
    set(SIGXFSZ, SIG_IGN);
}

void signals_catch(void) {
    static const int caught[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction before;
    for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
        if (sigaction(caught[i], NULL, &before) == 0 && before.sa_handler == SIG_IGN) continue;
        set(caught[i], handle); // what `nohup` or a script ignores stays ignored
    }
}

bool signals_raised(void) { return raised != 0; }
