#include "client/receipts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/files.h"
#include "proto/evidence.h"

/* Before anything is sent: a folder that files can be put into. */
static bool open_for_writing(const char *dir)
{
    struct stat s;
    if (stat(dir, &s) != 0)
        return false;
    errno = ENOTDIR;
    return S_ISDIR(s.st_mode) && access(dir, W_OK | X_OK) == 0;
}

enum outcome receipts_open(struct receipts *r, const struct trust *t, const char *dir)
{
    *r = (struct receipts){ .trust = t, .dir = dir, .url = t->url };
    if (dir == NULL || mkdir(dir, 0777) == 0 || (errno == EEXIST && open_for_writing(dir)))
        return OUTCOME_PROVEN;
    return say_usage(TR("%s cannot take receipts: %s", "%s no puede recibir recibos: %s"), dir,
                     strerror(errno));
}

void receipts_close(struct receipts *r)
{
    buf_free(&r->last_checkpoint);
}

static void ignore_finding(void *ctx, const struct finding *f)
{
    (void)ctx;
    (void)f;
}

enum standing_receipt {
    STANDING_NONE,  /* nothing is there */
    STANDING_SAME,  /* a receipt of this entry */
    STANDING_BEST,  /* one that says more: it has its quorum, and the new one has not */
    STANDING_OTHER, /* a good one of this log and index, for another entry: a fork */
    STANDING_ALIEN, /* something else: of another log, or no receipt */
};

/* What stands where a receipt is to be written; its text goes into *text. */
static enum standing_receipt standing_receipt(const struct receipts *s, const char *path,
                                              const struct receipt_report *now, struct buf *text)
{
    struct receipt_report before;
    enum file read = file_read(text, path, RECEIPT_MAX);
    if (read != FILE_OK)
        return read == FILE_MISSING ? STANDING_NONE : STANDING_ALIEN;
    if (receipt_judge(&before, s->trust->policy, buf_span(text), trust_pin(s->trust),
                      ignore_finding, NULL) == VERDICT_BAD ||
        before.size == 0 || before.index != now->index)
        return STANDING_ALIEN;
    if (!hash_eq(&before.leaf, &now->leaf))
        return STANDING_OTHER;
    return before.quorum && !now->quorum ? STANDING_BEST : STANDING_SAME;
}

/* Two receipts for one index that hold two entries convict the log. */
static void write_leaves(const struct receipts *s, const struct buf *before, struct span text)
{
    struct receipt a, b;
    struct refusal why;
    struct buf evidence = { 0 };
    if (receipt_parse(&a, buf_span(before), &why) != 0)
        return;
    if (receipt_parse(&b, text, &why) == 0) {
        evidence_of_leaves(&evidence, a.checkpoint, &a.entry[0], b.checkpoint, &b.entry[0]);
        trust_write_evidence(s->trust, &evidence);
        receipt_free(&b);
    }
    receipt_free(&a);
    buf_free(&evidence);
}

/* Keeps a receipt, which is not bad. One of the same entry is replaced by it; one of
 * another entry under this index is evidence, and like all that is not ours is never given up. */
static enum outcome keep_receipt(struct receipts *s, struct span text,
                                 const struct receipt_report *r, struct findings *f)
{
    char name[64];
    struct buf before = { 0 };
    struct refusal why;
    if (s->dir == NULL)
        return OUTCOME_PROVEN;
    snprintf(name, sizeof name, "%" PRIu64 ".tlog-proof", r->index);
    char *path = path_join(s->dir, name);
    enum outcome outcome = OUTCOME_PROVEN;
    int lock = directory_lock(s->dir); /* two runs at once must not miss that theirs contradict */
    enum standing_receipt standing = standing_receipt(s, path, r, &before);
    if (standing == STANDING_ALIEN) {
        outcome = say_undecided(
            TR("%s is in the way and is no receipt of this log: use another folder. The entry IS "
               "in "
               "the log: do not submit it again, fetch %s/v1/receipts/%" PRIu64,
               "%s estorba y no es un recibo de esta bitácora: use otra carpeta. El asiento SÍ "
               "está: no lo envíe de nuevo, traiga %s/v1/receipts/%" PRIu64),
            path, s->url, r->index);
    } else if (standing == STANDING_OTHER) {
        refuse(&why, REASON_FORK, path);
        findings_tell(f, VERDICT_BAD, &why);
        write_leaves(s, &before, text);
    } else if (standing != STANDING_BEST && file_replace(path, text, 0644) != 0) {
        outcome =
            say_undecided(TR("the receipt could not be written to %s: %s. The entry IS in the "
                             "log: do not submit it again, fetch %s/v1/receipts/%" PRIu64,
                             "no se pudo escribir el recibo en %s: %s. El asiento SÍ está: no "
                             "lo envíe de nuevo, traiga %s/v1/receipts/%" PRIu64),
                          path, strerror(errno), s->url, r->index);
    }
    if (lock >= 0)
        close(lock);
    buf_free(&before);
    free(path);
    return outcome;
}

/* The checkpoint of this receipt against that of the last one of this run: one size, two roots. */
static void compare_with_last(struct receipts *s, struct span text, const struct receipt_report *r,
                              struct findings *f)
{
    struct receipt parsed;
    struct refusal why;
    if (r->size == 0 || receipt_parse(&parsed, text, &why) != 0)
        return;
    if (s->last_size == r->size && !hash_eq(&s->last_root, &r->root)) {
        struct buf evidence = { 0 };
        evidence_of_fork(&evidence, buf_span(&s->last_checkpoint), parsed.checkpoint, NULL, 0);
        trust_write_evidence(s->trust, &evidence);
        buf_free(&evidence);
        refuse_number(&why, REASON_FORK, r->size);
        findings_tell(f, VERDICT_BAD, &why);
    }
    s->last_size = r->size;
    s->last_root = r->root;
    buf_clear(&s->last_checkpoint);
    buf_add_span(&s->last_checkpoint, parsed.checkpoint);
    receipt_free(&parsed);
}

enum outcome receipts_take(struct receipts *r, struct span text,
                           const struct receipt_report *report, struct findings *f)
{
    compare_with_last(r, text, report, f);
    return keep_receipt(r, text, report, f);
}
