#include "client/submit/submit_complete.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/sys/clock.h"
#include "proto/sys/secret.h"

static json_t *under_json(const struct identity *id)
{
    char hash[48];
    base64_encode(hash, id->under.hash, HASH_BYTES);
    return json_pack("{s:I,s:s}", "entry", (json_int_t)id->under.entry, "hash", hash);
}

json_t *submit_complete(json_t *given, const struct identity *identity)
{
    char id[ID_TEXT + 1], at[WHEN_TEXT + 1];
    fresh_id(id, clock_wall());
    when_format(at, clock_wall());
    json_t *record = json_pack("{s:s,s:s,s:o}", "id", id, "at", at, "under", under_json(identity));
    if (json_object_update(record, given) != 0) {
        json_decref(record);
        record = NULL;
    }
    json_decref(given);
    return record;
}

/* Keyed by the private key: a plain hash could be tried out with every CURP that there is. */
void submit_line_id(char out[static ID_TEXT + 1], const struct identity *id, const char *origin,
                    const json_t *line, uint64_t occurrence)
{
    static const char purpose[] = "bitacora/v1 line-id\n";
    uint8_t key[crypto_generichash_KEYBYTES], b[UUID_BYTES];
    char hex[2 * UUID_BYTES + 1];
    struct buf text = { 0 };
    char *json = json_dumps(line, JSON_COMPACT | JSON_SORT_KEYS);
    buf_addf(&text, "%s\n%s\n%" PRIu64 "\n%s", origin, id->key->vkey.name, occurrence,
             (const char *)kept(json) == NULL ? "" : json);
    struct span said = kept_span(&text);
    crypto_generichash(key, sizeof key, (const uint8_t *)purpose, strlen(purpose), id->key->secret,
                       sizeof id->key->secret);
    crypto_generichash(b, sizeof b, said.p, said.n, key, sizeof key);
    b[6] = 0x80 | (b[6] & 0x0F); /* version 8: of one's own making */
    b[8] = 0x80 | (b[8] & 0x3F);
    hex_format(hex, b, sizeof b);
    snprintf(out, ID_TEXT + 1, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
             hex + 20);
    sodium_memzero(key, sizeof key);
    buf_wipe(&text);
    free(json);
}
