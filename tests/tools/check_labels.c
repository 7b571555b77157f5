/* Whether there are words, in both languages, for all that a record can say: every code of a ruleset,
 * every kind, member, role, reason and result; and none for two codes of one vocabulary.
 * usage: check_labels [RULESET.json]   without it, the built-in one. Exit 1: names what lacks. */
#include <stdio.h>
#include <stdlib.h>

#include "client/show/label.h"
#include "proto/record/ruleset.h"
#include "proto/sys/files.h"

#define CODES_MAX 512

struct check {
    enum vocabulary vocabulary;
    const char *code[CODES_MAX]; /* of this vocabulary, so far */
    size_t codes;
    size_t looked, lacking;
};

static void want(struct check *c, const char *where, const char *what, const char *en,
                 const char *es)
{
    c->looked++;
    if (en != NULL && es != NULL && *en != 0 && *es != 0)
        return;
    printf("%s: %s has no words in %s\n", where, what,
           en == NULL || *en == 0 ? "English" : "Spanish");
    c->lacking++;
}

static void visit(void *ctx, const char *code)
{
    struct check *c = ctx;
    enum vocabulary v = c->vocabulary;
    want(c, vocabulary_name(v), code, label_in(v, code, LANGUAGE_EN),
         label_in(v, code, LANGUAGE_ES));
    for (int language = LANGUAGE_EN; language <= LANGUAGE_ES; language++)
        for (size_t i = 0; i < c->codes; i++) {
            const char *mine = label_in(v, code, (enum language)language);
            const char *other = label_in(v, c->code[i], (enum language)language);
            if (mine == NULL || other == NULL || strcmp(mine, other) != 0)
                continue;
            printf("%s: %s and %s are both \"%s\"\n", vocabulary_name(v), code, c->code[i], mine);
            c->lacking++;
        }
    if (c->codes < CODES_MAX)
        c->code[c->codes++] = code;
}

static void check_members(struct check *c, const struct member *list, const char *of)
{
    for (; list->name != NULL; list++)
        want(c, of, list->name, label_member_in(list->name, LANGUAGE_EN),
             label_member_in(list->name, LANGUAGE_ES));
}

static void check_format(struct check *c)
{
    static const enum type types[] = { TYPE_ROLE, TYPE_REASON, TYPE_RESULT };
    for (int k = KIND_GENESIS; k < KIND_COUNT; k++) {
        want(c, "kind", kind_name((enum kind)k), label_kind_in((enum kind)k, LANGUAGE_EN),
             label_kind_in((enum kind)k, LANGUAGE_ES));
        check_members(c, kind_table[k].members, kind_name((enum kind)k));
    }
    check_members(c, common_members, "every kind");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        for (const char *const *word = type_words(types[i]); *word != NULL; word++)
            want(c, "word", *word, label_word_in(types[i], *word, LANGUAGE_EN),
                 label_word_in(types[i], *word, LANGUAGE_ES));
    want(c, "role", "log", label_word_in(TYPE_ROLE, "log", LANGUAGE_EN),
         label_word_in(TYPE_ROLE, "log", LANGUAGE_ES));
}

int main(int argc, char **argv)
{
    struct check c = { .looked = 0 };
    struct buf file = { 0 };
    struct refusal why;
    if (argc > 1 && file_read(&file, argv[1], RULESET_MAX) != FILE_OK)
        return 2;
    struct ruleset *r = ruleset_parse(argc > 1 ? buf_span(&file) : ruleset_builtin(), &why);
    if (r == NULL)
        return 2;
    for (int v = VOCABULARY_NONE + 1; v < VOCABULARY_COUNT; v++) {
        c.vocabulary = (enum vocabulary)v;
        c.codes = 0;
        ruleset_each_code(r, c.vocabulary, visit, &c);
    }
    check_format(&c);
    printf("%zu looked at, %zu lacking\n", c.looked, c.lacking);
    ruleset_free(r);
    buf_free(&file);
    return c.lacking > 0;
}
