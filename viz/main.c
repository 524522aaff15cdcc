/* main.c — where the program begins. Everything it can do is a row in viz/cli/options.c. */
#include <errno.h>
#include <fcntl.h>

#include "viz/cli/commands.h"

// If stdin, stdout or stderr is closed, the next file to be opened would take its number and
// receive what is printed. A file open the wrong way round takes it instead: using it is an error.
static void hold_standard_files(void) {
    static const int wrong_way[] = {O_WRONLY, O_RDONLY, O_RDONLY};
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF) open("/dev/null", wrong_way[fd]);
}

int main(int argc, char **argv) {
    hold_standard_files();
    return commands_run(argc, argv);
}
