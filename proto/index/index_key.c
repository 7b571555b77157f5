#include "proto/index/index_key.h"

#include "proto/text/unicode.h"

const struct index_key INDEX_UNKEYED;

#define PREFIX "bitacora/v1 key\n"

/* In the order of enum index_key_type. */
static const struct {
    const char *word;
    const char *prefix; /* what is hashed before the value */
} types[INDEX_KEY_TYPES] = {
    { "signer", PREFIX "signer\n" },       { "vkey", PREFIX "vkey\n" },
    { "authority", PREFIX "authority\n" }, { "holder", PREFIX "holder\n" },
    { "subject", PREFIX "subject\n" },     { "warrant", PREFIX "warrant\n" },
    { "ruleset", PREFIX "ruleset\n" },     { "audited", PREFIX "audited\n" },
};

const char *index_key_word(enum index_key_type type)
{
    return types[type].word;
}

enum index_key_type index_key_type_of(struct span word)
{
    int t = 0;
    while (t < INDEX_KEY_TYPES && !span_is(word, types[t].word))
        t++;
    return (enum index_key_type)t;
}

void index_key_of(struct index_key *out, enum index_key_type type, struct span value)
{
    struct hash hash;
    hash_joined(&hash, span_str(types[type].prefix), value);
    memcpy(out->b, hash.b, INDEX_KEY_LENGTH);
}

int index_key_of_reference(struct index_key *out, struct span reference)
{
    struct buf skeleton = { 0 };
    unicode_skeleton(&skeleton, reference, LIKENESS_LOOKS);
    int failed = skeleton.failed ? -1 : 0;
    if (!failed)
        index_key_of(out, INDEX_KEY_WARRANT, buf_span(&skeleton));
    buf_free(&skeleton);
    return failed;
}
