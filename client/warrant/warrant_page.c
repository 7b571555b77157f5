#include "client/warrant/warrant_page.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/show/html.h"
#include "client/show/html_links.h"
#include "client/show/label.h"
#include "client/show/wrapped.h"
#include "client/warrant/warrant_line.h"
#include "client/warrant/warrant_sheet.h"
#include "client/warrant/warrant_words.h"
#include "proto/sys/clock.h"

#define PAGE_HELD 65536

/* ---- as text --------------------------------------------------------------------------------- */

static void print_mark(void *ctx, enum verdict v, const char *words)
{
    (void)ctx;
    wrap_marked(9, html_mark_of(v), words);
}

static void print_line(const struct warrant_case *c, size_t line)
{
    struct case_line l = case_line_open(c, line);
    struct buf text = { 0 };
    if (l.object == NULL)
        return;
    printf("%7" PRIu64 "  ", l.entry);
    words_time(&text, l.accepted);
    buf_addf(&text, "  %s", label_kind(l.kind));
    wrap_text(kept_text(&text), 9, 9);
    buf_clear(&text);
    words_of_line(&text, c, &l);
    case_line_cites(&text, &l);
    case_line_erased(&text, &l);
    printf("%9s", "");
    wrap_text(kept_text(&text), 9, 9);
    buf_clear(&text);
    buf_adds(&text, TR("signed by ", "firma: "));
    words_signer(&text, c, warrant_case_signer(c, &l));
    printf("%9s", "");
    wrap_text(kept_text(&text), 9, 9);
    case_line_marks(c, &l, print_mark, NULL);
    buf_free(&text);
    case_line_close(&l);
}

static void print_group(const struct warrant_case *c, size_t of, bool *member)
{
    size_t n = case_group_lines(c, of, member);
    if (n == 0 && of >= c->lines)
        return;
    printf("\n%s\n", case_group_heading(c, of));
    for (size_t i = 0; i < c->lines; i++)
        if (member[i] && i != of)
            print_line(c, i);
    if (n == 0)
        printf("  %s\n", TR("nothing", "nada"));
}

static void print_statement(const struct warrant_case *c)
{
    struct buf text = { 0 };
    warrant_statement(&text, c);
    putchar('\n');
    wrap_text(kept_text(&text), 0, 0);
    buf_free(&text);
}

void warrant_print(const struct warrant_case *c, bool complete)
{
    struct buf title = { 0 };
    struct sheet s = { 0 };
    bool *member = kept(calloc(c->lines + 1, sizeof *member));
    if (member == NULL)
        return;
    warrant_title(&title, c);
    wrap_text(kept_text(&title), 0, 0);
    putchar('\n');
    buf_free(&title);
    warrant_answer_sheet(&s, c, complete);
    sheet_print_wrapped(&s);
    for (size_t i = 0; complete && i < c->lines; i++) {
        if (c->line[i].kind != KIND_WARRANT)
            continue;
        case_warrant_terms(&s, c, i);
        sheet_print_wrapped(&s);
        print_group(c, i, member);
    }
    if (complete) {
        print_group(c, GROUP_NAMELESS(c), member);
        print_group(c, GROUP_APART(c), member);
        warrant_basis_sheet(&s, c);
        sheet_print_wrapped(&s);
        print_statement(c);
    }
    free(member);
}

/* ---- as a page ------------------------------------------------------------------------------- */

/* A page may become as long as a log: it goes out while it is made, where more than that is
 * held. After a loss nothing more goes out: the page does not end, and cannot pass for whole. */
static void pass_on(struct buf *page, size_t more_than)
{
    if (page->failed)
        lost(ENOMEM);
    if (page->n <= more_than)
        return;
    if (!lost_any())
        fwrite(page->p, 1, page->n, stdout);
    buf_clear(page);
}

/* What is explained, and listed, on this page. */
struct linked {
    const struct warrant_case *c;
    bool rule[RULE_COUNT];
    bool *row; /* of each line: its row was made */
};

static bool has_entry(const void *ctx, uint64_t entry)
{
    return warrant_case_line(((const struct linked *)ctx)->c, entry) != NULL;
}

static bool has_rule(const void *ctx, const char *name)
{
    const struct linked *x = ctx;
    for (int r = R01; r < RULE_COUNT; r++)
        if (x->rule[r] && strcmp(rule_name((enum rule)r), name) == 0)
            return true;
    return false;
}

/* Appends what was made of a part of the page, with links. */
static void add_linked(struct buf *out, const struct linked *x, struct buf *part)
{
    struct html_links links = { x, has_entry, has_rule };
    html_link(out, kept_span(part), &links);
    buf_free(part);
}

static void add_sheet(struct buf *out, const struct linked *x, struct sheet *s)
{
    struct buf part = { 0 };
    sheet_html(s, &part);
    sheet_free(s);
    add_linked(out, x, &part);
}

static void add_mark(void *ctx, enum verdict v, const char *words)
{
    struct buf *out = ctx;
    buf_adds(out, "<br>");
    html_mark(out, v, words);
}

static void add_cell_text(struct buf *out, const char *before, struct buf *text, const char *after)
{
    buf_adds(out, before);
    html_span(out, kept_span(text));
    buf_adds(out, after);
    buf_clear(text);
}

/* Where the log gives the proof of an entry, if it was read from its server. */
static void add_receipt_link(struct buf *out, const struct warrant_case *c, uint64_t entry)
{
    const struct replaying *r = c->audit->r;
    if (r->options.dir != NULL || r->trust.url == NULL)
        return;
    buf_adds(out, " <span class=\"screen\">· <a href=\"");
    html_text(out, r->trust.url);
    buf_addf(out, "/v1/receipts/%" PRIu64 "\">%s</a></span>", entry, TR("receipt", "recibo"));
}

/* Few columns: lines as wide as the paper make few pages. */
static void add_row_parts(struct buf *out, const struct warrant_case *c, size_t line)
{
    struct case_line l = case_line_open(c, line);
    struct buf text = { 0 };
    if (l.object == NULL)
        return;
    buf_addf(&text, "%" PRIu64, l.entry);
    html_cell_number(out, kept_text(&text));
    buf_clear(&text);
    buf_adds(&text, label_kind(l.kind));
    add_cell_text(out, "<td><b>", &text, "</b>, ");
    words_time(&text, l.accepted);
    add_cell_text(out, "", &text, "<br>");
    words_of_line(&text, c, &l);
    case_line_cites(&text, &l);
    case_line_erased(&text, &l);
    add_cell_text(out, "", &text, "<br>");
    buf_adds(&text, TR("Signed by ", "Firma: "));
    words_signer(&text, c, warrant_case_signer(c, &l));
    add_cell_text(out, "<small>", &text, "");
    add_receipt_link(out, c, l.entry);
    buf_adds(out, "</small>");
    case_line_marks(c, &l, add_mark, out);
    buf_adds(out, "</td>");
    buf_free(&text);
    case_line_close(&l);
}

/* An entry may stand in two groups; its id stands in the first. */
static void add_row(struct buf *out, const struct linked *x, size_t line)
{
    struct buf part = { 0 };
    char id[24];
    snprintf(id, sizeof id, "e%" PRIu64, x->c->line[line].entry);
    if (x->row[line])
        html_row_begin(out);
    else
        html_row_begin_at(out, id);
    x->row[line] = true;
    add_row_parts(&part, x->c, line);
    add_linked(out, x, &part);
    html_row_end(out);
    pass_on(out, PAGE_HELD);
}

/* "done-9", "nameless", "apart". */
static void group_id(char out[static 32], const struct warrant_case *c, size_t of)
{
    if (of < c->lines)
        snprintf(out, 32, "done-%" PRIu64, c->line[of].entry);
    else
        snprintf(out, 32, of == GROUP_APART(c) ? "apart" : "nameless");
}

static void add_group(struct buf *out, const struct linked *x, size_t of, bool *member)
{
    const struct warrant_case *c = x->c;
    char id[32];
    const char *const headings[] = { TR("#Entry", "#Asiento"),
                                     TR("What was recorded, when it was accepted, and what the "
                                        "rules answer",
                                        "Qué se asentó, cuándo se aceptó y qué responden las "
                                        "reglas") };
    size_t n = case_group_lines(c, of, member);
    if (n == 0 && of >= c->lines)
        return;
    group_id(id, c, of);
    html_section(out, of < c->lines ? 3 : 2, id, case_group_heading(c, of));
    if (n == 0) {
        html_paragraph(out, TR("Nothing.", "Nada."));
        return;
    }
    html_table_begin(out, NULL, headings, sizeof headings / sizeof *headings);
    for (size_t i = 0; i < c->lines; i++)
        if (member[i] && i != of)
            add_row(out, x, i);
    html_table_end(out);
}

static void begin_page(struct buf *out, const struct warrant_case *c, bool complete)
{
    const struct replaying *r = c->audit->r;
    struct buf title = { 0 }, running = { 0 }, kicker = { 0 };
    warrant_title(&title, c);
    warrant_title(&running, c);
    buf_adds(&kicker, TR("Answer about a warrant · ", "Respuesta sobre un mandamiento · "));
    words_time(&kicker, clock_wall());
    if (complete)
        buf_addf(&running,
                 TR(", log %s up to entry %" PRIu64, ", bitácora %s hasta el asiento %" PRIu64),
                 trust_log(&r->trust)->name, warrant_case_last(c));
    else
        buf_adds(&running, TR(", NOT PROVEN", ", NO PROBADO"));
    html_begin(out, kept_text(&title), kept_text(&kicker), kept_text(&running));
    buf_free(&title);
    buf_free(&running);
    buf_free(&kicker);
}

/* A warrant is told under a heading, which is where links to its entry lead. */
static void add_one_warrant(struct buf *out, const struct linked *x, size_t line, bool *member)
{
    struct sheet s = { 0 };
    buf_addf(out, "<div id=\"e%" PRIu64 "\">\n", x->c->line[line].entry);
    case_warrant_terms(&s, x->c, line);
    add_sheet(out, x, &s);
    buf_adds(out, "</div>\n");
    add_group(out, x, line, member);
}

/* ---- contents -------------------------------------------------------------------------------- */

static void add_warrant_link(struct buf *out, const struct warrant_case *c, size_t line)
{
    struct buf text = { 0 };
    char id[24];
    snprintf(id, sizeof id, "e%" PRIu64, c->line[line].entry);
    warrant_heading(&text, c, &c->line[line]);
    html_contents_item(out, id, kept_text(&text));
    buf_free(&text);
}

static void add_group_link(struct buf *out, const struct warrant_case *c, size_t of, bool *member)
{
    char id[32];
    if (case_group_lines(c, of, member) == 0)
        return;
    group_id(id, c, of);
    html_contents_item(out, id, case_group_heading(c, of));
}

/* basis: the sections behind the entries. */
static void add_contents(struct buf *out, const struct warrant_case *c, const struct sheet *basis,
                         bool *member)
{
    html_contents_begin(out);
    for (size_t i = 0; i < c->lines; i++) {
        if (c->line[i].kind != KIND_WARRANT)
            continue;
        add_warrant_link(out, c, i);
        add_group_link(out, c, i, member);
    }
    add_group_link(out, c, GROUP_NAMELESS(c), member);
    add_group_link(out, c, GROUP_APART(c), member);
    sheet_contents(basis, out);
    html_contents_end(out);
}

static void add_facts(struct buf *out, struct linked *x)
{
    const struct warrant_case *c = x->c;
    struct sheet basis = { 0 };
    struct buf text = { 0 };
    bool *member = kept(calloc(c->lines + 1, sizeof *member));
    x->row = kept(calloc(c->lines + 1, sizeof *x->row));
    if (member != NULL && x->row != NULL) {
        warrant_basis_sheet(&basis, c);
        add_contents(out, c, &basis, member);
        for (size_t i = 0; i < c->lines; i++)
            if (c->line[i].kind == KIND_WARRANT)
                add_one_warrant(out, x, i, member);
        add_group(out, x, GROUP_NAMELESS(c), member);
        add_group(out, x, GROUP_APART(c), member);
        add_sheet(out, x, &basis);
        warrant_statement(&text, c);
        html_note(out, kept_text(&text));
    }
    buf_free(&text);
    free(member);
    free(x->row);
}

/* How to ask again, in words: whoever reads paper has no command line. */
static const char *foot(const struct warrant_case *c)
{
    if (c->quick != NULL)
        return TR(
            "Anyone who holds the log's policy can ask this again with the program bitacora, "
            "which takes the log's answer and proves it by the index that the log has signed.",
            "Quien tenga la política de la bitácora puede volver a preguntarlo con el "
            "programa bitacora, que toma la respuesta de la bitácora y la prueba con el "
            "índice que esta firmó.");
    return TR(
        "Anyone who holds the log's policy can ask this again with the program bitacora, which "
        "reads the whole log and proves it anew.",
        "Quien tenga la política de la bitácora puede volver a preguntarlo con el programa "
        "bitacora, que lee toda la bitácora y la prueba de nuevo.");
}

void warrant_html(const struct warrant_case *c, bool complete)
{
    struct buf page = { 0 };
    struct sheet s = { 0 };
    struct linked x = { .c = c };
    warrant_rules_named(c, x.rule);
    begin_page(&page, c, complete);
    warrant_answer_sheet(&s, c, complete);
    add_sheet(&page, &x, &s);
    if (complete)
        add_facts(&page, &x);
    html_end(&page, foot(c));
    pass_on(&page, 0);
    buf_free(&page);
}
