/* Flips every single bit of a mirror, one at a time, and has the client's own replay judge each: it
 * must exit 1 and name the entry or file that was altered. In one process, as 200,000 replays are
 * many: signatures and points that were verified once are remembered; nothing else differs from the
 * binary.
 * usage: flip_bits POLICY MIRROR [PART PARTS]  (PART of PARTS: every PARTS-th byte, for two cores) */
#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/cmd.h"
#include "client/base/path.h"
#include "proto/base/hash.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"

/* ---- what was verified once ---------------------------------------------------------------- */

#define SLOTS (1 << 16)

static struct {
    bool taken;
    struct hash what;
    int result;
} memory[SLOTS];

int __real_crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m,
                                       unsigned long long n, const unsigned char *pk);
int __wrap_crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m,
                                       unsigned long long n, const unsigned char *pk);

int __wrap_crypto_sign_verify_detached(const unsigned char *sig, const unsigned char *m,
                                       unsigned long long n, const unsigned char *pk)
{
    struct hash part[3], all;
    hash_bytes(&part[0], span_of(sig, crypto_sign_BYTES));
    hash_bytes(&part[1], span_of(m, (size_t)n));
    hash_bytes(&part[2], span_of(pk, crypto_sign_PUBLICKEYBYTES));
    hash_bytes(&all, span_of(part, sizeof part));
    size_t slot = ((size_t)all.b[0] << 8 | all.b[1]) % SLOTS;
    if (!memory[slot].taken || !hash_eq(&memory[slot].what, &all)) {
        memory[slot].taken = true;
        memory[slot].what = all;
        memory[slot].result = __real_crypto_sign_verify_detached(sig, m, n, pk);
    }
    return memory[slot].result;
}

int __real_crypto_core_ed25519_is_valid_point(const unsigned char *p);
int __wrap_crypto_core_ed25519_is_valid_point(const unsigned char *p);

int __wrap_crypto_core_ed25519_is_valid_point(const unsigned char *p)
{
    static struct {
        bool taken;
        unsigned char point[32];
        int result;
    } points[256];
    size_t slot = p[0];
    if (!points[slot].taken || memcmp(points[slot].point, p, 32) != 0) {
        points[slot].taken = true;
        memcpy(points[slot].point, p, 32);
        points[slot].result = __real_crypto_core_ed25519_is_valid_point(p);
    }
    return points[slot].result;
}

/* ---- one replay ---------------------------------------------------------------------------- */

struct verdict_of_run {
    enum outcome outcome;
    int64_t entry; /* of the first finding; -1 if it is about a file */
    char code[32];
    char detail[256];
};

static struct verdict_of_run replay(const char *policy, const char *mirror)
{
    struct args args = { .policy = policy, .dir = mirror, .json = true };
    struct verdict_of_run v = { .entry = -1 };
    char *text = NULL;
    size_t n = 0;
    FILE *kept = stdout;
    stdout = open_memstream(&text, &n);
    v.outcome = command_replay.run(&args);
    fclose(stdout);
    stdout = kept;
    json_t *json = json_loads(text, 0, NULL);
    const json_t *first = json_array_get(json_object_get(json, "findings"), 0);
    const json_t *entry = json_object_get(first, "entry");
    const char *code = json_string_value(json_object_get(first, "code"));
    const char *detail = json_string_value(json_object_get(first, "detail"));
    if (json_is_integer(entry))
        v.entry = json_integer_value(entry);
    snprintf(v.code, sizeof v.code, "%s", code == NULL ? "" : code);
    snprintf(v.detail, sizeof v.detail, "%s", detail == NULL ? "" : detail);
    json_decref(json);
    free(text);
    return v;
}

/* ---- every bit ----------------------------------------------------------------------------- */

struct job {
    const char *policy, *mirror;
    size_t part, parts;
    uint64_t flips, failures;
};

/* The entry that a byte of a bundle belongs to, its length prefix included. */
static int64_t entry_at(struct span bundle, size_t offset)
{
    struct scan s = scan_of(bundle);
    for (int64_t i = 0;; i++) {
        scan_bytes(&s, scan_u16(&s));
        if (s.bad || (size_t)(s.p - bundle.p) > offset)
            return i;
    }
}

static void flip(struct job *j, int fd, const char *name, struct span file, size_t offset, int bit)
{
    uint8_t byte = file.p[offset] ^ (uint8_t)(1 << bit);
    bool bundle = strstr(name, "entries") != NULL;
    if (pwrite(fd, &byte, 1, (off_t)offset) != 1)
        exit(2);
    struct verdict_of_run v = replay(j->policy, j->mirror);
    bool named = bundle ? v.entry == entry_at(file, offset) : strstr(v.detail, name) != NULL;
    j->flips++;
    if (v.outcome != OUTCOME_BAD || !named) {
        j->failures++;
        fprintf(stdout, "# %s byte %zu bit %d: exit %d, %s, entry %lld: %s\n", name, offset, bit,
                (int)v.outcome, v.code, (long long)v.entry, v.detail);
    }
    if (pwrite(fd, &file.p[offset], 1, (off_t)offset) != 1)
        exit(2);
}

static void flip_file(struct job *j, const char *name)
{
    char *path = path_join(j->mirror, name);
    struct buf file = { 0 };
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 || file_read(&file, path, 1 << 26) != FILE_OK)
        exit(2);
    for (size_t i = j->part; i < file.n; i += j->parts)
        for (int bit = 0; bit < 8; bit++)
            flip(j, fd, name, buf_span(&file), i, bit);
    close(fd);
    buf_free(&file);
    free(path);
}

static void walk(struct job *j, const char *below)
{
    char *path = path_join(j->mirror, below);
    DIR *d = opendir(path);
    if (d == NULL)
        exit(2);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        char name[512];
        struct stat s;
        if (e->d_name[0] == '.')
            continue;
        snprintf(name, sizeof name, "%s%s%s", below, *below ? "/" : "", e->d_name);
        char *child = path_join(j->mirror, name);
        if (stat(child, &s) != 0)
            exit(2);
        if (S_ISDIR(s.st_mode))
            walk(j, name);
        else
            flip_file(j, name);
        free(child);
    }
    closedir(d);
    free(path);
}

int main(int argc, char **argv)
{
    if ((argc != 3 && argc != 5) || sodium_init() < 0)
        return 2;
    struct job j = { .policy = argv[1], .mirror = argv[2], .part = 0, .parts = 1 };
    if (argc == 5) {
        j.part = (size_t)atoi(argv[3]);
        j.parts = (size_t)atoi(argv[4]);
    }
    if (freopen("/dev/null", "w", stderr) == NULL)
        return 2;
    if (replay(j.policy, j.mirror).outcome != OUTCOME_PROVEN) {
        puts("not ok - the mirror is good before any bit is flipped");
        return 1;
    }
    walk(&j, "");
    if (replay(j.policy, j.mirror).outcome != OUTCOME_PROVEN)
        j.failures++;
    printf("%s - %llu bits flipped one at a time: each is exit 1 and named (part %zu of %zu)\n",
           j.failures == 0 ? "ok" : "not ok", (unsigned long long)j.flips, j.part + 1, j.parts);
    return j.failures == 0 ? 0 : 1;
}
