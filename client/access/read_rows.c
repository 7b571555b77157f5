#include "client/access/read_rows.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "client/base/lost.h"

#define PAGE_MAX (2 * 1024 * 1024) /* bytes of one answer */

struct rows_reading {
    struct log_client *client;
    uint64_t entry;
    uint64_t place; /* in the text of the rows */
    struct access_check check;
    struct spool *rows;
};

/* Takes the lines of an answer. */
static enum verdict take_page(struct rows_reading *r, struct span page, struct refusal *why)
{
    while (page.n > 0) {
        struct access_row row;
        const uint8_t *end = memchr(page.p, '\n', page.n);
        size_t n = end == NULL ? page.n : (size_t)(end - page.p);
        if (end == NULL) {
            refuse(why, REASON_ACCESS_FORM, "a line without its end");
            return VERDICT_BAD;
        }
        if (access_check_line(&r->check, span_of(page.p, n), &row, why) != 0)
            return why->reason == REASON_MEMORY ? VERDICT_UNDECIDED : VERDICT_BAD;
        spool_add(r->rows, &row);
        page = span_of(page.p + n + 1, page.n - n - 1);
    }
    return VERDICT_GOOD;
}

static enum verdict ask_page(struct rows_reading *r, struct refusal *why)
{
    char path[96];
    struct answer answer;
    int n = snprintf(path, sizeof path, "v1/access/%" PRIu64, r->entry);
    if (r->place > 0)
        snprintf(path + n, sizeof path - (size_t)n, "?at=%" PRIu64, r->place);
    log_client_get(r->client, path, PAGE_MAX, &answer);
    struct span page = buf_span(log_client_body(r->client));
    if (answer.status == 404) {
        refuse(why, REASON_MISSING, path);
        return VERDICT_UNDECIDED;
    }
    if (answer.status != 200 || !answer.acceptable) {
        struct complaint c;
        char subject[96];
        log_client_complaint(r->client, &answer, &c);
        snprintf(subject, sizeof subject, "%.40s (%.40s)", path, c.code);
        refuse(why, REASON_UNREADABLE, subject);
        return VERDICT_UNDECIDED;
    }
    r->place += page.n;
    if (page.n == 0) /* fewer than the entry says */
        return access_check_end(&r->check, why) == 0 ? VERDICT_GOOD : VERDICT_BAD;
    return take_page(r, page, why);
}

static enum verdict read_all(struct rows_reading *r, struct refusal *why)
{
    enum verdict verdict = VERDICT_GOOD;
    uint64_t before;
    do {
        before = r->check.rows.size;
        verdict = ask_page(r, why);
    } while (verdict == VERDICT_GOOD && r->check.rows.size > before &&
             r->check.rows.size < r->check.claim.count);
    if (verdict == VERDICT_GOOD && access_check_end(&r->check, why) != 0)
        verdict = VERDICT_BAD;
    return verdict;
}

enum verdict rows_read(struct log_client *client, uint64_t entry, const struct access_claim *claim,
                       struct spool **rows, struct refusal *why)
{
    struct rows_reading r = { .client = client, .entry = entry };
    *rows = NULL;
    if (claim->version != ACCESS_VERSION) {
        refuse_number(why, REASON_ACCESS_VERSION, claim->version);
        return VERDICT_UNDECIDED;
    }
    if (access_check_begin(&r.check, claim, why) != 0)
        return VERDICT_BAD;
    r.rows = spool_new(sizeof(struct access_row));
    if (r.rows == NULL) {
        lost(errno);
        refuse(why, REASON_MEMORY, "");
        return VERDICT_UNDECIDED;
    }
    enum verdict verdict = read_all(&r, why);
    if (verdict == VERDICT_GOOD)
        *rows = r.rows;
    else
        spool_free(r.rows);
    return verdict;
}
