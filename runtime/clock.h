/* clock.h — seconds that pass evenly, whatever happens to the time of day. */
#pragma once

// Seconds since some moment in the past; only differences mean anything.
double clock_now(void);
