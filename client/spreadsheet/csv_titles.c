#include "client/spreadsheet/csv_titles.h"

#include "client/base/lost.h"
#include "client/show/label.h"
#include "client/spreadsheet/csv_codes.h"
#include "proto/text/unicode.h"

/* What people write over columns; kind KIND_ANY: whatever the record is. */
static const struct synonym {
    enum kind kind;
    const char *path;
    const char *words[14]; /* ends with NULL */
} synonyms[] = {
    { KIND_ANY,
      "vkey",
      { "clave pública", "llave pública", "public key", "clave", "llave", NULL } },
    { KIND_REQUEST,
      "authority",
      { "autoridad", "autoridad solicitante", "institución solicitante", "dependencia solicitante",
        NULL } },
    { KIND_ENROLL, "role", { "rol", "papel", "perfil", NULL } },
    { KIND_ENROLL,
      "authority",
      { "código", "código de autoridad", "autoridad", "órgano", "adscripción", "institución",
        "dependencia", "juzgado", NULL } },
    { KIND_ENROLL,
      "display",
      { "nombre completo", "nombre", "institución o persona", "titular", "servidor público",
        "funcionario", NULL } },
    { KIND_ENROLL, "function", { "función", "sector", "funciones", NULL } },
    { KIND_ENROLL,
      "jurisdiction",
      { "entidad", "entidad federativa", "estado", "circuito", NULL } },
    { KIND_ENROLL,
      "designation",
      { "nombramiento", "designación", "oficio de designación", NULL } },
    { KIND_ENROLL, "from", { "desde", "alta", "fecha de alta", "vigente desde", "inicio", NULL } },
    { KIND_ENROLL,
      "until",
      { "hasta", "baja", "vigencia", "vence", "vigente hasta", "fin", NULL } },
    { KIND_REVOKE, "reason", { "motivo", "motivo de baja", "causa", NULL } },
    { KIND_REVOKE, "since", { "desde", "fecha", "fecha de baja", NULL } },
    { KIND_ANY, "level", { "nivel", "orden de gobierno", "ámbito", NULL } },
    { KIND_ANY,
      "holder",
      { "empresa", "poseedor", "dependencia requerida", "a quién", "concesionario", "compañía",
        "proveedor", "destinatario", "banco", "institución financiera", "institución de crédito",
        NULL } },
    { KIND_ANY, "source", { "fuente", "base de datos", "registro consultado", "database", NULL } },
    { KIND_ANY,
      "categories",
      { "datos", "datos pedidos", "dato pedido", "tipo de dato", "tipo de datos", "categoría",
        "categorías", "información solicitada", "data", "category", NULL } },
    { KIND_ANY,
      "basis",
      { "fundamento", "fundamento legal", "base legal", "artículo", "legal basis", NULL } },
    { KIND_ANY,
      "warrant.ref",
      { "mandamiento", "orden judicial", "autorización judicial", "control judicial", "warrant",
        NULL } },
    { KIND_ANY, "ground", { "urgencia", "supuesto", "supuesto de urgencia", NULL } },
    { KIND_ANY,
      "case.number",
      { "carpeta", "carpeta de investigación", "expediente", "averiguación", "causa penal",
        "número de caso", "case", NULL } },
    { KIND_ANY, "case.scheme", { "tipo de expediente", "numeración", NULL } },
    { KIND_ANY,
      "purpose.code",
      { "finalidad", "motivo", "propósito", "para qué", "delito", "purpose", NULL } },
    { KIND_ANY, "purpose.note", { "nota", "explicación", "justificación", NULL } },
    { KIND_ANY, "persons", { "personas", "número de personas", "cuántas personas", NULL } },
    { KIND_ANY, "subjects.curp", { "curp", NULL } },
    { KIND_ANY, "subjects.rfc", { "rfc", NULL } },
    { KIND_ANY,
      "subjects.phone",
      { "teléfono", "celular", "línea", "número telefónico", "msisdn", "phone", NULL } },
    { KIND_ANY, "subjects.imei", { "imei", NULL } },
    { KIND_ANY, "subjects.imsi", { "imsi", NULL } },
    { KIND_ANY, "subjects.email", { "correo", "correo electrónico", "e-mail", NULL } },
    { KIND_ANY, "subjects.account", { "clabe", "cuenta", "cuenta bancaria", "account", NULL } },
    { KIND_ANY, "subjects.plate", { "placa", "placas", "matrícula", "plate", NULL } },
    { KIND_ANY,
      "subjects.person",
      { "nombre", "persona", "nombre de la persona", "person", NULL } },
    { KIND_ANY, "subjects.type", { "tipo de identificador", NULL } },
    { KIND_ANY, "subjects.value", { "identificador", "identifier", NULL } },
    { KIND_ANY,
      "data_window.from",
      { "desde", "periodo desde", "datos desde", "fecha inicial", "inicio del periodo", "from",
        NULL } },
    { KIND_ANY,
      "data_window.until",
      { "hasta", "periodo hasta", "datos hasta", "fecha final", "fin del periodo", "until",
        NULL } },
    { KIND_WARRANT, "window.from", { "vigente desde", "vigencia desde", NULL } },
    { KIND_WARRANT, "window.until", { "vigente hasta", "vigencia hasta", "vence", NULL } },
    { KIND_WARRANT, "ref", { "referencia", "número", "orden", NULL } },
    { KIND_WARRANT, "used_by", { "autoridad", "autoridades", NULL } },
    { KIND_WARRANT, "holders", { "empresa", "empresas", NULL } },
    { KIND_ANY,
      "term",
      { "plazo", "vencimiento", "fecha límite", "contestar a más tardar", "deadline", NULL } },
    { KIND_ANY, "outcome", { "resultado", "respuesta", NULL } },
    { KIND_ANY, "records", { "registros", "registros entregados", NULL } },
    { KIND_ANY, "received_at", { "recibida", "fecha de recepción", NULL } },
    { KIND_ANY, "answered_at", { "contestada", "fecha de respuesta", NULL } },
};

static bool contains(const char *title, const char *word)
{
    struct buf a = { 0 }, b = { 0 };
    unicode_skeleton(&a, span_str(title), LIKENESS_MEANS);
    unicode_skeleton(&b, span_str(word), LIKENESS_MEANS);
    bool in = b.n >= 4 && strstr(kept_text(&a), kept_text(&b)) != NULL;
    buf_free(&a);
    buf_free(&b);
    return in;
}

static unsigned by_synonym(const char *title, const struct synonym *s)
{
    unsigned fits = 0;
    for (size_t i = 0; s->words[i] != NULL; i++) {
        if (codes_same(title, s->words[i]))
            return 2;
        if (contains(title, s->words[i]))
            fits = 1;
    }
    return fits;
}

unsigned title_fits(const char *title, enum kind kind, const struct cell_target *t)
{
    unsigned fits = 0;
    const char *en = label_member_in(t->path, LANGUAGE_EN),
               *es = label_member_in(t->path, LANGUAGE_ES);
    if (codes_same(title, t->path) || (en != NULL && codes_same(title, en)) ||
        (es != NULL && codes_same(title, es)))
        return 3;
    for (size_t i = 0; i < sizeof synonyms / sizeof *synonyms; i++) {
        const struct synonym *s = &synonyms[i];
        if ((s->kind != KIND_ANY && s->kind != kind) || strcmp(s->path, t->path) != 0)
            continue;
        unsigned now = by_synonym(title, s);
        fits = now > fits ? now : fits;
    }
    return fits;
}
