#include "daemon/host/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "proto/base/scan.h"

static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
static const uint8_t own[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };

static bool is_mapped(const struct address *a)
{
    return a->kind == ADDRESS_IP && memcmp(a->b, mapped, sizeof mapped) == 0;
}

static void set_ipv4(struct address *out, const void *b)
{
    out->kind = ADDRESS_IP;
    memcpy(out->b, mapped, sizeof mapped);
    memcpy(out->b + sizeof mapped, b, 4);
}

void address_of(struct address *out, const struct sockaddr *a)
{
    *out = (struct address){ .kind = ADDRESS_NONE };
    switch (a->sa_family) {
    case AF_INET:
        set_ipv4(out, &((const struct sockaddr_in *)(const void *)a)->sin_addr);
        break;
    case AF_INET6:
        out->kind = ADDRESS_IP;
        memcpy(out->b, &((const struct sockaddr_in6 *)(const void *)a)->sin6_addr, sizeof out->b);
        break;
    case AF_UNIX:
        out->kind = ADDRESS_UNIX;
        break;
    default:
        break;
    }
}

int address_parse(struct address *out, struct span text)
{
    char copy[ADDRESS_TEXT_MAX];
    struct in_addr v4;
    *out = (struct address){ .kind = ADDRESS_NONE };
    if (text.n == 0 || text.n >= sizeof copy || memchr(text.p, 0, text.n) != NULL)
        return -1;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    if (inet_pton(AF_INET, copy, &v4) == 1)
        set_ipv4(out, &v4);
    else if (inet_pton(AF_INET6, copy, out->b) == 1)
        out->kind = ADDRESS_IP;
    else
        *out = (struct address){ .kind = ADDRESS_NONE };
    return out->kind == ADDRESS_IP ? 0 : -1;
}

void address_text(char out[static ADDRESS_TEXT_MAX], const struct address *a)
{
    const char *word = a->kind == ADDRESS_UNIX ? "unix" : "unknown";
    if (is_mapped(a))
        inet_ntop(AF_INET, a->b + sizeof mapped, out, ADDRESS_TEXT_MAX);
    else if (a->kind == ADDRESS_IP)
        inet_ntop(AF_INET6, a->b, out, ADDRESS_TEXT_MAX);
    else
        snprintf(out, ADDRESS_TEXT_MAX, "%s", word);
}

bool address_is_local(const struct address *a)
{
    if (is_mapped(a))
        return a->b[12] == 127;
    return a->kind == ADDRESS_UNIX || (a->kind == ADDRESS_IP && memcmp(a->b, own, sizeof own) == 0);
}

void address_widen(struct address *a)
{
    if (!is_mapped(a))
        memset(a->b + 8, 0, 8);
}

/* ---- networks -------------------------------------------------------------------------------- */

static bool same_prefix(const uint8_t *a, const uint8_t *b, unsigned bits)
{
    unsigned bytes = bits / 8, rest = bits % 8;
    return memcmp(a, b, bytes) == 0 && (rest == 0 || (a[bytes] ^ b[bytes]) >> (8 - rest) == 0);
}

/* Whether all bits behind the prefix are zero. */
static bool is_network(const struct network *n)
{
    uint8_t b[16] = { 0 };
    unsigned bytes = n->prefix / 8, rest = n->prefix % 8;
    memcpy(b, n->address.b, bytes);
    if (rest != 0)
        b[bytes] = (uint8_t)(n->address.b[bytes] & (0xff << (8 - rest)));
    return memcmp(b, n->address.b, sizeof b) == 0;
}

static int parse_network(struct network *out, struct span item)
{
    const uint8_t *slash = memchr(item.p, '/', item.n);
    size_t n = slash == NULL ? item.n : (size_t)(slash - item.p);
    uint64_t bits;
    if (span_is(item, "unix")) {
        *out = (struct network){ .address.kind = ADDRESS_UNIX };
        return 0;
    }
    if (address_parse(&out->address, span_of(item.p, n)) != 0)
        return -1;
    /* "::ffff:10.0.0.0" is 10.0.0.0, and its prefix is written as of that. */
    unsigned before = is_mapped(&out->address) ? 96 : 0;
    out->prefix = 128;
    if (slash == NULL)
        return 0;
    if (decimal_parse(&bits, span_of(slash + 1, item.n - n - 1)) != 0 || bits > 128 - before)
        return -1;
    out->prefix = before + (unsigned)bits;
    return is_network(out) ? 0 : -1;
}

static bool divides(uint8_t c)
{
    return c == ',' || c == ' ' || c == '\t';
}

int address_list_parse(struct address_list *out, struct span text, struct span *wrong)
{
    size_t i = 0;
    out->count = 0;
    while (i < text.n) {
        size_t start = i;
        while (i < text.n && !divides(text.p[i]))
            i++;
        *wrong = span_of(text.p + start, i - start);
        if (wrong->n == 0)
            i++;
        else if (out->count == ADDRESS_LIST_MAX ||
                 parse_network(&out->network[out->count++], *wrong) != 0)
            return -1;
    }
    return 0;
}

bool address_list_has(const struct address_list *list, const struct address *a)
{
    for (const struct network *n = list->network; n < list->network + list->count; n++)
        if (n->address.kind == a->kind && a->kind != ADDRESS_NONE &&
            same_prefix(n->address.b, a->b, n->prefix))
            return true;
    return false;
}
