#include "client/show/wrapped.h"

#include "client/show/html.h"
#include "proto/sys/terminal.h"

#define COLUMNS 100
#define TERM_WIDTH 30

static size_t columns_of(const char *text, size_t n)
{
    size_t columns = 0;
    for (size_t i = 0; i < n; i++)
        columns += ((unsigned char)text[i] & 0xC0) != 0x80;
    return columns;
}

void wrap_text(const char *text, size_t at, size_t indent)
{
    while (*text != 0) {
        size_t spaces = strspn(text, " "), letters = strcspn(text + spaces, " ");
        size_t columns = spaces + columns_of(text + spaces, letters);
        if (at + columns > COLUMNS && at > indent) {
            printf("\n%*s", (int)indent, "");
            at = indent;
            text += spaces > 0;
            continue;
        }
        terminal_print(stdout, "%.*s", (int)(spaces + letters), text);
        at += columns;
        text += spaces + letters;
    }
    putchar('\n');
}

void wrap_marked(size_t indent, const char *mark, const char *text)
{
    printf("%*s%s ", (int)indent, "", mark);
    wrap_text(text, indent + 2, indent + 2);
}

static void print_value(const struct sheet_entry *e, const char *name)
{
    size_t at = 2 + columns_of(name, strlen(name)), from = TERM_WIDTH + 4;
    terminal_print(stdout, "  %s", name);
    if (at + 1 > from) {
        putchar('\n');
        at = 0;
    }
    printf("%*s", (int)(from - at), "");
    if (e->line == SHEET_MARK)
        printf("%s ", html_mark_of(e->verdict));
    from += e->line == SHEET_MARK ? 2 : 0;
    wrap_text(e->text, from, from);
}

static void print_line_of_sheet(const struct sheet_entry *e, const char **name)
{
    switch (e->line) {
    case SHEET_STATUS:
        wrap_marked(0, html_mark_of(e->verdict), e->text);
        return;
    case SHEET_NEUTRAL:
        wrap_marked(0, html_mark_neutral(), e->text);
        return;
    case SHEET_HEADING:
        terminal_print(stdout, "\n%s\n", e->text);
        return;
    case SHEET_ITEM:
    case SHEET_NEWS:
        wrap_marked(2, html_mark_of(e->verdict), e->text);
        return;
    case SHEET_ITEM_NEUTRAL:
        wrap_marked(2, html_mark_neutral(), e->text);
        return;
    case SHEET_POINT:
        wrap_marked(2, "-", e->text);
        return;
    case SHEET_TERM:
        *name = e->text;
        return;
    case SHEET_VALUE:
    case SHEET_CODE:
    case SHEET_FILE:
    case SHEET_HINT:
    case SHEET_MARK:
        print_value(e, *name);
        *name = "";
        return;
    default:
        fputs("  ", stdout);
        wrap_text(e->text, 2, 2);
    }
}

void sheet_print_wrapped(struct sheet *s)
{
    const char *name = "";
    for (size_t i = 0; i < s->entries; i++)
        print_line_of_sheet(&s->entry[i], &name);
    sheet_free(s);
}
