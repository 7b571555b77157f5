#include "client/verify/verify_answer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "client/answer/answer_json.h"
#include "client/answer/answer_words.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "proto/record/entry.h"

/* That the log goes on from what the answer rests on. */
static void compare_with_log(struct answer_check *c, const struct log_now *log)
{
    struct accepted then = { .note = { 0 } };
    struct findings told = { 0 };
    if (c->note.n == 0)
        return; /* nothing of it is known to be the log's */
    buf_add_span(&then.note, buf_span(&c->note));
    if (accepted_open(&then, c->trust, &told) == VERDICT_GOOD)
        prove_follows(c->trust, &then, log->now, log->files, &c->findings, &c->evidence);
    else
        lost(ENOMEM); /* it was opened before */
    findings_free(&told);
    accepted_free(&then);
}

enum outcome verify_answer(struct verified_answer *out, const struct trust *trust, const char *path,
                           struct span text, const struct log_now *log)
{
    struct answer_check *c = &out->check;
    out->path = path;
    answer_check_open(c, trust);
    if (text.n > 0)
        answer_check_text(c, text);
    else
        answer_check_file(c, path);
    if (log->files != NULL && log->has_now)
        compare_with_log(c, log);
    answer_check_end(c);
    if (log->files != NULL && !log->now_good && c->verdict == VERDICT_GOOD)
        c->verdict = VERDICT_UNDECIDED;
    return outcome_of_verdict(c->verdict);
}

void verified_answers_free(struct verified_answer *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        answer_check_close(&list[i].check);
    free(list);
}

void verified_answer_print(const struct verified_answer *v, bool json)
{
    const struct answer_check *c = &v->check;
    findings_print(&c->findings, stderr);
    if (json)
        return;
    bool spanish = language_get() == LANGUAGE_ES;
    terminal_print(stdout, "%s ", v->path);
    print_verdict(stdout, c->verdict,
                  spanish ? verdict_word(c->verdict) : verdict_name(c->verdict));
    terminal_print(stdout, " - %s - %" PRIu64 "\n", TR("answer", "respuesta"),
                   c->cp.checkpoint.size);
    if (!lost_any())
        answer_print(c);
}

/* ---- against receipts ------------------------------------------------------------------------ */

static enum named_entry_result know_none(void *ctx, uint64_t index, enum kind target,
                                         struct named_entry *out)
{
    (void)ctx;
    (void)index;
    (void)target;
    (void)out;
    return NAMED_UNKNOWN;
}

/* Whether the receipt's entry has the key by itself, whatever the entries are that it names. */
static bool has_key(const struct receipt_check *r, const struct index_key *key)
{
    struct receipt receipt;
    struct refusal why = { .reason = REASON_NONE };
    struct entry e;
    struct record record;
    struct entry_keys keys = { .n = 0 };
    bool has = false;
    receipt_open_proven(&receipt, buf_span(&r->text), &r->report);
    if (receipt.entries > 0 && entry_parse(&e, receipt.entry[0].bytes, &why) == 0 &&
        record_parse(&record, e.note, &why) == 0) {
        if (entry_keys_of(&keys, e.index, &record, know_none, NULL) == NAMED_MEMORY)
            lost(ENOMEM);
        has = entry_keys_have(&keys, key);
        record_free(&record);
    } else {
        lost_to_memory(&why);
    }
    entry_keys_free(&keys);
    receipt_free(&receipt);
    return has;
}

static void compare_one(const struct verified_answer *a, const struct receipt_check *r,
                        struct findings *told)
{
    const struct answer_facts *f = &a->check.facts;
    struct answer_question q;
    struct refusal why;
    if (a->check.verdict != VERDICT_GOOD || !r->entry_stands || r->report.size == 0 ||
        r->report.index >= f->end ||
        !span_eq(f->accepted.cp.checkpoint.origin, r->report.cp.checkpoint.origin) ||
        answer_facts_line(f, r->report.index) != NULL)
        return;
    if (answer_question_of(&q, f->type, span_str(f->value), &why) != 0) {
        lost(ENOMEM); /* it was one before */
        return;
    }
    if (!has_key(r, &q.key))
        return;
    struct finding finding = { .verdict = VERDICT_BAD,
                               .entry = f->index,
                               .related = r->report.index };
    refuse_number(&finding.why, REASON_INDEX_LEFT_OUT, r->report.index);
    findings_add(told, &finding);
}

void verified_answers_compare(const struct verified_answer *list, size_t n,
                              const struct receipt_check *receipt, size_t receipts,
                              struct findings *told)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < receipts; k++)
            compare_one(&list[i], &receipt[k], told);
}

/* ---- for programs ---------------------------------------------------------------------------- */

static void add_answer(struct json_stream *out, const struct verified_answer *v)
{
    char file[600];
    printable_copy(file, sizeof file, span_str(v->path));
    json_stream_object(out);
    json_stream_members(out, json_made(json_pack("{s:s}", "file", file)));
    answer_json(out, &v->check);
    json_stream_object_end(out);
}

void verified_answers_json(struct json_stream *out, const struct verified_answer *list, size_t n)
{
    json_stream_list(out, "answers");
    for (size_t i = 0; i < n; i++)
        add_answer(out, &list[i]);
    json_stream_list_end(out);
}
