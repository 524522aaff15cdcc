/* json_out.h — writes JSON, member after member, strictly as RFC 8259 wants it.
 *
 *     JsonOut j = {.out = stdout};
 *     json_open(&j, NULL, '{');
 *     json_put_text(&j, "name", "conv1");
 *     json_open(&j, "shape", '[');  json_put_int(&j, NULL, 8);  json_close(&j);
 *     json_close(&j);
 *
 * Members of an object have a key, those of a list have none. Texts may hold any bytes: what is no
 * UTF-8 becomes U+FFFD. Numbers that are not finite become null. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { JSON_OUT_DEPTH = 16 };

typedef struct JsonOut {
    FILE *out;
    int depth;
    char close[JSON_OUT_DEPTH]; // of what is open
    bool filled[JSON_OUT_DEPTH];
} JsonOut;

void json_open(JsonOut *j, const char *key, char open); // { or [
void json_close(JsonOut *j);
void json_put_text(JsonOut *j, const char *key, const char *text);
void json_put_int(JsonOut *j, const char *key, int64_t v);
void json_put_uint(JsonOut *j, const char *key, uint64_t v);
void json_put_real(JsonOut *j, const char *key, double v);
void json_put_bool(JsonOut *j, const char *key, bool v);
void json_put_null(JsonOut *j, const char *key);
