#include "client/monitor/telling.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/base/trouble.h"
#include "proto/base/scan.h"

#define ID_BYTES 16

/* What may be said otherwise of the same thing. */
static const char *const beside[] = { "text", "detail", "evidence" };

static void add_id(const struct teller *t, json_t *v)
{
    char id[2 * ID_BYTES + 1];
    struct hash sum;
    json_t *copy = json_made(json_copy(v));
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++)
        json_object_del(copy, beside[i]);
    json_put(copy, "origin", json_text(t->origin));
    char *text = kept(json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS));
    if (text != NULL) {
        hash_joined(&sum, span_str("bitacora/v1 told\n"), span_str(text));
        hex_format(id, sum.b, ID_BYTES);
        json_put(v, "id", json_text(id));
    }
    free(text);
    json_decref(copy);
}

void telling_line(struct buf *out, const struct teller *t, json_t *v)
{
    add_id(t, v);
    json_line(out, v);
    json_decref(v);
}

void telling_begin(struct teller *t)
{
    t->in_round = true;
    t->begun = false;
    t->failed = 0;
}

void telling_ahead(struct teller *t)
{
    t->in_round = false;
    t->is_ahead = true;
    t->failed = 0;
}

void telling_remembered(struct teller *t)
{
    told_ahead_clear(&t->ahead);
}

/* `id` is the last member of a line. */
static struct span id_of(struct span line)
{
    size_t behind = strlen("\"}\n");
    return line.n < TOLD_ID_DIGITS + behind
               ? span_of(NULL, 0)
               : span_of(line.p + line.n - behind - TOLD_ID_DIGITS, TOLD_ID_DIGITS);
}

/* A round that finds nothing leaves the outbox alone. */
static void add_to_outbox(struct teller *t, struct span line)
{
    if (t->in_round && !t->begun && outbox_begin(t->outbox) != 0) {
        t->failed = errno;
        return;
    }
    t->begun = t->in_round;
    outbox_add(t->outbox, line);
}

void telling_give_line(struct teller *t, struct span line, const char *type,
                       enum syslog_severity severity)
{
    if (t->failed != 0 || lost_any() || told_ahead_has(&t->ahead, id_of(line)))
        return;
    if (t->is_ahead)
        told_ahead_add(&t->ahead, id_of(line));
    t->given++;
    trouble_shown();
    fwrite(line.p, 1, line.n, stdout);
    if (t->log != NULL)
        syslog_out_send(t->log, line, type, severity);
    if (t->outbox != NULL)
        add_to_outbox(t, line);
}

void telling_give(struct teller *t, json_t *v, enum syslog_severity severity)
{
    struct buf line = { 0 };
    char type[16];
    const char *named = json_string_value(json_object_get(v, "type"));
    snprintf(type, sizeof type, "%s", named == NULL ? "-" : named);
    telling_line(&line, t, v);
    telling_give_line(t, kept_span(&line), type, severity);
    buf_free(&line);
}

void telling_print(struct teller *t, json_t *v)
{
    struct buf line = { 0 };
    telling_line(&line, t, v);
    trouble_shown();
    if (!lost_any())
        fwrite(line.p, 1, line.n, stdout);
    fflush(stdout);
    buf_free(&line);
}

static int say_failure(const char *where, int cause)
{
    say(TR("%s could not be written: %s: what is new is told again",
           "no se pudo escribir %s: %s: lo nuevo se vuelve a decir"),
        where, errno_words(cause));
    return -1;
}

static int keep_all(struct teller *t)
{
    int failed = t->failed;
    t->failed = 0;
    if (lost_any())
        return -1;
    if (fflush(stdout) != 0 || ferror(stdout)) /* the command says so at its end */
        return -1;
    if (t->log != NULL && syslog_out_keep(t->log) != 0)
        return say_failure("--syslog", errno);
    if (failed == 0 && t->outbox != NULL && (t->begun || !t->in_round) &&
        outbox_keep(t->outbox) != 0)
        failed = errno;
    if (failed != 0)
        return say_failure(TR("the outbox", "la bandeja de salida"), failed);
    return 0;
}

int telling_keep(struct teller *t)
{
    bool is_ahead = t->is_ahead;
    t->is_ahead = false;
    if (keep_all(t) == 0)
        return 0;
    if (is_ahead) /* it may not be there: all of it is told again */
        told_ahead_clear(&t->ahead);
    return -1;
}

void telling_settle(struct teller *t)
{
    if (t->outbox != NULL && t->begun)
        outbox_settle(t->outbox);
    t->in_round = t->begun = false;
}
