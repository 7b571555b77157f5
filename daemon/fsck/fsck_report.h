/* What fsck finds. Main thread. */
#ifndef DAEMON_FSCK_FSCK_REPORT_H
#define DAEMON_FSCK_FSCK_REPORT_H

#include <jansson.h>

#include "proto/base/hash.h"

struct fsck_report {
    uint64_t size;    /* of the signed checkpoint; 0 if there is none to believe */
    struct hash root; /* of that checkpoint */
    uint64_t findings;
    uint64_t unerased_blobs; /* of the findings: there, though an entry orders them erased */
    uint64_t unnamed_blobs;  /* kept though no entry names them: no finding, a crash leaves such */
    uint64_t absent_tables;  /* of the index: no finding, the daemon makes them when it starts */
    json_t *list; /* of objects {code, entry, detail}, the caller's; NULL: findings are printed on
                   * standard output as they come */
};

/* Adds a finding: a stable code, the entry that it is about (NO_ENTRY for none), and a sentence. */
void fsck_found(struct fsck_report *r, const char *code, uint64_t entry, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#endif
