#include "daemon/http/problem.h"

#include <jansson.h>
#include <stdlib.h>

static const struct {
    const char *code;
    int status;
    const char *title[2]; /* by enum language */
} problems[] = {
    { "form", 400, { "Malformed", "Mal formado" } },
    { "version", 400, { "Unknown version", "Versión desconocida" } },
    { "too_large", 413, { "Too large", "Demasiado grande" } },
    { "key", 403, { "Key not enrolled", "Clave sin alta" } },
    { "signature", 403, { "Bad signature", "Firma no válida" } },
    { "enrolment", 403, { "Enrolment does not allow this", "El alta no lo permite" } },
    { "role", 403, { "Role does not allow this", "El papel no lo permite" } },
    { "reference", 422, { "Bad reference", "Referencia errónea" } },
    { "text", 422, { "Text not written as it must be", "Texto mal escrito" } },
    { "person", 422, { "A person in the clear", "Una persona en claro" } },
    { "code", 422, { "Unknown code", "Código desconocido" } },
    { "blob", 422, { "Blob missing", "Falta un blob" } },
    { "skew", 422, { "Clocks differ", "Los relojes difieren" } },
    { "checkpoint",
      422,
      { "Not a checkpoint of this log", "No es un punto de control de esta bitácora" } },
    { "rollback", 409, { "Another history of this log", "Otra historia de esta bitácora" } },
    { "id", 409, { "Identifier used before", "Identificador ya usado" } },
    { "full", 507, { "No room", "Sin espacio" } },
    { "frozen", 410, { "The log has ended", "La bitácora terminó" } },
    { "erased", 410, { "Erased", "Borrado" } },
    { "token", 401, { "Token needed", "Se necesita un token" } },
    { "tls_client", 403, { "Client certificate needed", "Se necesita un certificado de cliente" } },
    { "limit", 429, { "Too often", "Demasiado seguido" } },
    { "not_found", 404, { "Not found", "No encontrado" } },
    { "busy", 503, { "Busy", "Ocupado" } }, /* last: what anything else is, too */
};

#define LAST (sizeof problems / sizeof *problems - 1)

static size_t problem_of(enum reason r)
{
    size_t i = 0;
    while (i < LAST && strcmp(problems[i].code, reason_code(r)) != 0)
        i++;
    return i;
}

static int problem_status(enum reason r)
{
    switch (r) {
    case REASON_MEDIA_TYPE:
        return 415;
    case REASON_METHOD:
        return 405;
    case REASON_TOKEN_ROLE:
        return 403;
    case REASON_DEADLINE:
        return 504;
    default:
        return problems[problem_of(r)].status;
    }
}

/* A version that the daemon does not know is a matter of form to whoever sent it (design). */
static const char *type_of(enum reason r)
{
    return r == REASON_VERSION ? "form" : problems[problem_of(r)].code;
}

static void dump(struct buf *out, json_t *o)
{
    char *text = o == NULL ? NULL : json_dumps(o, JSON_COMPACT);
    if (text == NULL)
        out->failed = true;
    else
        buf_adds(out, text);
    free(text);
    json_decref(o);
}

void problem_reply(struct call_reply *out, const struct refusal *why, enum language language)
{
    struct buf type = { 0 }, detail = { 0 };
    buf_free(&out->body);
    *out = (struct call_reply){ .status = problem_status(why->reason),
                                .type = "application/problem+json",
                                .cache = CACHE_NEVER,
                                .language = language,
                                .problem = true };
    buf_addf(&type, "/problems/%s", type_of(why->reason));
    refusal_sentence(&detail, why, language);
    dump(&out->body, json_pack("{s:s,s:s,s:i,s:s}", "type", buf_str(&type), "title",
                               problems[problem_of(why->reason)].title[language], "status",
                               out->status, "detail", buf_str(&detail)));
    buf_adds(&out->body, "\n");
    buf_free(&type);
    buf_free(&detail);
}

void problem_line(struct buf *out, const struct refusal *why, enum language language)
{
    struct buf detail = { 0 };
    refusal_sentence(&detail, why, language);
    dump(out, json_pack("{s:s,s:s}", "error", type_of(why->reason), "detail", buf_str(&detail)));
    buf_adds(out, "\n");
    buf_free(&detail);
}
