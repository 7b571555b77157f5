#include "daemon/net/transport.h"

#include <errno.h>
#include <event2/buffer.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "proto/sys/clock.h"
#include "proto/sys/language.h"

#define BACKLOG 1024            /* connections that may wait in the kernel */
#define UNSENT_MOST (64 * 1024) /* bytes that the kernel holds for a client and has not sent */

struct transport {
    struct tls_server *tls; /* NULL: bytes go as they are */
};

/* ---- as the settings say --------------------------------------------------------------------- */

/* Returns false after it objected to settings that do not belong together. */
static bool read_settings(struct tls_server_files *out, const struct config *c, objections *to)
{
    *out = (struct tls_server_files){
        .cert = c->tls_cert[0] == 0 ? NULL : c->tls_cert,
        .key = c->tls_key[0] == 0 ? NULL : c->tls_key,
        .client_ca = c->tls_client_ca[0] == 0 ? NULL : c->tls_client_ca,
    };
    if ((out->cert == NULL) == (out->key == NULL) && (out->client_ca == NULL || out->cert != NULL))
        return true;
    object(to, "%s",
           TR("tls_cert and tls_key need each other, and tls_client_ca needs both",
              "tls_cert y tls_key se necesitan uno al otro, y tls_client_ca necesita ambos"));
    return false;
}

static int object_to(const struct tls_trouble *trouble, objections *to)
{
    struct buf words = { 0 };
    tls_trouble_words(&words, trouble);
    object(to, "TLS: %s", buf_str(&words));
    buf_free(&words);
    return -1;
}

void transport_note_expiry(const struct transport *t)
{
    if (t->tls == NULL)
        return;
    metric_set(METRIC_TLS_EXPIRES, tls_server_expires(t->tls));
    if (tls_server_expires(t->tls) * 1000 < clock_wall())
        log_line(LOG_WARNING, "TLS: the certificate has expired: clients refuse it");
}

struct transport *transport_open(const struct config *config, objections *to)
{
    struct tls_server_files files;
    struct tls_trouble trouble = { .fault = TLS_FAULT_MEMORY, .path = config->tls_cert };
    if (!read_settings(&files, config, to))
        return NULL;
    struct transport *t = calloc(1, sizeof *t);
    if (t != NULL && files.cert == NULL)
        return t;
    if (t != NULL && (t->tls = tls_server_new(&files, &trouble)) != NULL)
        return t;
    object_to(&trouble, to);
    free(t);
    return NULL;
}

void transport_close(struct transport *t)
{
    if (t != NULL)
        tls_server_free(t->tls);
    free(t);
}

int transport_take(struct transport *t, struct transport *fresh, objections *to)
{
    bool same = (t->tls == NULL) == (fresh->tls == NULL);
    if (!same)
        object(to, "%s",
               TR("TLS cannot be switched on or off while the log runs",
                  "TLS no se puede activar ni desactivar con la bitácora en marcha"));
    else if (t->tls != NULL) {
        tls_server_take(t->tls, fresh->tls);
        fresh->tls = NULL;
        transport_note_expiry(t);
    }
    transport_close(fresh);
    return same ? 0 : -1;
}

struct listening_options transport_listening(const struct config *config)
{
    return (struct listening_options){ .where = config->listen,
                                       .backlog = BACKLOG,
                                       .tls = config->tls_cert[0] != 0,
                                       .plaintext = config->plaintext };
}

static void object_plaintext(const char *where, objections *to)
{
    object(
        to,
        TR("%s can be reached from other machines, and there is no TLS: set tls_cert and tls_key, "
           "or listen on 127.0.0.1 behind a server that speaks TLS; --plaintext serves all the "
           "same, and everybody on the way reads along",
           "a %s se llega desde otras máquinas, y no hay TLS: ponga tls_cert y tls_key, o escuche "
           "en 127.0.0.1 detrás de un servidor que hable TLS; con --plaintext se sirve de todos "
           "modos, y todos en el camino pueden leer"),
        where);
}

/* The daemon has no privileges, so that somebody else must open such a port for it. */
static const char *privileged_words(void)
{
    return TR("; a port below 1024 is opened for it by systemd (bitacorad.socket), and the setting "
              "listen then means nothing",
              "; un puerto menor que 1024 se lo abre systemd (bitacorad.socket), y entonces el "
              "ajuste listen no cuenta");
}

void transport_object_listening(enum listening_result result, const char *where, objections *to)
{
    int cause = errno;
    switch (result) {
    case LISTENING_OPEN:
        break;
    case LISTENING_NO_ADDRESS:
        object(to,
               TR("listen: %s is not an address to listen on: HOST:PORT is needed",
                  "listen: %s no es una dirección donde escuchar: hace falta HOST:PUERTO"),
               where);
        break;
    case LISTENING_PLAINTEXT:
        object_plaintext(where, to);
        break;
    case LISTENING_FAILED:
        object(to, TR("cannot listen on %s: %s%s", "no se puede escuchar en %s: %s%s"), where,
               errno_words(cause), cause == EACCES ? privileged_words() : "");
        break;
    }
}

bool transport_is_tls(const struct transport *t)
{
    return t->tls != NULL;
}

void transport_tick(struct transport *t)
{
    struct tls_failures failures;
    if (t->tls == NULL)
        return;
    metric_set(METRIC_TLS_FAILURES, (int64_t)tls_failures_total(t->tls));
    if (tls_failures_news(t->tls, &failures))
        log_line(LOG_WARNING, "TLS: %llu handshakes failed, the last one from %s",
                 (unsigned long long)failures.count, failures.last);
}

/* ---- one connection -------------------------------------------------------------------------- */

struct bufferevent *transport_new(struct transport *t, struct event_base *base)
{
    return t->tls != NULL ? tls_accept(t->tls, base) : bufferevent_socket_new(base, -1, 0);
}

void transport_adopt(struct bufferevent *b, struct address *from)
{
    int unsent = UNSENT_MOST;
    struct sockaddr_storage peer = { .ss_family = AF_UNSPEC };
    socklen_t n = sizeof peer;
    if (getpeername(bufferevent_getfd(b), (struct sockaddr *)&peer, &n) != 0)
        peer.ss_family = AF_UNSPEC; /* it is gone already */
    address_of(from, (struct sockaddr *)&peer);
    setsockopt(bufferevent_getfd(b), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
    tls_adopt(b);
}

void transport_leave(struct transport *t, struct bufferevent *b)
{
    if (t->tls != NULL)
        tls_leave(t->tls, b);
}

void transport_write_now(struct bufferevent *b)
{
    if (tls_is_on(b))
        return;
    struct evbuffer *out = bufferevent_get_output(b);
    evbuffer_unfreeze(out, 1);
    evbuffer_write(out, bufferevent_getfd(b));
    evbuffer_freeze(out, 1);
    if (evbuffer_get_length(out) > 0)
        return;
    bufferevent_disable(b, EV_WRITE);
    bufferevent_trigger(b, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS); /* evhttp goes on */
}

/* Over TLS libevent takes an answer out of its buffer when the whole of a piece was written, which
 * may be megabytes. */
uint64_t transport_progress(struct bufferevent *b)
{
    return tls_is_on(b) ? tls_written(b) : evbuffer_get_length(bufferevent_get_output(b));
}

const char *transport_client_fault(const struct transport *t, struct bufferevent *b,
                                   struct tls_client_verdict *kept)
{
    return t->tls == NULL ? NULL : tls_client_fault(t->tls, b, kept);
}

void transport_cut(struct bufferevent *b)
{
    shutdown(bufferevent_getfd(b), SHUT_RDWR);
}
