#include "daemon/access/bearer.h"

#include <stdio.h>
#include <strings.h>

#include "proto/base/base64.h"
#include "proto/sys/clock.h"

void bearer_begin(struct bearer *b, const char *method, const char *target)
{
    b->asked = clock_wall();
    snprintf(b->method, sizeof b->method, "%s", method);
    if (strlen(target) <= TOKEN_PATH_MAX)
        memcpy(b->target, target, strlen(target) + 1);
}

void bearer_take(struct bearer *b, const char *value)
{
    static const char scheme[] = "Bearer";
    size_t n = strlen(scheme);
    bool again = b->came != BEARER_NONE;
    b->came = BEARER_BAD;
    if (again || strncasecmp(value, scheme, n) != 0 || value[n] != ' ')
        return;
    value += n + strspn(value + n, " ");
    if (strlen(value) > TOKEN_TEXT_MAX)
        return;
    memcpy(b->text, value, strlen(value) + 1);
    b->came = BEARER_TOKEN;
}

int bearer_judge(const struct bearer *b, struct service *s, bool (*may)(enum role role),
                 struct visitor *out, struct refusal *why)
{
    const struct token_use use = {
        .origin = s->vkey.name, .method = b->method, .path = span_str(b->target), .now = b->asked
    };
    uint8_t note[TOKEN_NOTE_MAX];
    size_t n;
    struct token token;
    if (b->came == BEARER_NONE)
        return refuse(why, REASON_TOKEN_MISSING, "");
    if (b->came == BEARER_BAD || base64_decode(note, sizeof note, &n, span_str(b->text)) != 0)
        return refuse(why, REASON_TOKEN_FORM, "Authorization: Bearer BASE64");
    if (token_parse(&token, span_of(note, n), why) != 0 ||
        signers_token(&s->signers, &token, &use, may, &out->role, &out->number, why) != 0)
        return -1;
    snprintf(out->name, sizeof out->name, "%.*s", (int)token.signer.n,
             (const char *)token.signer.p);
    out->under = token.under;
    hash_bytes(&out->token, span_of(note, n));
    return 0;
}
