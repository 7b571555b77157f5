/* carried_entries.h: a log that is judged by a few of its entries: who is told of each, what is
 * looked up among them, who may stop it. */
#include "proto/verify/carried_entries.h"

#include <stdlib.h>

#include "tests/unit/fixture.h"

static struct log l;
static struct found found;
static struct log_keys keys;
static struct hash root;

static int start(void **state)
{
    (void)state;
    log_start(&l, ",\"skew\":601");
    keys = (struct log_keys){ .n = 1, .key = { &l.who[THE_LOG].key.vkey } };
    found.n = 0;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    log_free(&l);
    return 0;
}

/* Asked before each entry: says no when `left` have gone by. */
struct patience {
    size_t left;
};

static void told(void *ctx, const struct finding *f)
{
    (void)ctx;
    found_add(&found, f);
}

static bool is_patient(void *ctx)
{
    struct patience *p = ctx;
    return p->left-- > 0;
}

/* Judges these entries, which end with NO_ENTRY, whose proofs are good but for that of
 * `unproven`. */
static size_t judge(const uint64_t *index, uint64_t unproven, struct patience *p, int64_t *skew)
{
    struct chain c = { .n = 0 };
    struct watch watch = { .found = told, .go_on = p == NULL ? NULL : is_patient, .ctx = p };
    found.n = 0;
    log_root(&l, l.n, &root);
    for (; *index != NO_ENTRY; index++)
        chain_add(&c, &l, l.n, *index);
    for (size_t i = 0; i < c.n; i++)
        c.hashes[i][0].b[0] ^= c.entry[i].index == unproven;
    return carried_judge(c.entry, c.n, l.n, &root, &keys, NULL, &watch, skew);
}

#define ENTRIES(...) ((const uint64_t[]){ __VA_ARGS__, NO_ENTRY })

static void signatures_are_counted(void **state)
{
    int64_t skew = 0;
    (void)state;
    assert_int_equal(judge(ENTRIES(7, 2, 0), NO_ENTRY, NULL, &skew), 3);
    expect_none(&found);
    assert_int_equal(skew, 601000);
    assert_int_equal(judge(ENTRIES(7, 2), NO_ENTRY, NULL, &skew), 0); /* by whom is not shown */
    assert_int_equal(skew, 600000);
    assert_int_equal(judge(ENTRIES(7, 2, 0), NO_ENTRY, NULL, NULL), 3); /* nobody asks for it */
    assert_int_equal(judge(ENTRIES(NO_ENTRY), NO_ENTRY, NULL, NULL), 0);
}

static void what_is_not_proven_says_nothing(void **state)
{
    (void)state;
    assert_int_equal(judge(ENTRIES(7, 2, 0), 2, NULL, NULL), 0);
    expect_only(&found, REASON_RECEIPT_PATH, VERDICT_BAD, 2);
}

/* References are looked up among the entries at hand, wherever they stand. */
static void references_are_looked_up_among_them(void **state)
{
    uint64_t request = l.request;
    const char *wrong;
    (void)state;
    for (uint64_t of = 6; of < 9; of++) {
        log_free(&l);
        log_start(&l, "");
        wrong = text_of("\"about\":{\"entry\":%llu%s,\"cause\":\"other\"", (unsigned long long)of,
                        strchr(log_ref(&l, 0), ','));
        uint64_t at = log_add(&l, BY(OVERSIGHT, KIND_CORRECTION, .members = wrong));
        judge(ENTRIES(at, 8, 7, 6, 5, 4, 3, 2, 1, 0), NO_ENTRY, NULL, NULL);
        expect_only(&found, REASON_REF_HASH, VERDICT_BAD, at);
        judge(ENTRIES(at, 5, 4, 3, 2, 1, 0), NO_ENTRY, NULL, NULL); /* it is not at hand */
        expect_none(&found);
    }
    uint64_t good = log_add(&l, BY(HOLDER, KIND_RESPONSE));
    judge(ENTRIES(good, request, 4, 3, 2, 0), NO_ENTRY, NULL, NULL);
    expect_none(&found);
}

static void whoever_watches_may_stop_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct patience p = { .left = i };
        assert_int_equal(judge(ENTRIES(7, 2, 0), NO_ENTRY, &p, NULL), i < 3 ? SIZE_MAX : 3);
        expect_none(&found);
    }
    struct patience none = { .left = 0 }; /* and then nothing is said of a proof either */
    assert_int_equal(judge(ENTRIES(7, 2, 0), 7, &none, NULL), SIZE_MAX);
    expect_none(&found);
}

/* ---- who is told of each --------------------------------------------------------------------- */

struct heard {
    size_t n;
    uint64_t index[16];
    bool counts[16];
    const char *signer[16]; /* NULL: nobody */
};

static void hear(void *ctx, const struct judged *e, const struct enrolment *signer)
{
    struct heard *h = ctx;
    h->index[h->n] = e->index;
    h->counts[h->n] = e->counts;
    h->signer[h->n++] = signer == NULL ? NULL : text_of("%s", signer->key.name);
}

static void hear_all(struct heard *h, const uint64_t *index)
{
    struct entry_at_hand list[16] = { { .index = 0 } };
    struct watch watch = { .found = told };
    struct carried_setup setup = {
        .size = l.n, .log = &keys, .watch = &watch, .judged = hear, .ctx = h
    };
    size_t n = 0;
    *h = (struct heard){ .n = 0 };
    found.n = 0;
    for (; index[n] != NO_ENTRY; n++)
        list[n] = (struct entry_at_hand){ .index = index[n],
                                          .bytes = buf_span(&l.entry[index[n]]),
                                          .leaf = l.leaf[index[n]] };
    carried_judge_proven(list, n, &setup, NULL);
    assert_int_equal(h->n, n);
    for (size_t i = 0; i < n; i++)
        assert_true(h->index[i] == index[i]);
}

static void who_signed_is_told_where_it_counts(void **state)
{
    struct heard h;
    (void)state;
    uint64_t role = log_add(&l, BY(AUDITOR, KIND_ERASURE));
    uint64_t index = log_add(&l, BY(THE_LOG, KIND_INDEX));
    hear_all(&h, ENTRIES(0, 2, 5, 7, role, index));
    const char *const signer[] = { ORIGIN,
                                   l.who[REGISTRAR].key.vkey.name,
                                   l.who[REGISTRAR].key.vkey.name,
                                   l.who[REQUESTER].key.vkey.name,
                                   NULL,
                                   ORIGIN };
    for (size_t i = 0; i < COUNT(signer); i++) {
        assert_int_equal(h.counts[i], signer[i] != NULL);
        if (signer[i] == NULL)
            assert_null(h.signer[i]);
        else
            assert_string_equal(h.signer[i], signer[i]);
    }
    hear_all(&h, ENTRIES(7)); /* nobody's enrolment is at hand */
    assert_true(!h.counts[0] && h.signer[0] == NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(signatures_are_counted),
        TEST(what_is_not_proven_says_nothing),
        TEST(references_are_looked_up_among_them),
        TEST(whoever_watches_may_stop_it),
        TEST(who_signed_is_told_where_it_counts),
    };
    return cmocka_run_group_tests_name("carried_entries", tests, NULL, NULL);
}
