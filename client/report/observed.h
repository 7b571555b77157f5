/* What a report needs of a log beside the audit's casebook, kept while the log is replayed. */
#ifndef CLIENT_REPORT_OBSERVED_H
#define CLIENT_REPORT_OBSERVED_H

#include "client/audit/event.h"
#include "client/show/institution.h"

struct observed_request {
    const struct ruleset *ruleset; /* in force for it */
    struct window data;            /* the time of the data that it asks for */
};

struct observed_act {
    uint32_t signer; /* in the registry */
    int64_t accepted;
};

struct observed {
    bool began;                        /* an entry was taken down */
    int64_t first_at;                  /* when the log accepted its first one */
    struct observed_request *requests; /* by number of the request in the casebook */
    size_t n, cap;
    struct observed_act *acts; /* entries that holders of data signed */
    size_t acts_n, acts_cap;
    struct institutions names; /* of authorities */
};

/* Returns an empty one, or NULL, recorded as lost (client/base/lost.h), if there is no memory. */
struct observed *observed_new(void);
/* NULL is harmless. */
void observed_free(struct observed *o);

/* Takes down an entry: audit->told, with the struct observed as audit->told_ctx. What there is no
 * memory for is recorded as lost. */
void observed_take(void *observed, const struct event *event);

#endif
