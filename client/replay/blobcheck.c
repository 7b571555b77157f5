#include "client/replay/blobcheck.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/base/spool.h"
#include "client/remote/log_client.h"
#include "proto/base/base64.h"

/* An item of the spool: the index of the entry, whose highest bit says that the name is a
 * ruleset's. */
#define PUBLIC ((uint64_t)1 << 63)

struct name {
    uint64_t entry;
    uint8_t blob[HASH_BYTES];
};

/* Requests under one warrant name the same blobs again and again: names met lately are not written
 * down twice. A table of fixed size, in which a name gives way to the next of its place. */
#define MET_LATELY 65536

struct met_name {
    bool used;
    uint8_t blob[HASH_BYTES];
};

struct blobcheck_work {
    struct spool *names;
    struct met_name *met;
    struct replaying *r;
    struct log_client *client;
    bool refused; /* no sealed blob is given to this key */
    bool silent;  /* there is no answer to any question */
    bool was_busy;
    bool told; /* of that; blobs that are not asked for then are counted, no more */
};

struct blobcheck *blobcheck_new(enum outcome *outcome)
{
    struct blobcheck *b = kept(calloc(1, sizeof *b));
    *outcome = OUTCOME_UNDECIDED;
    if (b == NULL)
        return NULL;
    b->work = kept(calloc(1, sizeof *b->work));
    if (b->work != NULL)
        b->work->met = kept(calloc(MET_LATELY, sizeof *b->work->met));
    if (b->work == NULL || b->work->met == NULL) {
        blobcheck_free(b);
        return NULL;
    }
    b->work->names = spool_new(sizeof(struct name));
    if (b->work->names != NULL) {
        *outcome = OUTCOME_PROVEN;
        return b;
    }
    *outcome = say_undecided(
        TR("no room for a temporary file: %s", "no hay espacio para un archivo temporal: %s"),
        errno_words(errno));
    blobcheck_free(b);
    return NULL;
}

void blobcheck_free(struct blobcheck *b)
{
    if (b == NULL)
        return;
    if (b->work != NULL) {
        spool_free(b->work->names);
        log_client_free(b->work->client);
        free(b->work->met);
    }
    free(b->work);
    free(b->first);
    free(b);
}

/* ---- names ----------------------------------------------------------------------------------- */

static bool met_lately(struct blobcheck_work *w, const uint8_t blob[static HASH_BYTES])
{
    struct met_name *m = &w->met[(blob[0] << 8 | blob[1]) % MET_LATELY];
    bool before = m->used && memcmp(m->blob, blob, HASH_BYTES) == 0;
    m->used = true;
    memcpy(m->blob, blob, HASH_BYTES);
    return before;
}

struct name_writer {
    struct blobcheck_work *work;
    const struct judged *entry;
};

static int write_down(void *ctx, const char *member, const uint8_t sha256[static HASH_BYTES])
{
    struct name_writer *n = ctx;
    struct name name = { .entry = n->entry->index };
    (void)member;
    if (n->entry->record->kind == KIND_RULESET)
        name.entry |= PUBLIC;
    memcpy(name.blob, sha256, HASH_BYTES);
    if (!met_lately(n->work, sha256))
        spool_add(n->work->names, &name);
    return 0;
}

void blobcheck_look(void *ctx, const struct judged *e)
{
    struct blobcheck *b = ctx;
    struct name_writer n = { .work = b->work, .entry = e };
    if (e->record != NULL)
        kind_visit_blobs(e->record->kind, e->record->object, write_down, &n);
}

/* ---- asking ---------------------------------------------------------------------------------- */

static void tell_of_blob(struct blobcheck *b, uint64_t entry, enum reason reason,
                         const char *subject)
{
    struct finding f = { .verdict = VERDICT_UNDECIDED, .entry = entry, .related = NO_ENTRY };
    refuse(&f.why, reason, subject);
    findings_add(&b->work->r->findings, &f);
}

/* Our key shows itself as the log enrolled it, if it is enrolled for what may read. */
static void identify(struct blobcheck_work *w)
{
    const struct skey *key = w->r->trust.reader.key;
    const struct vkey *ours = &key->vkey;
    const struct enrolment *e = registry_find_key(judge_registry(w->r->judge), ours->key, NULL);
    if (e == NULL || !vkey_eq(&e->key, ours) || !role_may_read_blobs(e->role)) {
        say(TR("%s is not enrolled for oversight, judge or auditor: sealed blobs cannot be asked "
               "for",
               "%s no tiene alta como supervisión (oversight), juez o auditor: no se pueden pedir "
               "blobs sellados"),
            ours->name);
        w->refused = true;
        return;
    }
    struct entry_ref under = { .entry = e->entry };
    memcpy(under.hash, e->leaf.b, HASH_BYTES);
    log_client_identify(w->client, key, &under);
}

static void tell_unread(struct blobcheck *b, uint64_t entry, const char *blob, const char *why)
{
    char subject[96];
    snprintf(subject, sizeof subject, "blob %.44s: %.44s", blob, why);
    tell_of_blob(b, entry, REASON_UNREADABLE, subject);
}

/* Neither there nor gone: what that says of the next questions. */
static void no_answer(struct blobcheck *b, uint64_t entry, const char *blob, const struct answer *a)
{
    struct complaint why;
    log_client_complaint(b->work->client, a, &why);
    tell_unread(b, entry, blob, why.code);
    if (a->status == 401 || a->status == 403)
        b->work->refused = true;
    /* Busy may be said of one blob that the service cannot read; twice on end is meant of all. */
    bool busy = a->status == 429 || a->status == 503 || a->status == 504;
    b->work->silent = a->status == 0 || (busy && b->work->was_busy);
    b->work->was_busy = busy;
    b->work->told = b->work->refused || b->work->silent;
    if (b->work->told)
        say(TR("blobs are not asked for any more: %s", "no se piden más blobs: %s"), why.detail);
}

static void ask_for(struct blobcheck *b, const struct name *n)
{
    uint64_t entry = n->entry & ~PUBLIC;
    bool sealed = (n->entry & PUBLIC) == 0;
    struct answer answer;
    char text[48];
    base64_encode(text, n->blob, HASH_BYTES);
    if (b->work->silent || (sealed && b->work->refused)) {
        b->unread++;
        if (!b->work->told)
            tell_unread(b, entry, text, "token");
        b->work->told = true;
        return;
    }
    enum blob got = log_client_get_blob(b->work->client, n->blob, RULESET_MAX, &answer);
    b->work->was_busy = b->work->was_busy && got == BLOB_REFUSED;
    switch (got) {
    case BLOB_THERE:
        b->there++;
        return;
    case BLOB_ERASED:
    case BLOB_ABSENT:
        b->gone++;
        tell_of_blob(b, entry, REASON_BLOB_GONE, text);
        return;
    case BLOB_REFUSED:
        b->unread++;
        no_answer(b, entry, text, &answer);
        return;
    }
}

static void note_erased(struct blobcheck *b, const struct name *n, uint64_t by)
{
    b->erased++;
    if (b->kept == FINDINGS_KEPT_MAX)
        return;
    if (!room_for_one(&b->first, b->kept, &b->room, sizeof *b->first))
        return;
    struct erased_name *e = &b->first[b->kept++];
    *e = (struct erased_name){ .entry = n->entry & ~PUBLIC, .by = by };
    memcpy(e->blob, n->blob, HASH_BYTES);
}

void blobcheck_run(struct blobcheck *b, struct replaying *r)
{
    struct blobcheck_work *w = b->work;
    w->r = r;
    w->client = log_client_new(&r->trust);
    if (w->client == NULL)
        return;
    b->names = spool_count(w->names);
    if (b->names > 0)
        identify(w);
    for (uint64_t i = 0; i < b->names; i++) {
        struct name n;
        if (!spool_get(w->names, i, &n)) {
            b->unread += b->names - i;
            tell_of_blob(b, NO_ENTRY, REASON_UNREADABLE,
                         TR("the temporary file with the names of blobs",
                            "el archivo temporal con los nombres de blobs"));
            return;
        }
        uint64_t by = registry_erased(judge_registry(r->judge), n.blob);
        if (by != NO_ENTRY)
            note_erased(b, &n, by);
        else
            ask_for(b, &n);
        say_progress(i + 1, b->names);
    }
}
