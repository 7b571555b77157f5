/* Prints a document with the tables of kinds, roles and members as they are in the program, in the
 * place of what stands between "<!-- table NAME … -->" and "<!-- end -->".
 * usage: kind_tables docs/FORMATS.md */
#include <stdio.h>
#include <stdlib.h>

#include "proto/base/scan.h"
#include "proto/record/member.h"
#include "proto/record/ruleset.h"
#include "proto/sys/files.h"

#define DOCUMENT_MAX (4 * 1024 * 1024)

static const char *const type_words_of[] = {
    [TYPE_CODE] = "code",
    [TYPE_TEXT] = "text",
    [TYPE_VKEY] = "vkey",
    [TYPE_TIME] = "time",
    [TYPE_UUID] = "UUID",
    [TYPE_INTEGER] = "integer",
    [TYPE_COUNT] = "integer, not 0",
    [TYPE_SKEW] = "integer 1–86,400",
    [TYPE_BOOL] = "bool",
    [TYPE_HASH] = "hash",
    [TYPE_BLOB] = "hash",
    [TYPE_PROOF] = "sig",
    [TYPE_TOKEN] = "token",
    [TYPE_NAME] = "name",
    [TYPE_COUNTRY] = "country",
    [TYPE_ROLE] = "role (5.2)",
    [TYPE_REASON] = "word",
    [TYPE_RESULT] = "word",
    [TYPE_WINDOW] = "window",
    [TYPE_REF] = "ref",
    [TYPE_OBJECT] = "object",
};

static void print_type(const struct member *m)
{
    const char *shape = m->type == TYPE_OBJECT ? shape_name(m->shape) : NULL;
    const char *const *word = m->type == TYPE_ROLE ? NULL : type_words(m->type);
    if (word != NULL)
        for (const char *before = ""; *word != NULL; word++, before = ", ")
            printf("%s`%s`", before, *word);
    else
        fputs(shape != NULL ? shape : type_words_of[m->type], stdout);
    if (m->type == TYPE_REF && strcmp(m->name, "under") != 0) /* which is judged by itself */
        printf("→%s", m->target == KIND_ANY ? "any" : kind_name(m->target));
    if (m->flags & ARRAY)
        fputs("[]", stdout);
    if (m->flags & FEW)
        printf(", 1–%d", TABLES_MAX);
    if (m->vocabulary != VOCABULARY_NONE)
        printf(" of `%s`", vocabulary_name(m->vocabulary));
}

/* Objects that have no name of their own are told member by member. */
static void print_rows(const struct member *list, const char *path)
{
    for (; list->name != NULL; list++) {
        char here[128];
        snprintf(here, sizeof here, "%s%s", path, list->name);
        printf("| `%s` | ", here);
        print_type(list);
        printf(" | %s | %s |\n",
               list->flags & PAIRED     ? "opt, both or neither"
               : list->flags & OPTIONAL ? "opt"
                                        : "req",
               list->meaning[LANGUAGE_EN]);
        if (list->type == TYPE_OBJECT && shape_name(list->shape) == NULL) {
            snprintf(here, sizeof here, "%s%s.", path, list->name);
            print_rows(list->shape, here);
        }
    }
}

static void print_table(const struct member *list)
{
    puts("\n| member | type | | meaning |\n|---|---|---|---|");
    print_rows(list, "");
}

static void print_roles(void)
{
    puts("| role | may sign |\n|---|---|");
    for (int r = ROLE_LOG; r < ROLE_COUNT; r++) {
        const char *before = "";
        printf("| %s | ", r == ROLE_LOG ? "(log key)" : role_name((enum role)r));
        for (int k = KIND_GENESIS; k < KIND_COUNT; k++)
            if (role_may_sign((enum role)r, (enum kind)k)) {
                printf("%s`%s`", before, kind_name((enum kind)k));
                before = ", ";
            }
        puts(" |");
    }
}

static void print_objects(void)
{
    const struct member *const shapes[] = { case_shape, subject_shape, note_shape, table_shape };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        printf("%s**%s**\n", i == 0 ? "" : "\n", shape_name(shapes[i]));
        print_table(shapes[i]);
    }
}

/* Prints words in lines of at most 100 columns; they are ASCII. */
static void print_wrapped(const char *words)
{
    size_t column = 0;
    while (*words != 0) {
        size_t n = strcspn(words, " ");
        const char *before = column == 0 ? "" : column + 1 + n > 100 ? "\n" : " ";
        column = *before == ' ' ? column + 1 + n : n;
        printf("%s%.*s", before, (int)n, words);
        words += n + (words[n] == ' ');
    }
    putchar('\n');
}

static void print_heading(enum kind k)
{
    struct buf line = { 0 };
    const char *before = "";
    buf_addf(&line, "**`%s`** (", kind_name(k));
    for (int r = ROLE_LOG; r < ROLE_COUNT; r++)
        if (role_may_sign((enum role)r, k)) {
            buf_addf(&line, "%s%s", before, r == ROLE_LOG ? "log key" : role_name((enum role)r));
            before = ", ";
        }
    buf_addf(&line, "): %s", kind_meaning(k, LANGUAGE_EN));
    print_wrapped(buf_str(&line));
    buf_free(&line);
}

static void print_kinds(void)
{
    for (int k = KIND_GENESIS; k < KIND_COUNT; k++) {
        if (k != KIND_GENESIS)
            puts("");
        print_heading((enum kind)k);
        print_table(kind_table[k].members);
    }
}

static void print_common(void)
{
    puts("| member | type | | meaning |\n|---|---|---|---|");
    print_rows(common_members, "");
}

static const struct {
    const char *begin;
    void (*print)(void);
} tables[] = {
    { "<!-- table common", print_common },
    { "<!-- table roles", print_roles },
    { "<!-- table objects", print_objects },
    { "<!-- table kinds", print_kinds },
};

int main(int argc, char **argv)
{
    struct buf document = { 0 };
    bool inside = false;
    if (argc != 2 || file_read(&document, argv[1], DOCUMENT_MAX) != FILE_OK)
        return 2;
    for (struct scan s = scan_of(buf_span(&document)); !scan_done(&s);) {
        struct span line = scan_line(&s);
        if (s.bad)
            return 2;
        if (span_is(line, "<!-- end -->"))
            inside = false;
        if (inside)
            continue;
        fwrite(line.p, 1, line.n, stdout);
        puts("");
        for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
            if (span_starts(line, tables[i].begin)) {
                tables[i].print();
                inside = true;
            }
    }
    return inside ? 2 : 0;
}
