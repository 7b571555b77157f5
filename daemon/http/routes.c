#include "daemon/http/routes.h"

#include <strings.h>

#include "daemon/http/handlers.h"
#include "daemon/http/server_state.h"
#include "daemon/http/visit.h"
#include "daemon/net/admission.h"
#include "daemon/net/connections.h"

/* ---- routes ---------------------------------------------------------------------------------- */

static const struct {
    const char *path; /* ends in '/': whatever begins so, but for "/" itself */
    const char *allow;
    void (*handle)(struct call *c);
} routes[] = {
    { "/", "GET, HEAD", handle_page },
    { "/policy", "GET, HEAD", handle_policy },
    { "/checkpoint", "GET, HEAD, POST", handle_checkpoint },
    { "/tile/", "GET, HEAD", handle_tile },
    { "/v1/records", "POST", handle_records },
    { "/v1/receipts/", "GET, HEAD", handle_receipt },
    { "/v1/find", "GET, HEAD", handle_find },
    { "/v1/answer", "GET, HEAD", handle_answer },
    { "/index/", "GET, HEAD", handle_index },
    { "/v1/access/", "GET, HEAD", handle_access },
    { "/v1/blobs/", "GET, HEAD, PUT", handle_blob },
    { "/healthz", "GET, HEAD", handle_health },
    { "/readyz", "GET, HEAD", handle_ready },
    { "/metrics", "GET, HEAD", handle_metrics },
};

static bool route_matches(const char *route, struct span path)
{
    size_t n = strlen(route);
    return n > 1 && route[n - 1] == '/' ? span_starts(path, route) : span_is(path, route);
}

static bool method_allowed(const char *allow, enum evhttp_cmd_type method)
{
    switch (method) {
    case EVHTTP_REQ_GET:
        return strstr(allow, "GET") != NULL;
    case EVHTTP_REQ_HEAD:
        return strstr(allow, "HEAD") != NULL;
    case EVHTTP_REQ_POST:
        return strstr(allow, "POST") != NULL;
    case EVHTTP_REQ_PUT:
        return strstr(allow, "PUT") != NULL;
    default:
        return false;
    }
}

static enum language language_of(struct evhttp_request *request)
{
    const char *accept =
        evhttp_find_header(evhttp_request_get_input_headers(request), "Accept-Language");
    return accept != NULL && strncasecmp(accept, "es", 2) == 0 ? LANGUAGE_ES : LANGUAGE_EN;
}

/* Where the log asks clients for certificates, nothing is written without one; but anybody may show
 * it a checkpoint. If not, it was refused. */
static bool may_write(struct call *c, void (*handle)(struct call *c))
{
    enum evhttp_cmd_type method = evhttp_request_get_command(c->request);
    if ((method != EVHTTP_REQ_POST && method != EVHTTP_REQ_PUT) || handle == handle_checkpoint)
        return true;
    const char *fault = connections_client_fault(c->server->connections, c->request);
    if (fault != NULL)
        call_refuse(c, REASON_TLS_CLIENT, fault);
    return fault == NULL;
}

static void refuse_method(struct call *c, const char *allow)
{
    const struct call_refusal how = { .allow = allow };
    struct refusal why;
    refuse(&why, REASON_METHOD, "");
    call_refuse_as(c, &why, &how);
}

/* Whether it is beyond doubt where the request ends. If not, it was refused. */
static bool is_taken(struct call *c)
{
    static const struct call_refusal how = { .close = true };
    const char *doubt = connections_wait_for_us(c->server->connections, c->request);
    struct refusal why;
    if (doubt == NULL)
        return true;
    refuse(&why, REASON_REQUEST_FORM, doubt);
    call_refuse_as(c, &why, &how);
    return false;
}

/* Counters say at once that somebody reads, which is shown to oversight alone, and only once an
 * interval has ended. */
static bool tells_of_reading(const struct server *s, struct span path)
{
    return visits_needed(s->service) && span_is(path, "/metrics");
}

/* Whether the sender has not sent too much, and may know it. If not, it was refused. */
static bool is_admitted(struct call *c, struct span path)
{
    struct server *s = c->server;
    const struct admission_request r = {
        .peer = connections_address(s->connections, c->request),
        .headers = evhttp_request_get_input_headers(c->request),
        .watching =
            span_is(path, "/healthz") || span_is(path, "/readyz") || span_is(path, "/metrics"),
    };
    struct call_refusal how = { .close = false };
    struct refusal why;
    if (admission_judge(s->admission, &r, &why, &how.retry_after) != 0) {
        call_refuse_as(c, &why, &how);
        return false;
    }
    if (!tells_of_reading(s, path) || admission_is_local(s->admission, &r))
        return true;
    call_refuse(c, REASON_METRICS_LOCAL, "");
    return false;
}

void routes_dispatch(struct evhttp_request *request, void *ctx)
{
    struct server *s = ctx;
    const struct evhttp_uri *uri = evhttp_request_get_evhttp_uri(request);
    struct call c = { .server = s,
                      .service = s->service,
                      .request = request,
                      .language = language_of(request),
                      .query = uri == NULL ? NULL : evhttp_uri_get_query(uri) };
    struct span path = request_path(request);
    if (!is_taken(&c) || !is_admitted(&c, path))
        return;
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        size_t n = strlen(routes[i].path);
        if (!route_matches(routes[i].path, path))
            continue;
        c.rest = span_of(path.p + n, path.n - n);
        if (!method_allowed(routes[i].allow, evhttp_request_get_command(request)))
            refuse_method(&c, routes[i].allow);
        else if (may_write(&c, routes[i].handle))
            routes[i].handle(&c);
        return;
    }
    struct refusal shown;
    refuse_span(&shown, REASON_NOT_FOUND, path);
    call_refuse(&c, REASON_NOT_FOUND, shown.subject);
}
