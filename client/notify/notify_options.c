#include "client/notify/notify_options.h"

#include "client/replay/replay_options.h"
#include "client/submit/submit_options.h"

enum outcome notify_options_read(struct notify_options *out, const struct args *a)
{
    *out = (struct notify_options){ .ruleset = a->ruleset,
                                    .key = { a->key, a->passphrase_file },
                                    .reader = { a->reader, a->passphrase_file },
                                    .receipts = a->receipts,
                                    .out = a->out,
                                    .contact = a->contact,
                                    .means = a->means,
                                    .type = a->type,
                                    .json = a->json };
    enum outcome outcome = replay_options_read(&out->replay, a);
    out->replay.and_url = true;        /* what has come since may withhold something */
    out->replay.trust.key.path = NULL; /* it is read once, with what else it is for */
    return outcome == OUTCOME_PROVEN ? submit_options_read(&out->submit, a) : outcome;
}
