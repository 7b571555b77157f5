#include "proto/judge/token.h"

#include "proto/base/when.h"
#include "proto/record/signed_line.h"

static int refuse_form(struct refusal *why, const char *cause)
{
    return refuse(why, REASON_TOKEN_FORM, cause);
}

static struct span string_of(const struct value *object, const char *member)
{
    return value_span(value_member(object, member));
}

/* Exactly four members: with four of them there and no name twice, there can be no fifth. */
static int parse_members(struct token *out, const struct value *o, struct refusal *why)
{
    const struct value *under = value_member(o, "under");
    struct span origin = string_of(o, "origin");
    if (value_size(o) != 4)
        return refuse_form(why, "members");
    if (!signer_name_allowed(origin))
        return refuse_form(why, "origin");
    memcpy(out->origin, origin.p, origin.n);
    out->origin[origin.n] = 0;
    if (value_size(under) != 2 || entry_ref_parse(&out->under, under) != 0)
        return refuse_form(why, "under");
    if (when_parse(&out->from, string_of(o, "from")) != 0)
        return refuse_form(why, "from");
    if (when_parse(&out->until, string_of(o, "until")) != 0)
        return refuse_form(why, "until");
    if (out->from >= out->until || out->until - out->from > TOKEN_MAX_MS)
        return refuse_form(why, "from and until, at most an hour apart");
    return 0;
}

int token_parse(struct token *out, struct span note, struct refusal *why)
{
    struct signed_line line;
    *out = (struct token){ .from = 0 };
    if (signed_line_parse(&line, note, "bitacora/v1 token", REASON_TOKEN_FORM, why) != 0)
        return -1;
    out->text = line.text;
    out->signer = line.signer;
    out->key_id = line.key_id;
    memcpy(out->signature, line.signature, SIGNATURE_BYTES);
    int failed = parse_members(out, line.object, why);
    value_free(line.object);
    return failed;
}

/* Whether that enrolment is the one that the token names, and its key signed it. */
static bool signed_under(const struct token *t, const struct enrolment *e)
{
    return e->entry == t->under.entry && memcmp(e->leaf.b, t->under.hash, HASH_BYTES) == 0 &&
           vkey_verify(&e->key, t->text, t->signature);
}

int token_judge(const struct registry *r, const struct token *token, const char *origin,
                int64_t now, uint32_t *number, struct refusal *why)
{
    const struct enrolment *e;
    char at[WHEN_TEXT + 1];
    if (strcmp(token->origin, origin) != 0)
        return refuse_form(why, "origin");
    if (now < token->from || now >= token->until) {
        when_format(at, now < token->from ? token->from : token->until);
        return refuse(why, REASON_TOKEN_TIME, at);
    }
    /* Several keys may share name and id, and all registrars of genesis are enrolled by one
     * entry. */
    for (*number = 0; (e = registry_find(r, token->signer, token->key_id, number)) != NULL;
         ++*number) {
        if (!signed_under(token, e))
            continue;
        if (e->from <= now && now < e->until && e->revoked == NO_ENTRY)
            return 0;
        break;
    }
    return refuse_span(why, REASON_TOKEN_SIGNER, token->signer);
}

void token_sign(struct buf *out, const char *origin, const struct entry_ref *under, int64_t from,
                int64_t until, const struct skey *key)
{
    struct buf text = { 0 };
    char begin[WHEN_TEXT + 1], end[WHEN_TEXT + 1];
    when_format(begin, from);
    when_format(end, until);
    buf_addf(&text, "bitacora/v1 token\n{\"origin\":\"%s\",\"under\":{\"entry\":%llu,\"hash\":\"",
             origin, (unsigned long long)under->entry);
    buf_add_base64(&text, under->hash, HASH_BYTES);
    buf_addf(&text, "\"},\"from\":\"%s\",\"until\":\"%s\"}\n", begin, end);
    if (text.failed)
        out->failed = true;
    else
        note_sign(out, buf_span(&text), key);
    buf_free(&text);
}
