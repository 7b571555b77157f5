/* bitacora new: one record for people: members from options, questions for what is missing, all
 * of it in words, and then signed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/base/written_time.h"
#include "client/kinds/kind_help.h"
#include "client/new/choices.h"
#include "client/new/draft.h"
#include "client/new/draft_print.h"
#include "client/show/locale.h"
#include "client/submit/submit_options.h"
#include "proto/base/scan.h"

struct new
{
    const struct args *args;
    enum kind kind;
    struct draft *draft;
    struct submitter *submitter;
    const struct enrolment *who;
    bool terminal;       /* somebody can be asked */
    struct zone zone;    /* of the reader */
    const char *unzoned; /* an option that was read in UTC, as nobody named a zone; or NULL */
};

/* ---- answers that need no question ----------------------------------------------------------- */

static enum outcome take_options(struct new *n)
{
    for (size_t i = 0; i < n->args->sets; i++) {
        const char *cause, *equals = strchr(n->args->set[i], '=');
        char *path = kept(strndup(n->args->set[i], (size_t)(equals - n->args->set[i])));
        if (path == NULL)
            return OUTCOME_UNDECIDED;
        int failed = draft_answer(n->draft, path, equals + 1, &cause);
        if (failed != 0)
            say("--%s: %s", path, cause);
        else if (draft_is_unzoned(n->draft, path, equals + 1))
            n->unzoned = equals + 1;
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

/* The ruleset that a member's words are of; NULL where it needs none, or none can be had. */
static const struct ruleset *ruleset_of(const struct new *n, const struct member *m)
{
    struct complaint complaint;
    return m->vocabulary == VOCABULARY_NONE ? NULL : submitter_ruleset(n->submitter, &complaint);
}

/* What may be answered, under the question. */
static void print_choices(const struct new *n, const struct member *m)
{
    const struct ruleset *ruleset = ruleset_of(n, m);
    struct buf line = { 0 };
    if (choices_are(m) && (m->vocabulary == VOCABULARY_NONE || ruleset != NULL))
        choices_print(stderr, ruleset, m);
    buf_adds(&line, choice_form(m));
    if (m->type == TYPE_WINDOW || m->type == TYPE_TIME)
        buf_addf(&line,
                 TR(", by the clocks of %s; with a Z at the end in UTC",
                    ", según los relojes de %s; con una Z al final, en UTC"),
                 n->zone.name);
    if (choices_are(m))
        buf_adds(&line, TR(" a number, a code or words", " un número, un código o palabras"));
    if (m->type != TYPE_OBJECT && (m->flags & ARRAY))
        buf_adds(&line, TR("; several with commas between them", "; varios separados por comas"));
    if (m->flags & OPTIONAL)
        buf_adds(&line, TR(" (Enter: none)", " (Enter: ninguno)"));
    if (line.n > 0)
        fprintf(stderr, "   %s\n", buf_str(&line) + (line.p[0] == ';'));
    buf_free(&line);
}

/* A code is looked up at once: later all answers would be lost. */
static bool is_known(const struct new *n, const struct member *m, const char *path,
                     const char **cause)
{
    const struct ruleset *ruleset = ruleset_of(n, m);
    const json_t *v = draft_get(n->draft, path);
    *cause = TR("choose one of these", "elija entre estos");
    for (size_t i = 0; ruleset != NULL && i < json_array_size(v); i++)
        if (ruleset_code(ruleset, m->vocabulary, json_string_value(json_array_get(v, i))) == NULL)
            return false;
    return ruleset == NULL || !json_is_string(v) ||
           ruleset_code(ruleset, m->vocabulary, json_string_value(v)) != NULL;
}

enum answered { ANSWERED, ANSWERED_NOTHING, ANSWERED_NOBODY };

/* Numbers and words as codes. */
static void read_choice(const struct new *n, const struct member *m, const char *line,
                        struct buf *out, const char **meant)
{
    const struct ruleset *ruleset = ruleset_of(n, m);
    *meant = NULL;
    if (choices_are(m) && (m->vocabulary == VOCABULARY_NONE || ruleset != NULL))
        choices_read(out, ruleset, m, line, meant);
    else
        buf_adds(out, line);
}

/* Takes one line as an answer; what is none is said. */
static enum answered take_answer(struct new *n, const struct member *m, const char *path,
                                 const char *line)
{
    const char *cause, *meant;
    struct buf answer = { 0 };
    if (line[0] == 0)
        return ANSWERED_NOTHING;
    bool had = draft_has(n->draft, path);
    read_choice(n, m, line, &answer, &meant);
    int failed = draft_answer(n->draft, path, kept_text(&answer), &cause);
    buf_free(&answer);
    if (failed == 0 && is_known(n, m, path, &cause))
        return ANSWERED;
    if (failed == 0 || !had)
        draft_forget(n->draft, path);
    terminal_print(stderr, "    %s\n", cause);
    if (meant != NULL)
        terminal_print(stderr, TR("    did you mean %s?\n", "    ¿quiso decir %s?\n"), meant);
    return ANSWERED_NOTHING;
}

/* Asks for one member until there is an answer; of people until there are no more; what need not
 * be there may be left out. ANSWERED_NOBODY: the terminal is gone. */
static enum answered ask(struct new *n, const struct member *m, const char *path)
{
    char *line = NULL;
    size_t cap = 0;
    bool people = m->type == TYPE_OBJECT && (m->flags & ARRAY);
    enum answered answered = ANSWERED_NOTHING;
    fprintf(stderr, "%s (%s)\n", m->meaning[language_get()], path);
    print_choices(n, m);
    for (bool done = false; !done;) {
        fputs("  > ", stderr);
        ssize_t length = getline(&line, &cap, stdin);
        if (length < 0) {
            answered = ANSWERED_NOBODY;
            break;
        }
        while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
            line[--length] = 0;
        if (take_answer(n, m, path, line) == ANSWERED)
            answered = ANSWERED;
        else if (length == 0 && !(m->flags & OPTIONAL) && answered != ANSWERED)
            fputs(TR("    this one is needed\n", "    este hace falta\n"), stderr);
        done = answered == ANSWERED ? !people || length == 0 : length == 0 && (m->flags & OPTIONAL);
    }
    free(line);
    return answered;
}

/* What may be there, too: of objects the first member decides. */
static bool ask_for_optional(struct new *n, const struct member *list, const char *prefix)
{
    for (; list->name != NULL; list++) {
        char path[96];
        enum answered answered = ANSWERED_NOTHING;
        snprintf(path, sizeof path, "%.60s%s%.30s", prefix, prefix[0] == 0 ? "" : ".", list->name);
        if (list->type == TYPE_OBJECT && list->shape != note_shape && !(list->flags & ARRAY)) {
            struct member first = list->shape[0];
            char inner[96];
            snprintf(inner, sizeof inner, "%.60s.%.30s", path, first.name);
            first.flags |= OPTIONAL;
            if ((list->flags & OPTIONAL) && !draft_has(n->draft, inner) &&
                !(n->args->warrant != NULL && list->shape == warrant_ref_shape)) {
                fprintf(stderr, "%s: ", list->meaning[language_get()]);
                answered = ask(n, &first, inner);
            }
        } else if ((list->flags & OPTIONAL) && !draft_has(n->draft, path)) {
            answered = ask(n, list, path);
        }
        if (answered == ANSWERED_NOBODY)
            return false;
    }
    return true;
}

static enum outcome ask_for_missing(struct new *n)
{
    char path[96];
    const struct member *m = draft_missing(n->draft, path);
    if (m != NULL && !n->terminal)
        return say_usage(TR("--%s is needed: %s", "hace falta --%s: %s"), path,
                         m->meaning[language_get()]);
    bool asks = m != NULL; /* whoever gave all that is needed as options is not asked for more */
    bool there = true;
    while (there && (m = draft_missing(n->draft, path)) != NULL)
        there = ask(n, m, path) != ANSWERED_NOBODY;
    if (there && asks)
        there = ask_for_optional(n, kind_table[n->kind].members, "");
    while (there && (m = draft_missing(n->draft, path)) != NULL) /* of what was begun */
        there = ask(n, m, path) != ANSWERED_NOBODY;
    return there ? OUTCOME_PROVEN
                 : say_usage(TR("given up: nothing was signed", "se dejó: no se firmó nada"));
}

/* ---- in words -------------------------------------------------------------------------------- */

static void show(const struct new *n, const json_t *record)
{
    fprintf(stderr, TR("\n%s signs this %s (%s):\n", "\n%s firma este registro, %s (%s):\n"),
            n->who->key.name, kind_name(n->kind), kind_meaning(n->kind, language_get()));
    draft_print(stderr, n->kind, record, &n->zone);
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

/* What it leaves open, said before it is too late. */
static void say_what_is_missing(const struct new *n, const json_t *record)
{
    if (n->kind == KIND_RESPONSE && json_object_get(record, "request") == NULL)
        say(TR("this answers no request of the log", "esto no contesta ninguna solicitud de la "
                                                     "bitácora"));
    if ((n->kind == KIND_WARRANT || n->kind == KIND_REQUEST) &&
        json_object_get(record, "subjects") == NULL)
        say(TR("this names nobody", "esto no nombra a nadie"));
    if (n->kind == KIND_REQUEST && json_object_get(record, "warrant") == NULL)
        say(TR("this names no warrant", "esto no nombra ningún mandamiento"));
}

/* ---- other entries --------------------------------------------------------------------------- */

/* A warrant's own reference, and that of the record that points at it. */
static bool is_that_warrant(const struct shown *e, const json_t *reference)
{
    const char *said = json_string_value(json_object_get(reference, "ref"));
    return said == NULL || e->record.kind != KIND_WARRANT ||
           strcmp(said, record_string(&e->record, "ref")) == 0;
}

/* Which entry it is, in words: an index is easily mistaken. */
static void describe_entry(const struct new *n, const struct shown *e)
{
    struct buf when = { 0 };
    const char *to = record_string(&e->record, "holder"), *ref = record_string(&e->record, "ref");
    locale_time_in(&when, e->accepted, &n->zone);
    terminal_print(stderr,
                   TR("entry %" PRIu64 " is: %s of %.*s, accepted at %s",
                      "el asiento %" PRIu64 " es: %s de %.*s, aceptado el %s"),
                   e->index, kind_name(e->record.kind), (int)e->record.signer.n,
                   (const char *)e->record.signer.p, kept_text(&when));
    buf_free(&when);
    if (e->record.kind == KIND_REQUEST)
        terminal_print(stderr, TR(", to %s", ", a %s"), to);
    if (e->record.kind == KIND_WARRANT)
        terminal_print(stderr, ", %s", ref);
    fputs("\n", stderr);
}

/* Fills in the leaf hash that goes with an index, or another way round says what is wrong with
 * it. */
static int add_hash(void *ctx, json_t *reference, uint64_t index)
{
    struct new *n = ctx;
    struct complaint complaint;
    struct shown e;
    if (submitter_entry(n->submitter, index, &e, &complaint) != 0) {
        say(TR("entry %" PRIu64 ": [%s] %s", "asiento %" PRIu64 ": [%s] %s"), index, complaint.code,
            complaint.detail);
        return -1;
    }
    describe_entry(n, &e);
    bool right = is_that_warrant(&e, reference);
    if (!right)
        say(TR("which is not the warrant that `ref` says",
               "que no es el mandamiento que dice `ref`"));
    int failed = right ? json_object_set_new(reference, "hash", json_of_hash(&e.leaf)) : -1;
    shown_free(&e);
    return failed;
}

struct nth {
    uint64_t wanted, count;
    struct hash sealed;
};

static int take_nth(void *ctx, const char *member, const struct sealed *sealed)
{
    struct nth *n = ctx;
    (void)member;
    if (++n->count != n->wanted)
        return 0;
    memcpy(n->sealed.b, sealed->sealed, HASH_BYTES);
    return 1;
}

/* "ENTRY:N" in place of a blob's hash: the Nth thing that an entry seals, as `open` counts them. */
static int resolve_blob(struct new *n, json_t *record)
{
    const char *text = json_string_value(json_object_get(record, "blob"));
    const char *colon = text == NULL ? NULL : strchr(text, ':');
    struct complaint complaint;
    struct shown e;
    struct nth nth = { .count = 0 };
    uint64_t index;
    if (n->kind != KIND_ERASURE || colon == NULL)
        return 0;
    if (decimal_parse(&index, span_of(text, (size_t)(colon - text))) != 0 ||
        decimal_parse(&nth.wanted, span_str(colon + 1)) != 0)
        return -1;
    if (submitter_entry(n->submitter, index, &e, &complaint) != 0) {
        (void)complaint_say(&complaint);
        return -1;
    }
    describe_entry(n, &e);
    bool found = kind_visit_sealed(e.record.object, take_nth, &nth) != 0;
    if (found)
        json_put(record, "blob", json_of_hash(&nth.sealed));
    else
        say(TR("it does not seal so many things", "no sella tantas cosas"));
    shown_free(&e);
    return found ? 0 : -1;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static enum outcome refused(const struct complaint *complaint)
{
    return complaint_say(complaint);
}

/* Everything that could still be wrong is found before anybody is asked to agree. */
static enum outcome complete_and_check(struct new *n, json_t *record)
{
    struct complaint complaint;
    if (draft_each_reference(record, add_hash, n) != 0 || resolve_blob(n, record) != 0)
        return OUTCOME_UNDECIDED;
    if (submitter_name_warrant(n->submitter, record, &complaint) != 0 ||
        submitter_check(n->submitter, record, &complaint) != 0)
        return refused(&complaint);
    return submitter_keep_openings(n->submitter, n->kind);
}

/* The reader's zone: what he says, else that of the country whose law the ruleset is. Answers are
 * of that zone from now on; options were of the zone that was named, or UTC. */
static void know_zone(struct new *n)
{
    struct complaint complaint;
    char country[3];
    if (zone_said(&n->zone) != 0) {
        const struct ruleset *r = submitter_ruleset(n->submitter, &complaint);
        if (r != NULL && ruleset_country(r, country))
            zone_of_country(&n->zone, country);
        if (r != NULL)
            zone_assume(r); /* for whatever else is said */
        if (n->unzoned != NULL && strcmp(n->zone.name, "UTC") != 0)
            draft_say_read_as_utc(n->unzoned, &n->zone);
    }
    draft_zone(n->draft, &n->zone);
}

static enum outcome draft_and_send(struct new *n)
{
    struct complaint complaint;
    bool stop;
    n->who = submitter_enrolment(n->submitter, &complaint);
    if (n->who == NULL)
        return refused(&complaint);
    take_enrolment(n);
    know_zone(n);
    enum outcome outcome = ask_for_missing(n);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    json_t *record = draft_record(n->draft);
    outcome = complete_and_check(n, record);
    if (outcome == OUTCOME_PROVEN) {
        show(n, record);
        say_what_is_missing(n, record);
        if (!agreed(n))
            outcome = say_usage(TR("not signed", "no se firmó"));
    }
    if (outcome == OUTCOME_PROVEN && !n->args->check) {
        outcome = submitter_send(n->submitter, 1, record, &stop);
        return outcome_worse(outcome, submitter_settle(n->submitter));
    }
    if (outcome == OUTCOME_PROVEN)
        say(TR("this may be signed; nothing was signed or sent (--check)",
               "esto puede firmarse; no se firmó ni se envió nada (--check)"));
    json_decref(record);
    return outcome;
}

static void list_kinds(void)
{
    for (int k = KIND_GENESIS; k < KIND_COUNT; k++)
        if (!kind_is_logs((enum kind)k))
            fprintf(stderr, "  %-16s %s\n", kind_name((enum kind)k),
                    kind_meaning((enum kind)k, language_get()));
}

/* --warrant is a member of kinds that point at one; of the others, the file of a private part. */
static enum outcome take_warrant(struct new *n, struct args *own)
{
    const char *cause;
    const struct member *m = draft_member(n->draft, "warrant");
    if (own->warrant == NULL || m == NULL)
        return OUTCOME_PROVEN;
    int failed = draft_answer(n->draft, "warrant", own->warrant, &cause);
    own->warrant = NULL;
    return failed == 0 ? OUTCOME_PROVEN : say_usage("--warrant: %s", cause);
}

static enum outcome main_new(const struct args *a)
{
    struct args own = *a;
    struct new n = { .args = &own, .terminal = isatty(STDIN_FILENO) };
    if (a->operands == 1)
        n.kind = kind_of_name(span_str(a->operand[0]));
    if (a->operands == 1 && n.kind == KIND_NONE)
        return kind_say_none(a->operand[0]);
    if (n.kind == KIND_NONE || kind_is_logs(n.kind)) {
        say(TR("new takes one of these kinds:", "new lleva uno de estos tipos:"));
        list_kinds();
        return OUTCOME_USAGE;
    }
    n.draft = draft_new(n.kind);
    if (n.draft == NULL)
        return OUTCOME_UNDECIDED;
    bool named;
    if (written_zone(&n.zone, &named) != 0) {
        draft_free(n.draft);
        return OUTCOME_USAGE;
    }
    draft_zone(n.draft, named ? &n.zone : NULL);
    enum outcome outcome = take_options(&n);
    if (outcome == OUTCOME_PROVEN)
        outcome = take_warrant(&n, &own);
    if (outcome == OUTCOME_PROVEN) {
        struct submit_options options;
        outcome = submit_options_read(&options, &own);
        n.submitter = outcome == OUTCOME_PROVEN ? submitter_open(&options, &outcome) : NULL;
        if (n.submitter != NULL) {
            outcome = draft_and_send(&n);
            submitter_close(n.submitter);
        }
    }
    draft_free(n.draft);
    return outcome;
}

static void print_kinds(FILE *to, const struct args *a)
{
    kind_help(to, a->operands > 0 ? a->operand[0] : NULL);
}

const struct command command_new = {
    .name = "new",
    .run = main_new,
    .form =
        "KIND " FORM_FETCHING
        "key! passphrase-file- MEMBERS… [ private= | without-private= ] warrant to ruleset state "
        "receipts zone check yes no-wait allow-plain log",
    .summary = { "make one record, member by member; asks for what is missing",
                 "hace un registro, miembro por miembro; pregunta lo que falta" },
    .print_more = print_kinds,
};
