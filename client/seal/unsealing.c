#include "client/seal/unsealing.h"

#include "proto/base/base64.h"

/* An opening that gives the commit and, sealed again, the very blob: then nothing else is in it. */
static bool is_committed(const struct opening *o, const struct sealed *sealed,
                         const uint8_t recipient[static PUBLIC_KEY_BYTES])
{
    uint8_t commit[HASH_BYTES], blob[SEALED_BYTES];
    struct hash sha256;
    opening_commit(commit, o);
    if (strcmp(o->type, sealed->type) != 0 || memcmp(commit, sealed->commit, HASH_BYTES) != 0 ||
        opening_seal(blob, o, recipient) != 0)
        return false;
    hash_bytes(&sha256, span_of(blob, SEALED_BYTES));
    return memcmp(sha256.b, sealed->sealed, HASH_BYTES) == 0;
}

const char *unsealed_words(enum unsealed u)
{
    switch (u) {
    case UNSEALED_ERASED:
        return TR("erased by order of a judge, says the service (a replay shows the order)",
                  "borrado por orden de un juez, dice el servicio (verificar la bitácora muestra "
                  "la orden)");
    case UNSEALED_GONE:
        return TR("the blob is missing", "falta el blob");
    case UNSEALED_FOREIGN:
        return TR("sealed to another key", "sellado a otra clave");
    case UNSEALED_OTHER:
        return TR("NOT what the record commits to",
                  "NO es aquello a lo que el registro se compromete");
    default:
        return TR("could not be had", "no se pudo obtener");
    }
}

enum unsealed unseal_with_key(struct opening *out, const struct sealed *sealed,
                              const struct identity *id, struct log_client *s,
                              struct complaint *complaint)
{
    struct answer answer;
    struct refusal why;
    const struct enrolment *own = identity_enrolment(id);
    if (sealed->to.entry != own->entry || memcmp(sealed->to.hash, own->leaf.b, HASH_BYTES) != 0)
        return UNSEALED_FOREIGN;
    switch (log_client_get_blob(s, sealed->sealed, SEALED_BYTES, &answer)) {
    case BLOB_THERE:
        break;
    case BLOB_ERASED:
        return UNSEALED_ERASED;
    case BLOB_ABSENT:
        return UNSEALED_GONE;
    case BLOB_REFUSED:
        log_client_complaint(s, &answer, complaint);
        return UNSEALED_FAILED;
    }
    const struct buf *blob = log_client_body(s);
    return blob->n == SEALED_BYTES && opening_unseal(out, blob->p, id->key, &why) == 0 &&
                   is_committed(out, sealed, id->key->vkey.key)
               ? UNSEALED_OPEN
               : UNSEALED_OTHER;
}

int unseal_with_private(struct opening *out, const struct sealed *sealed, const struct private *p)
{
    uint8_t commit[HASH_BYTES];
    for (size_t i = 0; i < private_count(p); i++) {
        struct private_part part;
        private_get(p, i, &part);
        for (size_t k = 0; k < json_array_size(part.sealed); k++) {
            const json_t *v = json_array_get(part.sealed, k);
            const char *type = json_string_value(json_object_get(v, "type"));
            const char *value = json_string_value(json_object_get(v, "value"));
            const char *salt = json_string_value(json_object_get(v, "salt"));
            if (type == NULL || value == NULL || salt == NULL || strcmp(type, sealed->type) != 0 ||
                opening_new(out, type, value) != 0 ||
                base64_decode_exact(out->salt, SALT_BYTES, span_str(salt)) != 0)
                continue;
            opening_commit(commit, out);
            if (memcmp(commit, sealed->commit, HASH_BYTES) == 0)
                return 0;
        }
    }
    return -1;
}
