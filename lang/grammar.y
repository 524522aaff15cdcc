/* grammar.y — what a .cnn file looks like.
 *
 * A file is a list of statements: a word, values, name=value options, `as NAME`, bodies in braces.
 * The grammar knows no layer: it builds the tree of what was written (tree.h), check.c judges. */
%require "3.8"
%expect 0
%locations

%define api.pure full
%define api.prefix {cnn_}
%define api.token.prefix {T_}
%define api.location.type {Span}
%define api.value.type union
%define parse.error custom         // our own sentences: parse_unexpected()
%define parse.lac full             // so that the list of expected tokens is exact

%param {void *scanner}             // the only thing lexer and parser pass each other

%code requires { #include "lang/scan.h" }
%code {
#include "gen/lexer.h"

#define P ((Parse *)cnn_get_extra(scanner))
#define YYINITDEPTH 2048           // deeper than MAX_DEPTH braces can go: never grows
#define YYLLOC_DEFAULT(Cur, Rhs, N)                                       \
    ((Cur).lo = (N) ? YYRHSLOC(Rhs, 1).lo : YYRHSLOC(Rhs, 0).hi,          \
     (Cur).hi = YYRHSLOC(Rhs, N).hi)

int cnn_lex(CNN_STYPE *value, Span *at, void *scanner);
static void cnn_error(const Span *at, void *scanner, const char *text);
}

%token NEWLINE "a new line"  SEMICOLON ";"  OPEN "{"  CLOSE "}"  EQUALS "="  COMMA ","
       TIMES "*"  DIVIDE "/"  PERCENT "%"  AS "as"  BLOCK "block"  LET "let"  SHORTCUT "shortcut"
%token <const char *> WORD "a word"
%token <Atom *> NUMBER "a number"  SIZE "a size"  TEXT "a text"

%type <Atom *> atom
%type <Expr *> expr
%type <Arg *> arg list
%type <Args> args
%type <Label *> name label
%type <Labels> labels
%type <Stmt *> stmt item
%type <Stmts> items
%type <Body *> body
%type <Bodies> bodies

%%

file   : items                          { P->tree = $1.first; } ;

items  : item                           { $$ = (Stmts){0}; TREE_PUT($$, $1); }
       | items sep item                 { $$ = $1; TREE_PUT($$, $3); } ;
sep    : NEWLINE                        { yyerrok; }
       | ";"                            { yyerrok; } ;

item   : %empty                         { $$ = NULL; }
       | stmt
       | error bodies                   { $$ = tree_broken(P, @$); } ;

stmt   : WORD args name bodies          { $$ = tree_stmt(P, $1, @1, @$, $2, $3);
                                          $$->body = $4.first; }
       | BLOCK label labels body        { $$ = tree_stmt(P, "block", @1, @$, (Args){0}, $2);
                                          $$->param = $3.first; $$->body = $4; }
       | LET label "=" expr             { $$ = tree_let(P, @1, @$, $2, $4); } ;

args   : %empty                         { $$ = (Args){0}; }
       | args arg                       { $$ = $1; TREE_PUT($$, $2); } ;
arg    : list
       | WORD "=" list                  { $$ = tree_named($3, $1, @1); } ;
list   : expr                           { $$ = tree_arg(P, $1); }
       | list "," expr                  { $$ = tree_list($1, $3); } ;

expr   : atom                           { $$ = tree_expr(P, $1); }
       | expr "*" atom                  { $$ = tree_product($1, '*', $3); }
       | expr "/" atom                  { $$ = tree_product($1, '/', $3); } ;
atom   : NUMBER
       | NUMBER "%"                     { $$ = tree_percent($1, @$); }
       | SIZE
       | TEXT
       | WORD                           { $$ = tree_word(P, $1, @1); } ;

name   : %empty                         { $$ = NULL; }
       | AS label                       { $$ = $2; } ;
label  : WORD                           { $$ = tree_label(P, $1, @1); } ;
labels : %empty                         { $$ = (Labels){0}; }
       | labels label                   { $$ = $1; TREE_PUT($$, $2); } ;

bodies : %empty                         { $$ = (Bodies){0}; }
       | bodies body                    { $$ = $1; TREE_PUT($$, $2); }
       | bodies SHORTCUT body           { $$ = $1; $3->shortcut = true; TREE_PUT($$, $3); } ;
body   : "{" items "}"                  { $$ = tree_body(P, false, $2.first, @$); } ;

%%

static int yyreport_syntax_error(const yypcontext_t *context, void *scanner) {
    enum { ALL = YYNTOKENS };
    yysymbol_kind_t expected[ALL];
    const int n = yypcontext_expected_tokens(context, expected, ALL);
    bool may_end = false;
    for (int i = 0; i < n; i++) may_end |= expected[i] == YYSYMBOL_NEWLINE;
    parse_unexpected(P, may_end);
    return 0;
}

// Called for one thing only: the parser's stack is full or there is no memory.
static void cnn_error(const Span *at, void *scanner, const char *text) {
    diag_error(P->diags, *at, G_DEPTH, "this is nested too deeply to be read (%s)", text);
}
