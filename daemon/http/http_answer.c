#include <event2/http.h>
#include <string.h>

#include "daemon/http/handlers.h"
#include "daemon/http/query.h"
#include "daemon/http/reading.h"
#include "daemon/index/answer_from_store.h"
#include "daemon/witnesses/feed.h"
#include "proto/answer/answer.h"
#include "proto/base/scan.h"

#define ANSWERS_MOST 16 /* being made or waiting for that; a part takes up to a second */

static enum store_result make_answer(struct reading *r, struct span checkpoint, uint64_t size)
{
    const struct service *s = r->exchange.service;
    const struct answer_query *q = &r->answer;
    struct refusal why;
    struct answer_ask ask = {
        .from = q->from, .tail = q->tail, .index = q->index, .checkpoint = checkpoint, .size = size
    };
    if (answer_question_of(&ask.question, q->type, span_str(q->value), &why) != 0)
        return STORE_MEMORY; /* that it can be asked was seen to before */
    return answer_from_store(&r->exchange.reply.body, s->store, s->tables, &ask);
}

static enum store_result read_answer(struct reading *r)
{
    struct service *s = r->exchange.service;
    struct buf note = { 0 };
    uint64_t size = r->answer.size;
    enum store_result result;
    r->exchange.reply = (struct call_reply){ .status = 200,
                                             .type = "application/octet-stream",
                                             .cache = CACHE_CHECK };
    if (size == 0)
        size = feed_quorum_size(s, &note);
    if (note.failed)
        result = STORE_MEMORY;
    else
        result = size == 0 ? STORE_ABSENT : make_answer(r, buf_span(&note), size);
    buf_free(&note);
    return result;
}

static int read_number(uint64_t *out, const struct evkeyvalq *query, const char *name)
{
    const char *value = evhttp_find_header(query, name);
    return value == NULL ? 0 : decimal_parse(out, span_str(value));
}

/* Exactly one question. */
static int read_question(struct answer_query *q, const struct evkeyvalq *query)
{
    struct answer_question question;
    struct refusal why;
    const char *asked = NULL;
    for (int type = 0; type < INDEX_KEY_TYPES; type++) {
        const char *value = evhttp_find_header(query, index_key_word((enum index_key_type)type));
        if (value == NULL)
            continue;
        if (asked != NULL || strlen(value) > TEXT_MAX)
            return -1;
        asked = value;
        q->type = (enum index_key_type)type;
    }
    if (asked == NULL || answer_question_of(&question, q->type, span_str(asked), &why) != 0)
        return -1;
    memcpy(q->value, asked, strlen(asked) + 1);
    return 0;
}

static int read_query(struct answer_query *q, const struct evkeyvalq *query)
{
    const char *tail = evhttp_find_header(query, "tail");
    bool sized = evhttp_find_header(query, "size") != NULL;
    *q = (struct answer_query){ .index = NO_ENTRY, .tail = tail != NULL };
    if ((tail != NULL && strcmp(tail, "1") != 0) || read_number(&q->from, query, "from") != 0 ||
        read_number(&q->size, query, "size") != 0 || read_number(&q->index, query, "index") != 0)
        return -1;
    return sized && q->size == 0 ? -1 : read_question(q, query);
}

void handle_answer(struct call *c)
{
    static const char *const names[] = { "warrant",   "signer",  "vkey", "holder",
                                         "authority", "subject", "from", "tail",
                                         "size",      "index",   NULL };
    struct evkeyvalq query;
    struct answer_query wanted;
    struct hash root;
    uint64_t size;
    int failed = query_parse(&query, c->query, names);
    if (failed == 0) {
        failed = read_query(&wanted, &query);
        evhttp_clear_headers(&query);
    }
    newest_get(&c->service->newest, &size, &root, NULL);
    if (failed != 0) {
        call_refuse(c, REASON_REQUEST_FORM,
                    "one of ?warrant=, signer, vkey, holder, authority, subject; &from=, size, "
                    "index, &tail=1");
        return;
    }
    if (wanted.size > size) {
        call_refuse(c, REASON_NOT_FOUND, "beyond the end of the log");
        return;
    }
    if (metric_get(METRIC_ANSWERS) >= ANSWERS_MOST) {
        call_refuse(c, REASON_BUSY, "");
        return;
    }
    struct reading *r = call_may_read(c, 0) ? reading_new(c, read_answer, METRIC_ANSWERS) : NULL;
    if (r == NULL)
        return;
    r->answer = wanted;
    r->absent = "index";
    reading_start(c, r);
}
