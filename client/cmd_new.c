/* bitacora new: one record for people: members from options, questions for what is missing, all of it in words,
 * and then signed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/cmd.h"
#include "client/draft.h"
#include "client/submission.h"
#include "proto/base64.h"

struct new
{
    const struct args *args;
    enum kind kind;
    struct draft *draft;
    struct submission *submission;
    const struct enrolment *who;
    bool terminal; /* somebody can be asked */
};

/* ---- answers that need no question ----------------------------------------------------------- */

static enum outcome take_options(struct new *n)
{
    for (size_t i = 0; i < n->args->sets; i++) {
        const char *cause, *equals = strchr(n->args->set[i], '=');
        char *path = must(strndup(n->args->set[i], (size_t)(equals - n->args->set[i])));
        int failed = draft_answer(n->draft, path, equals + 1, &cause);
        if (failed != 0)
            say("--%s: %s", path, cause);
        free(path);
        if (failed != 0)
            return OUTCOME_USAGE;
    }
    return OUTCOME_PROVEN;
}

static void take_default(struct new *n, const char *path, const char *value)
{
    const char *cause;
    if (draft_member(n->draft, path) != NULL && !draft_has(n->draft, path) && value[0] != 0 &&
        draft_answer(n->draft, path, value, &cause) != 0)
        say("%s: %s", path, cause); /* then it is asked for */
}

/* What the signer's enrolment says already. */
static void take_enrolment(struct new *n)
{
    if (n->kind == KIND_REQUEST) {
        take_default(n, "authority", n->who->authority);
        take_default(n, "level", n->who->level);
    } else if (n->kind == KIND_RESPONSE) {
        take_default(n, "holder", n->who->authority);
    }
}

/* ---- questions ------------------------------------------------------------------------------- */

static void print_code(void *ctx, const char *code)
{
    (void)ctx;
    fprintf(stderr, " %s", code);
}

/* What may be answered, under the question. */
static void print_choices(const struct new *n, const struct member *m)
{
    struct complaint complaint;
    const char *const *word = type_words(m->type);
    if (m->vocabulary != VOCABULARY_NONE) {
        const struct ruleset *ruleset = submission_ruleset(n->submission, &complaint);
        fputs("   ", stderr);
        if (ruleset != NULL)
            ruleset_each_code(ruleset, m->vocabulary, print_code, NULL);
        fputs("\n", stderr);
    } else if (word != NULL) {
        fputs("   ", stderr);
        for (; *word != NULL; word++)
            print_code(NULL, *word);
        fputs("\n", stderr);
    } else if (m->type == TYPE_REF) {
        fputs(TR("    the index of its entry\n", "    el índice de su asiento\n"), stderr);
    } else if (m->type == TYPE_WINDOW) {
        fputs(TR("    FROM/UNTIL, such as 2026-01-01/2026-07-01\n",
                 "    DESDE/HASTA, como 2026-01-01/2026-07-01\n"),
              stderr);
    } else if (m->flags & ARRAY) {
        fputs(TR("    several: with commas between them\n", "    varios: separados por comas\n"),
              stderr);
    }
}

/* Asks for one member until there is an answer. Returns false when there is nobody any more. */
static bool ask(struct new *n, const struct member *m, const char *path)
{
    char *line = NULL;
    size_t cap = 0;
    bool answered = false;
    fprintf(stderr, "%s (%s)\n", m->meaning[say_lang()], path);
    print_choices(n, m);
    while (!answered) {
        const char *cause;
        fputs("  > ", stderr);
        ssize_t length = getline(&line, &cap, stdin);
        if (length < 0)
            break;
        while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
            line[--length] = 0;
        answered = length > 0 && draft_answer(n->draft, path, line, &cause) == 0;
        if (length > 0 && !answered)
            fprintf(stderr, "    %s\n", cause);
    }
    free(line);
    return answered;
}

static enum outcome ask_for_missing(struct new *n)
{
    char path[96];
    const struct member *m;
    bool complete = true;
    while (n->terminal && (m = draft_missing(n->draft, path)) != NULL)
        if (!ask(n, m, path))
            return say_usage(TR("given up: nothing was signed", "se dejó: no se firmó nada"));
    if ((m = draft_missing(n->draft, path)) != NULL)
        complete = false;
    return complete ? OUTCOME_PROVEN
                    : say_usage(TR("--%s is needed: %s", "hace falta --%s: %s"), path,
                                m->meaning[say_lang()]);
}

/* ---- in words -------------------------------------------------------------------------------- */

static void print_value(FILE *to, const json_t *v)
{
    if (json_is_string(v)) {
        char text[1024];
        printable_copy(text, sizeof text, span_str(json_string_value(v)));
        fputs(text, to);
    } else if (json_is_integer(v)) {
        fprintf(to, "%lld", (long long)json_integer_value(v));
    } else if (json_is_boolean(v)) {
        fputs(json_is_true(v) ? TR("yes", "sí") : "no", to);
    } else if (json_object_get(v, "from") != NULL && json_object_get(v, "until") != NULL) {
        fprintf(to, "%s / %s", json_string_value(json_object_get(v, "from")),
                json_string_value(json_object_get(v, "until")));
    } else if (json_object_get(v, "entry") != NULL && json_object_get(v, "ref") == NULL) {
        fprintf(to, TR("entry %lld", "asiento %lld"),
                (long long)json_integer_value(json_object_get(v, "entry")));
    } else if (json_object_get(v, "value") != NULL) {
        print_value(to, json_object_get(v, "type"));
        fputs(" ", to);
        print_value(to, json_object_get(v, "value"));
        fputs(TR(" (will be sealed)", " (irá sellado)"), to);
    }
}

static void print_members(FILE *to, const struct member *m, const json_t *object, int indent)
{
    for (; m->name != NULL; m++) {
        const json_t *v = json_object_get(object, m->name);
        if (v == NULL)
            continue;
        fprintf(to, "%*s%s: ", indent, "", m->name);
        if (m->type == TYPE_OBJECT && json_is_object(v) && json_object_get(v, "value") == NULL) {
            fprintf(to, "(%s)\n", m->meaning[say_lang()]);
            print_members(to, m->shape, v, indent + 4);
            continue;
        }
        for (size_t i = 0; i < json_array_size(v); i++) {
            fputs(i == 0 ? "" : ", ", to);
            print_value(to, json_array_get(v, i));
        }
        print_value(to, v);
        fprintf(to, "  (%s)\n", m->meaning[say_lang()]);
    }
}

static void show(const struct new *n, const json_t *record)
{
    fprintf(stderr, TR("\n%s signs this %s (%s):\n", "\n%s firma este registro, %s (%s):\n"),
            n->who->key.name, kind_name(n->kind), kind_meaning(n->kind, say_lang()));
    print_members(stderr, kind_table[n->kind].members, record, 4);
    if (n->kind == KIND_REQUEST && n->args->warrant != NULL &&
        json_object_get(record, "warrant") == NULL)
        fprintf(stderr, TR("    warrant: that of %s\n", "    warrant: el de %s\n"),
                n->args->warrant);
}

static bool agreed(const struct new *n)
{
    char answer[16];
    if (!n->terminal || n->args->yes)
        return true;
    fputs(TR("Sign and send? It cannot be taken back. [y/N] ",
             "¿Firmar y enviar? No puede deshacerse. [s/N] "),
          stderr);
    return fgets(answer, sizeof answer, stdin) != NULL && answer[0] != 0 &&
           strchr("yYsS", answer[0]) != NULL;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static int add_hash(void *ctx, json_t *reference, uint64_t index)
{
    struct new *n = ctx;
    struct complaint complaint;
    struct hash leaf;
    if (submission_leaf(n->submission, index, &leaf, &complaint) == 0)
        return json_object_set_new(reference, "hash", json_of_hash(&leaf));
    say(TR("entry %" PRIu64 ": [%s] %s", "asiento %" PRIu64 ": [%s] %s"), index, complaint.code,
        complaint.detail);
    return -1;
}

static enum outcome draft_and_send(struct new *n)
{
    struct complaint complaint;
    bool stop;
    n->who = submission_enrolment(n->submission, &complaint);
    if (n->who == NULL)
        return say_undecided("[%s] %s", complaint.code, complaint.detail);
    take_enrolment(n);
    enum outcome outcome = ask_for_missing(n);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    json_t *record = draft_record(n->draft);
    show(n, record);
    if (draft_each_reference(record, add_hash, n) != 0)
        outcome = OUTCOME_UNDECIDED;
    else if (!agreed(n))
        outcome = say_usage(TR("not signed", "no se firmó"));
    if (outcome == OUTCOME_PROVEN) {
        outcome = submission_send(n->submission, 1, record, &stop);
        return outcome_worse(outcome, submission_settle(n->submission));
    }
    json_decref(record);
    return outcome;
}

static void list_kinds(void)
{
    for (int k = KIND_GENESIS + 1; k < KIND_COUNT; k++)
        fprintf(stderr, "  %-16s %s\n", kind_name((enum kind)k),
                kind_meaning((enum kind)k, say_lang()));
}

enum outcome cmd_new(const struct args *a)
{
    struct new n = { .args = a, .terminal = isatty(STDIN_FILENO) };
    if (a->operands == 1)
        n.kind = kind_of_name(span_str(a->operand[0]));
    if (n.kind == KIND_NONE || n.kind == KIND_GENESIS) {
        say(TR("new takes one of these kinds:", "new lleva uno de estos tipos:"));
        list_kinds();
        return OUTCOME_USAGE;
    }
    n.draft = draft_new(n.kind);
    enum outcome outcome = take_options(&n);
    if (outcome == OUTCOME_PROVEN) {
        n.submission = submission_open(a, &outcome);
        if (n.submission != NULL) {
            outcome = draft_and_send(&n);
            submission_close(n.submission);
        }
    }
    draft_free(n.draft);
    return outcome;
}
