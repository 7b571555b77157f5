#include "proto/answer/answer_inner.h"

void part_found(void *ctx, const struct finding *f)
{
    struct part_judging *j = ctx;
    if (f->why.reason == REASON_MEMORY)
        j->memory = true;
    if (j->part->verdict != VERDICT_BAD)
        j->part->verdict = f->verdict;
    j->watch->found(j->watch->ctx, f);
}

bool part_tell(struct part_judging *j, enum verdict verdict, uint64_t entry, uint64_t related,
               const struct refusal *why)
{
    struct finding f = { .verdict = verdict, .why = *why, .entry = entry, .related = related };
    part_found(j, &f);
    return false;
}

bool part_tell_number(struct part_judging *j, enum verdict verdict, enum reason reason,
                      uint64_t entry, uint64_t subject)
{
    struct refusal why;
    refuse_number(&why, reason, subject);
    return part_tell(j, verdict, entry, NO_ENTRY, &why);
}

bool part_tell_memory(struct part_judging *j)
{
    struct refusal why;
    refuse(&why, REASON_MEMORY, "");
    return part_tell(j, VERDICT_UNDECIDED, NO_ENTRY, NO_ENTRY, &why);
}

bool part_tell_missing(struct part_judging *j, uint64_t index)
{
    return part_tell_number(j, VERDICT_UNDECIDED, REASON_ANSWER_MISSING, index, index);
}

size_t part_place_of(const struct answer_part *p, uint64_t index)
{
    size_t from = 0, to = p->entries;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (p->entry[middle].index < index)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

struct answer_entry *answer_part_entry(const struct answer_part *p, uint64_t index)
{
    size_t at = part_place_of(p, index);
    return at < p->entries && p->entry[at].index == index ? &p->entry[at] : NULL;
}
