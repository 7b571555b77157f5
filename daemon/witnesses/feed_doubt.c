#include "daemon/witnesses/feed_state.h"

#include "daemon/host/log.h"
#include "daemon/host/metrics.h"

#define CLAIMS_MAX 8 /* that count for how seldom a witness is asked */

/* What a witness said and what shows it, for people. */
static void format_evidence(struct buf *out, const struct feed_witness *w,
                            const struct target *target, struct span shown)
{
    buf_addf(out, "witness %s %s\nasked with old size %llu\nanswered HTTP %ld\n\n", w->who->name,
             w->who->url, (unsigned long long)w->asking.size, w->asking.status);
    buf_add_span(out, buf_span(&w->asking.body));
    buf_adds(out, "\nand showed\n\n");
    buf_add_span(out, shown);
    buf_adds(out, "\nwhen our checkpoint was\n\n");
    buf_add_span(out, target->note);
}

/* On the witness's thread, without the lock: what is written takes its time. */
static void roll_back(struct feed *f, const struct feed_witness *w, const struct target *target,
                      struct span shown, enum rollback_proof by)
{
    struct checkpoint cp;
    struct note n;
    struct refusal why;
    struct buf evidence = { 0 };
    if (atomic_exchange(&f->service->rolled_back, true) || note_parse(&n, shown, &why) != 0 ||
        checkpoint_parse(&cp, n.text, &why) != 0)
        return;
    metric_set(METRIC_ROLLED_BACK, 1);
    log_line(
        LOG_ERROR,
        "THE LOG WAS ROLLED BACK: witness %s shows a checkpoint of size %llu that %s and that "
        "is not part of what is here (size %llu). Nothing is signed any more. Was an old copy "
        "of the data directory restored? Put back the newest one (docs/OPERATIONS.md, Rolled back)",
        w->who->name, (unsigned long long)cp.size,
        by == PROOF_BY_LOG ? "this log's key signed" : "a witness cosigned",
        (unsigned long long)target->size);
    rollback_write_shown(&w->panel->rollback, shown, &cp, target->size, &target->root);
    format_evidence(&evidence, w, target, shown);
    rollback_evidence(&w->panel->rollback, buf_span(&evidence));
    buf_free(&evidence);
}

bool doubt_is_shown(struct feed *f, struct feed_witness *w, enum ask_result asked,
                    const struct target *target)
{
    struct buf note = { 0 };
    struct checkpoint cp;
    if (asked == ASKED_AHEAD)
        snprintf(w->asking.cause, sizeof w->asking.cause,
                 "it says that it cosigned size %llu (HTTP %ld)",
                 (unsigned long long)w->asking.size, w->asking.status);
    else
        snprintf(w->asking.cause, sizeof w->asking.cause,
                 "it refuses our proof from size %llu, which is right (HTTP %ld)",
                 (unsigned long long)w->asking.size, w->asking.status);
    enum rollback_proof shown = PROOF_NONE;
    if (witness_show(w->link, &note))
        shown = rollback_shown(&w->panel->rollback, buf_span(&note), &cp);
    if (shown != PROOF_NONE)
        roll_back(f, w, target, buf_span(&note), shown);
    buf_free(&note);
    return shown != PROOF_NONE;
}

void doubt_save(struct feed *f)
{
    bool aside[POLICY_WITNESSES_MAX] = { false };
    pthread_mutex_lock(&f->publishing);
    pthread_mutex_lock(&f->lock);
    for (size_t i = 0; i < f->panel->count; i++)
        aside[i] = f->panel->witness[i].aside == ASIDE_SAID;
    bool answered = f->claim_answered;
    f->claim_answered = false;
    pthread_mutex_unlock(&f->lock);
    rollback_write_aside(&f->panel->rollback, aside);
    if (answered && !atomic_load(&f->service->rolled_back)) /* else it is another file by now */
        rollback_remove_shown(&f->panel->rollback);
    pthread_mutex_unlock(&f->publishing);
}

/* Could those that are asked and not set aside make the quorum? Silent ones count: they have
 * said nothing against us. One that is never asked will never say anything: nothing is expected
 * of it once another has spoken against us. Under the lock. */
static void judge_doubt(struct feed *f)
{
    bool able[POLICY_WITNESSES_MAX], before = atomic_load(&f->doubted);
    size_t said = 0;
    for (size_t i = 0; i < f->panel->count; i++) {
        able[i] = f->panel->witness[i].aside == ASIDE_NOT && f->panel->witness[i].link != NULL;
        said += f->panel->witness[i].aside == ASIDE_SAID;
    }
    bool doubted = (said > 0 || f->claimed) && !policy_quorum_of(f->panel->policy, able);
    metric_set(METRIC_SET_ASIDE, (int64_t)said);
    atomic_store(&f->doubted, doubted);
    if (!atomic_load(&f->service->rolled_back))
        metric_set(METRIC_ROLLED_BACK, doubted);
    if (doubted && !before)
        log_line(
            LOG_ERROR,
            "THE LOG MAY HAVE BEEN ROLLED BACK: without the witnesses that are set aside there "
            "is no quorum. Nothing is signed until enough of them cosign. Was an old copy of "
            "the data directory restored? Put back the newest one (docs/OPERATIONS.md, Rolled "
            "back)");
    if (doubted || !before)
        return;
    log_line(LOG_WARNING, "enough witnesses cosign what is here: appending goes on");
    for (size_t i = 0; i < f->panel->count; i++)
        if (f->panel->witness[i].aside == ASIDE_CLAIMED)
            f->panel->witness[i].aside = ASIDE_NOT;
    f->claim_answered = f->claimed;
    f->claimed = false;
}

void doubt_set_aside(struct feed *f, struct feed_witness *w, enum ask_result asked)
{
    if (w->aside != ASIDE_SAID)
        log_line(LOG_ERROR,
                 "WITNESS %s IS SET ASIDE: %s, and shows no checkpoint to prove it. Either it is "
                 "dishonest or broken, or this log was rolled back: find out which",
                 w->who->name, w->asking.cause);
    w->aside = ASIDE_SAID;
    w->said = asked;
    w->size = 0;
    w->claims += w->claims < CLAIMS_MAX;
    if (w->failures < w->claims) /* one that changes its mind all the time is asked seldom */
        w->failures = w->claims;
    judge_doubt(f);
}

bool doubt_come_back(struct feed *f, struct feed_witness *w)
{
    if (w->aside == ASIDE_NOT)
        return false;
    if (w->aside == ASIDE_SAID)
        log_line(LOG_WARNING, "witness %s cosigns again, and is not set aside any more",
                 w->who->name);
    w->aside = ASIDE_NOT;
    judge_doubt(f);
    return true;
}

/* ---- after a restart ------------------------------------------------------------------------- */

/* Is DIR/witnessed a part of the store? */
static bool holds_witnessed(const struct feed *f)
{
    struct hash root;
    uint64_t newest;
    if (f->shown_size == 0)
        return true;
    return rollback_newest(&f->panel->rollback, &newest) == STORE_OK && f->shown_size <= newest &&
           rollback_root(&f->panel->rollback, f->shown_size, &root) == STORE_OK &&
           hash_eq(&root, &f->shown_root);
}

/* Was it shown before that the log was rolled back, and is it still? */
static bool is_known_bad(const struct feed *f, enum rollback_before before)
{
    if (before == BEFORE_SHOWN)
        log_line(LOG_ERROR,
                 "THE LOG WAS ROLLED BACK, as %s/rolled_back shows, and it still is. Nothing is "
                 "signed",
                 f->dir);
    else if (!holds_witnessed(f))
        log_line(LOG_ERROR,
                 "THE LOG WAS ROLLED BACK: %s/witnessed is not a part of what is in the store. "
                 "Nothing is signed",
                 f->dir);
    else
        return false;
    return true;
}

static void recall_aside(struct panel *p, bool claimed)
{
    bool aside[POLICY_WITNESSES_MAX] = { false };
    rollback_read_aside(&p->rollback, aside);
    for (size_t i = 0; i < p->count; i++) {
        struct feed_witness *w = &p->witness[i];
        w->aside = aside[i] ? ASIDE_SAID : claimed && w->link != NULL ? ASIDE_CLAIMED : ASIDE_NOT;
        if (aside[i])
            log_line(LOG_WARNING, "witness %s is still set aside", w->who->name);
    }
}

void doubt_recall(struct feed *f)
{
    enum rollback_before before = rollback_read_shown(&f->panel->rollback);
    if (is_known_bad(f, before)) {
        metric_set(METRIC_ROLLED_BACK, 1);
        atomic_store(&f->service->rolled_back, true);
    }
    f->claimed = before == BEFORE_CLAIMED;
    if (f->claimed)
        log_line(LOG_WARNING,
                 "%s/rolled_back shows nothing: it is judged anew, by what witnesses say now",
                 f->dir);
    recall_aside(f->panel, f->claimed);
    judge_doubt(f);
}

/* ---- another policy -------------------------------------------------------------------------- */

bool doubt_recall_again(struct feed *f, struct panel *next)
{
    pthread_mutex_lock(&f->lock);
    bool claimed = f->claimed;
    pthread_mutex_unlock(&f->lock);
    enum rollback_before before = claimed ? rollback_read_shown(&next->rollback) : BEFORE_NONE;
    if (before == BEFORE_SHOWN) {
        log_line(LOG_ERROR,
                 "THE LOG WAS ROLLED BACK, as a witness of the new policy cosigned what "
                 "%s/rolled_back shows. Nothing is signed any more",
                 f->dir);
        metric_set(METRIC_ROLLED_BACK, 1);
        atomic_store(&f->service->rolled_back, true);
    }
    recall_aside(next, before == BEFORE_CLAIMED);
    return before == BEFORE_CLAIMED;
}

void doubt_take_over(struct feed *f, bool claimed)
{
    f->claimed = f->claimed && claimed;
    for (size_t i = 0; i < f->panel->count; i++)
        if (f->panel->witness[i].aside == ASIDE_CLAIMED && !f->claimed)
            f->panel->witness[i].aside = ASIDE_NOT;
    judge_doubt(f);
}
