#include "proto/answer/answer.h"
#include "proto/base/base64.h"
#include "proto/base/scan.h"

/* 1 to 256 bytes of UTF-8, none of them below U+0020. */
static bool is_reference(struct span text)
{
    if (text.n == 0 || text.n > TEXT_MAX)
        return false;
    while (text.n > 0)
        if (utf8_next(&text) < 0x20)
            return false;
    return true;
}

static int vkey_question(struct answer_question *out)
{
    struct vkey key;
    const char *cause;
    if (vkey_parse(&key, out->value, &cause) != 0 || key.type != KEY_NOTE)
        return -1;
    index_key_of(&out->key, out->type, span_of(key.key, PUBLIC_KEY_BYTES));
    return 0;
}

static int subject_question(struct answer_question *out)
{
    uint8_t commit[HASH_BYTES];
    if (base64_decode_exact(commit, sizeof commit, out->value) != 0)
        return -1;
    index_key_of(&out->key, out->type, span_of(commit, sizeof commit));
    return 0;
}

/* A value that is its own key, if it has the form of its type. */
static int plain_question(struct answer_question *out, bool allowed)
{
    if (!allowed)
        return -1;
    index_key_of(&out->key, out->type, out->value);
    return 0;
}

int answer_question_of(struct answer_question *out, enum index_key_type type, struct span value,
                       struct refusal *why)
{
    int result = -1;
    *out = (struct answer_question){ .type = type, .value = value };
    switch (type) {
    case INDEX_KEY_WARRANT:
        if (!is_reference(value))
            break;
        if (index_key_of_reference(&out->key, value) != 0)
            return refuse(why, REASON_MEMORY, "");
        return 0;
    case INDEX_KEY_VKEY:
        result = vkey_question(out);
        break;
    case INDEX_KEY_SUBJECT:
        result = subject_question(out);
        break;
    case INDEX_KEY_SIGNER:
        result = plain_question(out, signer_name_allowed(value));
        break;
    case INDEX_KEY_AUTHORITY:
    case INDEX_KEY_HOLDER:
        result = plain_question(out, code_allowed(value));
        break;
    default:
        break;
    }
    return result == 0 ? 0 : refuse_span(why, REASON_QUESTION, value);
}
