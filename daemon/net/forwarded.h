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

/* Appends the hops of one line of the header. Call it for each line, in their order. Returns 0; or
 * -1 with *cause, a static phrase, if a `Forwarded` line does not have the form of RFC 7239. *out
 * keeps views into value. */
MUST_USE int forwarded_read(struct forwarded_hops *out, enum forwarded_header form,
                            struct span value, const char **cause);

/* Sets *out to who asks by a connection from *peer. Where a proxy does not tell (no hop, "unknown",
 * or a made-up name: RFC 7239, 6.3), that is the proxy. Returns 0; or -1 with *cause, a static
 * phrase: what has to be an address is none, or there are too many proxies. */
MUST_USE int forwarded_client(struct address *out, const struct address *peer,
                              const struct forwarded_hops *hops, enum forwarded_header form,
                              const struct address_list *trusted, const char **cause);

#endif
