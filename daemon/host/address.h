/* Addresses of whoever asks, networks of them, and lists of those in settings. Any thread. */
#ifndef DAEMON_HOST_ADDRESS_H
#define DAEMON_HOST_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "proto/base/must_use.h"
#include "proto/base/span.h"

#define ADDRESS_TEXT_MAX 48 /* with the zero byte */
#define ADDRESS_LIST_MAX 64 /* networks in a list */

struct address {
    enum { ADDRESS_NONE, ADDRESS_IP, ADDRESS_UNIX } kind; /* NONE: it is not known */
    uint8_t b[16]; /* of ADDRESS_IP: IPv6, or IPv4 as ::ffff:a.b.c.d; else zero */
};

/* Sets *out, all of it, without the port. Another family is ADDRESS_NONE. */
void address_of(struct address *out, const struct sockaddr *a);

/* Parses an address in numbers, without brackets, port or zone. Returns 0 or -1. */
MUST_USE int address_parse(struct address *out, struct span text);

/* Writes it as people do: "192.0.2.1", "2001:db8::1", "unix", "unknown". */
void address_text(char out[static ADDRESS_TEXT_MAX], const struct address *a);

/* Whether it is this machine's own: 127.0.0.0/8, ::1, a Unix socket. */
bool address_is_local(const struct address *a);

/* Sets the lower 64 bits of an IPv6 address to zero: whoever has the line can choose them freely.
 * Leaves IPv4 as it is. */
void address_widen(struct address *a);

struct address_list {
    size_t count;
    struct network {
        struct address address; /* its bits behind the prefix are zero */
        unsigned prefix;        /* of 128 bits; of IPv4 96 more than people write */
    } network[ADDRESS_LIST_MAX];
};

/* Parses a list of addresses and networks with commas or blanks between: "127.0.0.1, ::1,
 * 10.0.0.0/8", "unix" for whoever comes over a Unix socket; it may be empty. Returns 0; or -1, with
 * the item that is wrong, a view, and *out in part as the text says. Wrong is an item that is no
 * address or network, has bits behind its prefix, or is one too many. */
MUST_USE int address_list_parse(struct address_list *out, struct span text, struct span *wrong);

/* Whether a network of the list holds it. */
bool address_list_has(const struct address_list *list, const struct address *a);

#endif
