/* find_terms.h: the lists that an entry can be found in. */
#include "daemon/state/find_terms.h"

#include <string.h>

#include "proto/record/entry.h"
#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"

/* "LIST:NAME " of each term. */
struct terms {
    struct buf text;
    unsigned stop_after; /* 0: never */
    enum store_result stop;
};

static enum store_result add_term(void *ctx, enum store_list list, struct span name)
{
    struct terms *t = ctx;
    buf_adds(&t->text, list == LIST_SIGNER     ? "signer:"
                       : list == LIST_WARRANT  ? "warrant:"
                       : list == LIST_REGISTRY ? "registry:"
                                               : "other:");
    buf_add_span(&t->text, name);
    buf_adds(&t->text, " ");
    return t->stop_after > 0 && --t->stop_after == 0 ? t->stop : STORE_OK;
}

static enum store_result visit(struct terms *t, const struct world *w, uint64_t index)
{
    struct reference_source from = { .memory = NULL };
    struct entry e;
    struct record r;
    struct refusal why;
    assert_int_equal(store_begin(&from.txn, w->service.store, STORE_READ), STORE_OK);
    assert_int_equal(entry_parse(&e, buf_span(&w->log.entry[index]), &why), 0);
    assert_int_equal(record_parse(&r, e.note, &why), 0);
    enum store_result result = find_terms_visit(&r, &from, add_term, t);
    record_free(&r);
    store_end(from.txn);
    return result;
}

/* Of an entry of the fixture's log: `%s` of the texts are names of its signers. */
static void expect_terms(const struct world *w, uint64_t index, const char *terms)
{
    struct terms t = { .stop_after = 0 };
    assert_int_equal(visit(&t, w, index), STORE_OK);
    assert_string_equal(buf_str(&t.text), terms);
    buf_free(&t.text);
}

static const char *name_of(const struct world *w, enum who who)
{
    return w->log.who[who].key.vkey.name;
}

static void the_registry_is_found_under_whom_it_is_about(void **state)
{
    struct world *w = world_new(0);
    (void)state;
    expect_terms(w, 0,
                 text_of("signer:%s registry: signer:%s signer:%s ", name_of(w, THE_LOG),
                         name_of(w, REGISTRAR), name_of(w, REGISTRAR2)));
    expect_terms(
        w, 1, text_of("signer:%s registry: signer:%s ", name_of(w, REGISTRAR), name_of(w, JUDGE)));
    world_free(w);
}

static const char *reference_of(const struct world *w)
{
    static char ref[TEXT_MAX + 1];
    struct entry e;
    struct record r;
    struct refusal why;
    assert_int_equal(entry_parse(&e, buf_span(&w->log.entry[w->log.warrant]), &why), 0);
    assert_int_equal(record_parse(&r, e.note, &why), 0);
    snprintf(ref, sizeof ref, "%s", record_string(&r, "ref"));
    record_free(&r);
    return ref;
}

static void a_warrant_is_found_by_its_reference(void **state)
{
    struct world *w = world_new(0);
    (void)state;
    expect_terms(w, w->log.warrant,
                 text_of("signer:%s warrant:%s ", name_of(w, JUDGE), reference_of(w)));
    world_free(w);
}

/* Adds a request under a warrant to the log; the store need not have it. */
static uint64_t request_under(struct world *w, const char *warrant)
{
    const char *members = log_members(&w->log, KIND_REQUEST),
               *purpose = strstr(members, "\"purpose\"");
    assert_non_null(purpose);
    return log_add(&w->log, BY(REQUESTER, KIND_REQUEST,
                               .members = text_of("%.*s\"warrant\":%s,%s", (int)(purpose - members),
                                                  members, warrant, purpose)));
}

/* Calls the warrant W-9, and points at its entry. */
static const char *pointing(const struct world *w)
{
    return text_of("{\"ref\":\"W-9\",%s", log_ref(&w->log, w->log.warrant) + 1);
}

/* By the reference that it names, and, where it names the entry, by what that is called, too. */
static void a_request_is_found_by_its_warrant(void **state)
{
    struct world *w = world_new(0);
    (void)state;
    expect_terms(
        w, request_under(w, pointing(w)),
        text_of("signer:%s warrant:W-9 warrant:%s ", name_of(w, REQUESTER), reference_of(w)));
    expect_terms(w, request_under(w, "{\"ref\":\"W-9\"}"),
                 text_of("signer:%s warrant:W-9 ", name_of(w, REQUESTER)));
    world_free(w);
}

static void what_stops_it_is_returned(void **state)
{
    struct world *w = world_new(0);
    (void)state;
    for (unsigned after = 1; after <= 4; after++) {
        struct terms t = { .stop_after = after, .stop = STORE_FULL };
        assert_int_equal(visit(&t, w, 0), STORE_FULL);
        assert_int_equal(t.stop_after, 0);
        buf_free(&t.text);
    }
    world_free(w);
}

static void a_store_that_fails_stops_it(void **state)
{
    struct world *w = world_new(0);
    struct terms t = { .stop_after = 0 };
    (void)state;
    uint64_t index = request_under(w, pointing(w));
    store_fake_set_entry(w->service.store, w->log.warrant, NULL);
    assert_int_equal(visit(&t, w, index), STORE_DAMAGED);
    buf_free(&t.text);
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_registry_is_found_under_whom_it_is_about),
        cmocka_unit_test(a_warrant_is_found_by_its_reference),
        cmocka_unit_test(a_request_is_found_by_its_warrant),
        cmocka_unit_test(what_stops_it_is_returned),
        cmocka_unit_test(a_store_that_fails_stops_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
