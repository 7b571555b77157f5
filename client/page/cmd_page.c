/* bitacora page: the page as one file, for those who verify without a terminal. */
#include <errno.h>

#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"
#include "proto/sys/page.h"

/* As sha256sum prints it, so that it can be compared with what a release says. */
static void print_hash(const struct args *a, struct span page)
{
    struct hash hash;
    char hex[2 * HASH_BYTES + 1];
    hash_bytes(&hash, page);
    hex_format(hex, hash.b, HASH_BYTES);
    if (!a->json) {
        terminal_print(stdout, "%s  %s\n", hex, a->out);
        return;
    }
    json_t *said = json_made(json_object());
    json_put(said, "file", json_path(a->out));
    json_put(said, "sha256", json_text(hex));
    json_put(said, "bytes", json_made(json_integer((json_int_t)page.n)));
    say_json(said);
}

static enum outcome main_page(const struct args *a)
{
    struct span page = page_file();
    if (!args_operands(a, 0, 0, TR("no operands: --out FILE", "ningún operando: --out ARCHIVO")))
        return OUTCOME_USAGE;
    if (page.n == 0)
        return say_usage(TR("page: this program was built without the page: build it where npm is",
                            "page: este programa se construyó sin la página: constrúyalo donde "
                            "haya npm"));
    if (file_replace(a->out, page, 0644) < 0)
        return say_usage(TR("%s: cannot be written: %s", "%s: no se puede escribir: %s"), a->out,
                         strerror(errno));
    print_hash(a, page);
    return OUTCOME_PROVEN;
}

static const struct form_option page_options[] = {
    FORM_OWN("out", "FILE", "ARCHIVO", "the file to write; one that is there is replaced",
             "el archivo que se escribe; si ya existe, se reemplaza"),
    FORM_END,
};

const struct command command_page = {
    .name = "page",
    .run = main_page,
    .form = "out!",
    .own = page_options,
    .summary = { "write the page: one file that verifies receipts, answers, openings and evidence "
                 "in a browser, offline; prints its SHA-256",
                 "escribir la página: un archivo que verifica recibos, respuestas, aperturas y "
                 "evidencias en un navegador, sin red; imprime su SHA-256" },
};
