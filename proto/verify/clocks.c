#include "proto/verify/clocks.h"

/* Beyond all times of entries, and far from where milliseconds overflow. */
#define LATEST_SECONDS (INT64_C(1) << 40)

bool clocks_agree(uint64_t cosigned_at, enum clocks_side side, int64_t accepted, int64_t skew)
{
    int64_t ms = (cosigned_at < LATEST_SECONDS ? (int64_t)cosigned_at : LATEST_SECONDS) * 1000;
    /* A cosignature's time is in whole seconds: 999 ms may be missing from it. */
    return side == CLOCKS_BELOW ? accepted <= ms + 999 + skew : accepted >= ms - skew;
}

void clocks_check(const struct policy *policy, const struct signed_checkpoint *cp,
                  enum clocks_side side, int64_t accepted, int64_t skew, finding_fn *found,
                  void *ctx)
{
    for (size_t i = 0; i < policy_witnesses(policy); i++) {
        uint64_t at = cp->cosigned_at[i];
        if (at == 0 || clocks_agree(at, side, accepted, skew))
            continue;
        struct finding f = { .verdict = VERDICT_UNDECIDED, .entry = NO_ENTRY, .related = NO_ENTRY };
        refuse(&f.why, REASON_CLOCKS, policy_witness(policy, i)->name);
        found(ctx, &f);
    }
}

void clocks_check_replay(const struct policy *policy, const struct judge *judge,
                         const struct signed_checkpoint *now,
                         const struct signed_checkpoint *before, int64_t first_time,
                         finding_fn *found, void *ctx)
{
    int64_t skew = judge_skew_of_log(judge);
    clocks_check(policy, now, CLOCKS_BELOW, judge_last_time(judge), skew, found, ctx);
    if (before != NULL && before->checkpoint.size < now->checkpoint.size)
        clocks_check(policy, before, CLOCKS_FROM, first_time, skew, found, ctx);
}
