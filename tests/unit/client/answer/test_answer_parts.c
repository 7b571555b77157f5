/* Very many parts, and very long ones, whatever is in them: nobody judges them here. */
#include <stdlib.h>
#include <unistd.h>

#include "client/answer/answer_get.h"
#include "client/base/lost.h"
#include "proto/answer/answer.h"
#include "tests/unit/client/log_fake.h"
#include "tests/unit/client/log_folder.h"

#define PARTS_MOST 65536 /* of one answer */

static struct log_folder folder;
static struct log l;
static struct log_client *service;
static size_t parts;
static bool doubtful; /* the first part is all, and shows a newer index, and something is wrong */

#define LENGTH 3000017 /* of a part in a file, which begins with its number */
#define IN_FILE 15     /* more than are held at once */

struct logfiles *__wrap_logfiles_of_url(const char *of, const struct log_reader *reader);
int __wrap_answer_put_checkpoint(struct buf *out, struct span part, struct span checkpoint);
size_t __wrap_answer_check_part(struct answer_check *c, struct span text,
                                const struct answer_question *asked);

struct logfiles *__wrap_logfiles_of_url(const char *of, const struct log_reader *reader)
{
    (void)reader;
    return logfiles_of_dir(of);
}

int __wrap_answer_put_checkpoint(struct buf *out, struct span part, struct span checkpoint)
{
    (void)checkpoint;
    buf_add_span(out, part);
    return 0;
}

size_t __wrap_answer_check_part(struct answer_check *c, struct span text,
                                const struct answer_question *asked)
{
    (void)asked;
    c->file.parts = ++parts;
    c->file.next = parts;
    c->file.end = doubtful ? parts : UINT64_MAX;
    if (doubtful) {
        struct finding f = { .verdict = VERDICT_UNDECIDED, .entry = NO_ENTRY };
        c->facts.newer = 3;
        findings_add(&c->findings, &f);
    }
    return text.n;
}

enum verdict __wrap_answer_judge(struct answer_part *out, size_t *used, const struct policy *policy,
                                 struct span text, const struct answer_question *asked,
                                 const struct hash *pin, const struct watch *watch);

enum verdict __wrap_answer_judge(struct answer_part *out, size_t *used, const struct policy *policy,
                                 struct span text, const struct answer_question *asked,
                                 const struct hash *pin, const struct watch *watch)
{
    struct finding f = { .verdict = VERDICT_UNDECIDED, .entry = parts };
    (void)policy;
    (void)asked;
    (void)pin;
    assert_true(text.n >= LENGTH);
    assert_int_equal(text.p[0], parts);
    watch->found(watch->ctx, &f);
    *out = (struct answer_part){ .from = parts, .to = parts + 1, .verdict = VERDICT_UNDECIDED };
    *used = LENGTH;
    parts++;
    return VERDICT_UNDECIDED;
}

/* The file has holes, and only its numbers are on the disk. */
static void a_long_file_is_read_part_by_part(void **state)
{
    struct answer_check check;
    const struct trust trust = { .max_age = -1 };
    (void)state;
    log_folder_make(&folder);
    FILE *out = fopen(log_folder_path(&folder, "long"), "wb");
    assert_non_null(out);
    for (int i = 0; i < IN_FILE; i++) {
        assert_int_equal(fseek(out, (long)i * LENGTH, SEEK_SET), 0);
        fputc(i, out);
    }
    fclose(out);
    assert_int_equal(truncate(log_folder_path(&folder, "long"), (off_t)IN_FILE * LENGTH), 0);
    parts = 0;
    answer_check_open(&check, &trust);
    answer_check_file(&check, log_folder_path(&folder, "long"));
    assert_int_equal(parts, IN_FILE);
    assert_int_equal(check.findings.total, IN_FILE);
    answer_check_close(&check);
    parts = 0;
    log_folder_remove(&folder);
    assert_false(lost_any());
}

static unsigned answer(const char *path, struct buf *body)
{
    (void)path;
    buf_adds(body, "part");
    return 200;
}

static void get(struct answer_check *check)
{
    struct answer_wanted wanted = { .out = -1 };
    log_folder_make(&folder);
    log_start(&l, "");
    log_folder_write(&folder, &l, l.n);
    service = log_fake_client(&l, l.n);
    log_fake_get(service, answer);
    log_fake_serve(service);
    struct policy *policy = log_policy(&l);
    const struct trust trust = { .policy = policy, .max_age = -1, .url = folder.dir };
    parts = 0;
    answer_check_open(check, &trust);
    assert_true(answer_wanted_ask(&wanted, INDEX_KEY_WARRANT, "1/2026"));
    assert_int_equal(answer_get(check, &wanted), ANSWER_GOT);
    policy_free(policy);
    log_client_free(service);
    log_free(&l);
    log_folder_remove(&folder);
    assert_false(lost_any());
}

/* A service that never comes to an end: of each part one entry is taken for good. */
static void a_service_is_not_asked_for_ever(void **state)
{
    struct answer_check check;
    (void)state;
    get(&check);
    assert_int_equal(parts, PARTS_MOST);
    assert_int_equal(check.verdict, VERDICT_UNDECIDED);
    assert_int_equal(check.findings.total, 1);
    assert_int_equal(check.findings.list[0].why.reason, REASON_ANSWER_PARTS);
    assert_string_equal(check.findings.list[0].why.subject, "v1/answer"); /* whose fault it is */
    answer_check_close(&check);
}

/* Only of a good answer a better one is looked for. */
static void what_is_not_good_is_not_got_again(void **state)
{
    struct answer_check check;
    (void)state;
    doubtful = true;
    get(&check);
    assert_int_equal(parts, 1);
    assert_int_equal(check.verdict, VERDICT_UNDECIDED);
    answer_check_close(&check);
    doubtful = false;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_file_is_read_part_by_part),
        cmocka_unit_test(a_service_is_not_asked_for_ever),
        cmocka_unit_test(what_is_not_good_is_not_got_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
