#include "tests/unit/proto/answer/answer_case.h"

struct indexed x;
struct found found;
struct buf file;
struct answer_question warrant;
uint64_t newest;

int case_start(void **state)
{
    (void)state;
    indexed_start(&x);
    warrant = question_of(INDEX_KEY_WARRANT, REFERENCE);
    return 0;
}

int case_stop(void **state)
{
    (void)state;
    indexed_free(&x);
    buf_free(&file);
    return 0;
}

void with_index(void)
{
    const uint64_t ends[] = { 7, 15, x.l.n };
    newest = add_honest_index(&x, ends, COUNT(ends), NULL);
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
}

void ask(const struct answer_question *q)
{
    struct answer_ask a = ask_of(&x, newest, q);
    buf_clear(&file);
    make_answer(&file, &x, &a);
}

enum verdict judge(struct answer_part *p)
{
    return judge_file(&x, buf_span(&file), &found, p);
}

bool has_key(uint64_t index, const struct answer_question *q)
{
    struct index_row *rows, row;
    size_t n = honest_rows(&x, index, index + 1, &rows);
    index_row_set(&row, &q->key, index);
    bool has = false;
    for (size_t i = 0; i < n; i++)
        has = has || index_row_compare(&rows[i], &row) == 0;
    free(rows);
    return has;
}
