/* Signatures in batches: each gets the verdict of docs/FORMATS.md, section 2, whoever computes it.
 * Either libsodium alone does, or eight lanes of somebody else's arithmetic, behind checks that make
 * their verdict the same. Why it is the same stands in docs/DESIGN.md, "Eight lanes give the verdict
 * of FORMATS". */
#ifndef PROTO_TLOG_VERIFY_SIG_H
#define PROTO_TLOG_VERIFY_SIG_H

#include "proto/base/limits.h"
#include "proto/base/must_use.h"
#include "proto/base/span.h"

#define SIG_LANES 8
#define SIG_LANES_LEAST 3 /* claims; libsodium judges fewer in the same time */
#define SIG_SHARE 64      /* one of so many that passed is judged again */
#define SIG_TRIED 32      /* one of so many batches is followed by one with bad signatures */

/* A signature to be judged. What it points at stays unchanged meanwhile. */
struct sig_claim {
    const uint8_t *key; /* 32 bytes, of which key_good() holds */
    struct span message;
    const uint8_t *signature; /* 64 bytes */
    bool good;                /* the verdict */
};

/* Eight claims for the lanes: none is NULL, and S is below the order of the group. */
struct sig_lanes {
    const uint8_t *key[SIG_LANES];
    const uint8_t *r[SIG_LANES]; /* 32 bytes each, as S */
    const uint8_t *s[SIG_LANES];
    const uint8_t *message[SIG_LANES];
    uint32_t length[SIG_LANES];
};

/* Returns a bit for each lane, 1 << i where the encoding of S·B − h·A is R byte for byte (without
 * cofactor); or SIG_LANES_GONE if this processor cannot do it (any more). Any thread. */
typedef int sig_lanes_fn(void *ctx, const struct sig_lanes *l);
#define SIG_LANES_GONE (-1)

enum sig_state {
    SIG_BY_LIBRARY, /* there never were any lanes */
    SIG_BY_LANES,
    SIG_LANES_LOST,   /* the processor cannot do it any more: libsodium judges all that follows */
    SIG_LANES_DIFFER, /* lanes and libsodium differed: nothing that they judged may be relied on */
};

/* Who judges. Shared by all threads, which it outlives. All zero: libsodium. */
struct sig_verifier {
    sig_lanes_fn *lanes; /* NULL: libsodium */
    void *ctx;
    _Atomic bool lost, differs;  /* never false again */
    _Atomic uint64_t by_lanes;   /* signatures that are good by the lanes' word */
    _Atomic uint64_t by_library; /* claims that libsodium judged */
    _Atomic uint64_t again;      /* lanes that libsodium judged once more, as a sample */
};

/* Judges n claims. A claim that lanes and libsodium judge differently gets libsodium's verdict, and
 * the verifier's state is SIG_LANES_DIFFER from then on. Whoever relies on a verdict looks at that
 * first. v may be NULL: libsodium. Any thread. */
void verify_sigs(struct sig_verifier *v, struct sig_claim *claim, size_t n);

/* v may be NULL. Any thread. */
enum sig_state sig_verifier_state(const struct sig_verifier *v);

/* Whether the lanes' verdict on a claim is that of FORMATS: S is below the order, R is canonical and
 * not of small order, and the message has a length that they take. */
bool sig_suits_lanes(const struct sig_claim *c);

/* Puts a claim into a lane. */
void sig_lane_set(struct sig_lanes *l, unsigned lane, const struct sig_claim *c);

#endif
