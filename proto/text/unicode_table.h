/* Tables of one version of Unicode, made by tests/tools/unicode_tables.py; what they mean to us
 * is in unicode.h. */
#ifndef PROTO_TEXT_UNICODE_TABLE_H
#define PROTO_TEXT_UNICODE_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* What a code point is; those that are none of it stand in no run. */
enum {
    UNICODE_UNASSIGNED = 1, /* general category Cn, Cs, Co */
    UNICODE_INVISIBLE =
        2,             /* Cc, Cf, Zl, Zp, Default_Ignorable_Code_Point, and four that are blank */
    UNICODE_SPACE = 4, /* White_Space */
    UNICODE_MARK = 8,  /* Mn, Mc, Me */
    UNICODE_PUNCTUATION = 16 /* and symbols: P, S */
};

/* Code points from first to last that have one value. All lists are sorted, and nothing
 * overlaps. */
struct unicode_run {
    uint32_t first, last;
    uint8_t value;
};

/* n code points of the mapping's pool stand for another one. */
struct unicode_mapping {
    uint32_t from;
    uint16_t at;
    uint8_t n;
};

/* Two code points that compose to one. */
struct unicode_pair {
    uint32_t a, b, to;
};

extern const struct unicode_run unicode_classes[], unicode_orders[]; /* orders: combining classes */
extern const size_t unicode_classes_count, unicode_orders_count;

/* parts: full canonical decomposition, but for Hangul; alike: what stands for it in a skeleton,
 * maybe nothing. */
extern const struct unicode_mapping unicode_parts[], unicode_alike[];
extern const uint32_t unicode_parts_pool[], unicode_alike_pool[];
extern const size_t unicode_parts_count, unicode_alike_count;

extern const struct unicode_pair unicode_pairs[];
extern const size_t unicode_pairs_count;

#endif
