#include <stdlib.h>

#include "proto/lib/lib_objects.h"

static char *key_text(const struct vkey *key)
{
    struct buf text = { 0 };
    vkey_format(&text, key);
    char *copy = text.failed ? NULL : copy_bytes(text.p, text.n);
    buf_free(&text);
    return copy;
}

static bool keep_keys(bitacora_policy *p)
{
    size_t n = policy_logs(p->policy);
    p->log_key = calloc(n + 1, sizeof *p->log_key);
    for (size_t i = 0; p->log_key != NULL && i < n; i++)
        if ((p->log_key[i] = key_text(&policy_log(p->policy, i)->key)) == NULL)
            return false;
    return p->log_key != NULL;
}

static bitacora_result read_policy(bitacora_context *ctx, struct span text, bitacora_policy **out)
{
    struct refusal why;
    if (text.n > ctx->limit[BITACORA_LIMIT_POLICY]) {
        refuse(&why, REASON_POLICY_FORM, "too large");
        return context_refuse(ctx, BITACORA_USAGE, &why);
    }
    bitacora_policy *p = calloc(1, sizeof *p);
    if (p == NULL)
        return BITACORA_MEMORY;
    hash_bytes(&p->text, text);
    p->policy = policy_parse(text, &why);
    if (p->policy == NULL) {
        bitacora_policy_free(p);
        return context_refuse(ctx, BITACORA_USAGE, &why);
    }
    if (!keep_keys(p)) {
        bitacora_policy_free(p);
        return BITACORA_MEMORY;
    }
    *out = p;
    return BITACORA_PROVEN;
}

bitacora_result bitacora_policy_parse(bitacora_context *ctx, const void *bytes, size_t n,
                                      bitacora_policy **out)
{
    if (out == NULL)
        return context_misuse(ctx, "out");
    *out = NULL;
    if (ctx == NULL || (bytes == NULL && n > 0))
        return context_misuse(ctx, "bytes");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    return read_policy(ctx, span_of(bytes, n), out);
}

bitacora_result bitacora_policy_parse_pinned(bitacora_context *ctx, const void *bytes, size_t n,
                                             const uint8_t genesis[BITACORA_HASH_BYTES],
                                             bitacora_policy **out)
{
    if (genesis == NULL) {
        if (out != NULL)
            *out = NULL;
        return context_misuse(ctx, "genesis");
    }
    bitacora_result result = bitacora_policy_parse(ctx, bytes, n, out);
    if (out != NULL && *out != NULL) {
        (*out)->has_pin = true;
        memcpy((*out)->pin.b, genesis, HASH_BYTES);
    }
    return result;
}

void bitacora_policy_free(bitacora_policy *p)
{
    if (p == NULL)
        return;
    for (size_t i = 0; p->log_key != NULL && i < policy_logs(p->policy); i++)
        free(p->log_key[i]);
    free(p->log_key);
    policy_free(p->policy);
    free(p);
}

size_t bitacora_policy_logs(const bitacora_policy *p)
{
    return p == NULL ? 0 : policy_logs(p->policy);
}

const char *bitacora_policy_log_key(const bitacora_policy *p, size_t log)
{
    return log < bitacora_policy_logs(p) ? p->log_key[log] : NULL;
}

const char *bitacora_policy_log_url(const bitacora_policy *p, size_t log)
{
    return log < bitacora_policy_logs(p) ? policy_log(p->policy, log)->url : NULL;
}

size_t bitacora_policy_witnesses(const bitacora_policy *p)
{
    return p == NULL ? 0 : policy_witnesses(p->policy);
}

size_t bitacora_policy_quorum(const bitacora_policy *p)
{
    return p == NULL ? 0 : policy_least_quorum(p->policy);
}
