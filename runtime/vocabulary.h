/* vocabulary.h — all tables of the runtime, as the language wants to see them. */
#pragma once
#include "lang/kind.h"

extern const Vocabulary runtime_vocabulary;
