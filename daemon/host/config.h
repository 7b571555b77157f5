/* The settings of `bitacorad run`, from lines `name = value` of a file. '#' begins a comment. The
 * main thread reads them once, before the others start; they never change afterwards. */
#ifndef DAEMON_HOST_CONFIG_H
#define DAEMON_HOST_CONFIG_H

#include <stdint.h>
#include <stdio.h>

#include "proto/base/must_use.h"

#define LISTEN_MAX 256
#define STORE_BATCH_MAX 1024 /* records in one transaction: about 25 ms */

/* Addresses, not memory. ThreadSanitizer leaves a process less of them. */
#ifdef __SANITIZE_THREAD__
#define MAP_SIZE_INITIAL (INT64_C(1) << 34)
#else
#define MAP_SIZE_INITIAL (INT64_C(1) << 40)
#endif

// clang-format off
/* X(name, default, least, most, English, Spanish). What is 0 by default is chosen when the
 * daemon starts. */
#define SETTINGS(X)                                                                                \
    X(min_free, 64 * 1024 * 1024, 0, INT64_MAX,                                                    \
      "bytes that must stay free on the disk; below, appending is refused (507)",                  \
      "bytes que deben quedar libres en el disco; con menos no se asienta (507)")                  \
    X(map_size, MAP_SIZE_INITIAL, 1 << 20, INT64_C(1) << 46,                                       \
      "bytes the store may ever grow to",                                                          \
      "bytes hasta los que puede crecer el almacén")                                               \
    X(queue, 8192, 1, 1 << 20,                                                                     \
      "notes that may await their answer; more are refused (503)",                                 \
      "notas que pueden esperar respuesta; más se rechazan (503)")                                 \
    X(queue_bytes, 64 * 1024 * 1024, 1 << 20, INT64_MAX,                                           \
      "bytes of such notes",                                                                       \
      "bytes de tales notas")                                                                      \
    X(receive_bytes, 256 * 1024 * 1024, 8 << 20, INT64_MAX,                                        \
      "bytes of requests that have not come whole; beyond, the slowest clients are dropped",       \
      "bytes de peticiones que no han llegado enteras; con más se corta a los clientes más lentos") \
    X(reads, 1024, 1, 1 << 20,                                                                     \
      "GETs of the store that may await their answer",                                             \
      "GET del almacén que pueden esperar respuesta")                                              \
    X(tiles, 4096, 128, 1 << 24,                                                                   \
      "full tiles whose nodes are kept in memory for receipts, up to 20 kB each",                  \
      "teselas completas cuyos nodos se guardan en memoria para los recibos, hasta 20 kB cada una") \
    X(reply_bytes, 256 * 1024 * 1024, 1 << 20, INT64_MAX,                                          \
      "bytes of answers that clients have not taken yet; beyond, reading is refused (503)",        \
      "bytes de respuestas que los clientes aún no recogen; con más no se lee (503)")              \
    X(pending_blobs, 100000, 1, INT64_C(1) << 32,                                                  \
      "blobs that may wait for an entry that names them; more are refused (503)",                  \
      "blobs que pueden esperar un asiento que los nombre; más se rechazan (503)")                 \
    X(pending_bytes, INT64_C(1) << 29, 1 << 20, INT64_MAX,                                         \
      "bytes on the disk of such blobs",                                                           \
      "bytes en el disco de tales blobs")                                                          \
    X(pending_share, 25, 1, 100,                                                                   \
      "percent of both that one signer may fill; then he is refused (503)",                        \
      "porcentaje de ambos que un firmante puede llenar; después se le rechaza (503)")             \
    X(blob_reserve, 256 * 1024 * 1024, 0, INT64_MAX,                                               \
      "bytes that blobs leave free beyond min_free, for records (507)",                            \
      "bytes que los blobs dejan libres además de min_free, para los registros (507)")             \
    X(sweep, 60, 1, 3600,                                                                          \
      "seconds from one tidying up to the next: blobs that nobody named, erasures that failed",    \
      "segundos de una limpieza a la siguiente: blobs que nadie nombró, borrados que fallaron")    \
    X(batch, STORE_BATCH_MAX, 1, STORE_BATCH_MAX,                                                  \
      "records in one commit",                                                                     \
      "registros en una transacción")                                                              \
    X(index_every, 4096, 0, 1 << 24,                                                               \
      "entries after which the log signs an index of them, which answers rest on; 0: never",       \
      "asientos tras los que la bitácora firma su índice, base de respuestas; 0: nunca")           \
    X(index_wait, 3600, 1, 1 << 24,                                                                \
      "seconds that an entry waits for an index at most",                                          \
      "segundos que un asiento espera un índice a lo sumo")                                        \
    X(index_keep, 600, 0, 1 << 24,                                                                 \
      "seconds that tables of the index stay when no newer index needs them",                      \
      "segundos que quedan las tablas del índice que ninguno más nuevo necesita")                  \
    X(workers, 0, 0, 256,                                                                          \
      "threads that check signatures and build receipts; 0: one per core",                         \
      "hilos que comprueban firmas y hacen recibos; 0: uno por núcleo")                            \
    X(readers, 2, 1, 256,                                                                          \
      "threads that read the store for GETs",                                                      \
      "hilos que leen el almacén para los GET")                                                    \
    X(waits, 8192, 1, 1 << 20,                                                                     \
      "GETs that may wait for witnesses",                                                          \
      "GET que pueden esperar a los testigos")                                                     \
    X(witness_timeout, 5, 1, 600,                                                                  \
      "seconds that a witness may take to answer",                                                 \
      "segundos que un testigo puede tardar en contestar")                                         \
    X(refresh, 600, 1, 86400,                                                                      \
      "seconds after which witnesses cosign again, though nothing is new",                         \
      "segundos tras los que los testigos cofirman de nuevo, aunque no haya nada nuevo")           \
    X(timeout, 30, 1, 3600,                                                                        \
      "seconds that a connection may stand still",                                                 \
      "segundos que una conexión puede estar parada")                                              \
    X(max_connections, 1024, 1, 1 << 20,                                                           \
      "connections open at once",                                                                  \
      "conexiones abiertas a la vez")                                                              \
    X(deadline, 30, 1, 3600,                                                                       \
      "seconds after which an answer is given up (504)",                                           \
      "segundos tras los que se deja de intentar una respuesta (504)")
// clang-format on

struct config {
    char listen[LISTEN_MAX]; /* HOST:PORT */
#define X(name, initial, least, most, en, es) int64_t name;
    SETTINGS(X)
#undef X
};

/* Sets every setting to its default. */
void config_default(struct config *c);

/* Prints all settings with their meaning and default, in the reader's language. */
void config_print(FILE *to);

/* Reads a file over what *c holds. Returns 0, or -1 after having said on standard error which line
 * is wrong, and why. */
MUST_USE int config_read(struct config *c, const char *path);

#endif
