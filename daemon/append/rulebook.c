#include "daemon/append/rulebook.h"

#include "daemon/host/log.h"
#include "daemon/store/blobs.h"
#include "proto/base/base64.h"

void rulebook_free(struct rulebook *b)
{
    ruleset_free(b->ruleset);
    *b = (struct rulebook){ .loaded = false };
}

/* Reads a ruleset's file. *out is NULL where it is gone or not what it should be. Returns 0, or -1
 * with REASON_MEMORY: it may be there, and can be read later. */
static int read_ruleset_file(const struct service *s, const uint8_t sha256[static HASH_BYTES],
                             struct ruleset **out, struct refusal *why)
{
    struct buf file = { 0 };
    enum blob_result r = blobs_read(s->blobs, sha256, RULESET_MAX, &file);
    *out = r == BLOB_OK ? ruleset_parse(buf_span(&file), why) : NULL;
    bool memory =
        r == BLOB_MEMORY || (r == BLOB_OK && *out == NULL && why->reason == REASON_MEMORY);
    buf_free(&file);
    return memory ? refuse(why, REASON_MEMORY, "") : 0;
}

/* Without the ruleset nothing would keep a person's identifier out of a record's codes: so nothing
 * but what puts that right is taken until there is one. */
static int load_ruleset(struct rulebook *b, const struct service *s,
                        const struct pinned_ruleset *pinned, struct refusal *why)
{
    struct ruleset *next = NULL;
    if (pinned == NULL)
        next = ruleset_parse(ruleset_builtin(), why);
    if (pinned == NULL && next == NULL)
        return refuse(why, REASON_MEMORY, "");
    if (pinned != NULL && read_ruleset_file(s, pinned->sha256, &next, why) != 0)
        return -1;
    if (next == NULL)
        log_line(LOG_ERROR,
                 "the file of the ruleset in force (entry %llu) cannot be read: only what concerns "
                 "the registry is taken until a registrar pins another",
                 (unsigned long long)pinned->entry);
    rulebook_free(b);
    *b = (struct rulebook){ .loaded = true, .builtin = pinned == NULL, .ruleset = next };
    if (pinned != NULL)
        memcpy(b->sha256, pinned->sha256, HASH_BYTES);
    return 0;
}

/* Is b what is in force, and is its file not erased meanwhile? */
static bool is_current(const struct rulebook *b, const struct service *s,
                       const struct pinned_ruleset *pinned)
{
    if (!b->loaded || b->builtin != (pinned == NULL))
        return false;
    return pinned == NULL || (memcmp(b->sha256, pinned->sha256, HASH_BYTES) == 0 &&
                              (b->ruleset == NULL || registry_erased(signers_registry(&s->signers),
                                                                     pinned->sha256) == NO_ENTRY));
}

/* A registrar who pins the wrong file would take the vocabulary away from everybody. */
static int judge_file(const struct service *s, const struct record *record, struct refusal *why)
{
    uint8_t sha256[HASH_BYTES];
    struct ruleset *ruleset;
    if (base64_decode_exact(sha256, HASH_BYTES, span_str(record_string(record, "sha256"))) != 0)
        return refuse(why, REASON_BLOB_RULESET, "sha256");
    if (registry_erased(signers_registry(&s->signers), sha256) != NO_ENTRY)
        return 0;
    if (read_ruleset_file(s, sha256, &ruleset, why) != 0)
        return -1;
    int failed = ruleset == NULL ? refuse(why, REASON_BLOB_RULESET, "sha256")
                                 : ruleset_is(ruleset, record->object, why);
    ruleset_free(ruleset);
    return failed;
}

int rulebook_judge(struct rulebook *b, const struct service *s, const struct record *record,
                   int64_t accepted, struct refusal *why)
{
    const struct pinned_ruleset *pinned =
        registry_ruleset(signers_registry(&s->signers), accepted, NO_ENTRY);
    if (record->kind == KIND_RULESET)
        return judge_file(s, record, why);
    if (!is_current(b, s, pinned) && load_ruleset(b, s, pinned, why) != 0)
        return -1;
    if (b->ruleset != NULL)
        return ruleset_check(b->ruleset, record->kind, record->object, why);
    return registry_takes(record->kind) ? 0
                                        : refuse_number(why, REASON_RULESET_GONE, pinned->entry);
}
