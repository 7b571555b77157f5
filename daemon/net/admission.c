#include "daemon/net/admission.h"

#include <event2/keyvalq_struct.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/queue.h>

#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/host/rate.h"
#include "daemon/net/forwarded.h"
#include "proto/sys/clock.h"

#define TELL_MS 60000

struct admission {
    struct rate_table *rates;
    struct rate limit; /* per_minute 0: none */
    enum forwarded_header form;
    struct address_list trusted;
    uint64_t refused; /* and not told yet */
    struct address last;
    int64_t tell_at;
};

struct admission *admission_new(void)
{
    struct admission *a = calloc(1, sizeof *a);
    if (a != NULL && (a->rates = rate_table_new(RATE_SETS)) != NULL)
        return a;
    free(a);
    return NULL;
}

void admission_free(struct admission *a)
{
    if (a != NULL)
        rate_table_free(a->rates);
    free(a);
}

void admission_set(struct admission *a, const struct config *config)
{
    struct span wrong;
    a->limit = rate_of(config->limit_address, config->limit_address_burst);
    a->form = (enum forwarded_header)config->forwarded_header;
    if (address_list_parse(&a->trusted, span_str(config->trusted_proxies), &wrong) != 0)
        a->trusted.count = 0; /* config_read() lets no such list through */
}

static const char *read_header(const struct admission *a, const struct evkeyvalq *headers,
                               struct forwarded_hops *hops)
{
    static const char *const names[] = {
        [FORWARDED_FOR] = "X-Forwarded-For", [FORWARDED_RFC_7239] = "Forwarded"
    };
    const char *cause = NULL;
    const struct evkeyval *h;
    TAILQ_FOREACH (h, headers, next)
        if (strcasecmp(h->key, names[a->form]) == 0 &&
            forwarded_read(hops, a->form, span_str(h->value), &cause) != 0)
            return cause;
    return NULL;
}

/* Sets *client to who asks. Returns NULL, or why that is not known. */
static const char *find_client(const struct admission *a, const struct admission_request *r,
                               struct address *client)
{
    struct forwarded_hops hops;
    const char *cause;
    *client = *r->peer;
    if (!address_list_has(&a->trusted, r->peer))
        return NULL;
    hops.count = 0;
    cause = read_header(a, r->headers, &hops);
    if (cause == NULL &&
        forwarded_client(client, r->peer, &hops, a->form, &a->trusted, &cause) == 0)
        return NULL;
    return cause;
}

bool admission_is_local(struct admission *a, const struct admission_request *r)
{
    struct address client;
    return find_client(a, r, &client) == NULL && address_is_local(&client);
}

int admission_judge(struct admission *a, const struct admission_request *r, struct refusal *why,
                    unsigned *seconds)
{
    struct address client, wide;
    const char *cause = find_client(a, r, &client);
    if (cause != NULL)
        return refuse(why, REASON_REQUEST_FORM, cause);
    if (a->limit.per_minute == 0 || (r->watching && address_is_local(&client)))
        return 0;
    wide = client;
    address_widen(&wide);
    const struct rate_want want = { .key = span_of(wide.b, sizeof wide.b), .tokens = 1 };
    int64_t wait = rate_take(a->rates, &a->limit, &want, 1, clock_steady());
    if (wait == 0)
        return 0;
    *seconds = rate_seconds(wait);
    a->refused++;
    a->last = client;
    metric_add(METRIC_LIMIT_ADDRESS, 1);
    return refuse(why, REASON_LIMIT_ADDRESS, "");
}

void admission_tick(struct admission *a)
{
    char text[ADDRESS_TEXT_MAX];
    if (a->refused == 0 || clock_steady() < a->tell_at)
        return;
    address_text(text, &a->last);
    log_line(LOG_WARNING, "limit_address: %llu requests were refused, the last one from %s",
             (unsigned long long)a->refused, text);
    a->refused = 0;
    a->tell_at = clock_steady() + TELL_MS;
}
