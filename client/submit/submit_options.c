#include "client/submit/submit_options.h"

#include "client/remote/trust_options.h"
#include "proto/base/scan.h"

enum outcome submit_options_read(struct submit_options *out, const struct args *a)
{
    *out = (struct submit_options){ .key = { a->key, a->passphrase_file },
                                    .receipts = a->receipts,
                                    .state = a->state,
                                    .sealing = { .keep = a->private_part,
                                                 .warrant = a->warrant,
                                                 .to = NO_ENTRY,
                                                 .without_private = a->without_private },
                                    .precheck = { .ruleset = a->ruleset,
                                                  .allow_plain = a->allow_plain },
                                    .check = a->check,
                                    .no_wait = a->no_wait,
                                    .json = a->json };
    if (a->to != NULL && decimal_parse(&out->sealing.to, span_str(a->to)) != 0)
        return say_usage(TR("--to ENTRY: the entry that enrolled an oversight key",
                            "--to ASIENTO: el que dio de alta una clave de supervisión"));
    return trust_options_read(&out->trust, a);
}

struct submitter *submitter_open_args(const struct args *a, enum outcome *outcome)
{
    struct submit_options options;
    *outcome = submit_options_read(&options, a);
    return *outcome == OUTCOME_PROVEN ? submitter_open(&options, outcome) : NULL;
}
