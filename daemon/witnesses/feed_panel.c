#include <stdlib.h>

#include "daemon/host/log.h"
#include "daemon/host/pool.h"
#include "daemon/witnesses/feed_state.h"

/* Returns 0 or -1: out of memory. A witness that cannot be asked has no link. */
static int set_up_witness(struct panel *p, struct feed_witness *w, const struct policy_witness *who)
{
    const struct service *s = p->feed->service;
    w->panel = p;
    w->who = who;
    w->asked = !witness_is_asked(who);
    if (w->asked) {
        log_line(LOG_WARNING, "witness %s is not asked: %s", who->name,
                 who->url == NULL ? "the policy has no URL of it"
                                  : "its key is of a type that this version does not know");
        return 0;
    }
    w->link = witness_link_new(who, s->vkey.name, s->config.cacert, &s->config.witness_timeout,
                               &p->ending);
    return w->link != NULL ? 0 : -1;
}

struct panel *panel_new(struct feed *f, struct policy *policy)
{
    size_t count = policy_trusts_log_alone(policy) ? 0 : policy_witnesses(policy);
    struct panel *p = calloc(1, sizeof *p + count * sizeof *p->witness);
    if (p == NULL) {
        policy_free(policy);
        log_line(LOG_ERROR, "out of memory");
        return NULL;
    }
    p->feed = f;
    p->policy = policy;
    p->count = count;
    p->rollback = (struct rollback){ .service = f->service, .policy = policy };
    snprintf(p->rollback.dir, sizeof p->rollback.dir, "%s", f->dir);
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < count; i++)
        failed = set_up_witness(p, &p->witness[i], policy_witness(policy, i));
    if (failed == 0)
        return p;
    log_line(LOG_ERROR, "out of memory");
    panel_free(p);
    return NULL;
}

int panel_start(struct panel *p)
{
    for (size_t i = 0; i < p->count; i++) {
        struct feed_witness *w = &p->witness[i];
        if (w->link == NULL)
            continue;
        if (thread_start(&w->thread, feed_attend, w) != 0)
            return -1;
        w->running = true;
    }
    return 0;
}

void panel_stop(struct panel *p)
{
    if (p == NULL)
        return;
    p->ending = true;
    for (size_t i = 0; i < p->count; i++) {
        if (p->witness[i].running)
            pthread_join(p->witness[i].thread, NULL);
        p->witness[i].running = false;
    }
}

void panel_free(struct panel *p)
{
    if (p == NULL)
        return;
    panel_stop(p);
    for (size_t i = 0; i < p->count; i++) {
        witness_link_free(p->witness[i].link);
        ask_state_free(&p->witness[i].asking);
        buf_free(&p->witness[i].line);
    }
    policy_free(p->policy);
    free(p);
}

/* ---- another policy -------------------------------------------------------------------------- */

/* The witness of a panel that has the same key, or NULL. */
static struct feed_witness *witness_with(struct panel *p, const struct vkey *key)
{
    for (size_t i = 0; i < p->count; i++)
        if (vkey_eq(&p->witness[i].who->key, key))
            return &p->witness[i];
    return NULL;
}

static bool is_at_same_url(const struct feed_witness *a, const struct feed_witness *b)
{
    return a->link != NULL && b->link != NULL && strcmp(a->who->url, b->who->url) == 0;
}

/* What is known of a witness by its key. Its cosignature of the target is good whatever the policy
 * says of others; so it is not asked again at once. */
static void take_over_witness(struct feed_witness *w, struct feed_witness *before)
{
    w->asked = w->asked || before->asked;
    w->size = before->size;
    buf_add_span(&w->line, buf_span(&before->line));
    w->cosigned_at = before->cosigned_at;
    w->cosigned_wall = before->cosigned_wall;
    w->asked_at = before->asked_at;
    w->failures_total = before->failures_total;
    w->aside = w->link == NULL && before->aside == ASIDE_CLAIMED ? ASIDE_NOT : before->aside;
    w->claims = before->claims;
    if (!is_at_same_url(w, before))
        return;
    w->not_before = before->not_before;
    w->failures = before->failures;
    w->said = before->said;
    memcpy(w->told, before->told, sizeof w->told);
}

static void take_over(struct panel *next, struct panel *before)
{
    for (size_t i = 0; i < next->count; i++) {
        struct feed_witness *w = &next->witness[i], *was = witness_with(before, &w->who->key);
        if (was != NULL)
            take_over_witness(w, was);
        else
            log_line(LOG_INFO, "policy: witness %s is new", w->who->name);
    }
    for (size_t i = 0; i < before->count; i++)
        if (witness_with(next, &before->witness[i].who->key) == NULL)
            log_line(LOG_INFO, "policy: witness %s is no witness any more",
                     before->witness[i].who->name);
}

/* Puts the panel into force. Returns the one that was. */
static struct panel *put_into_force(struct feed *f, struct panel *next)
{
    bool aside[POLICY_WITNESSES_MAX] = { false };
    pthread_mutex_lock(&f->publishing);
    bool serves_on = target_serves_on(f, next), claimed = doubt_recall_again(f, next);
    pthread_mutex_lock(&f->lock);
    struct panel *before = f->panel;
    take_over(next, before);
    f->panel = next;
    next->ending = f->stopping;
    before->ending = true;
    target_take_over(f, serves_on);
    doubt_take_over(f, claimed);
    for (size_t i = 0; i < next->count; i++)
        aside[i] = next->witness[i].aside == ASIDE_SAID;
    pthread_cond_broadcast(&f->news);
    pthread_mutex_unlock(&f->lock);
    if (next->count > 0) /* without witnesses it stays for when there are some again */
        rollback_write_aside(&next->rollback, aside);
    pthread_mutex_unlock(&f->publishing);
    return before;
}

int feed_replace(struct feed *f, struct policy *policy)
{
    struct panel *next = panel_new(f, policy);
    if (next == NULL)
        return -1;
    if (panel_start(next) != 0) {
        log_line(LOG_ERROR, "threads cannot be started: out of memory");
        panel_free(next);
        return -1;
    }
    panel_free(put_into_force(f, next));
    target_publish(f); /* fewer witnesses may be enough now */
    f->changed(f->ctx);
    return 0;
}
