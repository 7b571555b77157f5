#include "daemon/signer/signer.h"

#include <errno.h>

#include "daemon/signer/signer_judge.h"
#include "proto/record/record.h"

static void tell_refusal(struct signer_process *s, const struct signer_request *r,
                         enum signer_refusal why)
{
    static const char *const asks[] = { "status", "genesis", "record", "checkpoint" };
    uint64_t silent;
    if (!log_rarely(&s->refused, &silent))
        return;
    log_line(LOG_WARNING,
             "refused (%s): %s; asked for: %s over size %llu; signed last: size %llu; refusals "
             "not told before this: %llu",
             signer_refusal_code(why), signer_refusal_words(why), asks[r->ask],
             (unsigned long long)r->old_size, (unsigned long long)s->state.last.size,
             (unsigned long long)silent);
}

/* Signs what was judged good. What was signed last changes before anybody sees the signature. */
static enum signer_reply sign(struct signer_process *s, const struct signer_request *r,
                              struct last_signed *next, struct buf *note, enum signer_refusal *why)
{
    if (signing_key_note(s->key, r->text, note) != 0)
        return REPLY_FAILED;
    if (r->ask == ASK_GENESIS)
        *why = signer_judge_genesis(next, &s->state.last, r, buf_span(note));
    return *why == SIGNER_NONE ? REPLY_SIGNED : REPLY_REFUSED;
}

static bool is_same(const struct last_signed *a, const struct last_signed *b)
{
    return a->size == b->size && hash_eq(&a->root, &b->root) && a->freeze == b->freeze;
}

/* Returns 0 with the reply that may go out, or -1. */
static int keep(struct signer_process *s, const struct last_signed *next, enum signer_reply *reply)
{
    uint64_t silent;
    if (is_same(next, &s->state.last))
        return 0;
    enum state_stored stored = signer_state_store(&s->state, next);
    int cause = errno;
    switch (stored) {
    case STATE_STORED:
        return 0;
    case STATE_NO_ROOM:
        if (log_rarely(&s->not_kept, &silent))
            log_line(LOG_ERROR, "not signed: %s cannot be written: %s", s->state.path,
                     strerror(cause));
        *reply = REPLY_FAILED;
        return 0;
    case STATE_UNKNOWN:
        break;
    }
    log_line(LOG_ERROR, "not signed, and the signer ends: nobody knows what %s holds: %s",
             s->state.path, strerror(cause));
    return -1;
}

/* Whoever asks may be somebody who has taken the daemon over, and a freeze is for ever. While one
 * is signed and not in the log, no record is judged good but another. */
static bool is_unordered(const struct signer_process *s, const struct signer_request *r,
                         const struct last_signed *next)
{
    return r->ask == ASK_RECORD && next->freeze == FREEZE_SIGNED && !s->may_freeze;
}

/* It is for ever, so the log says what was signed: whoever has the daemon may have been quicker
 * than the operator who ordered it. */
static void tell_freeze(struct span text)
{
    struct record record;
    struct refusal why;
    if (record_parse_text(&record, text, &why) != 0)
        return;
    const char *vkey = value_text(value_member(value_member(record.object, "successor"), "vkey"));
    log_line(LOG_INFO, "a freeze was signed: the log ends; successor: %s",
             vkey == NULL ? "none" : vkey);
    record_free(&record);
}

static void tell_not_turn(struct signer_process *s, const struct signer_askers *who)
{
    uint64_t silent;
    if (log_rarely(&s->not_turn, &silent))
        log_line(LOG_ERROR,
                 "not signed for process %ld: process %ld, which asked before it, is still "
                 "connected: does a copy of the log run? Others not told before this: %llu",
                 who->asks, who->holds, (unsigned long long)silent);
}

int signer_answer(struct signer_process *s, const struct signer_askers *who, bool holds,
                  struct span body, struct buf *out)
{
    struct signer_request r;
    struct signer_answer a = { .reply = REPLY_STATE, .why = SIGNER_REQUEST };
    struct last_signed next = s->state.last;
    struct buf note = { 0 };
    int failed = 0;
    bool parsed = signer_request_parse(&r, body) == 0;
    if (parsed)
        a.why = signer_judge(&next, &s->state.last, &s->key->vkey, &r);
    if (parsed && a.why == SIGNER_NONE && is_unordered(s, &r, &next))
        a.why = SIGNER_ORDER;
    if (a.why != SIGNER_NONE)
        a.reply = REPLY_REFUSED;
    else if (r.ask != ASK_STATUS && !holds) {
        a.reply = REPLY_FAILED;
        tell_not_turn(s, who);
    } else if (r.ask != ASK_STATUS)
        a.reply = sign(s, &r, &next, &note, &a.why);
    if (a.reply == REPLY_SIGNED)
        failed = keep(s, &next, &a.reply);
    if (a.reply == REPLY_SIGNED && r.ask == ASK_RECORD && next.freeze == FREEZE_SIGNED)
        tell_freeze(r.text);
    if (a.reply == REPLY_REFUSED)
        tell_refusal(s, &r, a.why);
    a.key = s->key->vkey;
    a.last = s->state.last;
    a.note = buf_span(&note);
    if (failed == 0)
        signer_answer_format(out, &a);
    buf_free(&note);
    return failed;
}
