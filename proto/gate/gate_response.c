#include "proto/gate/gate_response.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

#include "proto/base/when.h"

#define VERSION 8 /* of the UUID: made in a way of our own */

void gate_response_id(char out[ID_TEXT + 1], const struct vkey *holder,
                      const uint8_t request[static HASH_BYTES])
{
    static const char use[] = "bitacora/v1 gate response";
    uint8_t b[UUID_BYTES];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof b);
    crypto_generichash_update(&state, (const uint8_t *)use, sizeof use); /* with its zero */
    crypto_generichash_update(&state, holder->key, PUBLIC_KEY_BYTES);
    crypto_generichash_update(&state, request, HASH_BYTES);
    crypto_generichash_final(&state, b, sizeof b);
    b[6] = (uint8_t)(VERSION << 4 | (b[6] & 0x0f));
    b[8] = 0x80 | (b[8] & 0x3f);
    snprintf(out, ID_TEXT + 1,
             "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
             b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
             b[15]);
}

static void add_ref(struct buf *out, const char *member, const struct entry_ref *ref)
{
    buf_addf(out, ",\"%s\":{\"entry\":%" PRIu64 ",\"hash\":\"", member, ref->entry);
    buf_add_base64(out, ref->hash, HASH_BYTES);
    buf_adds(out, "\"}");
}

void gate_response_json(struct buf *out, const struct gate_response *r)
{
    char id[ID_TEXT + 1], at[WHEN_TEXT + 1], received[WHEN_TEXT + 1];
    gate_response_id(id, r->key, r->request.hash);
    when_format(at, r->at);
    when_format(received, r->received);
    buf_addf(out, "{\"id\":\"%s\",\"at\":\"%s\"", id, at);
    add_ref(out, "under", &r->under);
    add_ref(out, "request", &r->request);
    buf_addf(out, ",\"holder\":\"%s\",\"outcome\":\"direct_access\",\"received_at\":\"%s\"}",
             r->holder, received);
}
