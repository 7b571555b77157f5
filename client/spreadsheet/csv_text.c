#include "client/spreadsheet/csv_text.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "proto/base/scan.h"
#include "proto/text/unicode.h"

static const uint8_t mark[] = { 0xEF, 0xBB, 0xBF };

/* ---- encodings ------------------------------------------------------------------------------- */

/* What Windows-1252 has for 0x80 to 0x9F; 0: nothing. */
static const uint16_t windows[] = {
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178,
};

static const char *wide(struct span b)
{
    bool utf16 =
        b.n >= 2 && ((b.p[0] == 0xFF && b.p[1] == 0xFE) || (b.p[0] == 0xFE && b.p[1] == 0xFF));
    bool utf32 = b.n >= 4 && memcmp(b.p, "\0\0\xFE\xFF", 4) == 0;
    bool unmarked = b.n >= 4 && ((b.p[0] != 0 && b.p[1] == 0 && b.p[2] != 0 && b.p[3] == 0) ||
                                 (b.p[0] == 0 && b.p[1] != 0 && b.p[2] == 0 && b.p[3] != 0));
    return utf16 || utf32 || unmarked
               ? TR("this is UTF-16 (\"Unicode text\"): save it as \"CSV UTF-8\"",
                    "esto es UTF-16 («texto Unicode»): guárdelo como «CSV UTF-8»")
               : NULL;
}

static const char *bad_byte(uint8_t byte, enum csv_encoding encoding)
{
    static char said[300];
    if (byte == 0)
        return TR("there is a zero byte: this is no text", "hay un byte cero: esto no es texto");
    snprintf(said, sizeof said,
             encoding == CSV_WINDOWS_1252
                 ? TR("Windows-1252 has no byte %02X: in the map say encoding = utf-8",
                      "en Windows-1252 no existe el byte %02X: en el mapa diga encoding = utf-8")
                 : TR("the byte %02X is not UTF-8: save the file as \"CSV UTF-8\", or, if it comes "
                      "from an older Excel, say encoding = windows-1252 in the map",
                      "el byte %02X no es UTF-8: guarde el archivo como «CSV UTF-8» o, si viene de "
                      "un Excel antiguo, diga encoding = windows-1252 en el mapa"),
             byte);
    return said;
}

/* The next character, moving *b behind it; -1 if there is none of that encoding. */
static int32_t next(struct span *b, enum csv_encoding encoding)
{
    if (b->p[0] == 0)
        return -1;
    if (encoding != CSV_WINDOWS_1252)
        return utf8_next(b);
    uint8_t byte = b->p[0];
    int32_t c = byte >= 0x80 && byte <= 0x9F ? windows[byte - 0x80] : byte;
    if (c == 0)
        return -1;
    *b = span_of(b->p + 1, b->n - 1);
    return c;
}

bool csv_is_utf8(struct span bytes)
{
    while (bytes.n > 0)
        if (utf8_next(&bytes) < 0)
            return false;
    return true;
}

static bool is_marked(struct span b)
{
    return b.n >= sizeof mark && memcmp(b.p, mark, sizeof mark) == 0;
}

const char *csv_text(struct buf *out, struct span b, enum csv_encoding encoding, uint64_t *line)
{
    bool before_was_cr = false;
    const char *wrong = wide(b);
    *line = 1;
    if (wrong != NULL)
        return wrong;
    if (is_marked(b) && encoding == CSV_WINDOWS_1252)
        return TR("it begins with the mark of UTF-8: in the map say encoding = utf-8",
                  "empieza con la marca de UTF-8: en el mapa diga encoding = utf-8");
    if (is_marked(b))
        b = span_of(b.p + sizeof mark, b.n - sizeof mark);
    while (b.n > 0) {
        uint8_t byte = b.p[0];
        int32_t c = next(&b, encoding);
        if (c < 0)
            return bad_byte(byte, encoding);
        if (c == '\r' || (c == '\n' && !before_was_cr)) {
            buf_add_u8(out, '\n');
            ++*line;
        } else if (c != '\n') {
            unicode_write(out, (uint32_t)c);
        }
        before_was_cr = c == '\r';
    }
    kept_text(out);
    return NULL;
}

/* ---- cells ----------------------------------------------------------------------------------- */

void csv_clean(struct buf *out, struct span cell)
{
    uint32_t *points = kept(malloc(UNICODE_ROOM(cell.n) * sizeof *points));
    if (points == NULL)
        return;
    size_t n = unicode_nfc(points, cell);
    bool space = false, line = false, any = false;
    for (size_t i = 0; i < n; i++) {
        if (points[i] == '\t' || points[i] == '\n' ||
            (unicode_class(points[i]) & UNICODE_SPACE) != 0) {
            space = true;
            line = line || points[i] == '\n';
            continue;
        }
        if (space && any)
            buf_add_u8(out, line ? '\n' : ' ');
        unicode_write(out, points[i]);
        space = line = false;
        any = true;
    }
    free(points);
}
