#include "client/audit/audit_state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/audit/casebook_intake.h"
#include "client/audit/loaded.h"
#include "client/base/lost.h"
#include "proto/sys/files.h"

static const char magic[16] = AUDIT_STATE_FORMAT;

/* The machine's own form: it is read by the program that wrote it, and by no other. */
struct head {
    char magic[16];
    uint64_t size, layout;
    uint64_t before; /* of no use any more */
    struct hash root;
    int64_t now;
    uint64_t count[RULE_COUNT][RESULTS];
};

static uint64_t layout(void)
{
    return sizeof(struct request) << 40 ^ sizeof(struct warrant) << 24 ^ sizeof(struct row) << 16 ^
           sizeof(struct rule_answer) << 8 ^ sizeof(struct head);
}

/* To be freed; NULL, recorded as lost, if there is no memory. */
static char *name_of(const char *path, uint64_t size)
{
    char *name = NULL;
    return asprintf(&name, "%s.audit-%" PRIu64, path, size) < 0 ? kept(NULL) : name;
}

/* ---- a casebook as part of a file ------------------------------------------------------------ */

static int each_shelf(struct casebook *cb, int (*visit)(struct shelf *s, FILE *f), FILE *f)
{
    struct key_index *indexes[] = { &cb->words, &cb->refs, &cb->sectors, &cb->blobs };
    struct shelf *shelves[] = { &cb->rows,  &cb->requests, &cb->warrants, &cb->subjects,
                                &cb->lists, &cb->text,     &cb->named,    &cb->signers };
    for (size_t i = 0; i < sizeof shelves / sizeof *shelves; i++)
        if (visit(shelves[i], f) != 0)
            return -1;
    for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++)
        if (visit(&indexes[i]->items, f) != 0 || visit(&indexes[i]->heads, f) != 0)
            return -1;
    return 0;
}

static int each_key(struct casebook *cb, size_t (*move)(uint8_t *key, FILE *f), FILE *f)
{
    struct key_index *indexes[] = { &cb->words, &cb->refs, &cb->sectors, &cb->blobs };
    for (size_t i = 0; i < sizeof indexes / sizeof *indexes; i++)
        if (move(indexes[i]->key, f) != INDEX_KEY_BYTES)
            return -1;
    return 0;
}

static size_t write_key(uint8_t *key, FILE *to)
{
    return fwrite(key, 1, INDEX_KEY_BYTES, to);
}

static size_t read_key(uint8_t *key, FILE *from)
{
    return fread(key, 1, INDEX_KEY_BYTES, from);
}

static int casebook_save(struct casebook *cb, FILE *to)
{
    return fwrite(&cb->last, sizeof cb->last, 1, to) == 1 &&
                   fwrite(&cb->disordered, sizeof cb->disordered, 1, to) == 1 &&
                   each_key(cb, write_key, to) == 0
               ? each_shelf(cb, shelf_save, to)
               : -1;
}

/* What a reference looks like follows from it, and is not saved. Returns 0, or -1 where there is
 * no such text. */
static int take_saved_looks(struct casebook *cb, uint32_t number)
{
    const struct warrant *w = shelf_at(&cb->warrants, number);
    if (w->ref == 0 || w->ref > cb->text.n || cb->text.p[cb->text.n - 1] != 0)
        return -1;
    casebook_take_looks(cb, number);
    return 0;
}

static int casebook_load(struct casebook *cb, FILE *from)
{
    int failed = fread(&cb->last, sizeof cb->last, 1, from) == 1 &&
                         fread(&cb->disordered, sizeof cb->disordered, 1, from) == 1 &&
                         each_key(cb, read_key, from) == 0
                     ? each_shelf(cb, shelf_load, from)
                     : -1;
    for (uint32_t i = 0; failed == 0 && i < cb->warrants.n; i++)
        failed = take_saved_looks(cb, i);
    return failed;
}

/* ---- writing --------------------------------------------------------------------------------- */

static int write_all(struct audit *a, FILE *to)
{
    struct head h = { .size = a->r->accepted.cp.checkpoint.size,
                      .before = a->r->accepted.cp.checkpoint.size,
                      .layout = layout(),
                      .root = a->r->accepted.cp.checkpoint.root,
                      .now = a->now };
    memcpy(h.magic, magic, sizeof magic);
    memcpy(h.count, a->answers.count, sizeof h.count);
    return fwrite(&h, sizeof h, 1, to) == 1 && casebook_save(&a->cb, to) == 0 &&
                   shelf_save(&a->answers.list, to) == 0
               ? 0
               : -1;
}

/* The sum of what was written stands behind it. */
static int write_sum(FILE *f)
{
    uint8_t buffer[65536], sum[crypto_generichash_BYTES];
    crypto_generichash_state state;
    size_t n;
    crypto_generichash_init(&state, NULL, 0, sizeof sum);
    rewind(f);
    while ((n = fread(buffer, 1, sizeof buffer, f)) > 0)
        crypto_generichash_update(&state, buffer, n);
    crypto_generichash_final(&state, sum, sizeof sum);
    return ferror(f) || fseek(f, 0, SEEK_END) != 0 || fwrite(sum, sizeof sum, 1, f) != 1 ? -1 : 0;
}

/* The stream has a descriptor of its own, so that closing it, which may fail as well, leaves the
 * file's to be synced. */
static int fill_file(struct audit *a, int fd)
{
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    FILE *f = own < 0 ? NULL : fdopen(own, "w+b");
    if (f == NULL) {
        if (own >= 0)
            close(own);
        return -1;
    }
    int failed = write_all(a, f) != 0 || write_sum(f) != 0 ? -1 : 0, why = errno;
    if (fclose(f) == 0 && !failed)
        return 0;
    errno = failed ? why : errno;
    return -1;
}

enum outcome audit_state_write(struct audit *a, const char *path)
{
    char *name = name_of(path, a->r->accepted.cp.checkpoint.size);
    struct new_file f;
    if (name == NULL)
        return OUTCOME_UNDECIDED;
    int failed = new_file_open(&f, name, 0600);
    if (!failed && fill_file(a, f.fd) != 0) {
        new_file_drop(&f);
        failed = -1;
    } else if (!failed) {
        failed = new_file_keep(&f);
    }
    if (failed)
        say(TR("the state could not be written to %s: %s",
               "no se pudo escribir el estado en %s: %s"),
            name, errno_words(errno));
    free(name);
    return failed ? OUTCOME_UNDECIDED : OUTCOME_PROVEN;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* The file mapped, if its sum is right; NULL if not. */
static uint8_t *map_if_sound(int fd, size_t *n)
{
    struct stat st;
    uint8_t sum[crypto_generichash_BYTES];
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
        (size_t)st.st_size < sizeof(struct head) + sizeof sum)
        return NULL;
    *n = (size_t)st.st_size - sizeof sum;
    uint8_t *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) {
        lost(errno);
        return NULL;
    }
    crypto_generichash(sum, sizeof sum, p, *n, NULL, 0);
    if (memcmp(sum, p + *n, sizeof sum) == 0)
        return p;
    munmap(p, (size_t)st.st_size);
    return NULL;
}

static int read_audit(struct audit *a, FILE *from, uint64_t size)
{
    struct head h;
    if (fread(&h, sizeof h, 1, from) != 1 || memcmp(h.magic, magic, sizeof magic) != 0 ||
        h.layout != layout() || h.size != size ||
        !hash_eq(&h.root, &a->r->state.accepted.cp.checkpoint.root))
        return -1;
    a->now = h.now;
    memcpy(a->answers.count, h.count, sizeof h.count);
    return casebook_load(&a->cb, from) == 0 && shelf_load(&a->answers.list, from) == 0 &&
                   getc(from) == EOF && loaded_time_is_sound(a->now) &&
                   loaded_casebook_is_sound(&a->cb, size) &&
                   loaded_answers_are_sound(&a->answers, &a->cb)
               ? 0
               : -1;
}

/* Whether a file's name is BASE.audit- and a size other than this one, or what was left of writing
 * such a file. */
static bool is_other(const char *name, const char *base, uint64_t size)
{
    char *end, own[32];
    size_t n = strlen(base);
    if (strncmp(name, base, n) != 0 || strncmp(name + n, ".audit-", 7) != 0)
        return false;
    name += n + 7;
    snprintf(own, sizeof own, "%" PRIu64, size);
    strtoull(name, &end, 10);
    return end != name && (*end == 0 ? strcmp(name, own) != 0 : strncmp(end, ".new", 4) == 0);
}

/* What FILE does not speak of any more, and what a run that was killed has left. The lock is
 * held. */
static void remove_others(const char *path, uint64_t size)
{
    const char *slash = strrchr(path, '/'), *base = slash == NULL ? path : slash + 1;
    char *folder = kept(slash == NULL ? strdup(".") : strndup(path, (size_t)(base - path)));
    DIR *d = folder == NULL ? NULL : opendir(folder);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (is_other(e->d_name, base, size))
            unlinkat(dirfd(d), e->d_name, 0);
    if (d != NULL)
        closedir(d);
    free(folder);
}

/* Returns 0, or -1: it is not what an audit left for a log of that size, or there was no room. */
static int read_file(struct audit *a, const char *name, uint64_t size)
{
    int fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC), failed = -1;
    size_t n = 0;
    uint8_t *p = fd < 0 ? NULL : map_if_sound(fd, &n);
    FILE *f = p == NULL ? NULL : kept(fmemopen(p, n, "rb"));
    if (f != NULL) {
        failed = read_audit(a, f, size);
        fclose(f);
    }
    if (p != NULL)
        munmap(p, n + crypto_generichash_BYTES);
    if (fd >= 0)
        close(fd);
    return failed;
}

enum outcome audit_state_read(struct audit *a, const char *path, uint64_t size)
{
    char *name = name_of(path, size);
    int failed = name == NULL ? -1 : read_file(a, name, size);
    if (lost_any())
        failed = -1;
    else if (failed)
        say(TR("%s is the state of a replay, or %s is not what an audit left beside it: give "
               "audits a "
               "state file of their own, or remove both",
               "%s es el estado de replay, o %s no es lo que una auditoría dejó a su lado: dé a "
               "las "
               "auditorías un estado propio, o borre ambos"),
            path, name);
    else
        remove_others(path, size);
    free(name);
    return !failed ? OUTCOME_PROVEN : lost_any() ? OUTCOME_UNDECIDED : OUTCOME_USAGE;
}
