#include "proto/text/nearest.h"

#include <string.h>

#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

static const char *meant(const char *said)
{
    static const char *const words[] = { "replay", "report", "receipt", "revoke", "key", "keygen" };
    struct nearest n = { .said = said };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        nearest_offer(&n, words[i]);
    return n.best == NULL ? "-" : n.best;
}

static void test_one_mistake(void **state)
{
    (void)state;
    assert_string_equal(meant("replayy"), "replay"); /* one too many */
    assert_string_equal(meant("repay"), "replay");   /* one too few */
    assert_string_equal(meant("raplay"), "replay");  /* another */
    assert_string_equal(meant("rpelay"), "replay");  /* swapped */
    assert_string_equal(meant("REPORT"), "report");
    assert_string_equal(meant("kye"), "key");
}

static void test_how_many(void **state)
{
    (void)state;
    assert_string_equal(meant("raplxy"), "replay"); /* two of six */
    assert_string_equal(meant("raxlxy"), "-");      /* three of six */
    assert_string_equal(meant("xkxx"), "-");        /* all but one of four */
    assert_string_equal(meant("k"), "-");           /* nothing would be left of it */
    assert_string_equal(meant(""), "-");
    assert_string_equal(meant("wombat"), "-");
}

static void test_beginnings(void **state)
{
    (void)state;
    assert_string_equal(meant("rec"), "receipt");
    assert_string_equal(meant("rep"), "replay"); /* the first of equals */
    assert_string_equal(meant("keyge"), "keygen");
    assert_string_equal(meant("re"), "-");
    assert_string_equal(meant("key"), "key"); /* the word itself, not what begins with it */
}

static bool is_near(const char *said, const char *word)
{
    struct nearest n = { .said = said };
    nearest_offer(&n, word);
    return n.best == word;
}

/* The best of two, in either order. */
static void better(const char *said, const char *best, const char *other)
{
    struct nearest n = { .said = said }, again = n;
    nearest_offer(&n, best);
    nearest_offer(&n, other);
    assert_ptr_equal(n.best, best);
    nearest_offer(&again, other);
    nearest_offer(&again, best);
    assert_ptr_equal(again.best, best);
}

static void test_the_best_of_all(void **state)
{
    (void)state;
    better("key", "key", "keygen");
    better("key", "kay", "may");
    better("keyge", "keygen", "kexgx");
}

static void test_short_words(void **state)
{
    (void)state;
    assert_true(is_near("ab", "ac"));
    assert_false(is_near("ab", "cd"));
    assert_false(is_near("k", "j")); /* nothing would be left of it */
    assert_true(is_near("k", "K"));
}

/* Upper case is lower case, and nothing else is. */
static void test_case(void **state)
{
    (void)state;
    assert_true(is_near("REPROT", "report"));
    assert_true(is_near("reprot", "REPORT"));
    assert_true(is_near("AKEX", "akey"));
    assert_true(is_near("ZKEX", "zkey"));
    assert_false(is_near("@KEX", "`key"));
    assert_false(is_near("[KEX", "{key"));
}

/* Two neighbours that changed places are one difference; both must have. */
static void test_swaps(void **state)
{
    (void)state;
    assert_true(is_near("abz", "baz"));
    assert_false(is_near("abz", "xaz"));
    assert_false(is_near("abz", "bxz"));
}

/* The same word behind an unreadable page. */
static const char *behind_a_fence(const char *word)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(p, MAP_FAILED);
    assert_int_equal(mprotect(p, page, PROT_NONE), 0);
    return strcpy(p + page, word);
}

static void test_nothing_before_a_word_is_read(void **state)
{
    const char *said = behind_a_fence("rplaye"), *word = behind_a_fence("rrplay");
    (void)state;
    assert_true(is_near(said, word));
    assert_true(is_near("rrplax", word));
    assert_true(is_near(said, "arplay"));
    munmap((char *)(uintptr_t)said - sysconf(_SC_PAGESIZE), 2 * (size_t)sysconf(_SC_PAGESIZE));
    munmap((char *)(uintptr_t)word - sysconf(_SC_PAGESIZE), 2 * (size_t)sysconf(_SC_PAGESIZE));
}

static void test_long_words(void **state)
{
    char word[NEAREST_MAX + 2];
    struct nearest n = { .said = word };
    (void)state;
    memset(word, 'a', sizeof word);
    word[NEAREST_MAX + 1] = 0;
    nearest_offer(&n, word);
    assert_null(n.best);
    nearest_offer(&n, word + 1); /* what was said is too long */
    assert_null(n.best);
    n.said = word + 1;
    nearest_offer(&n, word); /* what is offered */
    assert_null(n.best);
    n.said = word;
    word[NEAREST_MAX] = 0;
    nearest_offer(&n, word);
    assert_ptr_equal(n.best, word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_mistake), cmocka_unit_test(test_how_many),
        cmocka_unit_test(test_beginnings),  cmocka_unit_test(test_the_best_of_all),
        cmocka_unit_test(test_short_words), cmocka_unit_test(test_case),
        cmocka_unit_test(test_swaps),       cmocka_unit_test(test_nothing_before_a_word_is_read),
        cmocka_unit_test(test_long_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
