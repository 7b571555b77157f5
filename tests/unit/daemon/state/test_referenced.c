/* referenced.h: entries that records refer to, out of the memory or the store. */
#include "daemon/state/referenced.h"

#include <stdlib.h>

#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"

struct reading {
    struct world *w;
    struct referenced_memory *memory;
    struct reference_source from;
};

static void begin(struct reading *r, bool remembers)
{
    r->w = world_new(0);
    r->memory = remembers ? calloc(1, sizeof *r->memory) : NULL;
    r->from.memory = r->memory;
    assert_int_equal(store_begin(&r->from.txn, r->w->service.store, STORE_READ), STORE_OK);
}

static void end(struct reading *r)
{
    store_end(r->from.txn);
    free(r->memory);
    world_free(r->w);
}

static void an_entry_is_read_with_its_kind_and_hash(void **state)
{
    struct reading r;
    struct referenced out;
    struct known_entry known;
    (void)state;
    begin(&r, false);
    const struct log *l = &r.w->log;
    assert_int_equal(referenced_read(&out, &r.from, l->request), STORE_OK);
    assert_int_equal(out.known.kind, KIND_REQUEST);
    assert_true(hash_eq(&out.known.leaf, &l->leaf[l->request]));
    assert_int_equal(out.ref_length, 0);
    assert_int_equal(referenced_lookup(&r.from, 0, &known), LOOKUP_FOUND);
    assert_int_equal(known.kind, KIND_GENESIS);
    end(&r);
}

static void a_warrant_has_its_reference(void **state)
{
    struct reading r;
    struct referenced out;
    struct entry e;
    struct record warrant;
    struct refusal why;
    (void)state;
    begin(&r, false);
    const struct log *l = &r.w->log;
    assert_int_equal(entry_parse(&e, buf_span(&l->entry[l->warrant]), &why), 0);
    assert_int_equal(record_parse(&warrant, e.note, &why), 0);
    assert_int_equal(referenced_read(&out, &r.from, l->warrant), STORE_OK);
    assert_int_equal(out.known.kind, KIND_WARRANT);
    assert_true(
        span_is(span_of((uint8_t *)out.ref, out.ref_length), record_string(&warrant, "ref")));
    assert_true(out.ref_length > 0);
    record_free(&warrant);
    end(&r);
}

/* To point at what is not there is damage: references were judged when they came. */
static void an_entry_that_is_not_there_is_damage(void **state)
{
    struct reading r;
    struct referenced out;
    struct known_entry known;
    (void)state;
    begin(&r, true);
    assert_int_equal(referenced_read(&out, &r.from, r.w->log.n), STORE_DAMAGED);
    assert_int_equal(referenced_lookup(&r.from, r.w->log.n, &known), LOOKUP_FAILED);
    end(&r);
}

static void an_entry_without_its_form_is_damage(void **state)
{
    struct reading r;
    struct referenced out;
    struct buf bytes = { 0 };
    (void)state;
    begin(&r, true);
    buf_adds(&bytes, "no entry");
    store_fake_set_entry(r.w->service.store, 7, &bytes);
    assert_int_equal(referenced_read(&out, &r.from, 7), STORE_DAMAGED);
    assert_int_equal(referenced_read(&out, &r.from, 7), STORE_DAMAGED); /* nor is it remembered */
    buf_free(&bytes);
    end(&r);
}

static void what_the_store_says_is_passed_on(void **state)
{
    struct reading r;
    struct referenced out;
    (void)state;
    begin(&r, true);
    store_fake_fail(r.w->service.store, 1, STORE_IO, false);
    assert_int_equal(referenced_read(&out, &r.from, 7), STORE_IO);
    assert_int_equal(referenced_read(&out, &r.from, 7), STORE_OK);
    end(&r);
}

/* It is not asked of the store again, until it is forgotten. */
static void an_entry_is_remembered(void **state)
{
    struct reading r;
    struct referenced out, again;
    (void)state;
    begin(&r, true);
    const struct log *l = &r.w->log;
    assert_int_equal(referenced_read(&out, &r.from, l->warrant), STORE_OK);
    store_fake_fail(r.w->service.store, 1, STORE_IO, false);
    assert_int_equal(referenced_read(&again, &r.from, l->warrant), STORE_OK);
    assert_int_equal(again.ref_length, out.ref_length);
    assert_memory_equal(again.ref, out.ref, out.ref_length);
    assert_true(hash_eq(&again.known.leaf, &l->leaf[l->warrant]));
    assert_int_equal(referenced_read(&again, &r.from, l->warrant + REFERENCED_KEPT), STORE_IO);
    referenced_forget(r.memory);
    store_fake_fail(r.w->service.store, 1, STORE_IO, false);
    assert_int_equal(referenced_read(&again, &r.from, l->warrant), STORE_IO);
    end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_is_read_with_its_kind_and_hash),
        cmocka_unit_test(a_warrant_has_its_reference),
        cmocka_unit_test(an_entry_that_is_not_there_is_damage),
        cmocka_unit_test(an_entry_without_its_form_is_damage),
        cmocka_unit_test(what_the_store_says_is_passed_on),
        cmocka_unit_test(an_entry_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
