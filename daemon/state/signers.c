#include "daemon/state/signers.h"

int signers_init(struct signer_registry *r)
{
    pthread_rwlockattr_t attr;
    r->registry = NULL;
    if (pthread_rwlockattr_init(&attr) != 0)
        return -1;
    /* Else an unbroken stream of signatures would keep an enrolment waiting for ever. */
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    int failed = pthread_rwlock_init(&r->lock, &attr);
    pthread_rwlockattr_destroy(&attr);
    return failed == 0 ? 0 : -1;
}

void signers_destroy(struct signer_registry *r)
{
    registry_free(r->registry);
    pthread_rwlock_destroy(&r->lock);
}

int signers_signer(struct signer_registry *r, const struct record *record, uint32_t *number,
                   struct refusal *why)
{
    pthread_rwlock_rdlock(&r->lock);
    int failed = judge_signer(r->registry, record, number, why);
    pthread_rwlock_unlock(&r->lock);
    return failed;
}

bool signers_key(void *ctx, struct span name, uint32_t key_id, uint8_t key[static PUBLIC_KEY_BYTES])
{
    struct signer_registry *r = ctx;
    uint32_t number = 0;
    pthread_rwlock_rdlock(&r->lock);
    const struct enrolment *e = registry_find(r->registry, name, key_id, &number);
    if (e != NULL)
        memcpy(key, e->key.key, PUBLIC_KEY_BYTES);
    pthread_rwlock_unlock(&r->lock);
    return e != NULL;
}

static bool is_lasting(const struct enrolment *e, int64_t now)
{
    return e->role == ROLE_REGISTRAR && e->revoked == NO_ENTRY && e->from <= now &&
           e->until == INT64_MAX;
}

int signers_judge_revoke(const struct signer_registry *r, const struct record *revoke,
                         int64_t accepted, struct refusal *why)
{
    struct vkey key;
    const char *cause;
    uint32_t number;
    if (vkey_parse_again(&key, span_str(record_string(revoke, "vkey")), &cause) != 0 ||
        registry_find_key(r->registry, key.key, &number) == NULL ||
        !is_lasting(registry_get(r->registry, number), accepted))
        return 0; /* what is not in force, or ends, was not what held the log up */
    for (uint32_t i = 0; i < registry_count(r->registry); i++)
        if (i != number && is_lasting(registry_get(r->registry, i), accepted))
            return 0;
    return refuse(why, REASON_REVOKE_LAST, key.name);
}

uint64_t signers_enrolled(struct signer_registry *r, struct span name, uint32_t key_id)
{
    uint32_t number = 0, second;
    pthread_rwlock_rdlock(&r->lock);
    const struct enrolment *e = registry_find(r->registry, name, key_id, &number);
    second = number + 1;
    bool only = e != NULL && registry_find(r->registry, name, key_id, &second) == NULL;
    uint64_t entry = only ? e->entry : NO_ENTRY;
    pthread_rwlock_unlock(&r->lock);
    return entry;
}

uint64_t signers_erased(struct signer_registry *r, const uint8_t blob[static HASH_BYTES])
{
    pthread_rwlock_rdlock(&r->lock);
    uint64_t entry = registry_erased(r->registry, blob);
    pthread_rwlock_unlock(&r->lock);
    return entry;
}

int signers_each_erased(struct signer_registry *r,
                        int (*visit)(void *ctx, const uint8_t blob[static HASH_BYTES],
                                     uint64_t entry),
                        void *ctx)
{
    pthread_rwlock_rdlock(&r->lock);
    int stop = registry_each_erased(r->registry, visit, ctx);
    pthread_rwlock_unlock(&r->lock);
    return stop;
}

int signers_token(struct signer_registry *r, const struct token *token, const struct token_use *use,
                  bool (*may)(enum role role), enum role *role, uint32_t *number,
                  struct refusal *why)
{
    pthread_rwlock_rdlock(&r->lock);
    int failed = token_judge(r->registry, token, use, number, why);
    if (failed == 0)
        *role = registry_get(r->registry, *number)->role;
    pthread_rwlock_unlock(&r->lock);
    return failed == 0 && !may(*role) ? refuse_span(why, REASON_TOKEN_ROLE, token->signer) : failed;
}

int signers_apply(struct signer_registry *r, uint64_t index, const struct hash *leaf,
                  const struct record *record)
{
    pthread_rwlock_wrlock(&r->lock);
    int failed = registry_apply(r->registry, index, leaf, record);
    pthread_rwlock_unlock(&r->lock);
    return failed;
}

void signers_replace(struct signer_registry *r, struct registry *registry)
{
    pthread_rwlock_wrlock(&r->lock);
    struct registry *before = r->registry;
    r->registry = registry;
    pthread_rwlock_unlock(&r->lock);
    registry_free(before);
}

static size_t enrolments_of(const struct registry *r, enum role role, uint64_t from,
                            uint64_t *entry, size_t cap)
{
    size_t n = 0;
    for (size_t i = 0; i < registry_count(r) && n < cap; i++) {
        const struct enrolment *e = registry_get(r, (uint32_t)i);
        bool again = n > 0 && entry[n - 1] == e->entry; /* genesis names several */
        if (e->role == role && e->entry >= from && e->revoked == NO_ENTRY && !again)
            entry[n++] = e->entry;
    }
    return n;
}

static size_t rulesets_of(const struct registry *r, uint64_t from, uint64_t *entry, size_t cap)
{
    size_t n = 0;
    for (size_t i = 0; i < registry_rulesets(r) && n < cap; i++)
        if (registry_get_ruleset(r, i)->entry >= from)
            entry[n++] = registry_get_ruleset(r, i)->entry;
    return n;
}

size_t signers_key_entries(struct signer_registry *r, const uint8_t key[static PUBLIC_KEY_BYTES],
                           uint64_t entry[static 2])
{
    size_t n = 0;
    pthread_rwlock_rdlock(&r->lock);
    const struct enrolment *e = registry_find_key(r->registry, key, NULL);
    if (e != NULL)
        entry[n++] = e->entry;
    if (e != NULL && e->revoked != NO_ENTRY)
        entry[n++] = e->revoked;
    pthread_rwlock_unlock(&r->lock);
    return n;
}

size_t signers_entries(struct signer_registry *r, enum role role, uint64_t from, uint64_t *entry,
                       size_t cap)
{
    pthread_rwlock_rdlock(&r->lock);
    size_t n = role == ROLE_NONE ? rulesets_of(r->registry, from, entry, cap)
                                 : enrolments_of(r->registry, role, from, entry, cap);
    pthread_rwlock_unlock(&r->lock);
    return n;
}
