#include "client/report/words.h"

#include "client/show/label.h"
#include "client/show/locale.h"

// clang-format off
static const struct {
    const char *code, *word[2], *meaning[2];
} measures[MEASURES + 1] = {
    { "received", { "requests", "solicitudes" },
      { "requests accepted by the log in the period", "solicitudes asentadas en el periodo" } },
    { "answered_full", { "answered in full", "atendidas del todo" },
      { "everything was handed over, by the last answer", "se entregó todo, según la última respuesta" } },
    { "answered_partial", { "answered in part", "atendidas en parte" },
      { "a part was handed over, by the last answer", "se entregó una parte, según la última respuesta" } },
    { "answered_none", { "nothing held", "sin datos" },
      { "the holder has no such data, by the last answer", "quien debía responder no tiene esos datos, según la última respuesta" } },
    { "rejected", { "rejected", "recha­zadas" },
      { "rejected, for want of authority or form, by the last answer", "rechazadas, por falta de facultades o de forma, según la última respuesta" } },
    { "direct_access", { "direct access", "acceso directo" },
      { "data were taken without the holder's intervention; such requests are in none of the other columns of answers",
        "los datos se tomaron sin intervención de quien los tiene; estas solicitudes no están en las demás columnas de respuestas" } },
    { "answered_other", { "cancelled or failed", "canceladas o fallidas" },
      { "cancelled or failed, by the last answer", "canceladas o fallidas, según la última respuesta" } },
    { "unanswered", { "not answered", "sin respuesta" },
      { "without an answer where this report ends", "sin respuesta donde termina este informe" } },
    { "persons", { "persons", "personas" },
      { "persons that the requests concern, as they say; a person in two requests counts twice",
        "personas a que se refieren las solicitudes, según ellas; una persona en dos solicitudes cuenta dos veces" } },
    { "identifiers", { "identi­fiers", "identifi­cadores" },
      { "identifiers (telephone numbers, CURP and others) that are sealed in the requests",
        "identificadores (números telefónicos, CURP y otros) sellados en las solicitudes" } },
    { "emergencies", { "emer­gencies", "urgencias" },
      { "requests with a ground of emergency, or on the basis of CNPP 303 (exception)",
        "solicitudes con un supuesto de urgencia, o con fundamento en el CNPP 303 (excepción)" } },
    { "judge_in_time", { "judge told in 48 h", "aviso al juez en 48 h" },
      { "emergencies of which a judge was told within 48 hours of the data being handed over",
        "urgencias de las que se avisó a un juez dentro de 48 horas de entregados los datos" } },
    { "judge_late", { "judge told late or not", "aviso tardío o sin aviso" },
      { "emergencies of which no judge was told within these 48 hours", "urgencias de las que no se avisó a un juez en esas 48 horas" } },
    { "judge_awaited", { "48 h not over", "48 h sin vencer" },
      { "emergencies of which a judge must still be told: nothing was handed over yet, or less than 48 hours ago",
        "urgencias de las que aún hay que avisar a un juez: no se ha entregado nada, o hace menos de 48 horas" } },
    { "ratification_refused", { "ratifi­cation refused", "ratificación negada" },
      { "a judge refused to ratify the request, by the last ruling", "un juez negó ratificar la solicitud, según la última resolución" } },
    { "foreign_transfers", { "transfers abroad", "transfe­rencias al extranjero" },
      { "times that data from these requests went to another country", "veces que datos de estas solicitudes fueron a otro país" } },
    { "notices_due", { "notices due", "avisos debidos" },
      { "requests by which data were handed over: the person is to be told", "solicitudes por las que se entregaron datos: hay que avisar a la persona" } },
    { "notices_sent", { "sent", "enviados" }, { "the person was told", "se avisó a la persona" } },
    { "notices_deferred", { "deferred", "diferidos" }, { "a judge let the notice wait", "un juez permitió que el aviso espere" } },
    { "notices_awaited", { "time limit not over", "plazo sin vencer" }, { "the time limit for telling the person is not over", "el plazo para avisar a la persona no ha vencido" } },
    { "notices_overdue", { "overdue", "vencidos" }, { "the person should have been told", "ya se debió avisar a la persona" } },
    { "automated", { "automated decisions", "decisiones automa­tizadas" },
      { "requests whose data feed an automated decision", "solicitudes cuyos datos alimentan una decisión automatizada" } },
    { "findings_critical", { "critical", "críticos" }, { "findings of the audit, by severity", "hallazgos de la auditoría, por gravedad" } },
    { "findings_high", { "high", "altos" }, { NULL, NULL } },
    { "findings_medium", { "medium", "medios" }, { NULL, NULL } },
    { "findings_low", { "low", "bajos" }, { NULL, NULL } },
    { "findings_policy", { "policy", "de política" }, { NULL, NULL } },
    { "median_hours", { "median hours", "mediana en horas" },
      { "hours from the request to its first answer: half took longer", "horas de la solicitud a su primera respuesta: la mitad tardó más" } },
};

static const struct {
    const char *code, *word[2];
    enum vocabulary vocabulary;
} dimensions[DIMENSIONS] = {
    { "month", { "month", "mes" }, VOCABULARY_NONE },
    { "level", { "level of government", "nivel de gobierno" }, VOCABULARY_LEVEL },
    { "authority", { "requesting authority", "autoridad solicitante" }, VOCABULARY_NONE },
    { "state", { "state", "entidad federativa" }, VOCABULARY_NONE },
    { "holder_sector", { "data holder's sector", "sector de quien tiene los datos" }, VOCABULARY_SECTOR },
    { "category", { "category of data", "categoría de datos" }, VOCABULARY_CATEGORY },
    { "basis", { "legal basis", "fundamento legal" }, VOCABULARY_BASIS },
    { "warrant", { "judge's authorisation", "autorización judicial" }, VOCABULARY_NONE },
};

static const char *const statuses[WARRANT_STATUSES][2] = {
    { "warrant before the request", "mandamiento previo" },
    { "emergency, ratified afterwards", "urgencia, ratificada después" },
    { "emergency, ratification refused", "urgencia, ratificación negada" },
    { "emergency, ratification pending", "urgencia, ratificación pendiente" },
    { "needed and not in the log", "necesaria y no consta" },
    { "whether it is needed is contested", "se discute si es necesaria" },
    { "not needed by law", "la ley no la exige" },
};

/* Behind the others, since format 3. */
static const char *const method_of_3[2] = {
    "Of months after the last entry that this report covers the log says nothing yet: they have a dash (null in JSON) instead of numbers, and the month of that entry is counted as far as it goes. "
    "A sum of 9007199254740991 is that number or more.",
    "De los meses posteriores al último asiento que abarca este informe la bitácora no dice nada aún: llevan una raya (null en JSON) en vez de números, y el mes de ese asiento se cuenta hasta donde llega. "
    "Una suma de 9007199254740991 es ese número o más.",
};

/* In its place, since format 6. */
static const char *const method_of_6[2] = {
    "Of months before the log's first entry, and after the last one that this report covers, the "
    "log says nothing: they have a dash (null in JSON) instead of numbers. That is not a zero: what "
    "was asked for then is not in this log. The months of these two entries are counted as far as "
    "the log goes. A sum of 9007199254740991 is that number or more.",
    "De los meses anteriores al primer asiento de la bitácora, y de los posteriores al último que "
    "abarca este informe, la bitácora no dice nada: llevan una raya (null en JSON) en vez de "
    "números. No es un cero: lo que se pidió entonces no está en esta bitácora. Los meses de esos "
    "dos asientos se cuentan hasta donde llega la bitácora. Una suma de 9007199254740991 es ese "
    "número o más.",
};

static const char *const method[2][12] = {
    { "What is counted are the requests that the log accepted in the period (months in UTC), and what became of them up to the last entry that this report covers. "
      "Each of these entries was read, and its signature checked, before anything was counted.",
      "A request for several categories of data is counted in the line of each of them, and in the line of each kind of judge's authorisation that its categories come to. "
      "Totals, months and all other lines count it once; so such lines may add up to more than the total.",
      "A judge's authorisation is a warrant that was in the log before the request; for an emergency, the last ruling on its ratification; "
      "otherwise what the ruleset in force said of the category of data when it was asked for.",
      "A finding is a question for a judge: it says what is not in the log, never that something was illegal.",
      "Small numbers. An asterisk (*) stands for a number that is not shown, to protect the persons concerned. Numbers from 1 to 4 are not shown, nor are as many others "
      "(zeros and large ones among them) as it takes that no hidden number can be computed from what this report shows. Where the number of requests is hidden, so are the "
      "numbers and medians that depend on it; a median of less than five answers is not shown. In the full breakdown only combinations with at least five requests have a row, and not all of these. The totals of the whole report are always shown, small ones, too; where they alone give a number away, it is shown, too.",
      "That holds within one report. Reports of the same period by other dimensions, or of overlapping periods, show other totals: whoever publishes several should bear that in mind.",
      NULL },
    { "Se cuentan las solicitudes que la bitácora asentó en el periodo (meses en UTC) y lo que fue de ellas hasta el último asiento que abarca este informe. "
      "Cada uno de esos asientos se leyó, y se comprobó su firma, antes de contar nada.",
      "Una solicitud de varias categorías de datos se cuenta en la línea de cada una de ellas, y en la de cada clase de autorización judicial que corresponda a sus categorías. "
      "Los totales, los meses y las demás líneas la cuentan una vez; por eso esas líneas pueden sumar más que el total.",
      "Autorización judicial es un mandamiento que estaba en la bitácora antes de la solicitud; en una urgencia, la última resolución sobre su ratificación; "
      "en los demás casos, lo que el conjunto de reglas en vigor decía de la categoría de datos cuando se pidió.",
      "Un hallazgo es una pregunta para un juez: dice qué no consta en la bitácora, nunca que algo fue ilegal.",
      "Números pequeños. Un asterisco (*) está en lugar de un número que no se muestra, para proteger a las personas. No se muestran los números del 1 al 4, ni tantos otros "
      "(también ceros y números grandes) como hagan falta para que ningún número oculto se pueda calcular con lo que muestra este informe. Donde se oculta el número de solicitudes, "
      "se ocultan también los números y medianas que dependen de él; no se muestra la mediana de menos de cinco respuestas. En el desglose completo solo tienen fila las combinaciones con al menos cinco solicitudes, y no todas. Los totales de todo el informe se muestran siempre, también los pequeños; donde ellos solos revelan un número, también se muestra.",
      "Esto vale dentro de un informe. Los informes del mismo periodo por otras dimensiones, o de periodos que se traslapan, muestran otros totales: quien publique varios debe tenerlo en cuenta.",
      NULL },
};
// clang-format on

const char *measure_code(enum measure m)
{
    return measures[m].code;
}

const char *measure_word(enum measure m)
{
    return measures[m].word[language_get()];
}

const char *measure_meaning(enum measure m)
{
    return measures[m].meaning[language_get()];
}

const char *dimension_code(enum dimension d)
{
    return dimensions[d].code;
}

const char *dimension_word(enum dimension d)
{
    return dimensions[d].word[language_get()];
}

const char *status_word(enum warrant_status s)
{
    return statuses[s][language_get()];
}

const char *report_method(int format, size_t i)
{
    size_t n = 0;
    while (method[language_get()][n] != NULL)
        n++;
    if (i < n)
        return method[language_get()][i];
    return i > n || format < 3 ? NULL
           : format < 6        ? method_of_3[language_get()]
                               : method_of_6[language_get()];
}

void line_label(struct buf *out, const struct report *r, enum dimension d, uint32_t key)
{
    const char *text;
    if (d == BY_MONTH) {
        locale_month(out, (int)(key / 12), (int)(key % 12) + 1);
    } else if (d == BY_STATUS) {
        buf_adds(out, status_word((enum warrant_status)key));
    } else if (key == 0) {
        buf_adds(out, TR("not in the log", "no consta"));
    } else {
        text = casebook_text(&r->audit->cb, key);
        if (d == BY_AUTHORITY && r->p->format >= 4) {
            institution_add(out, r->names, text);
            return;
        }
        buf_adds(out, dimensions[d].vocabulary == VOCABULARY_NONE
                          ? text
                          : label(dimensions[d].vocabulary, text));
    }
}

void report_code(struct buf *out, const struct report *r, enum dimension d, uint32_t key)
{
    static const char *const status_codes[WARRANT_STATUSES] = {
        "before", "ratified", "refused", "pending", "absent", "contested", "not_needed"
    };
    char month[8];
    if (d == BY_MONTH)
        month_text(month, key);
    buf_adds(out, d == BY_MONTH    ? month
                  : d == BY_STATUS ? status_codes[key]
                                   : casebook_text(&r->audit->cb, key));
}
