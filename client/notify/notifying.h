/* What `notify due`, `sent` and `find` share: a log that is proven, whom its requests are about,
 * what can be opened of that with an oversight key, and receipts. */
#ifndef CLIENT_NOTIFY_NOTIFYING_H
#define CLIENT_NOTIFY_NOTIFYING_H

#include <jansson.h>

#include "client/notify/notices.h"
#include "client/seal/unsealing.h"
#include "client/submit/receipt_folder.h"
#include "client/submit/submitter.h"

/* All texts are borrowed: they must outlive the struct notifying that is opened with them. */
struct notify_options {
    struct replay_options replay; /* the log */
    struct submit_options submit; /* how notices are signed and sent; of `sent` */
    const char *ruleset;          /* file of a ruleset that the log pins, or NULL */
    struct keyfile key;           /* the private key that opens what is sealed */
    struct keyfile reader;        /* whose tokens are shown; without a path: those of `key` */
    const char *receipts;         /* folder that receipts are kept in, or NULL; of `find` */
    const char *out;              /* folder for letters and receipts, or NULL; of `due` */
    const char *contact;          /* file of a struct contact, or NULL; of `due` */
    const char *means;            /* code of the means of notice; of `sent` */
    const char *type;             /* type of the identifier that is asked about; of `find` */
    bool json;
};

struct notifying {
    struct notify_options options;
    struct replaying *r;
    struct audit *audit;
    struct notices notices;
    int64_t moment; /* the later of the last acceptance and the own clock */
    struct log_client *service;
    struct identity id;     /* --key */
    struct identity reader; /* --reader, whose tokens are shown */
    struct receipt_folder receipts;
    const struct enrolment *own; /* what the --key is enrolled for, for oversight */

    /* The rest is its own. */
    bool silent;   /* nothing more is asked for */
    bool was_mute; /* the last question had no answer */
    bool told;     /* of that */
};

/* Replays the log, then what the log has signed since, as far as no quorum holds it yet: that may
 * withhold what the former would show. Concludes. Returns OUTCOME_PROVEN only if all that is proven
 * in every respect but for the latter's quorum; else nothing may be shown of it, after having said
 * why (with --json as an object, if the log was judged). *n needs notifying_close() in any case. */
enum outcome notifying_open(struct notifying *n, const struct notify_options *options);

/* Reads --key and --reader, and finds the former enrolled for oversight. Returns OUTCOME_PROVEN, or
 * after having said why OUTCOME_USAGE or _UNDECIDED. */
enum outcome notifying_identify(struct notifying *n);

/* After the report: says what the policy does not protect against. Returns outcome or a worse
 * one. */
enum outcome notifying_close(struct notifying *n, enum outcome outcome);

/* Opens a subject: UNSEALED_ERASED only by an order in the log; what cannot be had otherwise is
 * _GONE or _FAILED, for which the program says why. After an answer that goes for all nothing is
 * asked for any more. Sets *by to the entry that ordered it erased. *out needs opening_wipe() if it
 * is UNSEALED_OPEN. */
enum unsealed notifying_unseal(struct notifying *n, const struct person *p, struct opening *out,
                               uint64_t *by);

/* Whose key a subject is sealed to; its name. */
const char *notifying_recipient(const struct notifying *n, const struct person *p);

/* Counts of what came of subjects. */
struct unsealed_counts {
    uint64_t open, erased, foreign, failed, other;
};
void unsealed_count(struct unsealed_counts *c, enum unsealed u);
/* The worst of them: _PROVEN if all that should be there could be opened. */
enum outcome unsealed_outcome(const struct unsealed_counts *c);
json_t *unsealed_json(const struct unsealed_counts *c);

/* Keeps the receipt of a request, verified and with its quorum, in n->receipts. Returns
 * OUTCOME_PROVEN, or what came of it after having said why. */
enum outcome notifying_receipt(struct notifying *n, const struct request *r,
                               const struct notice_facts *f);

/* "DIR/⟨entry⟩.tlog-proof" without the folder. */
#define RECEIPT_NAME_MAX 40
void receipt_name(char out[static RECEIPT_NAME_MAX], uint64_t entry);

/* A time as a new JSON string, one past the year 9999 as its end; NULL for NO_TIME, which "o*" of
 * json_pack leaves out. */
json_t *json_of_time(int64_t ms);

#endif
