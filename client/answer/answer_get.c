#include "client/answer/answer_get.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/answer/answer_files.h"
#include "client/base/lost.h"
#include "client/base/spool.h"
#include "client/remote/escape.h"
#include "client/remote/log_client.h"
#include "client/remote/prove.h"
#include "proto/sys/files.h"

#define PARTS_MAX 65536 /* of one answer: no service can keep us asking for ever */

/* One answer, while it is got. */
struct getting {
    struct answer_check *check;
    const struct answer_wanted *wanted;
    struct accepted *under; /* the checkpoint */
    uint64_t index;         /* that it is to rest on; NO_ENTRY: the newest */
    int out;                /* -1: none */
    struct logfiles *files;
    struct log_client *service;  /* NULL: there is none, or not any more */
    struct answer_files *source; /* NULL: not in use yet */
};

static void tell(struct getting *g, enum reason reason, const char *subject)
{
    struct refusal why;
    refuse(&why, reason, subject);
    findings_tell(&g->check->findings, VERDICT_UNDECIDED, &why);
}

/* What a value of that type looks like. */
static const char *form_of_value(enum index_key_type type)
{
    switch (type) {
    case INDEX_KEY_WARRANT:
        return TR("a reference has 1 to 256 bytes of UTF-8 and no control characters",
                  "una referencia tiene de 1 a 256 bytes de UTF-8, sin caracteres de control");
    case INDEX_KEY_SIGNER:
        return TR("a signer's name is as in its vkey, such as a.lopez.fgr.example.mx",
                  "el nombre de quien firma es el de su vkey, como a.lopez.fgr.example.mx");
    case INDEX_KEY_VKEY:
        return TR("a vkey is what keygen prints: NAME+8 hex digits+BASE64",
                  "una vkey es lo que imprime keygen: NOMBRE+8 cifras hexadecimales+BASE64");
    default:
        return TR("a code is of letters, digits and, but for its first, . _ -, such as mx.telco",
                  "un código es de letras, cifras y, salvo al principio, . _ -, como mx.telco");
    }
}

bool answer_wanted_ask(struct answer_wanted *out, enum index_key_type type, const char *value)
{
    struct refusal why;
    out->value = value;
    if (answer_question_of(&out->question, type, span_str(value), &why) == 0)
        return true;
    if (why.reason == REASON_MEMORY)
        lost(ENOMEM);
    else
        say(TR("this cannot be asked for: %s: %s", "esto no se puede preguntar: %s: %s"), value,
            form_of_value(type));
    return false;
}

/* ---- what comes ------------------------------------------------------------------------------ */

/* Judges one part, and writes it down. Returns whether there is more to come. */
static bool take_part(struct getting *g, struct span part)
{
    struct answer_check *c = g->check;
    size_t used = answer_check_part(c, part, &g->wanted->question);
    if (used != part.n && findings_verdict(&c->findings) == VERDICT_GOOD)
        tell(g, REASON_ANSWER_FORM, "v1/answer"); /* something stands behind it */
    if (findings_verdict(&c->findings) != VERDICT_GOOD || lost_any())
        return false;
    if (g->out >= 0 && file_write_all(g->out, part) != 0)
        lost(errno);
    say_progress(c->file.next, c->file.end);
    return c->file.next < c->file.end && !lost_any();
}

/* Asked up to the checkpoint, it must come up to there. */
static void look_at_end(struct getting *g)
{
    const struct answer_check *c = g->check;
    if (g->wanted->tail && findings_verdict(&c->findings) == VERDICT_GOOD &&
        c->file.end != g->under->cp.checkpoint.size)
        tell(g, REASON_ANSWER_RANGE, "--tail");
}

/* ---- the service ----------------------------------------------------------------------------- */

enum served { SERVED_MORE, SERVED_ALL, SERVED_NOT, SERVED_NO_INDEX };

static void ask_part(struct getting *g, struct answer *answer)
{
    const struct answer_wanted *w = g->wanted;
    struct buf path = { 0 };
    buf_addf(&path, "v1/answer?%s=", index_key_word(w->question.type));
    query_escape(&path, w->value);
    buf_addf(&path, "&from=%" PRIu64 "&size=%" PRIu64, g->check->file.next,
             g->under->cp.checkpoint.size);
    if (g->index != NO_ENTRY)
        buf_addf(&path, "&index=%" PRIu64, g->index);
    if (w->tail)
        buf_adds(&path, "&tail=1");
    log_client_get(g->service, kept_text(&path), ANSWER_PART_MAX, answer);
    buf_free(&path);
}

/* A web server that has files only knows nothing of problems. */
static enum served refused(struct getting *g, const struct answer *answer)
{
    struct complaint complaint;
    log_client_complaint(g->service, answer, &complaint);
    if (answer->status == 404 && g->check->file.parts == 0)
        return strcmp(complaint.code, "not_found") == 0 ? SERVED_NO_INDEX : SERVED_NOT;
    say("v1/answer: [%s] %s", complaint.code, complaint.detail);
    tell(g, REASON_UNREADABLE, "v1/answer");
    return SERVED_ALL;
}

/* The service leaves the checkpoint out, as we have it: what it sends under another one, or an older
 * one, is no answer. */
static enum served take_served(struct getting *g)
{
    struct buf part = { 0 };
    enum served served = SERVED_ALL;
    const struct buf *body = log_client_body(g->service);
    if (body->n > ANSWER_PART_MAX ||
        answer_put_checkpoint(&part, buf_span(body), buf_span(&g->under->note)) != 0)
        tell(g, part.failed ? REASON_MEMORY : REASON_ANSWER_FORM, "v1/answer");
    else if (take_part(g, buf_span(&part)))
        served = SERVED_MORE;
    buf_free(&part);
    return served;
}

/* All parts of one answer rest on the index entry of the first. */
static enum served get_served(struct getting *g)
{
    enum served served = SERVED_MORE;
    for (int parts = 0; served == SERVED_MORE; parts++) {
        struct answer answer;
        if (parts == PARTS_MAX) {
            tell(g, REASON_ANSWER_PARTS, "v1/answer");
            return SERVED_ALL;
        }
        ask_part(g, &answer);
        served = answer.status == 200 && answer.acceptable ? take_served(g) : refused(g, &answer);
        if (g->index == NO_ENTRY)
            g->index = g->check->facts.index;
    }
    return served;
}

/* ---- files ----------------------------------------------------------------------------------- */

static bool find_index(struct getting *g)
{
    if (g->index != NO_ENTRY)
        return true;
    enum newest_index newest = answer_files_newest(g->source, &g->index);
    if (newest == NEWEST_FOUND)
        return true;
    g->index = NO_ENTRY;
    if (newest == NEWEST_UNREAD)
        findings_tell(&g->check->findings, VERDICT_UNDECIDED, &g->source->why);
    return false;
}

/* The cause that the source gave for what it could not read. Where all could be read, the files of
 * the index are not those of its tables. */
static void tell_unread(struct getting *g, enum answer_made made)
{
    const struct answer_files *f = g->source;
    const struct refusal *why = f->why.reason == REASON_NONE ? &f->from.why : &f->why;
    if (made == ANSWER_MEMORY)
        lost(ENOMEM);
    else if (made == ANSWER_UNREAD && why->reason == REASON_NONE)
        tell(g, REASON_UNREADABLE, "index/");
    else if (made == ANSWER_UNREAD)
        findings_tell(&g->check->findings, VERDICT_UNDECIDED, why);
    else
        tell(g, REASON_ANSWER_NO_INDEX, INDEX_NEWEST);
}

static void make_parts(struct getting *g)
{
    struct answer_ask ask = { .question = g->wanted->question,
                              .tail = g->wanted->tail,
                              .index = g->index,
                              .checkpoint = buf_span(&g->under->note),
                              .size = g->under->cp.checkpoint.size };
    for (bool more = true; more;) {
        struct buf part = { 0 };
        uint64_t to, end;
        ask.from = g->check->file.next;
        enum answer_made made = answer_make(&part, &ask, &g->source->source, &to, &end);
        if (made == ANSWER_MADE && !part.failed)
            more = take_part(g, buf_span(&part));
        else
            more = false;
        if (made != ANSWER_MADE)
            tell_unread(g, made);
        buf_free(&part);
    }
}

static enum answer_got get_from_files(struct getting *g)
{
    enum answer_got got = ANSWER_GOT;
    g->source = kept(calloc(1, sizeof *g->source));
    if (g->source == NULL)
        return ANSWER_GOT;
    answer_files_open(g->source, g->files, g->under->cp.checkpoint.size);
    if (find_index(g))
        make_parts(g);
    else if (findings_verdict(&g->check->findings) == VERDICT_GOOD)
        got = ANSWER_UNSERVED;
    answer_files_close(g->source);
    free(g->source);
    g->source = NULL;
    return got;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static enum answer_got get_once(struct getting *g)
{
    enum answer_got got = ANSWER_GOT;
    enum served served = g->service == NULL ? SERVED_NOT : get_served(g);
    if (served == SERVED_NOT)
        got = get_from_files(g);
    else if (served == SERVED_NO_INDEX)
        got = ANSWER_UNSERVED;
    if (got == ANSWER_UNSERVED)
        tell(g, REASON_ANSWER_NO_INDEX, g->service != NULL ? g->check->trust->url : INDEX_NEWEST);
    look_at_end(g);
    answer_check_end(g->check);
    return got;
}

/* Copies what was written beside over what `to` has. */
static void replace_out(int to, int from)
{
    uint8_t piece[65536];
    ssize_t n = -1;
    if (ftruncate(to, 0) == 0 && lseek(to, 0, SEEK_SET) == 0 && lseek(from, 0, SEEK_SET) == 0)
        while ((n = read(from, piece, sizeof piece)) > 0)
            if (file_write_all(to, span_of(piece, (size_t)n)) != 0) {
                n = -1;
                break;
            }
    if (n < 0)
        lost(errno);
}

/* A better answer takes the place of the one before. What convicts is never left out. */
static void get_again(struct getting *g)
{
    struct answer_check newer;
    struct getting again = *g;
    uint64_t index = g->check->facts.newer;
    answer_check_open(&newer, g->check->trust);
    newer.facts.carry = g->check->facts.carry;
    again.check = &newer;
    again.index = index;
    again.out = g->out < 0 ? -1 : spool_file();
    if (g->out >= 0 && again.out < 0)
        lost(errno);
    get_once(&again);
    if (newer.verdict == VERDICT_UNDECIDED) {
        findings_print(&newer.findings, stderr);
        say(TR("the tail shows a newer index, entry %" PRIu64 ", that the log did not tell of and "
               "does not serve: this rests on entry %" PRIu64,
               "el final muestra un índice más nuevo, el asiento %" PRIu64 ", del que la bitácora "
               "no habló y que no sirve: esto se apoya en el asiento %" PRIu64),
            index, g->check->facts.index);
    } else {
        struct answer_check older = *g->check;
        say(TR("the tail shows a newer index, entry %" PRIu64 ", that the log did not tell of: "
               "this rests on it",
               "el final muestra un índice más nuevo, el asiento %" PRIu64 ", del que la bitácora "
               "no habló: esto se apoya en él"),
            index);
        *g->check = newer;
        newer = older;
        if (again.out >= 0)
            replace_out(g->out, again.out);
    }
    if (again.out >= 0)
        close(again.out);
    answer_check_close(&newer);
}

static enum answer_got get_under(struct getting *g)
{
    if (accepted_fetch(g->under, g->check->trust, g->files, &g->check->findings) != VERDICT_GOOD ||
        findings_verdict(&g->check->findings) != VERDICT_GOOD) {
        answer_check_end(g->check);
        return ANSWER_GOT;
    }
    if (g->wanted->dir == NULL)
        g->service = log_client_new(g->check->trust);
    enum answer_got got = get_once(g);
    if (g->check->verdict == VERDICT_GOOD && g->check->facts.newer != NO_ENTRY)
        get_again(g);
    return got;
}

enum answer_got answer_get(struct answer_check *c, const struct answer_wanted *wanted)
{
    struct accepted under = { .note = { 0 } };
    struct getting g = {
        .check = c, .wanted = wanted, .under = &under, .index = NO_ENTRY, .out = wanted->out
    };
    enum answer_got got = ANSWER_GOT;
    g.files = wanted->dir != NULL ? logfiles_of_dir(wanted->dir)
                                  : logfiles_of_url(c->trust->url, &c->trust->reader);
    if (g.files != NULL)
        got = get_under(&g);
    log_client_free(g.service);
    logfiles_free(g.files);
    accepted_free(&under);
    return got;
}
