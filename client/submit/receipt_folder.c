#include "client/submit/receipt_folder.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "client/base/path.h"
#include "client/remote/receipt_check.h"
#include "proto/sys/files.h"

/* Before anything is sent: a folder that files can be put into. */
static bool open_for_writing(const char *dir)
{
    struct stat s;
    if (stat(dir, &s) != 0)
        return false;
    errno = ENOTDIR;
    return S_ISDIR(s.st_mode) && access(dir, W_OK | X_OK) == 0;
}

/* N.tlog-proof */
static bool is_receipt(const char *name, size_t length)
{
    static const char ending[] = ".tlog-proof";
    size_t digits = strspn(name, "0123456789");
    return digits > 0 && length == digits + strlen(ending) &&
           strncmp(name + digits, ending, strlen(ending)) == 0;
}

/* What a run that was killed left half written. Receipts are written under the folder's lock, so
 * nobody is writing one now. */
static void sweep(const char *dir)
{
    int lock = directory_lock(dir);
    if (lock < 0)
        return;
    file_remove_left_over(dir, is_receipt);
    close(lock);
}

enum outcome receipt_folder_open(struct receipt_folder *r, const struct trust *t, const char *dir)
{
    *r = (struct receipt_folder){ .trust = t, .dir = dir, .url = t->url };
    if (dir == NULL || mkdir(dir, 0777) == 0 || (errno == EEXIST && open_for_writing(dir))) {
        if (dir != NULL)
            sweep(dir);
        receipt_index_open(&r->index, dir);
        return OUTCOME_PROVEN;
    }
    return say_usage(TR("%s cannot take receipts: %s", "%s no puede recibir recibos: %s"), dir,
                     errno_words(errno));
}

void receipt_folder_close(struct receipt_folder *r)
{
    receipt_index_close(&r->index);
    buf_free(&r->last);
}

static void ignore_finding(void *ctx, const struct finding *f)
{
    (void)ctx;
    (void)f;
}

enum kept_receipt {
    KEPT_NONE,  /* nothing is there */
    KEPT_SAME,  /* a receipt of this entry */
    KEPT_BEST,  /* one that says more: it has its quorum, and the new one has not */
    KEPT_OTHER, /* a good one of this log and index, for another entry: a fork */
    KEPT_ALIEN, /* something else: of another log, or no receipt */
};

/* What stands where a receipt is to be written; its text goes into *text. */
static enum kept_receipt compare_with_kept(const struct receipt_folder *s, const char *path,
                                           const struct receipt_report *now, struct buf *text,
                                           struct receipt_report *before)
{
    enum file read = file_read(text, path, RECEIPT_MAX);
    if (read != FILE_OK)
        return read == FILE_MISSING ? KEPT_NONE : KEPT_ALIEN;
    if (receipt_judge(before, s->trust->policy, buf_span(text), trust_pin(s->trust), ignore_finding,
                      NULL) == VERDICT_BAD ||
        before->size == 0 || before->index != now->index)
        return KEPT_ALIEN;
    if (!hash_eq(&before->leaf, &now->leaf))
        return KEPT_OTHER;
    return before->quorum && !now->quorum ? KEPT_BEST : KEPT_SAME;
}

/* Two receipts may convict the log: then there is evidence. Returns whether they do. */
static bool contradict(const struct receipt_folder *s, const char *path, struct span before,
                       const struct receipt_report *of_before, struct span now,
                       const struct receipt_report *of_now, struct findings *f)
{
    struct buf evidence = { 0 };
    char name[32];
    snprintf(name, sizeof name, "%" PRIu64, of_now->index);
    const struct seen_receipt seen[2] = { { path, before, of_before, 0, NULL },
                                          { name, now, of_now, 1, NULL } };
    enum outcome outcome = receipts_compare(s->trust, seen, 2, f, &evidence, NULL, NULL);
    trust_write_evidence(s->trust, &evidence);
    buf_free(&evidence);
    return outcome == OUTCOME_BAD;
}

/* Keeps a receipt, which is not bad. One of the same entry is replaced by it; one of
 * another entry under this index is evidence, and like all that is not ours is never given up. */
static enum outcome keep_receipt(struct receipt_folder *s, struct span text,
                                 const struct receipt_report *r, uint64_t line, struct findings *f)
{
    char name[64];
    struct buf before = { 0 };
    struct receipt_report of_before;
    if (s->dir == NULL)
        return OUTCOME_PROVEN;
    snprintf(name, sizeof name, "%" PRIu64 ".tlog-proof", r->index);
    char *path = path_join(s->dir, name);
    if (path == NULL)
        return OUTCOME_UNDECIDED;
    enum outcome outcome = OUTCOME_PROVEN;
    int lock = directory_lock(s->dir); /* two runs at once must not miss that theirs contradict */
    enum kept_receipt there = compare_with_kept(s, path, r, &before, &of_before);
    if (there == KEPT_ALIEN) {
        outcome = say_undecided(
            TR("%s is in the way and is no receipt of this log: use another folder. The entry IS "
               "in "
               "the log: do not submit it again, fetch %s/v1/receipts/%" PRIu64,
               "%s estorba y no es un recibo de esta bitácora: use otra carpeta. El asiento SÍ "
               "está: no lo envíe de nuevo, traiga %s/v1/receipts/%" PRIu64),
            path, s->url, r->index);
    } else if (there != KEPT_NONE &&
               contradict(s, path, buf_span(&before), &of_before, text, r, f)) {
        outcome = OUTCOME_PROVEN; /* f says it */
    } else if (there != KEPT_BEST && file_replace(path, text, 0644) != 0) {
        outcome =
            say_undecided(TR("the receipt could not be written to %s: %s. The entry IS in the "
                             "log: do not submit it again, fetch %s/v1/receipts/%" PRIu64,
                             "no se pudo escribir el recibo en %s: %s. El asiento SÍ está: no "
                             "lo envíe de nuevo, traiga %s/v1/receipts/%" PRIu64),
                          path, errno_words(errno), s->url, r->index);
    } else {
        receipt_index_add(&s->index, name, text, r, line);
    }
    if (lock >= 0)
        close(lock);
    buf_free(&before);
    free(path);
    return outcome;
}

/* Without memory the next receipt is held against none. */
static void forget_last(struct receipt_folder *s)
{
    lost(ENOMEM);
    buf_free(&s->last);
}

/* This receipt against the last one of this run. */
static void compare_with_last(struct receipt_folder *s, struct span text,
                              const struct receipt_report *r, struct findings *f)
{
    struct receipt parsed;
    struct refusal why;
    char name[32];
    if (r->size == 0)
        return;
    snprintf(name, sizeof name, "%" PRIu64, s->last_report.index);
    if (s->last.n > 0)
        contradict(s, name, buf_span(&s->last), &s->last_report, text, r, f);
    s->last_report = *r;
    buf_clear(&s->last);
    buf_add_span(&s->last, text);
    if (s->last.failed || receipt_parse(&parsed, buf_span(&s->last), &why) != 0 ||
        policy_open(&s->last_report.cp, s->trust->policy, parsed.checkpoint, &why) != 0)
        forget_last(s); /* it was parsed and opened before */
    else
        receipt_free(&parsed);
}

enum outcome receipt_folder_take(struct receipt_folder *r, struct span text,
                                 const struct receipt_report *report, uint64_t line,
                                 struct findings *f)
{
    compare_with_last(r, text, report, f);
    return keep_receipt(r, text, report, line, f);
}
