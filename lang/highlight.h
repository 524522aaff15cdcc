/* highlight.h — what an editor must know to colour a model file. */
#pragma once
#include <stdio.h>

#include "lang/kind.h"

// A syntax file for Vim: lang/editors/vim/syntax/cnn.vim is what comes out.
void highlight_vim(FILE *out, const Vocabulary *v);

// A TextMate grammar as JSON: lang/editors/vscode/syntaxes/cnn.tmLanguage.json is what comes out.
void highlight_textmate(FILE *out, const Vocabulary *v);
