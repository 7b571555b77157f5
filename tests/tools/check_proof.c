/* What this implementation says of proofs, and the proofs that it makes, for comparison with others.
 * Lines in, a line out for each; hashes in lower-case hex:
 *   check_proof        "inclusion INDEX SIZE ROOT LEAF HASH..." or
 *                      "consistency OLD NEW OLD_ROOT NEW_ROOT HASH...": "good" or "bad"
 *   check_proof make   "inclusion INDEX SIZE" or "consistency OLD NEW": such a line, of the log whose
 *                      leaf i is the text "leaf i"; "none" where no proof can be made */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/base/scan.h"
#include "proto/tlog/tile.h"

#define WORDS_MAX (5 + PROOF_MAX + 2) /* so that proofs that are too long can be told */
#define SIZE_MAX_MADE 4096

struct line {
    size_t n;
    struct span word[WORDS_MAX];
};

static int split(struct line *out, struct span text)
{
    const uint8_t *p = text.p, *end = text.p + text.n;
    out->n = 0;
    while (p < end) {
        const uint8_t *space = memchr(p, ' ', (size_t)(end - p));
        const uint8_t *stop = space == NULL ? end : space;
        if (out->n == WORDS_MAX)
            return -1;
        out->word[out->n++] = span_of(p, (size_t)(stop - p));
        p = stop + 1;
    }
    return 0;
}

/* ---- checking ------------------------------------------------------------------------------ */

static bool check(const struct line *l)
{
    struct hash hash[WORDS_MAX], got;
    uint64_t a, b;
    if (l->n < 5 || decimal_parse(&a, l->word[1]) != 0 || decimal_parse(&b, l->word[2]) != 0)
        return false;
    for (size_t i = 3; i < l->n; i++)
        if (hex_parse(hash[i].b, HASH_BYTES, l->word[i]) != 0)
            return false;
    if (span_is(l->word[0], "inclusion"))
        return tree_root_of_inclusion(&got, a, b, &hash[4], hash + 5, l->n - 5) == 0 &&
               hash_eq(&got, &hash[3]);
    return span_is(l->word[0], "consistency") &&
           tree_consistent(a, &hash[3], b, &hash[4], hash + 5, l->n - 5);
}

/* ---- making -------------------------------------------------------------------------------- */

static struct hash leaves[SIZE_MAX_MADE], above[SIZE_MAX_MADE / TILE_WIDTH],
    roots[SIZE_MAX_MADE + 1];

static void make_leaves(void)
{
    struct frontier f = { 0 };
    struct hash done[64];
    for (size_t i = 0; i < SIZE_MAX_MADE; i++) {
        char text[32];
        snprintf(text, sizeof text, "leaf %zu", i);
        hash_leaf(&leaves[i], span_str(text));
        frontier_append(&f, &leaves[i], done);
        frontier_root(&f, &roots[i + 1]);
    }
    for (size_t i = 0; i < SIZE_MAX_MADE / TILE_WIDTH; i++)
        tile_root(&above[i], leaves + i * TILE_WIDTH, TILE_WIDTH);
}

static int read_tile(void *ctx, const struct tile *t, struct hash *out)
{
    (void)ctx;
    if (t->level > 1)
        return -1;
    memcpy(out, (t->level == 0 ? leaves : above) + t->n * TILE_WIDTH, t->width * sizeof *out);
    return 0;
}

static void put_hash(const struct hash *h)
{
    char hex[2 * HASH_BYTES + 1];
    hex_format(hex, h->b, HASH_BYTES);
    putchar(' ');
    fputs(hex, stdout);
}

static void make(const struct line *l)
{
    struct tile_source source = { .read = read_tile };
    struct hash proof[PROOF_MAX];
    uint64_t a;
    int n = -1;
    bool inclusion = l->n > 0 && span_is(l->word[0], "inclusion");
    if (l->n == 3 && decimal_parse(&a, l->word[1]) == 0 &&
        decimal_parse(&source.size, l->word[2]) == 0 && source.size <= SIZE_MAX_MADE)
        n = inclusion ? proof_inclusion(proof, &source, a)
                      : proof_consistency(proof, &source, a, false);
    if (n < 0) {
        puts("none");
        return;
    }
    printf("%s %" PRIu64 " %" PRIu64, inclusion ? "inclusion" : "consistency", a, source.size);
    put_hash(inclusion ? &roots[source.size] : &roots[a]);
    put_hash(inclusion ? &leaves[a] : &roots[source.size]);
    for (int i = 0; i < n; i++)
        put_hash(&proof[i]);
    putchar('\n');
}

int main(int argc, char **argv)
{
    char *text = NULL;
    size_t cap = 0;
    ssize_t n;
    bool makes = argc == 2 && strcmp(argv[1], "make") == 0;
    if (sodium_init() < 0 || argc > 2 || (argc == 2 && !makes))
        return 2;
    if (makes)
        make_leaves();
    while ((n = getline(&text, &cap, stdin)) > 0) {
        struct line l;
        bool whole = split(&l, span_of(text, (size_t)n - (text[n - 1] == '\n'))) == 0;
        if (makes)
            make(&l);
        else
            puts(whole && check(&l) ? "good" : "bad");
    }
    free(text);
    return 0;
}
