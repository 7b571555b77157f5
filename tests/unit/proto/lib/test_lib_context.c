/* bitacora.h: a context under a cryptographic library that cannot be relied on; what cancels; and
 * where a sentence goes. Two functions of libsodium are stood in for here. */
#include "tests/unit/proto/lib/lib_fixture.h"

#include <dlfcn.h>
#include <sodium.h>
#include <sys/wait.h>
#include <unistd.h>

static struct {
    bool fakes;
    int init;       /* what sodium_init() returns then */
    bool takes_all; /* signatures, whatever they are */
} library;

static void *theirs(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    assert_non_null(found);
    return found;
}

int sodium_init(void)
{
    int (*real)(void);
    *(void **)&real = theirs("sodium_init");
    int done = real();
    return library.fakes ? library.init : done;
}

int crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m,
                                unsigned long long n, const unsigned char *pk)
{
    int (*real)(const unsigned char *, const unsigned char *, unsigned long long,
                const unsigned char *);
    *(void **)&real = theirs("crypto_sign_verify_detached");
    return library.takes_all ? 0 : real(sig, m, n, pk);
}

/* What the first context of a process is, as its exit status: 50 more where there is one. */
static int first_context(int init, bool takes_all)
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        bitacora_context *c;
        library.fakes = true;
        library.init = init;
        library.takes_all = takes_all;
        bitacora_result result = bitacora_context_new(&c);
        _exit((int)result + (c == NULL ? 0 : 50));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Before any other context of this process. */
static void under_a_library_that_fails_there_is_none(void **state)
{
    (void)state;
    assert_int_equal(first_context(0, false), 50 + BITACORA_PROVEN);
    assert_int_equal(first_context(1, false), 50 + BITACORA_PROVEN); /* somebody was first */
    assert_int_equal(first_context(-1, false), BITACORA_USAGE);
    assert_int_equal(first_context(0, true), BITACORA_USAGE);
}

/* ---- cancelling ------------------------------------------------------------------------------ */

/* Says yes once. */
static int say_once(void *asked)
{
    return ++*(unsigned *)asked == 1;
}

static void who_said_stop_is_not_asked_again(void **state)
{
    struct buf text = { 0 };
    bitacora_receipt *r;
    unsigned asked = 0;
    (void)state;
    lib_start();
    receipt_of(&text, &l, l.request, log_seconds());
    bitacora_set_cancel(ctx, say_once, &asked);
    assert_int_equal(bitacora_receipt_verify(ctx, policy, text.p, text.n, &r), BITACORA_CANCELLED);
    assert_null(r);
    assert_int_equal(asked, 1);
    /* The next call asks again. */
    assert_int_equal(bitacora_receipt_verify(ctx, policy, text.p, text.n, &r), BITACORA_PROVEN);
    assert_true(asked > 1);
    bitacora_receipt_free(r);
    buf_free(&text);
    lib_stop();
}

/* A callback that wants to be asked no more. */
static int forget_it(void *asked)
{
    ++*(unsigned *)asked;
    bitacora_set_cancel(ctx, NULL, NULL);
    return 0;
}

static void a_callback_cannot_take_itself_away(void **state)
{
    struct buf text = { 0 };
    bitacora_receipt *r;
    unsigned asked = 0;
    (void)state;
    lib_start();
    receipt_of(&text, &l, l.request, log_seconds());
    bitacora_set_cancel(ctx, forget_it, &asked);
    assert_int_equal(bitacora_receipt_verify(ctx, policy, text.p, text.n, &r), BITACORA_PROVEN);
    assert_true(asked > 1);
    bitacora_receipt_free(r);
    buf_free(&text);
    lib_stop();
}

/* ---- findings -------------------------------------------------------------------------------- */

/* Two receipts without their quorum: one finding of each, and one about the kind. */
static void as_many_findings_are_kept_as_are_asked_for(void **state)
{
    struct buf text = { 0 };
    bitacora_receipt *r;
    (void)state;
    lib_start();
    receipt_of(&text, &l, l.request, 0);
    assert_int_equal(bitacora_receipt_verify(ctx, policy, text.p, text.n, &r), BITACORA_UNDECIDED);
    /* Other limits say nothing of findings. */
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_POLICY, 1), BITACORA_PROVEN);
    assert_int_equal(bitacora_gate_check_warrant(ctx, l.now, r, r), BITACORA_BAD);
    assert_int_equal(bitacora_findings(ctx), 3);
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_FINDINGS, 2), BITACORA_PROVEN);
    assert_int_equal(bitacora_gate_check_warrant(ctx, l.now, r, r), BITACORA_BAD);
    assert_int_equal(bitacora_findings(ctx), 2);
    assert_int_equal(bitacora_findings_total(ctx), 3);
    assert_true(has_found("kind", NULL)); /* what is bad is not left out */
    bitacora_receipt_free(r);
    buf_free(&text);
    lib_stop();
}

/* ---- sentences ------------------------------------------------------------------------------- */

static void a_sentence_needs_no_room(void **state)
{
    char none_of_it = 'x', text[1024];
    bitacora_policy *p;
    (void)state;
    lib_start();
    assert_int_equal(bitacora_policy_parse(ctx, "log x\n", 6, &p), BITACORA_USAGE);
    const bitacora_finding *f = bitacora_finding_at(ctx, 0);
    size_t whole = bitacora_finding_sentence(f, "en", NULL, 0);
    assert_true(whole > 0);
    assert_int_equal(bitacora_finding_sentence(f, "en", NULL, 100), whole);
    assert_int_equal(bitacora_finding_sentence(f, "en", &none_of_it, 0), whole);
    assert_int_equal(none_of_it, 'x');
    memset(text, 'x', sizeof text);
    assert_int_equal(bitacora_finding_sentence(f, "en", text, sizeof text), whole);
    assert_int_equal(strlen(text), whole);
    for (size_t i = whole + 1; i < sizeof text; i++)
        assert_int_equal(text[i], 'x'); /* nothing is written behind it */
    lib_stop();
}

static void only_findings_that_there_are_are_shown(void **state)
{
    bitacora_policy *p;
    (void)state;
    lib_start();
    assert_int_equal(bitacora_policy_parse(ctx, "log x\n", 6, &p), BITACORA_USAGE);
    assert_non_null(bitacora_finding_at(ctx, 0));
    assert_null(bitacora_finding_at(ctx, 1));
    lib_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(under_a_library_that_fails_there_is_none),
        cmocka_unit_test(who_said_stop_is_not_asked_again),
        cmocka_unit_test(a_callback_cannot_take_itself_away),
        cmocka_unit_test(as_many_findings_are_kept_as_are_asked_for),
        cmocka_unit_test(a_sentence_needs_no_room),
        cmocka_unit_test(only_findings_that_there_are_are_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
