/* What an answer says (docs/FORMATS.md, 25): taken down from its parts one after the other, so that
 * it can be shown once all of them are judged. It grows on shelves, not in memory; what there is no
 * room for is recorded as lost (client/base/lost.h). One thread. */
#ifndef CLIENT_ANSWER_ANSWER_FACTS_H
#define CLIENT_ANSWER_ANSWER_FACTS_H

#include "client/base/shelf.h"
#include "client/remote/trust.h"
#include "client/show/lookalikes.h"
#include "proto/answer/answer.h"
#include "proto/verify/proven.h"

/* Why an entry is in the answer. */
enum line_of {
    LINE_ASKED,
    LINE_ALIKE,   /* of a question by reference: only of references that look like it */
    LINE_UNKEYED, /* it is no v1 form: nobody knows whose it is */
};

/* An entry of the answer. Its texts are on the shelf `text`, from a place on. */
struct answer_line {
    uint64_t entry;
    enum line_of of;
    struct hash leaf;
    /* Unless it is unkeyed: */
    enum kind kind;
    int64_t accepted, at;       /* milliseconds */
    enum role role;             /* of whoever signed it */
    uint64_t signer, authority; /* each with a zero behind it; "" if there is no authority */
    uint64_t json;              /* its record's second line, */
    size_t json_n;              /* without a zero */
};

/* An entry that a part carries: one of the answer, or one that these rest on. */
struct answer_carried {
    uint64_t index;
    struct hash leaf;
    uint64_t at; /* its bytes, on the shelf `text` */
    size_t n;
};

/* Who recomputed the index. */
struct answer_auditor {
    uint64_t anchor; /* his entry; NO_ENTRY: nobody did, as far as the answer shows */
    int64_t accepted;
    uint64_t index; /* the `index` entry that he names */
    char name[SIGNER_NAME_MAX + 1];
    char authority[CODE_MAX + 1];
};

struct answer_facts {
    enum index_key_type type;
    char *value; /* as it is asked for; owned; NULL before the first part */
    uint64_t index;
    int64_t indexed; /* acceptance of that `index` entry */
    uint64_t end;    /* E */
    int64_t date;    /* acceptance of entry E - 1 */
    struct hash genesis;
    struct accepted accepted; /* the checkpoint */
    struct cover cover;       /* of that `index` entry */
    bool audited[TABLES_MAX]; /* its tables, those that he recomputed */
    struct answer_auditor auditor;
    uint64_t newer;   /* an `index` entry in the tail that is newer than `index`; NO_ENTRY: none */
    uint64_t revoked; /* of a question by vkey: the entry that revokes it; NO_ENTRY: none */
    uint64_t lines_of[LINE_UNKEYED + 1]; /* how many lines of each */
    struct lookalikes alike;             /* only of a question by reference */
    struct shelf lines;                  /* struct answer_line, ascending */
    struct shelf text;                   /* characters */
    size_t parts;
    bool carry;           /* may be set before the first part: keep all that is carried, too */
    struct shelf carried; /* struct answer_carried */
};

/* Makes an empty one, to be closed in any case. */
void answer_facts_open(struct answer_facts *f);
void answer_facts_close(struct answer_facts *f);

/* Takes down a part that is good and goes on from those before. policy: that of its judgement. */
void answer_facts_take(struct answer_facts *f, const struct answer_part *part,
                       const struct policy *policy);

/* The line of an entry, or NULL. */
const struct answer_line *answer_facts_line(const struct answer_facts *f, uint64_t entry);

static inline const char *answer_facts_text(const struct answer_facts *f, uint64_t at)
{
    return shelf_at(&f->text, at);
}

/* Orders what was carried by index, each once. */
void answer_facts_order_carried(struct answer_facts *f);

/* The object of a line's record: a new value, or NULL (recorded as lost) without memory. */
struct value *answer_line_object(const struct answer_facts *f, const struct answer_line *l);

/* Up to which entry, without it, the auditor's word goes without a gap; and how many tables of the
 * index the answer rests on, and how many of these he recomputed. */
uint64_t answer_facts_audited_to(const struct answer_facts *f);
size_t answer_facts_tables(const struct answer_facts *f, size_t *audited);

#endif
