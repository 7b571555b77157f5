/* bitacora.h from several threads: the first contexts of the process made at once, then one policy,
 * one gate and one receipt read by all, each with a context of its own. VARIANT=tsan looks closer. */
#include <pthread.h>

#include "tests/unit/proto/lib/lib_fixture.h"

#define THREADS 8
#define ROUNDS 20

static struct buf good, bad;
static bitacora_receipt *shared;

/* What went wrong is counted: cmocka's assertions are for one thread. */
struct work {
    pthread_t thread;
    bitacora_context *ctx;
    unsigned wrong;
};

static void *make_context(void *arg)
{
    struct work *w = arg;
    w->wrong += bitacora_context_new(&w->ctx) != BITACORA_PROVEN;
    return NULL;
}

static void judge_once(struct work *w)
{
    bitacora_receipt *r;
    char sentence[256];
    w->wrong += bitacora_receipt_verify(w->ctx, policy, good.p, good.n, &r) != BITACORA_PROVEN;
    w->wrong += bitacora_receipt_compare(w->ctx, r, shared, NULL, NULL) != BITACORA_PROVEN;
    w->wrong += strcmp(bitacora_receipt_kind(shared), "request") != 0;
    bitacora_receipt_free(r);
    w->wrong += bitacora_receipt_verify(w->ctx, policy, bad.p, bad.n, &r) != BITACORA_BAD;
    w->wrong += bitacora_findings(w->ctx) == 0;
    w->wrong += bitacora_finding_sentence(bitacora_finding_at(w->ctx, 0), "es", sentence,
                                          sizeof sentence) == 0;
}

static void *judge_often(void *arg)
{
    for (int i = 0; i < ROUNDS; i++)
        judge_once(arg);
    return NULL;
}

static void run_all(struct work *work, void *(*run)(void *))
{
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&work[i].thread, NULL, run, &work[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(work[i].thread, NULL), 0);
        assert_int_equal(work[i].wrong, 0);
    }
}

static void threads_judge_beside_each_other(void **state)
{
    (void)state;
    struct work work[THREADS] = { { 0 } };
    run_all(work, make_context);
    lib_start();
    receipt_of(&good, &l, l.request, log_seconds());
    buf_add_span(&bad, buf_span(&good));
    uint8_t *root = (uint8_t *)strstr(buf_str(&bad), ORIGIN "\n") + sizeof ORIGIN + 4;
    *root = *root == 'A' ? 'B' : 'A';
    assert_int_equal(bitacora_receipt_verify(ctx, policy, good.p, good.n, &shared),
                     BITACORA_PROVEN);
    run_all(work, judge_often);
    for (int i = 0; i < THREADS; i++)
        bitacora_context_free(work[i].ctx);
    bitacora_receipt_free(shared);
    buf_free(&good);
    buf_free(&bad);
    lib_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(threads_judge_beside_each_other) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
