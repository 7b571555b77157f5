/* Tokens: signed notes that whoever reads, or puts a blob, shows instead of a password. One is for
 * one request target, and for five minutes at most. docs/INTERFACES.md, "Tokens". */
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
    char method[TOKEN_METHOD_MAX + 1];
    char path[TOKEN_PATH_MAX + 1];
};

/* Splits a token's note, which must outlive it: at most TOKEN_NOTE_MAX bytes; "bitacora/v1
 * token", one strict JSON object of exactly origin, under, from, until, method, path; from < until,
 * at most TOKEN_MAX_MS apart; token_target_allowed(); one signature line. Returns 0, or -1 with
 * REASON_TOKEN_FORM, or REASON_MEMORY. */
MUST_USE int token_parse(struct token *out, struct span note, struct refusal *why);

/* Whether there can be a token for that method and path: GET, PUT or POST; a path of 1 to
 * TOKEN_PATH_MAX bytes from 0x21 to 0x7E, the first of them '/', none of them '"' or '\\'. */
bool token_target_allowed(struct span method, struct span path);

/* The request that a token is shown with. */
struct token_use {
    const char *origin; /* of the log that is asked */
    const char *method; /* as sent; HEAD asks for a token for GET */
    struct span path;   /* as sent: behind the log's prefix, with its query */
    int64_t now;        /* milliseconds, of the log's clock */
};

/* Whether the token is for that log, method and path, in force then (from <= now < until), and
 * signed by the key that `under` enrols, whose enrolment is in force then and not revoked. Sets
 * *number, the signer's in the registry. Returns 0, or -1 with REASON_TOKEN_FORM, _TARGET, _TIME or
 * _SIGNER. */
MUST_USE int token_judge(const struct registry *r, const struct token *token,
                         const struct token_use *use, uint32_t *number, struct refusal *why);

/* What a token is to say. */
struct token_claim {
    const char *origin;
    struct entry_ref under;
    int64_t from, until;
    const char *method, *path; /* token_target_allowed() */
};

/* Appends the note of a token, signed. */
void token_sign(struct buf *out, const struct token_claim *claim, const struct skey *key);

#endif
