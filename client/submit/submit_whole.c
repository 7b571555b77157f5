#include "client/submit/submit_whole.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/submit/agree.h"
#include "proto/sys/files.h"

struct whole_line {
    uint64_t number; /* in the input, from 1 */
    json_t *record;
    uint64_t same;  /* the first line that says the same; 0: none */
    uint64_t entry; /* where it is in the log already, or NO_ENTRY */
};

struct whole {
    const struct whole_options *o;
    struct submitter *s;
    struct whole_line *line;
    size_t lines, cap;
    json_t
        *before; /* canonical lines, ids and keys of the lines so far -> how many, or which line */
    size_t mistakes, there;
    size_t said, same;     /* mistakes that were said; how often the last one came again */
    struct complaint last; /* the last mistake */
    size_t citing;         /* requests that name a warrant themselves */
    uint64_t first_new;    /* the first line that is not in the log; 0: all are */
    enum outcome outcome;  /* of those that were sent */
};

/* ---- reading --------------------------------------------------------------------------------- */

static void mistake(struct whole *w, uint64_t line, const struct complaint *why)
{
    bool again = w->mistakes++ > 0 && strcmp(w->last.code, why->code) == 0 &&
                 strcmp(w->last.detail, why->detail) == 0;
    w->same = again ? w->same + 1 : 0;
    w->last = *why;
    if (w->said == WHOLE_MISTAKES_SAID || (w->same >= WHOLE_SAME_SAID && !w->o->json))
        return;
    w->said++;
    (void)submitter_refuse(w->s, line, why);
}

static void mistake_said(struct whole *w, uint64_t line, const char *code, const char *text)
{
    struct complaint why;
    snprintf(why.code, sizeof why.code, "%s", code);
    snprintf(why.detail, sizeof why.detail, "%s", text);
    mistake(w, line, &why);
}

/* Counts one more line that says the same; returns how many there were before, and the first of
 * them in *first. */
static uint64_t count_same(struct whole *w, const json_t *record, uint64_t number, uint64_t *first)
{
    char *text = kept(json_dumps(record, JSON_COMPACT | JSON_SORT_KEYS));
    const char *key = text == NULL ? "" : text;
    const json_t *before = json_object_get(w->before, key);
    json_int_t n = json_integer_value(json_array_get(before, 0));
    json_int_t line = n == 0 ? (json_int_t)number : json_integer_value(json_array_get(before, 1));
    *first = n == 0 ? 0 : (uint64_t)line;
    json_put(w->before, key, json_made(json_pack("[I,I]", n + 1, line)));
    free(text);
    return (uint64_t)n;
}

/* What may be there once in a log may be there once in a file. */
static void check_once(struct whole *w, const struct whole_line *l, const char *member)
{
    char said[200];
    struct buf key = { 0 };
    const char *text = json_string_value(json_object_get(l->record, member));
    if (text == NULL)
        return;
    buf_addf(&key, "%s %s", member, text);
    const json_t *first = json_object_get(w->before, kept_text(&key));
    if (first == NULL) {
        json_put(w->before, kept_text(&key), json_made(json_integer((json_int_t)l->number)));
    } else {
        snprintf(
            said, sizeof said,
            TR("its `%s` is that of record %lld, too", "su `%s` es también el del registro %lld"),
            member, (long long)json_integer_value(first));
        mistake_said(w, l->number, "duplicate", said);
    }
    buf_free(&key);
}

static bool names_warrant(const json_t *record)
{
    return json_object_get(record, "warrant") != NULL;
}

static void take_line(struct whole *w, uint64_t number, struct span text)
{
    const char *kind = NULL;
    if (text.n == 0 || memchr(text.p, 0, text.n) != NULL || text.n > 4 * RECORD_TEXT_MAX) {
        mistake_said(w, number, "form", TR("the line is too long", "la línea es demasiado larga"));
        return;
    }
    json_t *record = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
    if (record == NULL)
        mistake_said(w, number, "form", TR("not JSON", "no es JSON"));
    else if (!json_is_object(record))
        mistake_said(w, number, "form", TR("not a JSON object", "no es un objeto JSON"));
    else
        kind = json_string_value(json_object_get(record, "kind"));
    if (kind == NULL && json_is_object(record))
        mistake_said(w, number, "form",
                     TR("the member 'kind' is missing", "falta el miembro 'kind'"));
    if (kind != NULL && w->o->only != KIND_NONE && strcmp(kind, kind_name(w->o->only)) != 0) {
        mistake_said(
            w, number, "form",
            TR("this command takes records of one kind, and this is another (submit takes all)",
               "esta orden lleva registros de un solo tipo, y este es otro (submit los lleva "
               "todos)"));
        kind = NULL;
    }
    if (kind == NULL || !room_for_one(&w->line, w->lines, &w->cap, sizeof *w->line)) {
        json_decref(record);
        return;
    }
    uint64_t same;
    w->citing += names_warrant(record);
    submitter_name_line(w->s, record, count_same(w, record, number, &same));
    struct whole_line *l = &w->line[w->lines++];
    *l = (struct whole_line){ number, record, same, NO_ENTRY };
    check_once(w, l, "id");
    if (strcmp(kind, kind_name(KIND_ENROLL)) == 0)
        check_once(w, l, "vkey");
}

static bool is_empty_line(struct span line)
{
    for (size_t i = 0; i < line.n; i++)
        if (memchr(" \t\r", line.p[i], 3) == NULL)
            return false;
    return true;
}

static enum outcome read_lines(struct whole *w)
{
    struct buf text = { 0 };
    enum file read = file_read(&text, w->o->path, WHOLE_BYTES_MAX);
    struct span rest = buf_span(&text);
    if (read != FILE_OK) {
        buf_free(&text);
        return say_usage(TR("%s could not be read: %s", "no se pudo leer %s: %s"), w->o->path,
                         file_cause(read));
    }
    for (uint64_t number = 1; rest.n > 0; number++) {
        const uint8_t *end = memchr(rest.p, '\n', rest.n);
        size_t n = end == NULL ? rest.n : (size_t)(end - rest.p);
        if (!is_empty_line(span_of(rest.p, n)))
            take_line(w, number, span_of(rest.p, n));
        n += end != NULL;
        rest = span_of(rest.p + n, rest.n - n);
    }
    buf_free(&text);
    return OUTCOME_PROVEN;
}

/* ---- looking --------------------------------------------------------------------------------- */

/* What may be meant so, and stands in the log for ever if it is not. */
static void warn_of(struct whole *w, const struct whole_line *l)
{
    char said[200];
    const char *kind = json_string_value(json_object_get(l->record, "kind"));
    if (l->same != 0) {
        snprintf(
            said, sizeof said,
            TR("it says the same as record %" PRIu64, "dice lo mismo que el registro %" PRIu64),
            l->same);
        submitter_warn(w->s, l->number, said);
    }
    if (w->o->fills && w->citing > 0 && !names_warrant(l->record) && kind != NULL &&
        strcmp(kind, kind_name(KIND_REQUEST)) == 0)
        submitter_warn(w->s, l->number,
                       TR("it names no warrant, as others do: it gets that of --warrant",
                          "no nombra mandamiento, y otros sí: recibe el de --warrant"));
}

static bool look_at(struct whole *w, struct whole_line *l)
{
    struct complaint why;
    bool stop = false;
    enum looked looked = LOOKED_REFUSED;
    if (w->o->look == NULL || w->o->look(w->o->ctx, l->record, &why) == 0)
        looked = submitter_look(w->s, l->number, l->record, &l->entry, &why, &stop);
    if (looked == LOOKED_REFUSED)
        mistake(w, l->number, &why);
    if (looked == LOOKED_THERE)
        w->there++;
    else if (w->first_new == 0)
        w->first_new = l->number;
    if (looked == LOOKED_GOOD)
        warn_of(w, l);
    if (looked == LOOKED_GOOD && w->o->check && w->o->json)
        submitter_accept(w->s, l->number, l->record);
    return !stop;
}

static enum outcome look_at_all(struct whole *w)
{
    for (size_t i = 0; i < w->lines && !lost_any(); i++) {
        say_progress(i + 1, w->lines);
        if (!look_at(w, &w->line[i]))
            return say_undecided(TR("nothing was signed: the log does not answer",
                                    "no se firmó nada: la bitácora no contesta"));
    }
    if (w->mistakes > w->said)
        say(TR("and %zu more mistakes", "y %zu errores más"), w->mistakes - w->said);
    if (w->mistakes > 0)
        return say_undecided(TR("mistakes: %zu, records: %zu; nothing was signed",
                                "errores: %zu, registros: %zu; no se firmó nada"),
                             w->mistakes, w->lines);
    return OUTCOME_PROVEN;
}

/* Entries in their order, a few of them. */
static void add_entries(struct buf *out, const struct whole *w)
{
    size_t n = 0;
    for (size_t i = 0; i < w->lines && n <= 5; i++) {
        if (w->line[i].entry == NO_ENTRY)
            continue;
        buf_addf(out, n == 5 ? " …" : "%s%" PRIu64, n == 0 ? "" : ", ", w->line[i].entry);
        n++;
    }
}

static enum outcome refuse_there(const struct whole *w)
{
    struct buf list = { 0 };
    add_entries(&list, w);
    say(TR("%zu of %zu records are in the log already (entries %s): an earlier run sent them. "
           "Nothing "
           "was signed",
           "%zu de %zu registros ya están en la bitácora (asientos %s): los envió una ejecución "
           "anterior. No se firmó nada"),
        w->there, w->lines, kept_text(&list));
    buf_free(&list);
    if (w->first_new == 0)
        return say_usage(TR("none is left to be sent; --resume fetches their receipts",
                            "no queda ninguno por enviar; --resume trae sus recibos"));
    return say_usage(
        TR("go on from line %" PRIu64 " with --resume, which sends none of them again; what "
           "is to be recorded once more needs an `id` of its own",
           "siga desde la línea %" PRIu64 " con --resume, que no vuelve a enviar ninguno; lo "
           "que deba asentarse otra vez necesita un `id` propio"),
        w->first_new);
}

/* ---- sending --------------------------------------------------------------------------------- */

static volatile sig_atomic_t interrupted;

static void interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

/* The record under way is ended first; a second signal ends the process at once. */
static void catch_signals(void)
{
    struct sigaction action = { .sa_handler = interrupt,
                                .sa_flags = (int)(SA_RESETHAND | SA_RESTART) };
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void say_where(const struct whole *w, size_t i)
{
    if (w->o->json)
        say_json(json_made(json_pack("{s:s,s:I,s:I}", "error", "stopped", "line",
                                     (json_int_t)w->line[i].number, "left",
                                     (json_int_t)(w->lines - i))));
    say(TR("stopped: go on from line %" PRIu64
           " by the same command with --resume; what is in the log is "
           "not sent again",
           "detenido: siga desde la línea %" PRIu64
           " con la misma orden y --resume; lo que ya está en la "
           "bitácora no se envía otra vez"),
        w->line[i].number);
}

static enum outcome send_all(struct whole *w)
{
    enum outcome outcome = OUTCOME_PROVEN;
    bool stop = false;
    size_t i;
    catch_signals();
    for (i = 0; i < w->lines && !stop && !interrupted && !lost_any(); i++) {
        struct whole_line *l = &w->line[i];
        json_t *record = json_incref(l->record);
        outcome = outcome_worse(
            outcome, l->entry != NO_ENTRY ? submitter_take_again(w->s, l->number, record, l->entry)
                                          : submitter_send(w->s, l->number, record, &stop));
        say_progress(i + 1, w->lines);
    }
    outcome = outcome_worse(outcome, submitter_settle(w->s));
    i -= stop && i > 0; /* that one may not be there */
    if (i == w->lines)
        return outcome;
    say_where(w, i);
    return outcome_worse(outcome, OUTCOME_UNDECIDED);
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* Asks whoever is at the terminal. A script has the warnings, and --check for its own question. */
static enum outcome ask_of_warned(const struct whole *w)
{
    if (w->citing > 0 && !w->o->fills)
        say(TR(
            "requests name a warrant, and no --warrant was given: without the private part of it "
            "nobody in them counts as somebody whom it names",
            "hay solicitudes que nombran un mandamiento, y no se dio --warrant: sin su parte "
            "privada nadie en ellas cuenta como alguien a quien nombra"));
    char question[120];
    snprintf(question, sizeof question,
             TR("Warnings: %zu. Sign all the same? It cannot be taken back. [y/N] ",
                "Avisos: %zu. ¿Firmar de todos modos? No puede deshacerse. [s/N] "),
             submitter_warned(w->s));
    return agree_ask(question) == AGREEMENT_NO
               ? say_usage(TR("nothing was signed", "no se firmó nada"))
               : OUTCOME_PROVEN;
}

static enum outcome run(struct whole *w)
{
    enum outcome outcome = read_lines(w);
    if (outcome == OUTCOME_PROVEN)
        outcome = look_at_all(w);
    if (outcome == OUTCOME_PROVEN && w->there > 0 && !w->o->resume && !w->o->check)
        outcome = refuse_there(w);
    if (outcome == OUTCOME_PROVEN && w->o->careful && !w->o->check && submitter_warned(w->s) > 0)
        outcome = ask_of_warned(w);
    if (outcome == OUTCOME_PROVEN && w->o->agree != NULL && w->lines > w->there)
        outcome = w->o->agree(w->o->ctx);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    if (w->lines == 0) /* an import that found mistakes leaves such a file */
        return say_usage(
            TR("%s has no records: nothing was signed", "%s no tiene registros: no se firmó nada"),
            w->o->path);
    if (!w->o->check)
        return send_all(w);
    say(TR("records that may be signed: %zu; in the log already: %zu",
           "registros que pueden firmarse: %zu; ya en la bitácora: %zu"),
        w->lines - w->there, w->there);
    return OUTCOME_PROVEN;
}

enum outcome submit_whole(struct submitter *s, const struct whole_options *options)
{
    struct whole w = { .o = options, .s = s, .before = json_made(json_object()) };
    enum outcome outcome = run(&w);
    for (size_t i = 0; i < w.lines; i++)
        json_decref(w.line[i].record);
    free(w.line);
    json_decref(w.before);
    return outcome;
}
