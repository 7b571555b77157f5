/* bitacora notify sent: that people were told, recorded in the log. */
#include <inttypes.h>
#include <stdlib.h>

#include "client/clock.h"
#include "client/notify.h"
#include "client/submission.h"
#include "proto/base64.h"
#include "proto/when.h"

/* Why nobody may be told of it, or was told already. */
static enum outcome may_be_told(const struct notifying *n, uint64_t entry, int64_t delivered)
{
    char until[WHEN_TEXT + 1];
    uint64_t size = n->r->accepted.cp.checkpoint.size;
    const struct request *r = casebook_request(&n->audit->cb, entry);
    if (entry >= size)
        return say_undecided(TR("entry %" PRIu64 " is not under the log's checkpoint, of %" PRIu64,
                                "el asiento %" PRIu64
                                " no está bajo el checkpoint de la bitácora, de %" PRIu64),
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
    if (notice_withheld(r, n->moment)) {
        when_format(until, notice_not_before(r));
        return say_usage(TR("entry %" PRIu64 ": nobody may be told before %s",
                            "asiento %" PRIu64 ": no se puede avisar antes del %s"),
                         entry, until);
    }
    if (delivered < r->accepted)
        return say_usage(TR("entry %" PRIu64 ": the request is younger than --delivered",
                            "asiento %" PRIu64 ": la solicitud es posterior a --delivered"),
                         entry);
    return OUTCOME_PROVEN;
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

static json_t *notice_of(uint64_t entry, const struct hash *leaf, const char *means,
                         const char *delivered)
{
    return must(json_pack("{s:s,s:{s:I,s:o},s:s,s:s}", "kind", "notice", "request", "entry",
                          (json_int_t)entry, "hash", json_of_hash(leaf), "delivered_at", delivered,
                          "means", means));
}

/* The log would refuse the code; then it would be too late for all of them or none. */
static enum outcome check_means(struct submission *s, const char *means)
{
    struct complaint complaint;
    const struct ruleset *ruleset = submission_ruleset(s, &complaint);
    if (ruleset == NULL)
        return say_undecided("[%s] %s", complaint.code, complaint.detail);
    if (ruleset_code(ruleset, VOCABULARY_MEANS, means) == NULL)
        return say_usage(TR("--means %s is none that the ruleset in force knows",
                            "--means %s no es de los que conoce el conjunto de reglas en vigor"),
                         means);
    return OUTCOME_PROVEN;
}

static enum outcome send_all(const struct args *a, const uint64_t *entry, const struct hash *leaf,
                             size_t entries, const char *delivered)
{
    enum outcome outcome;
    bool stop = false;
    struct submission *s = submission_open(a, &outcome);
    if (s == NULL)
        return outcome;
    outcome = check_means(s, a->means);
    stop = outcome != OUTCOME_PROVEN;
    for (size_t i = 0; i < entries && !stop; i++) {
        json_t *notice = notice_of(entry[i], &leaf[i], a->means, delivered);
        outcome = outcome_worse(outcome, submission_send(s, i + 1, notice, &stop));
    }
    outcome = outcome_worse(outcome, submission_settle(s));
    submission_close(s);
    return outcome;
}

static const struct hash *leaf_of(const struct notifying *n, uint64_t entry)
{
    const struct request *r = casebook_request(&n->audit->cb, entry);
    const struct request *first = shelf_at(&n->audit->cb.requests, 0);
    return &notices_facts(&n->notices, (uint32_t)(r - first))->leaf;
}

enum outcome notify_sent(struct notifying *n, const uint64_t *entry, size_t entries,
                         const char *delivered)
{
    const struct args *a = n->args;
    struct hash *leaf = must(calloc(entries, sizeof *leaf));
    enum outcome outcome = check_all(n, entry, entries, delivered);
    for (size_t i = 0; outcome == OUTCOME_PROVEN && i < entries; i++)
        leaf[i] = *leaf_of(n, entry[i]);
    if (outcome == OUTCOME_PROVEN)
        outcome = send_all(a, entry, leaf, entries, delivered);
    free(leaf);
    return outcome;
}
