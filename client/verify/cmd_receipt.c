/* bitacora receipt show: a receipt as a person reads it, once it was verified. */
#include <inttypes.h>

#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/remote/trust_options.h"
#include "client/show/html.h"
#include "client/show/label.h"
#include "client/verify/receipt_json.h"
#include "client/verify/receipt_sheet.h"
#include "proto/sys/clock.h"

static void page_begin(struct buf *out, const struct receipt_show *v)
{
    const struct shown_receipt *x = &v->list[0];
    struct buf running = { 0 };
    char file[600];
    printable_copy(file, sizeof file, span_str(x->check.path));
    if (v->count > 1)
        buf_addf(&running, TR("%zu receipts of a log", "%zu recibos de una bitácora"), v->count);
    else if (x->facts)
        buf_addf(&running,
                 TR("Receipt of entry %" PRIu64 " of %s", "Recibo del asiento %" PRIu64 " de %s"),
                 x->check.report.index, receipt_show_log(v, x)->name);
    else
        buf_adds(&running, file);
    const char *title = v->count > 1                    ? TR("Receipts", "Recibos")
                        : x->check.form != FORM_RECEIPT ? TR("Not a receipt", "No es un recibo")
                        : x->facts                      ? label_kind(x->check.report.kind)
                        : x->verdict == VERDICT_BAD ? TR("Receipt not valid", "Recibo no válido")
                                                    : TR("Receipt that could not be verified",
                                                         "Recibo que no se pudo comprobar");
    html_begin(out, title, kept_text(&running), kept_text(&running));
    buf_free(&running);
}

static void print_page(const struct receipt_show *v)
{
    struct buf page = { 0 };
    struct sheet summary = { 0 };
    page_begin(&page, v);
    receipt_sheet_summary(&summary, v);
    sheet_html(&summary, &page);
    sheet_free(&summary);
    for (size_t i = 0; i < v->count; i++) {
        struct sheet s = { 0 };
        receipt_sheet(&s, v, &v->list[i]);
        s.part = v->count > 1 ? i + 1 : 0;
        if (v->count > 1)
            html_page_break(&page);
        sheet_html_contents(&s, &page);
        sheet_free(&s);
    }
    html_end(&page,
             TR("Anyone who holds the receipt's file and the log's policy can verify this "
                "again: with the program bitacora, or by opening the verification page in a "
                "browser and giving it both files. Neither asks the log.",
                "Quien tenga el archivo del recibo y la política de la bitácora puede volver "
                "a comprobarlo: con el programa bitacora, o abriendo la página de "
                "verificación en un navegador y dándole ambos archivos. Ninguno de los dos "
                "pregunta a la bitácora."));
    kept_text(&page);
    if (!lost_any())
        fwrite(page.p, 1, page.n, stdout);
    buf_free(&page);
}

static void print_text(const struct receipt_show *v)
{
    struct sheet summary = { 0 };
    receipt_sheet_summary(&summary, v);
    sheet_print(&summary, stdout);
    sheet_free(&summary);
    for (size_t i = 0; i < v->count; i++) {
        struct sheet s = { 0 };
        receipt_sheet(&s, v, &v->list[i]);
        if (v->count > 1)
            fputs("\n--------------------------------------------------------------\n\n", stdout);
        if (!lost_any())
            sheet_print(&s, stdout);
        sheet_free(&s);
    }
}

static void print_all(const struct receipt_show *v, const struct args *a)
{
    for (size_t i = 0; i < v->count; i++) {
        if (a->json || a->html)
            findings_print(&v->list[i].check.findings, stderr);
        if (a->json)
            say_json(receipt_json(v, &v->list[i]));
    }
    if (a->html)
        print_page(v);
    else if (!a->json)
        print_text(v);
    if (a->json)
        trust_say_limits(&v->trust);
}

static enum outcome main_receipt(const struct args *a)
{
    struct receipt_show v = { .now = clock_wall() };
    if (a->operands < 2 || strcmp(a->operand[0], "show") != 0)
        return say_usage(TR("this takes `show` and one or more receipts",
                            "esta orden lleva `show` y uno o más recibos"));
    if (a->json && a->html)
        return say_usage(TR("either --json or --html", "o --json o --html"));
    enum outcome outcome = trust_open_args(&v.trust, a, false);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    outcome = receipt_show_judge(&v, a->operand + 1, a->operands - 1);
    if (!lost_any())
        print_all(&v, a);
    receipt_show_close(&v);
    trust_close(&v.trust);
    return outcome;
}

const struct command command_receipt = {
    .name = "receipt",
    .run = main_receipt,
    .form = "'show " FORM_VERIFYING FORM_ZONE "html RECEIPT…",
    .summary = { "verify receipts, offline, and show what they say and what they prove",
                 "verifica recibos sin red y muestra qué dicen y qué prueban" },
};
