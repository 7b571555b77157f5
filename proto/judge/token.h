/* Tokens: signed notes that somebody who reads or puts blobs shows instead of a password. One is
 * valid for an hour at most. docs/INTERFACES.md, "Tokens". */
#ifndef PROTO_JUDGE_TOKEN_H
#define PROTO_JUDGE_TOKEN_H

#include "proto/base/must_use.h"
#include "proto/judge/registry.h"

struct token {
    struct span text;   /* what is signed; into the note */
    struct span signer; /* the name on the signature line; into the note */
    uint32_t key_id;
    uint8_t signature[SIGNATURE_BYTES];
    char origin[SIGNER_NAME_MAX + 1];
    struct entry_ref under;
    int64_t from, until; /* milliseconds */
};

/* Splits a token's note, which must outlive it: at most TOKEN_NOTE_MAX bytes; "bitacora/v1
 * token", one strict JSON object of exactly origin, under, from, until; from < until, at most an
 * hour apart; one signature line. Returns 0, or -1 with REASON_TOKEN_FORM, or REASON_MEMORY. */
MUST_USE int token_parse(struct token *out, struct span note, struct refusal *why);

/* Whether the token is for the log of that origin, in force at `now` (from <= now < until), and
 * signed by the key that `under` enrols, whose enrolment is in force now and not revoked. Sets
 * *number, the signer's in the registry. Returns 0, or -1 with REASON_TOKEN_FORM, _TIME or
 * _SIGNER. */
MUST_USE int token_judge(const struct registry *r, const struct token *token, const char *origin,
                         int64_t now, uint32_t *number, struct refusal *why);

/* Appends the note of a token, signed. */
void token_sign(struct buf *out, const char *origin, const struct entry_ref *under, int64_t from,
                int64_t until, const struct skey *key);

#endif
