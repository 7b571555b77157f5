#include "daemon/append/record_blobs.h"

struct blob_check {
    const struct service *service;
    enum kind kind;
    struct refusal *why;
    enum blob_result result;
};

/* The order to erase stands in the log already: what it is about need not be there any more. */
static bool is_erased(const struct blob_check *c, const uint8_t sha256[static HASH_BYTES])
{
    return registry_erased(signers_registry(&c->service->signers), sha256) != NO_ENTRY;
}

static int judge_blob(void *ctx, const char *member, const uint8_t sha256[static HASH_BYTES])
{
    struct blob_check *c = ctx;
    uint64_t size;
    if (is_erased(c, sha256))
        return 0;
    switch (blobs_size(c->service->blobs, sha256, &size)) {
    case BLOB_OK:
        break;
    case BLOB_ABSENT:
        return refuse(c->why, REASON_BLOB_MISSING, member);
    default:
        return refuse(c->why, REASON_MEMORY, "");
    }
    /* By their length they are told apart when they are read: sealed ones are not for everybody. */
    if (c->kind == KIND_RULESET)
        return size != SEALED_BYTES ? 0 : refuse(c->why, REASON_BLOB_RULESET, member);
    return size == SEALED_BYTES ? 0 : refuse(c->why, REASON_BLOB_PUBLIC, member);
}

int record_blobs_judge(const struct service *s, const struct record *record, struct refusal *why)
{
    struct blob_check c = { .service = s, .kind = record->kind, .why = why };
    return kind_visit_blobs(record->kind, record->object, judge_blob, &c);
}

static int keep_blob(void *ctx, const char *member, const uint8_t sha256[static HASH_BYTES])
{
    struct blob_check *c = ctx;
    if (is_erased(c, sha256))
        return 0;
    c->result = blobs_keep(c->service->blobs, sha256);
    return c->result == BLOB_OK ? 0 : refuse(c->why, REASON_BLOB_MISSING, member);
}

enum blob_result record_blobs_keep(const struct service *s, const struct record *record,
                                   struct refusal *why)
{
    struct blob_check c = { .service = s, .kind = record->kind, .why = why, .result = BLOB_OK };
    kind_visit_blobs(record->kind, record->object, keep_blob, &c);
    return c.result;
}
