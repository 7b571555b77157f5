#include "client/replay/replay_options.h"

#include "client/remote/trust_options.h"

enum outcome replay_options_read(struct replay_options *out, const struct args *a)
{
    if (a->log != NULL && a->dir != NULL && a->key == NULL)
        return say_usage(TR("--log or --dir, not both", "--log o --dir, no ambos"));
    *out = (struct replay_options){
        .dir = a->dir, .state = a->state, .structure = a->structure, .accelerator = a->accelerator
    };
    enum outcome outcome = trust_options_read(&out->trust, a);
    out->trust.key = (struct keyfile){ a->key, a->passphrase_file };
    return outcome;
}

struct replaying *replaying_open_args(const struct args *a, enum outcome *outcome)
{
    struct replay_options options;
    *outcome = replay_options_read(&options, a);
    options.recalls = a->state != NULL;
    return *outcome == OUTCOME_PROVEN ? replaying_open(&options, outcome) : NULL;
}
