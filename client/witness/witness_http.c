#include "client/witness/witness_http.h"

#include "proto/net/listening.h"
#include "proto/tlog/add_checkpoint.h"

struct http_reply {
    struct witness_answer answer;
    const char *allow;
    bool add_checkpoint;
    bool close;
};

static void send_reply(struct witness_http *h, struct evhttp_request *request, struct http_reply *r)
{
    struct witness_answer *a = &r->answer;
    if (a->body.failed) {
        buf_free(&a->body);
        witness_refuse(a, 503, TR("out of memory", "memoria agotada"));
    }
    struct serving_reply reply = { .status = a->status,
                                   .type = a->type,
                                   .body = a->body,
                                   .cache = "no-cache",
                                   .allow = r->allow,
                                   .retry_after = a->status == 503 ? 10 : 0,
                                   .close = r->close };
    witness_count(h->witness, r->add_checkpoint, a->status);
    serving_reply(h->serving, request, &reply);
}

static void post(struct witness_http *h, struct evhttp_request *request, struct http_reply *r)
{
    bool failed;
    struct span body = serving_body(request, &failed);
    r->add_checkpoint = true;
    if (failed)
        r->answer.body.failed = true;
    else
        witness_add_checkpoint(h->witness, body, &r->answer);
}

static void route_request(void *ctx, struct evhttp_request *request, const char *doubt)
{
    struct witness_http *h = ctx;
    struct http_reply r = { .allow = NULL };
    struct span path = request_path(request);
    enum evhttp_cmd_type method = evhttp_request_get_command(request);
    bool reads = method == EVHTTP_REQ_GET || method == EVHTTP_REQ_HEAD;
    bool add = span_is(path, "/add-checkpoint");
    if (doubt != NULL) {
        struct refusal why;
        refuse(&why, REASON_REQUEST_FORM, doubt);
        witness_refuse_for(&r.answer, 400, &why);
        r.close = true;
    } else if (add && method == EVHTTP_REQ_POST) {
        post(h, request, &r);
    } else if (!add && reads) {
        bool rooted = span_starts(path, "/"); /* else it is no path of ours */
        witness_read(h->witness, rooted ? span_of(path.p + 1, path.n - 1) : span_str(""),
                     &r.answer);
    } else {
        r.allow = add ? "POST" : "GET, HEAD";
        witness_refuse(
            &r.answer, 405,
            TR("this address does not take that method", "esta dirección no acepta ese método"));
    }
    send_reply(h, request, &r);
}

static void policy_again(void *ctx)
{
    const struct witness_http *h = ctx;
    witness_reload(h->witness);
}

static enum outcome broken_by(void *ctx)
{
    const struct witness_http *h = ctx;
    return h->witness->broken;
}

int witness_http_open(struct witness_http *h, struct witness *w,
                      const struct serving_options *options)
{
    const struct serving_calls calls = { .body_most = ADD_CHECKPOINT_MAX,
                                         .answer = route_request,
                                         .reload = policy_again,
                                         .broken = broken_by,
                                         .ctx = h };
    *h = (struct witness_http){ .witness = w };
    h->serving = serving_new(options, &calls);
    return h->serving == NULL ? -1 : 0;
}
