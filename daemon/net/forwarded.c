#include "daemon/net/forwarded.h"

#include <string.h>
#include <strings.h>

#include "proto/base/scan.h"

static void add_hop(struct forwarded_hops *out, struct span hop)
{
    out->hop[out->count++ % FORWARDED_MOST] = hop;
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

static struct span trimmed(struct span s)
{
    while (s.n > 0 && is_blank(s.p[0]))
        s = span_of(s.p + 1, s.n - 1);
    while (s.n > 0 && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* ---- X-Forwarded-For ------------------------------------------------------------------------- */

static void read_list(struct forwarded_hops *out, struct span value)
{
    while (value.n > 0) {
        const uint8_t *comma = memchr(value.p, ',', value.n);
        size_t n = comma == NULL ? value.n : (size_t)(comma - value.p);
        struct span item = trimmed(span_of(value.p, n));
        if (item.n > 0)
            add_hop(out, item);
        n += comma != NULL;
        value = span_of(value.p + n, value.n - n);
    }
}

/* ---- Forwarded ------------------------------------------------------------------------------- */

static bool in_token(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           (c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static struct span take_token(struct span *s)
{
    size_t n = 0;
    while (n < s->n && in_token(s->p[n]))
        n++;
    struct span token = span_of(s->p, n);
    *s = span_of(s->p + n, s->n - n);
    return token;
}

/* Takes a quoted string without a backslash, as no address has one. Returns 0 or -1. */
static int take_quoted(struct span *s, struct span *out)
{
    size_t n = 1;
    while (n < s->n && s->p[n] != '"' && s->p[n] != '\\')
        n++;
    if (n == s->n || s->p[n] != '"')
        return -1;
    *out = span_of(s->p + 1, n - 1);
    *s = span_of(s->p + n + 1, s->n - n - 1);
    return 0;
}

/* Takes NAME=VALUE. *hop becomes the value of "for", which is in an element once. */
static const char *take_pair(struct span *s, struct span *hop)
{
    struct span value, name = take_token(s);
    if (name.n == 0 || s->n == 0 || s->p[0] != '=')
        return "Forwarded is not NAME=VALUE";
    *s = span_of(s->p + 1, s->n - 1);
    if (s->n > 0 && s->p[0] == '"') {
        if (take_quoted(s, &value) != 0)
            return "a text in Forwarded does not end";
    } else {
        value = take_token(s);
    }
    if (value.n == 0)
        return "Forwarded is not NAME=VALUE";
    if (name.n != 3 || strncasecmp((const char *)name.p, "for", 3) != 0)
        return NULL;
    if (hop->n > 0)
        return "Forwarded says twice for whom";
    *hop = value;
    return NULL;
}

static const char *read_elements(struct forwarded_hops *out, struct span s)
{
    struct span hop = span_of(NULL, 0);
    bool pairs = false; /* in this element */
    s = trimmed(s);
    while (s.n > 0) {
        const char *cause = NULL;
        if (s.p[0] != ',' && s.p[0] != ';') {
            cause = take_pair(&s, &hop);
            pairs = true;
        }
        s = trimmed(s);
        if (cause != NULL)
            return cause;
        bool comma = s.n > 0 && s.p[0] == ',';
        if (s.n > 0 && !comma && s.p[0] != ';')
            return "Forwarded is not NAME=VALUE";
        if (pairs && (comma || s.n == 0)) {
            add_hop(out, hop);
            hop = span_of(NULL, 0);
            pairs = false;
        }
        if (s.n > 0)
            s = trimmed(span_of(s.p + 1, s.n - 1));
    }
    if (pairs) /* it ended in ';' */
        add_hop(out, hop);
    return NULL;
}

int forwarded_read(struct forwarded_hops *out, enum forwarded_header form, struct span value,
                   const char **cause)
{
    *cause = NULL;
    if (form == FORWARDED_FOR)
        read_list(out, value);
    else
        *cause = read_elements(out, value);
    return *cause == NULL ? 0 : -1;
}

/* ---- who it is ------------------------------------------------------------------------------- */

static bool is_port(struct span s)
{
    uint64_t port;
    return decimal_parse(&port, s) == 0 && port <= 65535;
}

static int parse_bracketed(struct address *out, struct span hop)
{
    const uint8_t *end = memchr(hop.p, ']', hop.n);
    if (end == NULL)
        return -1;
    size_t n = (size_t)(end - hop.p), rest = hop.n - n - 1;
    if (rest > 0 && (end[1] != ':' || !is_port(span_of(end + 2, rest - 1))))
        return -1;
    struct span inside = span_of(hop.p + 1, n - 1);
    return memchr(inside.p, ':', inside.n) == NULL ? -1 : address_parse(out, inside);
}

/* IPv4, IPv4:PORT, [IPv6], [IPv6]:PORT; in X-Forwarded-For also IPv6 alone. */
static int parse_hop(struct address *out, enum forwarded_header form, struct span hop)
{
    if (hop.n > 0 && hop.p[0] == '[')
        return parse_bracketed(out, hop);
    const uint8_t *colon = memchr(hop.p, ':', hop.n);
    if (colon == NULL)
        return address_parse(out, hop);
    size_t n = (size_t)(colon - hop.p);
    if (memchr(colon + 1, ':', hop.n - n - 1) != NULL)
        return form == FORWARDED_FOR ? address_parse(out, hop) : -1;
    return is_port(span_of(colon + 1, hop.n - n - 1)) ? address_parse(out, span_of(hop.p, n)) : -1;
}

/* Whether the proxy says that it does not tell. */
static bool is_withheld(struct span hop)
{
    static const char unknown[] = "unknown";
    if (hop.n == 0)
        return true;
    if (hop.n == strlen(unknown) && strncasecmp((const char *)hop.p, unknown, hop.n) == 0)
        return true;
    for (size_t i = 0; i < hop.n; i++)
        if (!in_token(hop.p[i]))
            return false;
    return hop.p[0] == '_';
}

int forwarded_client(struct address *out, const struct address *peer,
                     const struct forwarded_hops *hops, enum forwarded_header form,
                     const struct address_list *trusted, const char **cause)
{
    *out = *peer;
    for (size_t i = hops->count; i > 0 && address_list_has(trusted, out); i--) {
        struct span hop = hops->hop[(i - 1) % FORWARDED_MOST];
        if (hops->count - i == FORWARDED_MOST) {
            *cause = "too many proxies forwarded it";
            return -1;
        }
        if (is_withheld(hop))
            return 0;
        if (parse_hop(out, form, hop) != 0) {
            *cause = "what a proxy forwarded it for is no address";
            return -1;
        }
    }
    return 0;
}
