#include "client/gate/gate_bearer.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define BEARER_MAX 256
#define ADDRESS_MAX 64

/* Both as IPv6: an IPv4 address is ::ffff:a.b.c.d. */
static bool parse_address(struct in6_addr *out, struct span text)
{
    char copy[ADDRESS_MAX];
    struct in_addr four;
    if (text.n == 0 || text.n >= sizeof copy)
        return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = 0;
    if (inet_pton(AF_INET6, copy, out) == 1)
        return true;
    if (inet_pton(AF_INET, copy, &four) != 1)
        return false;
    memset(out, 0, sizeof *out);
    out->s6_addr[10] = out->s6_addr[11] = 0xff;
    memcpy(out->s6_addr + 12, &four, sizeof four);
    return true;
}

/* The first of a list; *rest is what follows it. */
static struct span next_of(struct span *rest)
{
    const uint8_t *comma = memchr(rest->p, ',', rest->n);
    struct span first = span_of(rest->p, comma == NULL ? rest->n : (size_t)(comma - rest->p));
    size_t used = first.n + (comma == NULL ? 0 : 1);
    *rest = span_of(rest->p + used, rest->n - used);
    return first;
}

bool gate_proxies_allowed(const char *list)
{
    struct in6_addr address;
    struct span rest = span_str(list == NULL ? "" : list);
    bool all = true;
    while (rest.n > 0 && all)
        all = parse_address(&address, next_of(&rest));
    return all;
}

static bool is_listed(const char *list, const char *peer)
{
    struct in6_addr asks, trusted;
    struct span rest = span_str(list == NULL ? "" : list);
    if (!parse_address(&asks, span_str(peer)))
        return false;
    while (rest.n > 0)
        if (parse_address(&trusted, next_of(&rest)) && memcmp(&asks, &trusted, sizeof asks) == 0)
            return true;
    return false;
}

static void know_by(struct hash *out, const char *what, struct span by)
{
    hash_joined(out, span_str(what), by);
}

int gate_bearer(struct hash *out, struct serving *serving, struct evhttp_request *request,
                const char *proxies, struct refusal *why)
{
    uint8_t certificate[HASH_BYTES];
    struct evhttp_connection *connection = evhttp_request_get_connection(request);
    char *peer = NULL;
    ev_uint16_t port;
    unsigned times;
    if (connection != NULL)
        evhttp_connection_get_peer(connection, &peer, &port);
    if (peer == NULL)
        peer = "";
    const char *says = serving_header_of(request, "Bitacora-Bearer", &times);
    if (!is_listed(proxies, peer)) {
        /* A proxy that nobody named would make all who ask one. */
        if (times > 0)
            return refuse(why, REASON_GATE_PROXY, peer);
        if (serving_certificate(serving, request, certificate))
            know_by(out, "certificate ", span_of(certificate, sizeof certificate));
        else
            know_by(out, "address ", span_str(peer));
        return 0;
    }
    if (says == NULL || says[0] == 0 || strlen(says) > BEARER_MAX)
        return refuse(why, REASON_GATE_BEARER, "");
    know_by(out, "proxy ", span_str(says));
    return 0;
}
