/* The settings of `bitacorad run`, from lines `name = value` of a file; a setting stands there once
 * at most. '#' begins a comment; in a text only at its beginning or behind a blank, so that a path
 * may hold one.
 *
 * A setting is RELOADED or needs a RESTART. The main thread, which runs the event loop, reads them
 * all before the other threads start. At SIGHUP it takes those that are RELOADED from the file
 * again. Whole numbers and choices are atomic: any thread reads them at any time, and whoever
 * computes with one twice reads it once. Texts and lists belong to the main thread. */
#ifndef DAEMON_HOST_CONFIG_H
#define DAEMON_HOST_CONFIG_H

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "daemon/host/objection.h"
#include "proto/base/must_use.h"

#define LISTEN_MAX 256
#define SETTING_PATH_MAX 4096 /* a path, with its zero byte */
#define SETTING_LIST_MAX 2048 /* a list of addresses, with its zero byte */
#define STORE_BATCH_MAX 1024  /* records in one transaction: about 25 ms */

/* Addresses, not memory. ThreadSanitizer leaves a process less of them. */
#ifdef __SANITIZE_THREAD__
#define MAP_SIZE_INITIAL (INT64_C(1) << 34)
#else
#define MAP_SIZE_INITIAL (INT64_C(1) << 40)
#endif

enum who_reads { READERS_PUBLIC, READERS_ENROLLED };
enum forwarded_header { FORWARDED_FOR, FORWARDED_RFC_7239 };
enum sandbox_wanted { SANDBOX_ON, SANDBOX_OFF };

// clang-format off
/* Whole numbers: X(name, when, default, least, most, English, Spanish). What is 0 by default is
 * chosen when the daemon starts, where its meaning says so. */
#define SETTINGS(X)                                                                                \
    X(min_free, RELOADED, 64 * 1024 * 1024, 0, INT64_MAX,                                                    \
      "bytes that must stay free on the disk; below, appending is refused (507)",                  \
      "bytes que deben quedar libres en el disco; con menos no se asienta (507)")                  \
    X(map_size, RESTART, MAP_SIZE_INITIAL, 1 << 20, INT64_C(1) << 46,                                       \
      "bytes the store may ever grow to",                                                          \
      "bytes hasta los que puede crecer el almacén")                                               \
    X(queue, RELOADED, 8192, 1, 1 << 20,                                                                     \
      "notes that may await their answer; more are refused (503)",                                 \
      "notas que pueden esperar respuesta; más se rechazan (503)")                                 \
    X(queue_bytes, RELOADED, 64 * 1024 * 1024, 1 << 20, INT64_MAX,                                           \
      "bytes of such notes",                                                                       \
      "bytes de tales notas")                                                                      \
    X(receive_bytes, RELOADED, 256 * 1024 * 1024, 8 << 20, INT64_MAX,                                        \
      "bytes of requests that have not come whole; beyond, the slowest clients are dropped",       \
      "bytes de peticiones que no han llegado enteras; con más se corta a los clientes más lentos") \
    X(reads, RELOADED, 1024, 1, 1 << 20,                                                                     \
      "GETs of the store that may await their answer",                                             \
      "GET del almacén que pueden esperar respuesta")                                              \
    X(tiles, RESTART, 4096, 128, 1 << 24,                                                                   \
      "full tiles whose nodes are kept in memory for receipts, up to 20 kB each",                  \
      "teselas completas cuyos nodos se guardan en memoria para los recibos, hasta 20 kB cada una") \
    X(reply_bytes, RELOADED, 256 * 1024 * 1024, 1 << 20, INT64_MAX,                                          \
      "bytes of answers that clients have not taken yet; beyond, reading is refused (503)",        \
      "bytes de respuestas que los clientes aún no recogen; con más no se lee (503)")              \
    X(pending_blobs, RELOADED, 100000, 1, INT64_C(1) << 32,                                                  \
      "blobs that may wait for an entry that names them; more are refused (503)",                  \
      "blobs que pueden esperar un asiento que los nombre; más se rechazan (503)")                 \
    X(pending_bytes, RELOADED, INT64_C(1) << 29, 1 << 20, INT64_MAX,                                         \
      "bytes on the disk of such blobs",                                                           \
      "bytes en el disco de tales blobs")                                                          \
    X(pending_share, RELOADED, 25, 1, 100,                                                                   \
      "percent of both that one signer may fill; then he is refused (503)",                        \
      "porcentaje de ambos que un firmante puede llenar; después se le rechaza (503)")             \
    X(blob_reserve, RELOADED, 256 * 1024 * 1024, 0, INT64_MAX,                                               \
      "bytes that blobs leave free beyond min_free, for records (507)",                            \
      "bytes que los blobs dejan libres además de min_free, para los registros (507)")             \
    X(sweep, RELOADED, 60, 1, 3600,                                                                          \
      "seconds from one tidying up to the next: blobs that nobody named, erasures that failed",    \
      "segundos de una limpieza a la siguiente: blobs que nadie nombró, borrados que fallaron")    \
    X(batch, RELOADED, STORE_BATCH_MAX, 1, STORE_BATCH_MAX,                                                  \
      "records in one commit",                                                                     \
      "registros en una transacción")                                                              \
    X(index_every, RESTART, 4096, 0, 1 << 24,                                                               \
      "entries after which the log signs an index of them, which answers rest on; 0: never",       \
      "asientos tras los que la bitácora firma su índice, base de respuestas; 0: nunca")           \
    X(index_wait, RELOADED, 3600, 1, 1 << 24,                                                                \
      "seconds that an entry waits for an index at most",                                          \
      "segundos que un asiento espera un índice a lo sumo")                                        \
    X(index_keep, RELOADED, 600, 0, 1 << 24,                                                                 \
      "seconds that tables of the index stay when no newer index needs them",                      \
      "segundos que quedan las tablas del índice que ninguno más nuevo necesita")                  \
    X(access_interval, RELOADED, 3600, 1, 86400,                                                   \
      "seconds of a log that enrolled keys read after which an entry commits to who did",          \
      "segundos de una bitácora que leen claves dadas de alta tras los que un asiento fija quién leyó") \
    X(workers, RESTART, 0, 0, 256,                                                                          \
      "threads that check signatures and build receipts; 0: one per core",                         \
      "hilos que comprueban firmas y hacen recibos; 0: uno por núcleo")                            \
    X(read_threads, RESTART, 2, 1, 256,                                                                          \
      "threads that read the store for GETs",                                                      \
      "hilos que leen el almacén para los GET")                                                    \
    X(waits, RELOADED, 8192, 1, 1 << 20,                                                                     \
      "GETs that may wait for witnesses",                                                          \
      "GET que pueden esperar a los testigos")                                                     \
    X(witness_timeout, RELOADED, 5, 1, 600,                                                                  \
      "seconds that a witness may take to answer",                                                 \
      "segundos que un testigo puede tardar en contestar")                                         \
    X(witness_interval, RELOADED, 0, 0, 86400,                                                      \
      "seconds between two requests to a witness at least; 0: as soon as the quorum is met",          \
      "segundos entre dos peticiones a un testigo al menos; 0: en cuanto hay quórum")                 \
    X(refresh, RELOADED, 600, 1, 86400,                                                                      \
      "seconds after which witnesses cosign again, though nothing is new",                         \
      "segundos tras los que los testigos cofirman de nuevo, aunque no haya nada nuevo")           \
    X(timeout, RELOADED, 30, 1, 3600,                                                                        \
      "seconds that a connection may stand still",                                                 \
      "segundos que una conexión puede estar parada")                                              \
    X(max_connections, RELOADED, 1024, 1, 1 << 20,                                                           \
      "connections open at once",                                                                  \
      "conexiones abiertas a la vez")                                                              \
    X(limit_address, RELOADED, 0, 0, 60000000,                                                     \
      "requests a minute that one address (IPv6: 64 bits of it) may send; more are refused (429); 0: any number", \
      "peticiones por minuto que puede enviar una dirección (IPv6: sus 64 bits); más se rechazan (429); 0: cuantas sean") \
    X(limit_address_burst, RELOADED, 0, 0, 1000000,                                                \
      "how many of them at once, after a pause; 0: as many as in ten seconds",                     \
      "cuántas de ellas a la vez, tras una pausa; 0: las de diez segundos")                        \
    X(limit_signer, RELOADED, 0, 0, 60000000,                                                      \
      "records a minute that one signer's key may append; more are refused (429); 0: any number",  \
      "registros por minuto que puede asentar la clave de un firmante; más se rechazan (429); 0: cuantos sean") \
    X(limit_signer_burst, RELOADED, 0, 0, 1000000,                                                 \
      "how many of them at once, after a pause; 0: as many as in ten seconds",                     \
      "cuántos de ellos a la vez, tras una pausa; 0: los de diez segundos")                        \
    X(deadline, RELOADED, 30, 1, 3600,                                                                       \
      "seconds after which an answer is given up (504)",                                           \
      "segundos tras los que se deja de intentar una respuesta (504)")

/* Texts: X(name, when, default, bytes of room with the zero byte, what its value is in English and
 * in Spanish, English, Spanish). A text whose default is empty may be empty. A path is as given: a
 * relative one is relative to the folder where the daemon was started. */
#define TEXT_SETTINGS(X)                                                                           \
    X(listen, RESTART, "127.0.0.1:8420", LISTEN_MAX, "HOST:PORT", "HOST:PUERTO",                   \
      "where to serve; port 0 is a free one",                                                      \
      "dónde servir; el puerto 0 es uno libre")                                                    \
    X(signer, RESTART, "", SETTING_PATH_MAX, "PATH", "RUTA",                                       \
      "the socket of bitacorad signer, which has the log's key; empty: log.key is used here",      \
      "el socket de bitacorad signer, que tiene la clave de la bitácora; vacío: se usa log.key aquí")                     \
    X(mark, RESTART, "", SETTING_PATH_MAX, "FILE", "ARCHIVO",                                      \
      "where the mark is, which says how far the log has signed: outside its folder; empty: DIR.mark", \
      "dónde está la marca, que dice hasta dónde firmó la bitácora: fuera de su carpeta; vacío: CARPETA.mark")   \
    X(accelerator, RESTART, "", SETTING_PATH_MAX, "PATH", "RUTA",                                  \
      "absolute path of a plug-in that judges signatures eight at a time; empty: $BITACORA_ACCELERATOR, or libsodium alone", \
      "ruta absoluta de un complemento que juzga las firmas de ocho en ocho; vacío: $BITACORA_ACCELERATOR o solo libsodium") \
    X(tls_cert, RELOADED, "", SETTING_PATH_MAX, "PATH", "RUTA",                                    \
      "serve over TLS 1.3 only, with this certificate and its chain (PEM); needs tls_key",         \
      "sirve solo con TLS 1.3, con este certificado y su cadena (PEM); necesita tls_key")          \
    X(tls_key, RELOADED, "", SETTING_PATH_MAX, "PATH", "RUTA",                                     \
      "its private key (PEM, not encrypted)",                                                      \
      "su clave privada (PEM, sin cifrar)")                                                        \
    X(tls_client_ca, RELOADED, "", SETTING_PATH_MAX, "PATH", "RUTA",                               \
      "authorities (PEM), revocation lists too: only who shows a certificate of theirs submits",   \
      "autoridades (PEM), también listas de revocación: solo entrega quien muestra un certificado suyo") \
    X(cacert, RESTART, "", SETTING_PATH_MAX, "PATH", "RUTA",                                       \
      "authorities (PEM) of the certificates of witnesses; empty: $SSL_CERT_FILE, or the system's", \
      "autoridades (PEM) de los certificados de los testigos; vacío: $SSL_CERT_FILE o las del sistema")

/* Lists of addresses and networks (host/address.h): X(name, when, English, Spanish). Empty by
 * default. */
#define ADDRESS_SETTINGS(X)                                                                        \
    X(trusted_proxies, RELOADED,                                                                   \
      "addresses and networks of proxies that say whom they ask for (forwarded_header)",           \
      "direcciones y redes de proxies que dicen en nombre de quién preguntan (forwarded_header)")

/* Choices: X(name, when, default, the words that there are, English, Spanish). The member holds the
 * place of its word, from 0 on: the values of an enum, where there is one. */
#define CHOICE_SETTINGS(X)                                                                         \
    X(log_level, RELOADED, LOG_INFO, "info|warning|error", /* enum log_level */                    \
      "the least grave lines that are written to the log",                                         \
      "las líneas menos graves que se escriben en el registro del daemon")                         \
    X(log_format, RELOADED, LOG_TEXT, "text|json", /* enum log_format */                           \
      "the form of those lines: as people read them, or a JSON object each",                       \
      "la forma de esas líneas: como las leen las personas, o un objeto JSON cada una")            \
    X(forwarded_header, RELOADED, FORWARDED_FOR, "x-forwarded-for|forwarded", /* enum forwarded_header */ \
      "the header by which trusted_proxies say that; no other is believed",                        \
      "la cabecera con que lo dicen trusted_proxies; no se cree ninguna otra")                        \
    X(sandbox, RESTART, SANDBOX_ON, "on|off", /* enum sandbox_wanted */                            \
      "whether the kernel refuses the daemon what it never needs: system calls, and files",        \
      "si el núcleo le niega al daemon lo que nunca necesita: llamadas al sistema y archivos")      \
    X(readers, RESTART, READERS_PUBLIC, "public|enrolled", /* enum who_reads */                      \
      "who may read: everybody, or keys that the log has enrolled, by tokens",                     \
      "quién puede leer: todos, o las claves que la bitácora dio de alta, con tokens")
// clang-format on

struct config {
#define X(name, when, initial, least, most, en, es) _Atomic int64_t name;
    SETTINGS(X)
#undef X
#define X(name, when, initial, words, en, es) _Atomic int name;
    CHOICE_SETTINGS(X)
#undef X
#define X(name, when, initial, room, form_en, form_es, en, es) char name[room];
    TEXT_SETTINGS(X)
#undef X
#define X(name, when, en, es) char name[SETTING_LIST_MAX];
    ADDRESS_SETTINGS(X)
#undef X
    bool plaintext; /* --plaintext, which no file can say: it may be served without TLS to others
                     * than this machine */
    int socket;     /* listened on already, in place of `listen`; 0: none */
};

/* Sets every setting to its default. */
void config_default(struct config *c);

/* Prints all settings with their default, their meaning and what they may be, in the reader's
 * language. */
void config_print(FILE *to);

/* All settings as a new JSON array (docs/INTERFACES.md, section 32). NULL when out of memory. */
json_t *config_json(void);

/* Reads a file over what *c holds, and objects to each line that is wrong: FILE:LINE, the line, what
 * may stand there. Returns 0; or -1 after it objected, with *c in part as the file says. */
MUST_USE int config_read(struct config *c, const char *path, objections *to);

/* Takes from *next what is RELOADED, and logs what changed, also what needs a restart and stays as
 * it is. Main thread. */
void config_take(struct config *c, struct config *next);

#endif
