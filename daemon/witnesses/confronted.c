#include "daemon/witnesses/confronted.h"

#include <inttypes.h>
#include <stdio.h>

#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/witnesses/rollback.h"

/* *n and *cp lead into the note. */
static int judge_note(const struct service *s, struct span note, struct note *n,
                      struct checkpoint *cp, struct refusal *why)
{
    if (note_parse(n, note, why) != 0 || checkpoint_parse(cp, n->text, why) != 0)
        return -1;
    if (cp->size == 0)
        return refuse(why, REASON_CHECKPOINT_EMPTY, "");
    if (!span_is(cp->origin, s->own_keys.key[0].name))
        return refuse_span(why, REASON_SHOWN_UNSIGNED, cp->origin);
    if (own_keys_signer(&s->own_keys, n) == NULL)
        return refuse(why, REASON_SHOWN_UNSIGNED, "signature");
    return 0;
}

static void keep(struct service *s, const struct rollback *r, struct span note,
                 const struct checkpoint *cp)
{
    char ours[OWN_CHECKPOINT_MAX];
    uint64_t size;
    struct hash root;
    struct buf evidence = { 0 };
    size_t n = newest_get(&s->newest, &size, &root, ours);
    log_line(LOG_ERROR,
             "THE LOG WAS ROLLED BACK: somebody shows a checkpoint of size %" PRIu64
             " that this log's key signed and that is not part of what is here (size %" PRIu64
             "). Nothing is signed any more. Was an old copy of the data directory restored? Put "
             "back the newest one",
             cp->size, size);
    rollback_write_shown(r, note, cp, size, &root);
    buf_adds(&evidence, "somebody showed\n\n");
    buf_add_span(&evidence, note);
    buf_adds(&evidence, "\nwhen our checkpoint was\n\n");
    buf_add(&evidence, ours, n);
    rollback_evidence(r, buf_span(&evidence));
    buf_free(&evidence);
}

int confronted_judge(struct service *s, struct span note, struct refusal *why)
{
    struct rollback r = { .service = s };
    struct note n;
    struct checkpoint cp;
    bool held;
    if (judge_note(s, note, &n, &cp, why) != 0)
        return -1;
    if (rollback_holds(&r, &cp, &held) != STORE_OK)
        return refuse(why, REASON_MEMORY, "");
    if (held)
        return 0;
    if (!rollback_counts(&r, &n)) {
        if (!atomic_exchange(&s->former_shown, true)) /* anybody may show it again and again */
            log_line(
                LOG_WARNING,
                "somebody shows a checkpoint of size %" PRIu64
                " that this log does not hold, under a key of DIR/log.keys that signs no more: "
                "who else has that key? Nothing is stopped by it",
                cp.size);
        return refuse(why, REASON_SHOWN_UNSIGNED, "but a former key");
    }
    snprintf(r.dir, sizeof r.dir, "%s", s->dir);
    if (!atomic_exchange(&s->rolled_back, true)) { /* the first one is kept */
        metric_set(METRIC_ROLLED_BACK, 1);
        keep(s, &r, note, &cp);
    }
    return refuse_number(why, REASON_SHOWN_ELSEWHERE, cp.size);
}
