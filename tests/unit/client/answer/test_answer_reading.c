/* How a file of parts is read: from a pipe as from a disk, whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/answer/answer_check.h"
#include "client/base/lost.h"
#include "tests/unit/client/log_folder.h"
#include "tests/unit/proto/answer/answer_fixture.h"

static struct log_folder folder;
static struct indexed x;
static struct trust trust;
static struct answer_check check;
static struct buf file;

static int start(void **state)
{
    (void)state;
    log_folder_make(&folder);
    indexed_start(&x);
    for (int i = 0; i < 20; i++)
        add_request(&x, x.warrant[0], REFERENCE);
    trust = (struct trust){ .policy = x.policy, .max_age = -1 };
    answer_check_open(&check, &trust);
    const uint64_t ends[] = { 7, x.l.n };
    struct answer_question q = question_of(INDEX_KEY_WARRANT, REFERENCE);
    struct answer_ask ask = ask_of(&x, add_honest_index(&x, ends, COUNT(ends), NULL), &q);
    ask.entries_max = 3;
    make_answer(&file, &x, &ask);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    answer_check_close(&check);
    buf_free(&file);
    file = (struct buf){ 0 };
    indexed_free(&x);
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

static enum verdict check_file(const char *path)
{
    answer_check_close(&check);
    answer_check_open(&check, &trust);
    answer_check_file(&check, path);
    return answer_check_end(&check);
}

static const char *put(struct span bytes)
{
    log_folder_put(&folder, "answer", bytes);
    return log_folder_path(&folder, "answer");
}

static size_t open_files(void)
{
    size_t n = 0;
    for (int fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

/* Into a pipe, until all of it was taken. */
static bool write_and_wait(FILE *out, struct span bytes)
{
    bool good = fwrite(bytes.p, 1, bytes.n, out) == bytes.n && fflush(out) == 0;
    for (int held = 1; good && held > 0; sched_yield())
        good = ioctl(fileno(out), FIONREAD, &held) == 0;
    return good;
}

static void what_comes_in_pieces_is_read_whole(void **state)
{
    (void)state;
    assert_true(file.n > 3 * 4096);
    assert_int_equal(mkfifo(log_folder_path(&folder, "pipe"), 0600), 0);
    for (size_t less = 0; less < 2; less++) {
        pid_t writer = fork();
        if (writer == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL); /* it waits for a reader */
            FILE *out = fopen(log_folder_path(&folder, "pipe"), "wb");
            bool good = out != NULL;
            for (size_t at = 0; good && at < file.n - less; at += 1000) {
                size_t n = file.n - less - at < 1000 ? file.n - less - at : 1000;
                good = write_and_wait(out, span_of(file.p + at, n));
            }
            _exit(!good || fclose(out) != 0);
        }
        int status = -1;
        char path[128];
        snprintf(path, sizeof path, "%s", log_folder_path(&folder, "pipe"));
        assert_int_equal(check_file(path), less == 0 ? VERDICT_GOOD : VERDICT_UNDECIDED);
        assert_int_equal(waitpid(writer, &status, 0), writer);
        assert_int_equal(status, 0);
    }
}

static volatile sig_atomic_t *interrupts; /* shared with the writer */

static void count(int signal)
{
    (void)signal;
    ++*interrupts;
}

/* While it waits for the pipe it is interrupted. */
static void what_is_interrupted_is_read_all_the_same(void **state)
{
    struct sigaction on = { .sa_handler = count }, before;
    char path[128];
    int status = -1;
    (void)state;
    interrupts =
        mmap(NULL, sizeof *interrupts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(interrupts != MAP_FAILED);
    snprintf(path, sizeof path, "%s", log_folder_path(&folder, "pipe"));
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(sigaction(SIGUSR1, &on, &before), 0);
    pid_t writer = fork();
    if (writer == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* it waits for a reader */
        FILE *out = fopen(path, "wb");
        bool good = out != NULL && write_and_wait(out, span_of(file.p, 1000));
        for (int i = 0; good && i < 20; i++) {
            int seen = *interrupts;
            good = kill(getppid(), SIGUSR1) == 0;
            while (good && *interrupts == seen)
                sched_yield();
        }
        good = good && write_and_wait(out, span_of(file.p + 1000, file.n - 1000));
        _exit(!good || fclose(out) != 0);
    }
    assert_int_equal(check_file(path), VERDICT_GOOD);
    assert_int_equal(waitpid(writer, &status, 0), writer);
    assert_int_equal(status, 0);
    assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
    munmap((void *)interrupts, sizeof *interrupts);
}

static void what_cannot_be_read_to_its_end_is_told(void **state)
{
    (void)state;
    assert_int_equal(check_file("/proc/self/mem"), VERDICT_UNDECIDED); /* its first page */
    assert_int_equal(check.findings.total, 1);
    assert_int_equal(check.findings.list[0].why.reason, REASON_UNREADABLE);
    assert_string_equal(check.findings.list[0].why.subject, "/proc/self/mem");
}

/* Whatever happened before. */
static void an_error_of_before_is_none_of_this_file(void **state)
{
    (void)state;
    const char *path = put(buf_span(&file));
    errno = EINTR;
    assert_int_equal(check_file(path), VERDICT_GOOD);
    assert_true(check.facts.parts > 3);
}

static void files_are_closed_again(void **state)
{
    (void)state;
    size_t before = open_files();
    const char *path = put(buf_span(&file));
    assert_int_equal(check_file(path), VERDICT_GOOD);
    assert_true(answer_file_begins(path));
    assert_int_equal(open_files(), before);
}

/* Where no more files may be open it is not known for an answer. */
static void what_cannot_be_opened_is_no_answer(void **state)
{
    struct rlimit before, none;
    (void)state;
    const char *path = put(buf_span(&file));
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    bool begins = answer_file_begins(path);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_false(begins);
    assert_true(answer_file_begins(path));
}

/* A part that has not its form says nothing: no more is told of it than that. */
static void what_stands_behind_the_parts_is_told_once(void **state)
{
    struct buf more = { 0 };
    (void)state;
    buf_add_span(&more, buf_span(&file));
    buf_adds(&more, "nonsense");
    assert_int_equal(check_file(put(buf_span(&more))), VERDICT_UNDECIDED);
    assert_int_equal(check.findings.total, 1);
    assert_int_equal(check.findings.list[0].why.reason, REASON_ANSWER_FORM);
    buf_free(&more);
}

/* Where memory ran out nothing is good; what was shown to be bad is bad all the same. */
static void what_was_lost_makes_nothing_better(void **state)
{
    struct answer_question other = question_of(INDEX_KEY_WARRANT, "99/2025");
    (void)state;
    assert_int_equal(check_file(put(buf_span(&file))), VERDICT_GOOD);
    lost(ENOMEM);
    assert_int_equal(answer_check_end(&check), VERDICT_UNDECIDED);
    lost_forget();
    answer_check_close(&check);
    answer_check_open(&check, &trust);
    answer_check_part(&check, buf_span(&file), &other);
    lost(ENOMEM);
    assert_int_equal(answer_check_end(&check), VERDICT_BAD);
    lost_forget();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_comes_in_pieces_is_read_whole),
        TEST(what_is_interrupted_is_read_all_the_same),
        TEST(what_cannot_be_read_to_its_end_is_told),
        TEST(an_error_of_before_is_none_of_this_file),
        TEST(files_are_closed_again),
        TEST(what_cannot_be_opened_is_no_answer),
        TEST(what_stands_behind_the_parts_is_told_once),
        TEST(what_was_lost_makes_nothing_better),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
