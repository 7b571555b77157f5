#include "daemon/append/log_signer.h"

#include <stdlib.h>

#include "daemon/signer/signing_key.h"
#include "proto/base/scan.h"
#include "proto/record/record.h"

/* A signer in this process. */
struct own_key {
    struct log_signer signer; /* first */
    struct signing_key *key;
};

static enum log_signer_result reach_own_key(struct log_signer *s, bool *anew)
{
    (void)s;
    *anew = false;
    return LOG_SIGNER_OK;
}

/* Of the log's own kinds, but for genesis. */
static bool is_own_record(struct span text)
{
    struct scan lines = scan_of(text);
    struct span word = { 0 };
    if (version_line(scan_line(&lines), &word) != 1)
        return false;
    enum kind kind = kind_of_name(word);
    return kind_is_logs(kind) && kind != KIND_GENESIS;
}

static enum log_signer_result sign_with_own_key(struct log_signer *s,
                                                const struct log_signer_text *t, struct buf *out)
{
    if (t->ask == ASK_RECORD && !is_own_record(t->text))
        return LOG_SIGNER_REFUSES;
    return signing_key_note(((struct own_key *)(void *)s)->key, t->text, out) == 0
               ? LOG_SIGNER_OK
               : LOG_SIGNER_MEMORY;
}

static void free_own_key(struct log_signer *s)
{
    struct own_key *own = (struct own_key *)(void *)s;
    signing_key_free(own->key);
    free(own);
}

static const struct log_signer_way own_key_way = { .reach = reach_own_key,
                                                   .sign = sign_with_own_key,
                                                   .free = free_own_key };

struct log_signer *log_signer_new(struct skey *key)
{
    struct own_key *own = calloc(1, sizeof *own);
    if (own != NULL)
        own->signer = (struct log_signer){ .way = &own_key_way, .vkey = key->vkey };
    struct signing_key *k = signing_key_of(key); /* wipes *key */
    if (own != NULL && k != NULL) {
        own->key = k;
        return &own->signer;
    }
    signing_key_free(k);
    free(own);
    return NULL;
}

void log_signer_free(struct log_signer *s)
{
    if (s != NULL)
        s->way->free(s);
}

enum log_signer_result log_signer_reach(struct log_signer *s, bool *anew)
{
    return s->way->reach(s, anew);
}

enum log_signer_result log_signer_sign(struct log_signer *s, const struct log_signer_text *t,
                                       struct buf *out)
{
    return s->way->sign(s, t, out);
}

enum log_signer_result log_signer_hand_over(struct log_signer *s, const struct key_handover *h,
                                            struct buf *out)
{
    struct buf text = { 0 };
    if (s->way != &own_key_way)
        return LOG_SIGNER_REFUSES;
    handover_text(&text, h);
    bool made = !text.failed &&
                signing_key_note(((struct own_key *)(void *)s)->key, buf_span(&text), out) == 0;
    buf_free(&text);
    return made ? LOG_SIGNER_OK : LOG_SIGNER_MEMORY;
}
