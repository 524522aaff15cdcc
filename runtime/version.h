/* version.h — the version of the program, as `cnnrun --version` and every saved file say it. */
#pragma once

#define CNNRUN_VERSION "0.1"
