/* What the signer signs, and what it refuses: the whole of it, over nothing but memory. It sees
 * that a checkpoint extends the last one. It does not see what the entries say. Any thread. */
#ifndef DAEMON_SIGNER_SIGNER_JUDGE_H
#define DAEMON_SIGNER_SIGNER_JUDGE_H

#include "daemon/signer/signer_message.h"
#include "proto/base/must_use.h"

/* Whether the log's key may sign what a request asks for, when *last is what it signed last. Sets
 * *next to what is signed last once it has: the caller keeps that on the disk before the signature
 * leaves. Of ASK_STATUS there is nothing to judge, and of ASK_GENESIS *next follows from the
 * signed note: signer_judge_genesis(). */
enum signer_refusal signer_judge(struct last_signed *next, const struct last_signed *last,
                                 const struct vkey *key, const struct signer_request *r);

/* Sets *next to the checkpoint of size 1 over the entry 0 that holds this note, the signed text of
 * the request. SIGNER_NONE, or SIGNER_BEGUN: another entry 0 was signed for before.
 * SIGNER_FORM: out of memory, or longer than an entry. */
enum signer_refusal signer_judge_genesis(struct last_signed *next, const struct last_signed *last,
                                         const struct signer_request *r, struct span note);

#endif
