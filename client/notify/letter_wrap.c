#include "client/notify/letter_wrap.h"

#include <string.h>

#define COLUMNS 78

static bool begins_character(char c)
{
    return ((unsigned char)c & 0xC0) != 0x80;
}

/* Where a line that goes on is to begin, in columns: below its value or its text. */
static size_t hang_of(const char *line, size_t n)
{
    size_t column = 0, hang = 0;
    for (size_t i = 0; i < n && column < COLUMNS / 2 + 8; i++) {
        bool text = line[i] != ' ';
        if (text && (i == 0 || (i >= 2 && line[i - 1] == ' ' && line[i - 2] == ' ')))
            hang = column;
        column += begins_character(line[i]);
    }
    if (hang < n && strncmp(line + hang, "- ", 2) == 0)
        hang += 2;
    return hang;
}

/* The end of the piece of a line that fits: at a space if there is one. */
static size_t piece_of(const char *line, size_t n, size_t columns)
{
    size_t used = 0, space = 0, i;
    for (i = 0; i < n && (used <= columns || space == 0); i++) {
        if (line[i] == ' ' && i > 0 && line[i - 1] != ' ')
            space = i;
        used += begins_character(line[i]);
    }
    return i == n && used <= columns ? n : space == 0 ? n : space;
}

static void wrap_line(struct buf *out, const char *line, size_t n)
{
    size_t hang = hang_of(line, n), indent = strspn(line, " ");
    size_t lead = indent < n ? indent : n; /* spaces in front are no place to break */
    bool first = true;
    buf_add(out, line, lead);
    line += lead;
    n -= lead;
    while (n > 0) {
        size_t room = COLUMNS - (first ? lead : hang), piece = piece_of(line, n, room);
        if (!first)
            buf_addf(out, "%*s", (int)hang, "");
        buf_add(out, line, piece);
        buf_adds(out, "\n");
        while (piece < n && line[piece] == ' ')
            piece++;
        line += piece;
        n -= piece;
        first = false;
    }
    if (first)
        buf_adds(out, "\n");
}

void letter_wrap(struct buf *out, const char *text)
{
    bool after_paragraph = false;
    while (*text != 0) {
        size_t n = strcspn(text, "\n");
        bool is_paragraph = strspn(text, " ") == 2 && hang_of(text, n) == 2;
        if (is_paragraph && after_paragraph)
            buf_adds(out, "\n");
        after_paragraph = is_paragraph;
        wrap_line(out, text, n);
        text += n + (text[n] == '\n');
    }
}
