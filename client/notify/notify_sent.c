/* bitacora notify sent: that people were told, recorded in the log. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/notify/notify.h"
#include "client/submit/submitter.h"
#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/sys/clock.h"

static const struct notice_facts *facts_of(const struct notifying *n, const struct request *r)
{
    const struct request *first = shelf_at(&n->audit->cb.requests, 0);
    return notices_facts(&n->notices, (uint32_t)(r - first));
}

/* What the log says since its checkpoint was verified is not proven: it withholds, no more. */
static enum outcome newer_allows(const struct notifying *n, const struct request *r,
                                 const struct notice_facts *f)
{
    char until[WHEN_TEXT + 1];
    if (f->newer_notice != NO_ENTRY)
        return say_undecided(
            TR("entry %" PRIu64 ": entry %" PRIu64
               ", newer than the checkpoint that was verified, says already that the person was "
               "told",
               "asiento %" PRIu64 ": el asiento %" PRIu64
               ", posterior al punto de control verificado, ya dice que se avisó a la persona"),
            r->entry, f->newer_notice);
    if (!notice_withheld(r, f, n->moment))
        return OUTCOME_PROVEN;
    when_format(until, f->newer_until);
    return say_undecided(
        TR("entry %" PRIu64 ": a deferral that is newer than the checkpoint that was verified says "
           "that nobody may be told before %s",
           "asiento %" PRIu64
           ": un aplazamiento posterior al punto de control verificado dice que no se "
           "puede avisar antes del %s"),
        r->entry, until);
}

/* Why nobody may be told of it, or was told already. */
static enum outcome may_be_told(const struct notifying *n, uint64_t entry, int64_t delivered)
{
    char until[WHEN_TEXT + 1];
    uint64_t size = n->r->accepted.cp.checkpoint.size;
    const struct request *r = casebook_request(&n->audit->cb, entry);
    if (entry >= size)
        return say_undecided(TR("entry %" PRIu64 " is not under the log's checkpoint, of %" PRIu64,
                                "el asiento %" PRIu64
                                " no está bajo el punto de control de la bitácora, de %" PRIu64),
                             entry, size);
    if (r == NULL)
        return say_usage(
            TR("entry %" PRIu64 " is no request", "el asiento %" PRIu64 " no es una solicitud"),
            entry);
    if (r->told != NO_ENTRY)
        return say_usage(
            TR("entry %" PRIu64 ": entry %" PRIu64 " says already that the person was told",
               "asiento %" PRIu64 ": el asiento %" PRIu64 " ya dice que se avisó a la persona"),
            entry, r->told);
    if (r->delivery == NO_ENTRY)
        return say_usage(TR("entry %" PRIu64
                            ": no answer that hands data over is in the log, so there is nothing "
                            "to tell: is it the right entry?",
                            "asiento %" PRIu64
                            ": ninguna respuesta que entregue datos está en la bitácora, así que "
                            "no hay qué avisar: ¿es el asiento correcto?"),
                         entry);
    const struct notice_facts *f = facts_of(n, r);
    if (notice_withheld(r, f, n->moment) && notice_not_before(r, f) != f->newer_until) {
        when_format(until, notice_not_before(r, f));
        return say_usage(TR("entry %" PRIu64 ": nobody may be told before %s",
                            "asiento %" PRIu64 ": no se puede avisar antes del %s"),
                         entry, until);
    }
    if (delivered < r->accepted)
        return say_usage(TR("entry %" PRIu64 ": the request is younger than --delivered",
                            "asiento %" PRIu64 ": la solicitud es posterior a --delivered"),
                         entry);
    return newer_allows(n, r, f);
}

/* All of them, or none is sent. */
static enum outcome check_all(const struct notifying *n, const uint64_t *entry, size_t entries,
                              const char *delivered)
{
    int64_t at;
    enum outcome outcome = OUTCOME_PROVEN;
    if (when_parse(&at, span_str(delivered)) != 0 || at > n->moment)
        return say_usage(TR("--delivered %s is yet to come", "--delivered %s aún no llega"),
                         delivered);
    for (size_t i = 0; i < entries; i++) {
        outcome = outcome_worse(outcome, may_be_told(n, entry[i], at));
        for (size_t k = 0; k < i; k++)
            if (entry[k] == entry[i])
                outcome =
                    outcome_worse(outcome, say_usage(TR("entry %" PRIu64 " is there twice",
                                                        "el asiento %" PRIu64 " está dos veces"),
                                                     entry[i]));
    }
    return outcome;
}

/* FORMATS 10.1: a UUID of version 8. */
static void notice_id(char out[37], const struct vkey *key, const struct hash *leaf)
{
    struct hash h;
    struct buf text = { 0 };
    char hex[2 * UUID_BYTES + 1];
    buf_adds(&text, "bitacora/v1 notice-id\n");
    buf_add(&text, key->key, PUBLIC_KEY_BYTES);
    buf_add(&text, leaf->b, HASH_BYTES);
    if (text.failed)
        lost(ENOMEM);
    hash_bytes(&h, buf_span(&text));
    buf_free(&text);
    h.b[6] = 0x80 | (h.b[6] & 0x0F);
    h.b[8] = 0x80 | (h.b[8] & 0x3F);
    hex_format(hex, h.b, UUID_BYTES);
    snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static json_t *notice_of(const char *id, uint64_t entry, const struct hash *leaf, const char *means,
                         const char *delivered)
{
    return json_made(json_pack("{s:s,s:s,s:{s:I,s:o},s:s,s:s}", "kind", "notice", "id", id,
                               "request", "entry", (json_int_t)entry, "hash", json_of_hash(leaf),
                               "delivered_at", delivered, "means", means));
}

/* The log would refuse the code; then it would be too late for all of them or none. */
static enum outcome check_means(struct submitter *s, const char *means)
{
    struct complaint complaint;
    const struct ruleset *ruleset = submitter_ruleset(s, &complaint);
    if (ruleset == NULL)
        return complaint_say(&complaint);
    if (ruleset_code(ruleset, VOCABULARY_MEANS, means) == NULL)
        return say_usage(TR("--means %s is none that the ruleset in force knows",
                            "--means %s no es de los que conoce el conjunto de reglas en vigor"),
                         means);
    return OUTCOME_PROVEN;
}

struct earlier {
    const struct notifying *n;
    const struct vkey *key;
    uint64_t request, found;
    const struct hash *leaf;
};

/* Is this a notice of that request by that key? Only a hint says so. */
static bool is_notice(void *ctx, uint64_t index)
{
    struct earlier *x = ctx;
    struct shown e;
    struct answer answer;
    struct entry_ref ref;
    if (log_client_entry(x->n->service, index, &e, &answer) != SHOW_PROVEN)
        return true;
    if (e.record.kind == KIND_NOTICE &&
        entry_ref_parse(&ref, value_member(e.record.object, "request")) == 0 &&
        ref.entry == x->request && memcmp(ref.hash, x->leaf->b, HASH_BYTES) == 0 &&
        record_signed_by(&e.record, x->key))
        x->found = index;
    shown_free(&e);
    return x->found == NO_ENTRY;
}

/* The log refused it for its id: somebody with this key was faster. */
static void say_earlier(const struct notifying *n, const struct vkey *key, uint64_t entry,
                        const struct hash *leaf, const char *id)
{
    struct earlier x = { .n = n, .key = key, .request = entry, .found = NO_ENTRY, .leaf = leaf };
    struct answer answer;
    char query[48];
    snprintf(query, sizeof query, "id=%s", id);
    log_client_find(n->service, query, is_notice, &x, &answer);
    if (x.found != NO_ENTRY)
        say(TR("a notice of entry %" PRIu64 " by this key is in the log already: entry %" PRIu64,
               "ya hay en la bitácora un aviso del asiento %" PRIu64
               " de esta clave: el asiento %" PRIu64),
            entry, x.found);
}

static enum outcome send_one(const struct notifying *n, struct submitter *s, size_t i,
                             uint64_t entry, const struct hash *leaf, const char *delivered,
                             bool *stop)
{
    char id[37];
    const struct vkey *key = submitter_key(s);
    notice_id(id, key, leaf);
    json_t *notice = notice_of(id, entry, leaf, n->options.means, delivered);
    if (lost_any()) { /* the id may be of something else */
        json_decref(notice);
        *stop = true;
        return OUTCOME_UNDECIDED;
    }
    enum outcome outcome = submitter_send(s, i + 1, notice, stop);
    if (strcmp(submitter_error(s), reason_code(REASON_ID_USED)) == 0)
        say_earlier(n, key, entry, leaf, id);
    return outcome;
}

static enum outcome send_all(const struct notifying *n, const uint64_t *entry,
                             const struct hash *leaf, size_t entries, const char *delivered)
{
    enum outcome outcome;
    bool stop = false;
    struct submitter *s = submitter_open(&n->options.submit, &outcome);
    if (s == NULL)
        return outcome;
    outcome = check_means(s, n->options.means);
    stop = outcome != OUTCOME_PROVEN;
    for (size_t i = 0; i < entries && !stop; i++)
        outcome = outcome_worse(outcome, send_one(n, s, i, entry[i], &leaf[i], delivered, &stop));
    outcome = outcome_worse(outcome, submitter_settle(s));
    submitter_close(s);
    return outcome;
}

enum outcome notify_sent(struct notifying *n, const uint64_t *entry, size_t entries,
                         const char *delivered)
{
    struct hash *leaf = kept(calloc(entries, sizeof *leaf));
    if (leaf == NULL)
        return OUTCOME_UNDECIDED;
    enum outcome outcome = check_all(n, entry, entries, delivered);
    for (size_t i = 0; outcome == OUTCOME_PROVEN && i < entries; i++)
        leaf[i] = facts_of(n, casebook_request(&n->audit->cb, entry[i]))->leaf;
    if (outcome == OUTCOME_PROVEN)
        outcome = send_all(n, entry, leaf, entries, delivered);
    free(leaf);
    return outcome;
}
