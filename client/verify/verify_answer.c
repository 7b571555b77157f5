#include "client/verify/verify_answer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "client/answer/answer_json.h"
#include "client/answer/answer_words.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"

/* That the log goes on from what the answer rests on. */
static void compare_with_log(struct answer_check *c, const struct log_now *log)
{
    struct accepted then = { .note = { 0 } };
    struct findings told = { 0 };
    if (c->note.n == 0)
        return; /* nothing of it is known to be the log's */
    buf_add_span(&then.note, buf_span(&c->note));
    if (accepted_open(&then, c->trust, &told) == VERDICT_GOOD)
        prove_follows(c->trust, &then, log->now, log->files, &c->findings, &c->evidence);
    else
        lost(ENOMEM); /* it was opened before */
    findings_free(&told);
    accepted_free(&then);
}

enum outcome verify_answer(struct verified_answer *out, const struct trust *trust, const char *path,
                           struct span text, const struct log_now *log)
{
    struct answer_check *c = &out->check;
    out->path = path;
    answer_check_open(c, trust);
    if (text.n > 0)
        answer_check_text(c, text);
    else
        answer_check_file(c, path);
    if (log->files != NULL && log->has_now)
        compare_with_log(c, log);
    answer_check_end(c);
    if (log->files != NULL && !log->now_good && c->verdict == VERDICT_GOOD)
        c->verdict = VERDICT_UNDECIDED;
    return outcome_of_verdict(c->verdict);
}

void verified_answers_free(struct verified_answer *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        answer_check_close(&list[i].check);
    free(list);
}

void verified_answer_print(const struct verified_answer *v)
{
    const struct answer_check *c = &v->check;
    bool spanish = language_get() == LANGUAGE_ES;
    terminal_print(stdout, "%s %s - %s - %" PRIu64 "\n", v->path,
                   spanish ? verdict_word(c->verdict) : verdict_name(c->verdict),
                   TR("answer", "respuesta"), c->cp.checkpoint.size);
    findings_print(&c->findings, stderr);
    if (!lost_any())
        answer_print(c);
}

static void add_answer(struct json_stream *out, const struct verified_answer *v)
{
    char file[600];
    printable_copy(file, sizeof file, span_str(v->path));
    json_stream_object(out);
    json_stream_members(out, json_made(json_pack("{s:s}", "file", file)));
    answer_json(out, &v->check);
    json_stream_object_end(out);
}

void verified_answers_json(struct json_stream *out, const struct verified_answer *list, size_t n)
{
    json_stream_list(out, "answers");
    for (size_t i = 0; i < n; i++)
        add_answer(out, &list[i]);
    json_stream_list_end(out);
}
