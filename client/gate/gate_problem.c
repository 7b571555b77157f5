#include "client/gate/gate_problem.h"

#include <jansson.h>
#include <stdlib.h>

static const struct {
    int status;
    const char *title[2]; /* by enum language */
} titles[] = {
    { 400, { "Malformed", "Mal formado" } },
    { 401, { "Ticket needed", "Se necesita un boleto" } },
    { 403, { "Not let in", "No se deja pasar" } },
    { 404, { "Not found", "No encontrado" } },
    { 405, { "Not found", "No encontrado" } },
    { 413, { "Too large", "Demasiado grande" } },
    { 503, { "Not now", "Ahora no" } }, /* last: what anything else is, too */
};

static const char *title_of(int status, enum language language)
{
    size_t i = 0;
    while (i < sizeof titles / sizeof *titles - 1 && titles[i].status != status)
        i++;
    return titles[i].title[language];
}

void gate_problem(struct serving_reply *out, int status, const struct refusal *why,
                  enum language language)
{
    struct buf type = { 0 }, detail = { 0 };
    buf_addf(&type, "/problems/%s", reason_code(why->reason));
    refusal_sentence(&detail, why, language);
    json_t *o = json_pack("{s:s,s:s,s:i,s:s}", "type", buf_str(&type), "title",
                          title_of(status, language), "status", status, "detail", buf_str(&detail));
    char *text = o == NULL ? NULL : json_dumps(o, JSON_COMPACT);
    out->status = status;
    out->type = "application/problem+json";
    out->language = language == LANGUAGE_ES ? "es" : "en";
    if (text == NULL)
        out->body.failed = true;
    else
        buf_addf(&out->body, "%s\n", text);
    free(text);
    json_decref(o);
    buf_free(&type);
    buf_free(&detail);
}
