#include "proto/answer/answer.h"

/* What all parts of a file have in common, in one hash. */
static void common_of(struct hash *out, const struct answer_part *p)
{
    struct {
        struct hash value, checkpoint;
        uint64_t type, index, end;
    } all = { .type = (uint64_t)p->question.type, .index = p->index, .end = p->end };
    hash_bytes(&all.value, p->question.value);
    hash_bytes(&all.checkpoint, p->checkpoint);
    hash_bytes(out, span_of(&all, sizeof all));
}

int answer_file_add(struct answer_file *f, const struct answer_part *part, struct refusal *why)
{
    struct hash common;
    common_of(&common, part);
    if (part->from != f->next || (f->parts > 0 && !hash_eq(&common, &f->common)))
        return refuse_number(why, REASON_ANSWER_PARTS, part->from);
    f->common = common;
    f->next = part->to;
    f->end = part->end;
    f->parts++;
    return 0;
}

int answer_file_end(const struct answer_file *f, struct refusal *why)
{
    return f->parts > 0 && f->next == f->end ? 0 : refuse_number(why, REASON_ANSWER_PARTS, f->next);
}

bool answer_is(struct span text)
{
    struct span word;
    size_t n = text.n < 64 ? text.n : 64;
    const uint8_t *newline = n == 0 ? NULL : memchr(text.p, '\n', n);
    return newline != NULL &&
           version_line(span_of(text.p, (size_t)(newline - text.p)), &word) > 0 &&
           span_is(word, "answer");
}
