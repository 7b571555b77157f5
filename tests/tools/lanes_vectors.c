/* The vectors of tests/vectors/ed25519 by an accelerator: behind the checks of verify_sig.h, and by
 * its lanes alone where these checks let a vector reach them. Is each verdict the vector's, and
 * libsodium's?
 *
 *     lanes_vectors PLUGIN FOLDER
 *
 * Last line: how many there were, and how many differed. Also said is how many bad ones the lanes
 * would take without the checks before them: that is what these are for. Exits with 1 if any verdict
 * differed, with 2 if the plug-in or a vector cannot be used. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/accel/accelerator.h"
#include "proto/base/scan.h"
#include "proto/tlog/signing.h"

#define LINE_MOST 8192
#define MESSAGE_MOST 2048

struct vector {
    uint8_t key[32], message[MESSAGE_MOST], signature[64];
    struct sig_claim claim;
    bool good;
};

static struct sig_verifier *verifier;
static struct {
    unsigned vectors, good, reached, taken_without_checks, differ;
} seen;

/* "good KEY MESSAGE SIGNATURE", in hex; a message of no bytes is "-". */
static int parse(struct vector *v, char *line)
{
    char *rest = NULL, *verdict = strtok_r(line, " \n", &rest), *key = strtok_r(NULL, " \n", &rest),
         *message = strtok_r(NULL, " \n", &rest), *signature = strtok_r(NULL, " \n", &rest);
    if (signature == NULL || (strcmp(verdict, "good") != 0 && strcmp(verdict, "bad") != 0))
        return -1;
    size_t n = strcmp(message, "-") == 0 ? 0 : strlen(message) / 2;
    v->good = strcmp(verdict, "good") == 0;
    v->claim = (struct sig_claim){ .key = v->key,
                                   .message = span_of(v->message, n),
                                   .signature = v->signature };
    return n > MESSAGE_MOST || (n > 0 && hex_parse(v->message, n, span_str(message)) != 0) ||
                   hex_parse(v->key, 32, span_str(key)) != 0 ||
                   hex_parse(v->signature, 64, span_str(signature)) != 0
               ? -1
               : 0;
}

static void tell(const struct vector *v, const char *who, const char *file, unsigned line)
{
    seen.differ++;
    fprintf(stderr, "%s:%u is %s, and otherwise by %s\n", file, line, v->good ? "good" : "bad",
            who);
}

/* Whether the lanes alone say the same of it in all eight; `pass`: that they take it. */
static bool ask_lanes(const struct vector *v, bool *pass)
{
    struct sig_lanes l;
    for (unsigned i = 0; i < SIG_LANES; i++)
        sig_lane_set(&l, i, &v->claim);
    int mask = verifier->lanes(verifier->ctx, &l);
    *pass = mask == (1 << SIG_LANES) - 1;
    return *pass || mask == 0;
}

static void judge(const struct vector *v, const char *file, unsigned line)
{
    bool key = key_good(v->key), pass;
    struct sig_claim claim[SIG_LANES];
    for (unsigned i = 0; i < SIG_LANES; i++)
        claim[i] = v->claim;
    seen.vectors++;
    seen.good += v->good;
    if ((key && signature_good(v->key, v->claim.message, v->signature)) != v->good)
        tell(v, "libsodium", file, line);
    if (key)
        verify_sigs(verifier, claim, SIG_LANES);
    for (unsigned i = 0; i < SIG_LANES; i++)
        if ((key && claim[i].good) != v->good)
            tell(v, "the accelerator behind the checks", file, line);
    bool uniform = v->claim.message.n == 0 || ask_lanes(v, &pass);
    if (v->claim.message.n == 0)
        return;
    if (key && sig_suits_lanes(&v->claim)) {
        seen.reached++;
        if (!uniform || pass != v->good)
            tell(v, "the lanes alone", file, line);
    } else {
        seen.taken_without_checks += pass && !v->good;
    }
}

static int judge_file(const char *folder, const char *name)
{
    char path[4096], line[LINE_MOST];
    struct vector v;
    unsigned number = 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        perror(path);
        return -1;
    }
    while (fgets(line, sizeof line, f) != NULL) {
        number++;
        if (line[0] == '#')
            continue;
        if (parse(&v, line) != 0) {
            fprintf(stderr, "%s:%u is no vector\n", path, number);
            fclose(f);
            return -1;
        }
        judge(&v, name, number);
    }
    fclose(f);
    return 0;
}

int main(int argc, char **argv)
{
    static struct accelerator a;
    static const char *const files[] = { "edges/edges.txt", "others/speccheck.txt",
                                         "others/wycheproof.txt" };
    if (argc != 3 || sodium_init() < 0 || signing_begin() != NULL) {
        fprintf(stderr, "usage: lanes_vectors PLUGIN FOLDER\n");
        return 2;
    }
    if (accelerator_open(&a, argv[1]) != 0 || a.verifier.lanes == NULL) {
        fprintf(stderr, "%s\n", a.fallback);
        return 2;
    }
    verifier = &a.verifier;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (judge_file(argv[2], files[i]) != 0)
            return 2;
    bool stopped = sig_verifier_state(verifier) != SIG_BY_LANES;
    printf("%u vectors by %s (%s) and libsodium, %u of them good: %u reached a lane, of the others "
           "the lanes alone would take %u that are bad; %u differ%s\n",
           seen.vectors, a.name, a.software, seen.good, seen.reached, seen.taken_without_checks,
           seen.differ, stopped ? "; the lanes differed or are gone" : "");
    accelerator_close(&a);
    return seen.differ > 0 || stopped ? 1 : 0;
}
