#include "proto/record/fresh_id.h"

#include <sodium.h>
#include <stdio.h>

#include "proto/base/limits.h"
#include "proto/base/scan.h"

void fresh_id(char out[ID_TEXT + 1], int64_t at)
{
    uint8_t b[UUID_BYTES];
    char hex[2 * UUID_BYTES + 1];
    randombytes_buf(b, sizeof b);
    for (int i = 0; i < 6; i++)
        b[i] = (uint8_t)((uint64_t)at >> (40 - 8 * i));
    b[6] = 0x70 | (b[6] & 0x0F);
    b[8] = 0x80 | (b[8] & 0x3F);
    hex_format(hex, b, sizeof b);
    snprintf(out, ID_TEXT + 1, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
             hex + 20);
}
