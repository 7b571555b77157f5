/* What this implementation says of records' objects, for comparison with their JSON Schemas.
 * usage: check_record < LINES, each "KIND<tab>JSON"; answers a line each: "ok", or why not and the
 * sentence behind a tab. The ruleset is the built-in one. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/record/ruleset.h"

static int judge(enum kind k, struct span json, const struct ruleset *ruleset, struct refusal *why)
{
    if (k == KIND_NONE)
        return refuse(why, REASON_KIND_UNKNOWN, "");
    struct value *object = json_strict(json, why);
    if (object == NULL)
        return -1;
    int result = kind_check(k, object, why);
    if (result == 0)
        result = ruleset_check(ruleset, k, object, why);
    value_free(object);
    return result;
}

static void answer(struct span line, const struct ruleset *ruleset)
{
    struct refusal why;
    struct buf sentence = { 0 };
    const uint8_t *tab = memchr(line.p, '\t', line.n);
    size_t word = tab == NULL ? line.n : (size_t)(tab - line.p);
    struct span json = tab == NULL ? span_str("") : span_of(tab + 1, line.n - word - 1);
    if (judge(kind_of_name(span_of(line.p, word)), json, ruleset, &why) == 0) {
        puts("ok");
        return;
    }
    refusal_sentence(&sentence, &why, LANGUAGE_EN);
    printf("%s\t%s\n", reason_code(why.reason), buf_str(&sentence));
    buf_free(&sentence);
}

int main(void)
{
    struct refusal why;
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    struct ruleset *ruleset = ruleset_parse(ruleset_builtin(), &why);
    if (sodium_init() < 0 || ruleset == NULL)
        return 2;
    while ((n = getline(&line, &cap, stdin)) > 0)
        answer(span_of(line, (size_t)n - (line[n - 1] == '\n')), ruleset);
    free(line);
    ruleset_free(ruleset);
    return 0;
}
