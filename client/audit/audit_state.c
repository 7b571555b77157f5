#include "client/audit/audit_state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/files.h"

static const char magic[16] = "bitacora/audit2"; /* changes with what the shelves hold */

/* The machine's own form: it is read by the program that wrote it, and by no other. */
struct head {
    char magic[16];
    uint64_t size, layout;
    uint64_t before; /* the size whose file this one takes the place of */
    struct hash root;
    int64_t now;
    uint64_t count[RULE_COUNT][RESULTS];
};

static uint64_t layout(void)
{
    return sizeof(struct request) << 40 ^ sizeof(struct warrant) << 24 ^ sizeof(struct row) << 16 ^
           sizeof(struct rule_answer) << 8 ^ sizeof(struct head);
}

static char *name_of(const char *path, uint64_t size)
{
    char *name = must(malloc(strlen(path) + 32));
    sprintf(name, "%s.audit-%" PRIu64, path, size);
    return name;
}

/* ---- writing --------------------------------------------------------------------------------- */

static int write_all(struct audit *a, uint64_t before, FILE *to)
{
    struct head h = { .size = a->r->accepted.cp.checkpoint.size,
                      .before = before,
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
    return ferror(f) || fseek(f, 0, SEEK_END) != 0 || fwrite(sum, sizeof sum, 1, f) != 1 ||
                   fflush(f) != 0 || fsync(fileno(f)) != 0
               ? -1
               : 0;
}

enum outcome audit_state_write(struct audit *a, const char *path, uint64_t before)
{
    uint64_t size = a->r->accepted.cp.checkpoint.size;
    char *name = name_of(path, size), *beside = must(malloc(strlen(name) + 8));
    sprintf(beside, "%s.new", name);
    int fd = open(beside, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w+b");
    bool failed = f == NULL || write_all(a, before, f) != 0 || write_sum(f) != 0;
    int why = errno;
    if (f != NULL && fclose(f) != 0)
        failed = true;
    if (!failed && rename(beside, name) != 0) {
        failed = true;
        why = errno;
    }
    if (failed) {
        unlink(beside);
        say(TR("the state could not be written to %s: %s",
               "no se pudo escribir el estado en %s: %s"),
            name, strerror(why));
    }
    free(beside);
    free(name);
    return failed ? OUTCOME_UNDECIDED : OUTCOME_PROVEN;
}

/* ---- reading --------------------------------------------------------------------------------- */

/* The file mapped, if its sum is right; NULL if not. */
static uint8_t *map(int fd, size_t *n)
{
    struct stat st;
    uint8_t sum[crypto_generichash_BYTES];
    if (fstat(fd, &st) != 0 || (size_t)st.st_size < sizeof(struct head) + sizeof sum)
        return NULL;
    *n = (size_t)st.st_size - sizeof sum;
    uint8_t *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        return NULL;
    crypto_generichash(sum, sizeof sum, p, *n, NULL, 0);
    if (memcmp(sum, p + *n, sizeof sum) == 0)
        return p;
    munmap(p, (size_t)st.st_size);
    return NULL;
}

static int read_all(struct audit *a, FILE *from, uint64_t size, uint64_t *before)
{
    struct head h;
    if (fread(&h, sizeof h, 1, from) != 1 || memcmp(h.magic, magic, sizeof magic) != 0 ||
        h.layout != layout() || h.size != size ||
        !hash_eq(&h.root, &a->r->state.accepted.cp.checkpoint.root))
        return -1;
    a->now = h.now;
    *before = h.before;
    memcpy(a->answers.count, h.count, sizeof h.count);
    return casebook_load(&a->cb, from) == 0 && shelf_load(&a->answers.list, from) == 0 ? 0 : -1;
}

/* What the file before it said is no longer needed: FILE speaks of this one. */
static void remove_before(const char *path, uint64_t before, uint64_t size)
{
    char *name = name_of(path, before);
    if (before != size)
        unlink(name);
    free(name);
}

enum outcome audit_state_read(struct audit *a, const char *path, uint64_t size)
{
    char *name = name_of(path, size);
    int fd = open(name, O_RDONLY | O_CLOEXEC), failed = -1;
    size_t n = 0;
    uint64_t before = size;
    uint8_t *p = fd < 0 ? NULL : map(fd, &n);
    FILE *f = p == NULL ? NULL : fmemopen(p, n, "rb");
    if (f != NULL) {
        failed = read_all(a, f, size, &before);
        fclose(f);
    }
    if (p != NULL)
        munmap(p, n + crypto_generichash_BYTES);
    if (fd >= 0)
        close(fd);
    if (failed)
        say(TR("%s is the state of a replay, or %s is not what an audit left beside it: give "
               "audits a "
               "state file of their own, or remove both",
               "%s es el estado de replay, o %s no es lo que una auditoría dejó a su lado: dé a "
               "las "
               "auditorías un estado propio, o borre ambos"),
            path, name);
    else
        remove_before(path, before, size);
    free(name);
    return failed ? OUTCOME_USAGE : OUTCOME_PROVEN;
}
