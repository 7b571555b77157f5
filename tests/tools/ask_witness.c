/* What a log says to a witness, for logs of any origin with leaves that are made up: key, add-checkpoint
 * request, and whether the answer is good. Leaves from FORK on are another history's.
 * usage: ask_witness vkey ORIGIN
 *        ask_witness ask ORIGIN OLD SIZE [FORK]                       request on standard output
 *        ask_witness text ORIGIN TEXT                                 TEXT, signed as a note
 *        ask_witness cosigned ORIGIN SIZE KEYFILE SECONDS             a note as the witness stores it
 *        ask_witness check ORIGIN SIZE VKEY [FORK] < ANSWER           prints the time of the cosignature */
#include <inttypes.h>
#include <sodium.h>

#include "proto/base/scan.h"
#include "proto/sys/files.h"
#include "proto/tlog/add_checkpoint.h"
#include "proto/tlog/checkpoint.h"
#include "tests/tools/small_tree.h"

static struct tree tree;

static void key_of(struct skey *key, const char *origin)
{
    struct hash seed;
    hash_bytes(&seed, span_str(origin));
    skey_from_seed(key, span_str(origin), KEY_NOTE, seed.b);
}

static size_t number(const char *text)
{
    uint64_t n;
    if (text == NULL || decimal_parse(&n, span_str(text)) != 0)
        exit(2);
    return (size_t)n;
}

static void make_tree(size_t size, const char *fork)
{
    size_t from = fork == NULL ? size : number(fork);
    tree_extend(&tree, from < size ? from : size, 0);
    tree_extend(&tree, size, 1);
}

static void text_of(struct buf *out, const char *origin, size_t size)
{
    struct hash root;
    tree_root(&tree, 0, size, &root);
    checkpoint_format(out, origin, size, &root);
}

static int put(const struct buf *b)
{
    return b->failed || fwrite(b->p, 1, b->n, stdout) != b->n ? 2 : 0;
}

static int ask(const char *origin, size_t old, size_t size)
{
    struct hash proof[ADD_CHECKPOINT_PROOF_MAX];
    struct buf text = { 0 }, note = { 0 }, body = { 0 };
    struct skey key;
    key_of(&key, origin);
    size_t n = tree_proof(&tree, old, size, proof);
    text_of(&text, origin, size);
    note_sign(&note, buf_span(&text), &key);
    add_checkpoint_format(&body, old, proof, n, buf_span(&note));
    return put(&body);
}

static int cosigned(const char *origin, size_t size, const char *key_file, uint64_t seconds)
{
    struct buf text = { 0 }, note = { 0 }, key_text = { 0 };
    struct skey key, witness;
    const char *cause;
    if (file_read(&key_text, key_file, SKEY_TEXT_MAX + 1) != FILE_OK ||
        skey_parse(&witness, buf_span(&key_text), &cause) != 0)
        return 2;
    key_of(&key, origin);
    text_of(&text, origin, size);
    note_sign(&note, buf_span(&text), &key);
    note_cosign(&note, buf_span(&text), &witness, seconds);
    return put(&note);
}

static int check(const char *origin, size_t size, const char *vkey)
{
    struct buf text = { 0 }, answer = { 0 }, line = { 0 };
    struct vkey witness;
    const char *cause;
    uint64_t seconds;
    text_of(&text, origin, size);
    if (vkey_parse(&witness, span_str(vkey), &cause) != 0 ||
        file_read(&answer, "-", ADD_CHECKPOINT_ANSWER_MAX) != FILE_OK ||
        add_checkpoint_cosignature(&line, &seconds, buf_span(&answer), buf_span(&text), &witness) !=
            NOTE_GOOD ||
        !span_eq(buf_span(&line), buf_span(&answer)))
        return 1;
    printf("%" PRIu64 "\n", seconds);
    return 0;
}

int main(int argc, char **argv)
{
    struct buf out = { 0 };
    struct skey key;
    if (argc < 3 || sodium_init() < 0)
        return 2;
    key_of(&key, argv[2]);
    if (strcmp(argv[1], "vkey") == 0) {
        vkey_format(&out, &key.vkey);
        buf_adds(&out, "\n");
        return put(&out);
    }
    if (strcmp(argv[1], "text") == 0 && argc == 4) {
        note_sign(&out, span_str(argv[3]), &key);
        return put(&out);
    }
    if (argc < 5)
        return 2;
    if (strcmp(argv[1], "ask") == 0) {
        make_tree(number(argv[4]), argv[5]);
        return ask(argv[2], number(argv[3]), number(argv[4]));
    }
    if (strcmp(argv[1], "cosigned") == 0 && argc == 6) {
        make_tree(number(argv[3]), NULL);
        return cosigned(argv[2], number(argv[3]), argv[4], number(argv[5]));
    }
    if (strcmp(argv[1], "check") == 0) {
        make_tree(number(argv[3]), argv[5]);
        return check(argv[2], number(argv[3]), argv[4]);
    }
    return 2;
}
