/* The log on the disk: entries, tiles, indexes and the signed checkpoint, which change together in
 * one step. The engine is whichever .c files implement this header; nothing of it shows here.
 *
 * One writer: at most one STORE_WRITE transaction exists at any time, and only one thread (the
 * sequencer; in `init` the main thread) ever opens one. A reader sees the last commit, whole, for
 * as long as its transaction lasts. That must not outlive the function that opened it: a reader
 * that stays makes the file grow. A transaction belongs to the thread that opened it; the store
 * itself may be used by any thread.
 *
 * All of it may wait for the disk: never on the event loop. */
#ifndef DAEMON_STORE_STORE_H
#define DAEMON_STORE_STORE_H

#include "proto/base/buf.h"
#include "proto/base/must_use.h"
#include "proto/tlog/tile.h"

enum store_result {
    STORE_OK,
    STORE_ABSENT,  /* there is no such thing */
    STORE_FULL,    /* the disk or the map has no room; nothing changed */
    STORE_MEMORY,  /* out of memory or reader slots; nothing changed, may work later */
    STORE_IO,      /* the disk failed; what was committed is uncertain until read again */
    STORE_PANIC,   /* the engine gave up: store_reopen() */
    STORE_DAMAGED, /* what is stored cannot be what was stored */
};

/* Indexes from a name to ascending entry indexes. */
enum store_list {
    LIST_SIGNER,   /* by the name of a signer */
    LIST_WARRANT,  /* by the reference of a warrant */
    LIST_REGISTRY, /* what changes the registry (registry_takes); the name is empty */
    LIST_INDEX,    /* entries of kind `index`; the name is empty */
};

enum store_mode {
    STORE_CREATE,  /* make it if it is not there */
    STORE_USE,     /* must be there */
    STORE_INSPECT, /* must be there, and nothing is ever written */
    STORE_LOOK,    /* the same, not even who reads it: nobody may be writing it */
};

struct store;
struct store_txn;

/* The name of the folder that the engine has in a log's directory; static. */
const char *store_folder(void);

/* What the store calls its format, static; and the version of the engine (LMDB) that runs. */
const char *store_format(void);
void store_engine_version(char out[static 16]);

/* Opens the store in directory dir; map_size in bytes is how far it may ever grow, readers how many
 * transactions may read at once. Returns 0 and sets *out, or -1: the log says why. */
MUST_USE int store_open(struct store **out, const char *dir, enum store_mode mode,
                        uint64_t map_size, unsigned readers);
/* Closes it, after all transactions have ended. */
void store_close(struct store *s);

/* Closes and opens the engine again, after all transactions have ended; waits for readers. The
 * writer's thread only, without a transaction. Returns STORE_OK or why not (then try again). */
MUST_USE enum store_result store_reopen(struct store *s);

enum store_access { STORE_READ, STORE_WRITE };

/* Begins a transaction. STORE_OK, STORE_MEMORY, STORE_PANIC, STORE_IO.
 * Sets *out, to NULL but for STORE_OK. */
MUST_USE enum store_result store_begin(struct store_txn **out, struct store *s,
                                       enum store_access access);

/* Ends a transaction; what was written is gone. NULL is harmless. */
void store_end(struct store_txn *t);

/* Ends a STORE_WRITE transaction, and returns STORE_OK only when all of it has reached the disk. */
MUST_USE enum store_result store_commit(struct store_txn *t);

/* ---- reading, in either kind of transaction; a writer sees what it wrote -------------------- */

/* Appends the signed checkpoint note. STORE_ABSENT: there is no log yet. */
MUST_USE enum store_result store_head(struct store_txn *t, struct buf *out);

/* Appends an entry's bytes; leaf (may be NULL) becomes its stored leaf hash. */
MUST_USE enum store_result store_entry(struct store_txn *t, uint64_t index, struct buf *out,
                                       struct hash *leaf);

/* Appends the file of a tile or bundle: the first tile->width of what is there. STORE_ABSENT if
 * there are not that many. */
MUST_USE enum store_result store_tile(struct store_txn *t, const struct tile *tile,
                                      struct buf *out);

/* A full bundle and its level-0 tile as they are stored, TILE_BYTES of hashes; valid until the
 * transaction ends. STORE_ABSENT if bundle n is not full. Only in a STORE_READ transaction. */
MUST_USE enum store_result store_bundle(struct store_txn *t, uint64_t n, struct span *hashes,
                                        struct span *bundle);

/* Sets *entry to the one in which the signer of that number used that id. STORE_ABSENT: none. */
MUST_USE enum store_result store_id(struct store_txn *t, const uint8_t id[static UUID_BYTES],
                                    uint32_t signer, uint64_t *entry);

/* Sets entry[0..*n) to the lowest entries of an id from index `from` on, whoever used it,
 * ascending, at most cap. */
MUST_USE enum store_result store_ids(struct store_txn *t, const uint8_t id[static UUID_BYTES],
                                     uint64_t from, uint64_t *entry, size_t cap, size_t *n);

/* The same for the entries of a list under a name. An unknown name has none. */
MUST_USE enum store_result store_list(struct store_txn *t, enum store_list list, struct span name,
                                      uint64_t from, uint64_t *entry, size_t cap, size_t *n);

/* ---- writing, in a STORE_WRITE transaction --------------------------------------------------- */

/* Puts the signed checkpoint, in place of the last one. */
MUST_USE enum store_result store_put_head(struct store_txn *t, struct span note);

/* Puts an entry and its leaf hash. Entries come in order of their index. */
MUST_USE enum store_result store_put_entry(struct store_txn *t, uint64_t index, struct span bytes,
                                           const struct hash *leaf);

/* Puts a tile of hashes. Level 0 comes only when it is full, after the entry that filled it; that
 * also closes its bundle. Higher levels come whenever they have grown. */
MUST_USE enum store_result store_put_tile(struct store_txn *t, const struct tile *tile,
                                          const struct hash *hashes);

/* Notes that the signer of that number used that id in that entry. */
MUST_USE enum store_result store_put_id(struct store_txn *t, const uint8_t id[static UUID_BYTES],
                                        uint32_t signer, uint64_t entry);

/* Puts an entry into a list under a name. To do so a second time changes nothing. */
MUST_USE enum store_result store_put_list(struct store_txn *t, enum store_list list,
                                          struct span name, uint64_t entry);

/* ---- looking after it ------------------------------------------------------------------------ */

struct store_counts {
    uint64_t bundles; /* full ones */
    uint64_t tail;    /* entries not in a full bundle */
    uint64_t tiles;   /* of level 1 and higher */
    uint64_t ids;
    uint64_t list_items; /* over all lists and names */
    uint64_t meta;       /* checkpoint and format */
};

/* Counts what the tables hold. */
MUST_USE enum store_result store_count(struct store_txn *t, struct store_counts *out);

/* Calls id for each used id, list for each item of each list; stops when one returns nonzero. */
struct store_visitor {
    int (*id)(void *ctx, const uint8_t id[static UUID_BYTES], uint32_t signer, uint64_t entry);
    int (*list)(void *ctx, enum store_list list, struct span name, uint64_t entry);
    void *ctx;
};
MUST_USE enum store_result store_visit(struct store_txn *t, const struct store_visitor *visitor);

struct store_stats {
    uint64_t used_bytes; /* of the file, free pages included */
    uint64_t map_bytes;
    uint64_t free_bytes; /* of the file, to be used again */
    uint64_t readers;    /* slots in use */
    uint64_t reader_lag; /* commits since the oldest reader began; 0 if there is none */
    uint64_t disk_free_bytes;
};

/* Sets *out. Reads the list of free pages, which takes a while. STORE_OK or why not. Any thread. */
MUST_USE enum store_result store_stats(struct store *s, struct store_stats *out);

/* Bytes free on the disk that the store is on; UINT64_MAX if that cannot be known. Any thread. */
uint64_t store_room(const struct store *s);

/* Makes a store of its own in the empty folder dir: the last commit, whole, without what was deleted
 * before; it is on the disk once this returns STORE_OK. Another process may write to the store
 * meanwhile; its file grows as long as this takes. As damaged pages may lead to each other, no file
 * of this process may grow far beyond twice the store's until it returns. On a failure some of it
 * may be there. */
MUST_USE enum store_result store_copy(struct store *s, const char *dir);

/* The same of a store that anybody may have made, which nobody writes to: what its tables say is
 * put into a new one, and none of the engine's pages goes along. STORE_DAMAGED where keys do not
 * ascend, or there is more than the file has bytes, or sixteen times what it takes on the disk. To
 * read it may crash or read on past what is stored. */
MUST_USE enum store_result store_rebuild(struct store *s, const char *dir);

/* Bytes that store_copy() or store_rebuild() has written into dir so far. Any thread. */
uint64_t store_copied(const char *dir);

/* Removes the files of a store, which nobody has open, from its folder. */
void store_remove_copy(const char *dir);

/* Frees what readers that died left behind. Any thread, every minute or so. */
void store_sweep(struct store *s);

#endif
