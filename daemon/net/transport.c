#include "daemon/net/transport.h"

#include <event2/buffer.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#define UNSENT_MOST (64 * 1024) /* bytes that the kernel holds for a client and has not sent */

struct bufferevent *transport_new(struct event_base *base)
{
    return bufferevent_socket_new(base, -1, 0);
}

void transport_adopt(struct bufferevent *b)
{
    int unsent = UNSENT_MOST;
    setsockopt(bufferevent_getfd(b), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
}

void transport_write_now(struct bufferevent *b)
{
    struct evbuffer *out = bufferevent_get_output(b);
    evbuffer_unfreeze(out, 1);
    evbuffer_write(out, bufferevent_getfd(b));
    evbuffer_freeze(out, 1);
    if (evbuffer_get_length(out) > 0)
        return;
    bufferevent_disable(b, EV_WRITE);
    bufferevent_trigger(b, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS); /* evhttp goes on */
}

void transport_cut(struct bufferevent *b)
{
    shutdown(bufferevent_getfd(b), SHUT_RDWR);
}
