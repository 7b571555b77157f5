#include "client/show/csv.h"

#include <string.h>

#include "proto/base/scan.h"

static bool is_blank(int32_t c)
{
    return c <= 0x20 || c == 0x7F || c == 0x85 || c == 0xA0 || c == 0xAD || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) ||
           (c >= 0x205F && c <= 0x206F) || c == 0x3000 || c == 0xFEFF;
}

/* Whether a spreadsheet would take the text for a formula: white space and what cannot be seen is
 * passed over, and some take the full-width forms for what they look like. */
static bool begins_formula(struct span s)
{
    int32_t c = 0;
    while (s.n > 0 && is_blank(c = utf8_next(&s)) && c >= 0)
        ;
    return c == '=' || c == '+' || c == '-' || c == '@' || c == 0xFF1D || c == 0xFF0B ||
           c == 0xFF0D || c == 0xFF20 || c == 0x2212;
}

/* Spreadsheets in other languages take semicolons for what separates fields, and tabs: then quotes
 * within a record are none, and a line end in a field ends the record. So what follows any of
 * these is looked at, too. */
static bool may_begin_field(const char *text, size_t at)
{
    return at == 0 || strchr(";\t\r\n", text[at - 1]) != NULL;
}

static void add_quoted(struct buf *out, const char *text, size_t at)
{
    bool formula = may_begin_field(text, at) && begins_formula(span_str(text + at));
    buf_adds(out, formula ? "'" : "");
    buf_add(out, text[at] == '"' ? "\"\"" : text + at, text[at] == '"' ? 2 : 1);
}

void csv_cell(struct buf *out, const char *text)
{
    if (!begins_formula(span_str(text)) && strpbrk(text, ",;\t\"\r\n") == NULL) {
        buf_adds(out, text);
        return;
    }
    buf_adds(out, "\"");
    for (size_t at = 0; text[at] != 0; at++)
        add_quoted(out, text, at);
    buf_adds(out, "\"");
}

void csv_end(struct buf *out)
{
    buf_adds(out, "\r\n");
}
