/* The index of a mirror's copy: every table is computed again from the entries that the mirror reads
 * anyway, and those of the newest cover are kept as files, as docs/FORMATS.md, 24.3, has them. What
 * the log serves of its tables is not needed. One thread. */
#ifndef CLIENT_MIRROR_MIRROR_INDEX_H
#define CLIENT_MIRROR_MIRROR_INDEX_H

#include "client/mirror/copy_folder.h"
#include "client/remote/prove.h"
#include "proto/judge/judge.h"

struct mirror_index;

/* All that it is given must outlive it; `now` is the checkpoint of the round. NULL, recorded as lost
 * (lost.h), if there is no memory. */
struct mirror_index *mirror_index_new(const struct trust *trust, struct logfiles *here,
                                      struct logfiles *there, struct copy_folder *folder,
                                      const struct accepted *now);
/* NULL is harmless. */
void mirror_index_free(struct mirror_index *x);

/* Before the entries of a round. anew: they come from the first on again. Returns false if there is
 * no memory. */
bool mirror_index_begin(struct mirror_index *x, bool anew);

/* Takes the next entry. A judged_fn. */
void mirror_index_entry(void *mirror_index, const struct judged *e);

/* Once all entries of the round are proven: stages the files of the newest cover that the copy does
 * not have. Not of one that is wrong, or was not computed. */
void mirror_index_stage(struct mirror_index *x);

/* Once the copy has moved on: says which cover is its newest, and, if the log has grown, removes
 * tables that no reader of the copy can need. Returns OUTCOME_PROVEN; OUTCOME_UNDECIDED after having said why. */
enum outcome mirror_index_keep(struct mirror_index *x, bool grown);

/* What is wrong with the log's index, since the last call of begin; *evidence: of it, if any. */
const struct findings *mirror_index_findings(const struct mirror_index *x, struct span *evidence);

#endif
