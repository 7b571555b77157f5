#include "proto/judge/token.h"

#include "proto/base/when.h"
#include "proto/record/signed_line.h"

#define FIRST_LINE "bitacora/v1 token"

static int refuse_form(struct refusal *why, const char *cause)
{
    return refuse(why, REASON_TOKEN_FORM, cause);
}

static struct span string_of(const struct value *object, const char *member)
{
    return value_span(value_member(object, member));
}

static bool path_byte_allowed(uint8_t c)
{
    return c > 0x20 && c < 0x7F && c != '"' && c != '\\';
}

bool token_target_allowed(struct span method, struct span path)
{
    if (!span_is(method, "GET") && !span_is(method, "PUT") && !span_is(method, "POST"))
        return false;
    if (path.n == 0 || path.n > TOKEN_PATH_MAX || path.p[0] != '/')
        return false;
    for (size_t i = 0; i < path.n; i++)
        if (!path_byte_allowed((uint8_t)path.p[i]))
            return false;
    return true;
}

static int take_target(struct token *out, const struct value *o, struct refusal *why)
{
    struct span method = string_of(o, "method"), path = string_of(o, "path");
    if (!token_target_allowed(method, path))
        return refuse_form(why, "method and path");
    memcpy(out->method, method.p, method.n);
    out->method[method.n] = 0;
    memcpy(out->path, path.p, path.n);
    out->path[path.n] = 0;
    return 0;
}

/* Exactly six members: with six of them there and no name twice, there can be no seventh. */
static int parse_members(struct token *out, const struct value *o, struct refusal *why)
{
    const struct value *under = value_member(o, "under");
    struct span origin = string_of(o, "origin");
    if (value_size(o) != 6)
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
        return refuse_form(why, "from and until, at most five minutes apart");
    return take_target(out, o, why);
}

int token_parse(struct token *out, struct span note, struct refusal *why)
{
    struct signed_line line;
    *out = (struct token){ .from = 0 };
    if (signed_line_parse(&line, note, TOKEN_NOTE_MAX, FIRST_LINE, REASON_TOKEN_FORM, why) != 0)
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

static bool is_for(const struct token *t, const struct token_use *use)
{
    const char *method = strcmp(use->method, "HEAD") == 0 ? "GET" : use->method;
    return strcmp(t->method, method) == 0 && span_is(use->path, t->path);
}

int token_judge(const struct registry *r, const struct token *token, const struct token_use *use,
                uint32_t *number, struct refusal *why)
{
    const struct enrolment *e;
    char at[WHEN_TEXT + 1];
    int64_t now = use->now;
    if (strcmp(token->origin, use->origin) != 0)
        return refuse_form(why, "origin");
    if (!is_for(token, use))
        return refuse(why, REASON_TOKEN_TARGET, token->path);
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

void token_sign(struct buf *out, const struct token_claim *claim, const struct skey *key)
{
    struct buf text = { 0 };
    char begin[WHEN_TEXT + 1], end[WHEN_TEXT + 1];
    when_format(begin, claim->from);
    when_format(end, claim->until);
    buf_addf(&text, FIRST_LINE "\n{\"origin\":\"%s\",\"under\":{\"entry\":%llu,\"hash\":\"",
             claim->origin, (unsigned long long)claim->under.entry);
    buf_add_base64(&text, claim->under.hash, HASH_BYTES);
    buf_addf(&text, "\"},\"from\":\"%s\",\"until\":\"%s\",\"method\":\"%s\",\"path\":\"%s\"}\n",
             begin, end, claim->method, claim->path);
    if (text.failed)
        out->failed = true;
    else
        note_sign(out, buf_span(&text), key);
    buf_free(&text);
}
