/* For whom a proxy asks: X-Forwarded-For, or Forwarded (RFC 7239). Whoever asks can write what he
 * likes to the left of what the proxies append, so that it is read from the right: past all
 * addresses that are trusted proxies, to the first that is none. Any thread. */
#ifndef DAEMON_NET_FORWARDED_H
#define DAEMON_NET_FORWARDED_H

#include "daemon/host/address.h"
#include "daemon/host/config.h"

#define FORWARDED_MOST 32 /* hops that are looked at, from the right */

/* What the lines of one header say. All zero: nothing. */
struct forwarded_hops {
    size_t count;                    /* of all; the last FORWARDED_MOST are kept */
    struct span hop[FORWARDED_MOST]; /* views; hop i is at i % FORWARDED_MOST. Empty: it is not said
                                      * who asked */
};

/* Appends the hops of one line of the header, of which later lines are behind. Returns 0, or -1
 * with a static phrase: the line has not the form of RFC 7239. */
MUST_USE int forwarded_read(struct forwarded_hops *out, enum forwarded_header form,
                            struct span value, const char **cause);

/* Who asks, by a connection from *peer. A hop that is not said, is "unknown" or has a name of its
 * own (RFC 7239, 6.3) leaves it at the proxy that says so. Returns 0, or -1 with a static phrase:
 * what would have to be an address is none, or there are too many proxies. */
MUST_USE int forwarded_client(struct address *out, const struct address *peer,
                              const struct forwarded_hops *hops, enum forwarded_header form,
                              const struct address_list *trusted, const char **cause);

#endif
