/* close_window.c — asks a window to close, as the button in its frame does (ICCCM, WM_DELETE_WINDOW).
 *
 *     close_window ID       the number of the window, as xdotool tells it */
#include <X11/Xlib.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    Display *display = argc == 2 ? XOpenDisplay(NULL) : NULL;
    if (!display) return 1;
    const Window window = strtoul(argv[1], NULL, 0);
    XEvent event = {.xclient = {.type = ClientMessage, .window = window, .format = 32,
                                .message_type = XInternAtom(display, "WM_PROTOCOLS", False)}};
    event.xclient.data.l[0] = (long)XInternAtom(display, "WM_DELETE_WINDOW", False);
    event.xclient.data.l[1] = CurrentTime;
    const Status sent = XSendEvent(display, window, False, NoEventMask, &event);
    XCloseDisplay(display);
    return sent ? 0 : 1;
}
