#include "tests/unit/proto/verify/receipt_case.h"

struct log l;
struct policy *policy;
struct found found;

int case_start(void **state)
{
    (void)state;
    log_start(&l, "");
    policy = log_policy(&l);
    return 0;
}

int case_stop(void **state)
{
    (void)state;
    log_free(&l);
    policy_free(policy);
    return 0;
}

enum verdict judge_receipt(struct receipt_report *report, struct span text, const struct hash *pin)
{
    found.n = 0;
    return receipt_judge(report, policy, text, pin, found_add, &found);
}

void make_receipt(struct buf *out, uint64_t index)
{
    struct chain c;
    struct buf cp = { 0 };
    chain_make(&c, &l, l.n, index);
    log_checkpoint(&cp, &l, l.n);
    receipt_format(out, c.entry, c.n, buf_span(&cp));
    assert_false(out->failed);
    buf_free(&cp);
}

enum verdict judge_index(uint64_t index)
{
    struct receipt_report report;
    struct buf text = { 0 };
    make_receipt(&text, index);
    enum verdict v = judge_receipt(&report, buf_span(&text), NULL);
    buf_free(&text);
    return v;
}

void parts_make(struct parts *p, uint64_t index)
{
    *p = (struct parts){ .cp = { 0 } };
    chain_make(&p->c, &l, l.n, index);
    log_checkpoint(&p->cp, &l, l.n);
}

enum verdict parts_judge(const struct parts *p)
{
    struct receipt_report report;
    struct buf text = { 0 };
    receipt_format(&text, p->c.entry, p->c.n, buf_span(&p->cp));
    enum verdict v = judge_receipt(&report, buf_span(&text), NULL);
    buf_free(&text);
    return v;
}
