/* bitacora-mb8.so: Ed25519 in the eight lanes of crypto_mb, which is part of Intel's Cryptography
 * Primitives Library (Apache-2.0). `make accelerator` builds it; proto/accel/plugin.h is what it
 * keeps to. */
#include <crypto_mb/cpu_features.h>
#include <crypto_mb/ed25519.h>

#include "proto/accel/plugin.h"

/* What the library's own lanes are compiled for, as the processor has it and the system saves it. */
static bool usable(void)
{
    const int64u needed = MBX_AVX512_GENERAL_ISA;
    return (mbx_get_cpu_features() & needed) == needed;
}

/* A lane passes by "no error" alone: any other word about it has libsodium asked. */
static int verify(const struct sig_lanes *l)
{
    const ed25519_sign_component *r[SIG_LANES], *s[SIG_LANES];
    const ed25519_public_key *key[SIG_LANES];
    int mask = 0, isa = 0;
    for (int i = 0; i < SIG_LANES; i++) {
        r[i] = (const ed25519_sign_component *)l->r[i];
        s[i] = (const ed25519_sign_component *)l->s[i];
        key[i] = (const ed25519_public_key *)l->key[i];
    }
    mbx_status status = mbx_ed25519_verify_mb8(r, s, l->message, l->length, key);
    for (int i = 0; i < SIG_LANES; i++) {
        mask |= (MBX_GET_STS(status, i) == MBX_STATUS_OK) << i;
        isa += MBX_GET_STS(status, i) == MBX_STATUS_UNSUPPORTED_ISA_ERR;
    }
    return isa == 0 ? mask : SIG_LANES_GONE;
}

static const struct accelerator_plugin plugin = {
    .abi = ACCELERATOR_ABI,
    .name = "mb8",
    .software = "crypto_mb " CRYPTO_MB_VERSION,
    .needs = "AVX-512 IFMA",
    .usable = usable,
    .verify = verify,
};

__attribute__((visibility("default"))) const struct accelerator_plugin *bitacora_accelerator(void);

const struct accelerator_plugin *bitacora_accelerator(void)
{
    return &plugin;
}
