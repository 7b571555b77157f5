/* An accelerator for tests, which needs no special processor: the lanes' arithmetic by OpenSSL, which
 * compares without cofactor, as crypto_mb does, and like it with none of our checks. It takes S + L,
 * R of small order and keys of small order. The environment's LANES says how it lies:
 *     all        every signature is good
 *     late       so from the batch on that LANES_AFTER numbers (from 0), before that it is right
 *     one        one lane of each such batch
 *     none       no signature is good from then on
 *     cofactor   one of mixed order is good, as by a verification with cofactor
 *     absent     the processor cannot do it
 *     ill        from that batch on it cannot, and meets an instruction that it does not have
 *     gone       from that batch on it says that it cannot
 *     mixed      verdicts of two lanes are exchanged
 *     abi        it is of another version */
#include <stdatomic.h>
#include <stdlib.h>

#include "proto/accel/plugin.h"
#include "tests/tools/openssl_lane.h"

static atomic_ulong batches;

static bool lies(const char *how)
{
    const char *said = getenv("LANES");
    return said != NULL && strcmp(said, how) == 0;
}

/* Whether a point has small order: one of eight, told by y. */
static bool is_small(uint8_t point[static 32])
{
    static const uint8_t y[][2] = {
        { 1, 0 }, { 0, 0 }, { 0xec, 0x7f }, { 0x26, 5 }, { 0xc7, 0x7a }
    };
    for (size_t i = 0; i < sizeof y / sizeof *y; i++)
        if (point[0] == y[i][0] && (point[31] & 0x7f) == y[i][1] &&
            crypto_core_ed25519_is_valid_point(point) == 0)
            return true;
    return false;
}

/* Whether S·B − h·A − R has small order: good for who multiplies by the cofactor. */
static bool good_with_cofactor(const struct sig_lanes *l, int i)
{
    crypto_hash_sha512_state state;
    uint8_t h[64], scalar[32], sb[32], ha[32], sum[32];
    crypto_hash_sha512_init(&state);
    crypto_hash_sha512_update(&state, l->r[i], 32);
    crypto_hash_sha512_update(&state, l->key[i], 32);
    crypto_hash_sha512_update(&state, l->message[i], l->length[i]);
    crypto_hash_sha512_final(&state, h);
    crypto_core_ed25519_scalar_reduce(scalar, h);
    return crypto_scalarmult_ed25519_base_noclamp(sb, l->s[i]) == 0 &&
           crypto_scalarmult_ed25519_noclamp(ha, scalar, l->key[i]) == 0 &&
           crypto_core_ed25519_sub(sum, sb, ha) == 0 &&
           crypto_core_ed25519_sub(sum, sum, l->r[i]) == 0 && is_small(sum);
}

static bool usable(void)
{
    return sodium_init() >= 0 && !lies("absent");
}

static int verify(const struct sig_lanes *l)
{
    const char *after = getenv("LANES_AFTER");
    bool now = atomic_fetch_add(&batches, 1) >= (after == NULL ? 0 : strtoul(after, NULL, 10));
    int mask = 0;
    if (now && lies("ill"))
        __builtin_trap(); /* ud2 */
    if (now && lies("gone"))
        return SIG_LANES_GONE;
    if (lies("all") || (now && lies("late")))
        return 255;
    if (now && lies("none"))
        return 0;
    for (int i = 0; i < SIG_LANES; i++)
        mask |= (openssl_lane(l, i) || (lies("cofactor") && good_with_cofactor(l, i))) << i;
    if (now && lies("one"))
        mask |= 1 << (batches % SIG_LANES);
    if (lies("mixed"))
        mask = (mask & ~3) | (mask >> 1 & 1) | (mask & 1) << 1;
    return mask;
}

static struct accelerator_plugin plugin = {
    .abi = ACCELERATOR_ABI,
    .name = "double",
    .software = "a test's double",
    .needs = "instructions of a test",
    .usable = usable,
    .verify = verify,
};

const struct accelerator_plugin *bitacora_accelerator(void);

const struct accelerator_plugin *bitacora_accelerator(void)
{
    plugin.abi += lies("abi");
    return &plugin;
}
