#include "tests/unit/proto/judge/judge_fixture.h"

struct log judged;

int judge_start(void **state)
{
    (void)state;
    log_start(&judged, "");
    return 0;
}

int judge_stop(void **state)
{
    (void)state;
    log_free(&judged);
    return 0;
}

void only(enum reason reason, enum verdict verdict, uint64_t entry)
{
    struct run *r = run_log(&judged);
    expect_only(&r->found, reason, verdict, entry);
    assert_int_equal(r->end, REPLAY_PROVEN); /* it does stand in the tree */
    run_free(r);
}

void bad(enum reason reason, uint64_t entry)
{
    only(reason, VERDICT_BAD, entry);
}

void nothing(void)
{
    struct run *r = run_log(&judged);
    expect_none(&r->found);
    assert_int_equal(r->end, REPLAY_PROVEN);
    assert_int_equal(judge_signatures(r->judge), judged.n);
    run_free(r);
}

struct entry next_entry(struct buf *note)
{
    log_note(note, &judged, &BY(JUDGE, KIND_ERASURE));
    return (struct entry){ .index = judged.n,
                           .accepted = judged.now,
                           .link = judged.leaf[judged.n - 1],
                           .note = buf_span(note) };
}

enum lookup unknown_entry(void *ctx, uint64_t index, struct known_entry *out)
{
    (void)ctx;
    (void)index;
    (void)out;
    return LOOKUP_UNKNOWN;
}

const char *request_of(const char *authority, const char *level)
{
    return text_of(
        "\"authority\":\"%s\",\"function\":\"prosecution\",\"level\":\"%s\",\"holder\":"
        "\"x\",\"source\":\"other\",\"categories\":[\"bank\"],\"basis\":\"b\",\"purpose\""
        ":{\"code\":\"other\"},\"persons\":1",
        authority, level);
}

uint64_t revoke(enum who by, const char *vkey)
{
    return log_add(&judged, BY(by, KIND_REVOKE,
                               .members = text_of("\"vkey\":\"%s\",\"reason\":\"other\"", vkey)));
}

const char *tables_of(const char *digits)
{
    const char *text = "\"version\":1,\"tables\":[";
    for (const char *at = digits; *at != 0; at += 2)
        text = text_of("%s%s{\"entries\":%c,\"rows\":%c,\"root\":\"" ZEROES "\"}", text,
                       at == digits ? "" : ",", at[0], at[1]);
    return text_of("%s]", text);
}

void start_with(const char *members, enum who signer)
{
    log_free(&judged);
    log_keys(&judged);
    log_add(&judged, BY(signer, KIND_GENESIS, .members = members));
}

void go_on_behind(struct found *found, size_t n, uint64_t none)
{
    struct judge_setup setup = { .log = judged.who[THE_LOG].key.vkey,
                                 .keep = true,
                                 .lookup = unknown_entry,
                                 .found = found_add,
                                 .found_ctx = found };
    struct judge *before = judge_new(&setup), *after = judge_new(&setup);
    for (size_t i = 0; i < n; i++)
        if (i == none)
            judge_unreadable(before, i, &judged.leaf[i]);
        else
            judge_entry(before, i, &judged.leaf[i], buf_span(&judged.entry[i]));
    json_t *state = judge_export(before);
    assert_int_equal(judge_import(after, state), 0);
    found->n = 0;
    for (size_t i = n; i < judged.n; i++)
        judge_entry(after, i, &judged.leaf[i], buf_span(&judged.entry[i]));
    json_decref(state);
    judge_free(before);
    judge_free(after);
}
