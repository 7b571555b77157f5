/* What a plug-in with eight lanes has: one function, `bitacora_accelerator`, which returns this. The
 * plug-in decides nothing but what proto/tlog/verify_sig.h asks of the lanes. */
#ifndef PROTO_ACCEL_PLUGIN_H
#define PROTO_ACCEL_PLUGIN_H

#include "proto/tlog/verify_sig.h"

#define ACCELERATOR_ABI 1
#define ACCELERATOR_SYMBOL "bitacora_accelerator"

struct accelerator_plugin {
    uint32_t abi;         /* ACCELERATOR_ABI */
    const char *name;     /* for people and programs: letters, digits, hyphens */
    const char *software; /* with its version, for people */
    const char *needs;    /* of the processor, for people, such as "AVX-512 IFMA" */
    bool (*usable)(void); /* whether this processor has it, and the system lets us use it */
    int (*verify)(const struct sig_lanes *l); /* as sig_lanes_fn. Any thread. */
};

typedef const struct accelerator_plugin *accelerator_fn(void);

#endif
