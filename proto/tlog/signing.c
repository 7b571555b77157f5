#include "proto/tlog/signing.h"

#include <sodium.h>

#include "proto/base/scan.h"
#include "proto/tlog/signing_edges.h"

/* The only state in proto: it says what the library is, which does not change while we run. */
static struct {
    bool keys; /* it takes keys whose order is not L (CVE-2025-69277) */
    bool r; /* it multiplies by the cofactor, and so takes other points R than the one there is */
} lax;

/* is_valid_point() once took points of order 2L. L times such a point is not the neutral
 * element, at which this function fails, as it does for points that are no good. */
static bool order_is_l(const uint8_t point[static PUBLIC_KEY_BYTES])
{
    static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58,
                                       0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
                                       0,    0,    0,    0,    0,    0,    0,    0,
                                       0,    0,    0,    0,    0,    0,    0,    0x10 };
    uint8_t product[32];
    return crypto_scalarmult_ed25519_noclamp(product, order, point) != 0;
}

bool key_good(const uint8_t key[static PUBLIC_KEY_BYTES])
{
    return crypto_core_ed25519_is_valid_point(key) == 1 && (!lax.keys || order_is_l(key));
}

bool signature_good(const uint8_t key[static PUBLIC_KEY_BYTES], struct span message,
                    const uint8_t signature[static SIGNATURE_BYTES])
{
    return crypto_sign_verify_detached(signature, message.p, message.n, key) == 0 &&
           (!lax.r || key_good(signature)); /* its first half, R, is a point, too */
}

static bool decides(size_t i)
{
    uint8_t key[PUBLIC_KEY_BYTES], signature[SIGNATURE_BYTES];
    return hex_parse(key, sizeof key, span_str(edges[i].key)) == 0 &&
           hex_parse(signature, sizeof signature, span_str(edges[i].signature)) == 0 &&
           (key_good(key) && signature_good(key, span_str(edges[i].message), signature)) ==
               edges[i].good;
}

/* The first edge that is decided otherwise than section 2 says, or NULL. */
static const char *differs(void)
{
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
        if (!decides(i))
            return edges[i].name;
    return NULL;
}

const char *signing_begin(void)
{
    lax.keys = lax.r = false;
    if (differs() == NULL)
        return NULL;
    lax.keys = true;
    if (differs() == NULL)
        return NULL;
    lax.r = true;
    return differs();
}
