#include "client/audit/rule.h"

#include <string.h>

#include "proto/record/ruleset.h"

static const struct {
    const char *name;
    enum severity severity;
    const char *source; /* in the law of Mexico */
    const char *law[2]; /* elsewhere: what kind of law it is; NULL: the same */
    const char *title[2], *meaning[2];
} rules[RULE_COUNT] = {
// clang-format off
#define LAW(en, es) { en, es }
#define SAME { NULL, NULL }
#define RULE(r, severity, source, law, title_en, title_es, en, es) \
    [r] = { #r, SEVERITY_##severity, source, law, { title_en, title_es }, { en, es } }
    RULE(R01, CRITICAL, "1a./J. 115/2012; CNPP 291; CPEUM 16",
      LAW("law on private communications", "ley sobre comunicaciones privadas"),
      "content without a warrant", "contenido sin mandamiento",
      "Content or device data were asked for with no warrant in the log before the request.",
      "Se pidió contenido o datos de un dispositivo sin mandamiento anterior en la bitácora."),
    RULE(R02, CRITICAL, "CNPP 303; CPEUM 16",
      LAW("law on location and retained data", "ley sobre ubicación y datos conservados"),
      "location or retained data without warrant or emergency", "ubicación o datos conservados sin mandamiento ni urgencia",
      "Location, retained or subscriber data were asked for with neither a warrant nor an emergency.",
      "Se pidió ubicación, datos conservados o de abonado sin mandamiento y sin urgencia."),
    RULE(R03, CRITICAL, "CNPP 303",
      LAW("law on emergencies", "ley sobre urgencias"),
      "emergency, judge not told in 48 hours", "urgencia sin aviso al juez en 48 horas",
      "No judge was told of an emergency request within 48 hours of its being fulfilled.",
      "No se avisó a un juez de una solicitud urgente en las 48 horas siguientes a su cumplimiento."),
    RULE(R04, HIGH, "CNPP 303 \"de manera inmediata\"",
      LAW("law on emergencies", "ley sobre urgencias"),
      "no ratification in time", "sin ratificación a tiempo",
      "A judge was told, and no ratification followed in time.",
      "Se avisó a un juez y no hubo ratificación a tiempo."),
    RULE(R05, CRITICAL, "CNPP 303",
      LAW("law on ratification by a judge", "ley sobre ratificación judicial"),
      "data used after a refusal", "datos usados tras una negativa",
      "Data were answered, transferred or used after a judge had refused the request, or beyond what the judge had ratified.",
      "Se entregaron, transfirieron o usaron datos después de que un juez negó la solicitud, o más allá de lo ratificado."),
    RULE(R06, HIGH, "CNPP 303",
      LAW("law on emergencies", "ley sobre urgencias"),
      "emergency without a ground", "urgencia sin supuesto",
      "An emergency names none of the grounds of the law.",
      "La urgencia no invoca ninguno de los supuestos de la ley."),
    RULE(R07, CRITICAL, "CNPP 291, 299",
      LAW("law on warrants", "ley sobre mandamientos"),
      "outside the warrant's time", "fuera del tiempo del mandamiento",
      "A request, its data's time or an execution lies outside the warrant's window as extended.",
      "Una solicitud, el tiempo de sus datos o una ejecución está fuera de la vigencia del mandamiento con sus prórrogas."),
    RULE(R08, CRITICAL, "CNPP 292, 293, 296",
      LAW("law on warrants", "ley sobre mandamientos"),
      "outside the warrant's scope", "fuera del alcance del mandamiento",
      "A person, category, holder or authority is not in the warrant.",
      "Una persona, categoría, poseedor de datos o autoridad no está en el mandamiento."),
    RULE(R09, HIGH, "CNPP 292; LSN 43",
      LAW("law on live interception", "ley sobre intervención en vivo"),
      "live access for too long", "intervención en vivo por demasiado tiempo",
      "A warrant for live data lasts longer than the law allows.",
      "Un mandamiento para datos en vivo dura más de lo que la ley permite."),
    RULE(R10, CRITICAL, "CPEUM 16",
      LAW("law on which judge may authorise", "ley sobre qué juez puede autorizar"),
      "content not authorised by a federal judge", "contenido no autorizado por juez federal",
      "Content was authorised by a judge who is not federal.",
      "El contenido lo autorizó un juez que no es federal."),
    RULE(R11, HIGH, "LMTR 182; CNPP 291, 303",
      LAW("law on who may ask", "ley sobre quién puede solicitar"),
      "authority not empowered", "autoridad no facultada",
      "The requester's function or level is not empowered by the legal basis.",
      "El fundamento no faculta a la función o al nivel de quien solicita."),
    RULE(R12, CRITICAL, "CPEUM 16",
      LAW("law on private communications", "ley sobre comunicaciones privadas"),
      "communications in an excluded matter", "comunicaciones en materia excluida",
      "A warrant for communications was given in an electoral, fiscal, mercantile, civil, labour or administrative matter.",
      "Se autorizaron comunicaciones en materia electoral, fiscal, mercantil, civil, laboral o administrativa."),
    RULE(R13, CRITICAL, "LGMDFP 12 Bis, 12 Quater; conflict: LSNIIMSP 28",
      LAW("law on biometric identity", "ley sobre identidad biométrica"),
      "biometric identity without a search folio", "identidad biométrica sin folio de búsqueda",
      "Biometric identity was asked for without a folio or case number, or by a function that LGMDFP does not name; LSNIIMSP 28 gives the CNI access without that limit: the two texts conflict.",
      "Se pidió identidad biométrica sin folio ni expediente, o por una función que la LGMDFP no nombra; la LSNIIMSP 28 da al CNI acceso sin ese límite: los dos textos se contradicen."),
    RULE(R14, MEDIUM, "CNPP 303",
      LAW("law on preservation of data", "ley sobre conservación de datos"),
      "preservation over 90 days", "conservación por más de 90 días",
      "Preservation was asked for longer than 90 days.",
      "Se pidió conservar datos por más de 90 días."),
    RULE(R15, HIGH, "LSNIIMSP 12-III",
      LAW("law on data of private holders", "ley sobre datos de poseedores privados"),
      "private holder without term or purpose", "poseedor privado sin plazo o finalidad",
      "A holder that is not public was asked without a term, or without a stated purpose.",
      "Se pidió a un poseedor que no es público sin plazo o sin finalidad precisa."),
    RULE(R16, HIGH, "LGPDPPSO 60; LFPIORPI 49",
      LAW("law on transfers abroad", "ley sobre transferencias al extranjero"),
      "foreign transfer without instrument", "transferencia al extranjero sin instrumento",
      "Data went abroad without a legal instrument.",
      "Los datos salieron del país sin instrumento legal."),
    RULE(R17, LOW, "LMTR 183",
      LAW("law on times to answer", "ley sobre plazos de respuesta"),
      "late answer", "respuesta tardía",
      "The holder's answer was not in the log in 24 or 48 hours.",
      "La respuesta del poseedor no estaba en la bitácora en 24 o 48 horas."),
    RULE(R18, POLICY, "policy; identity_biometric: LGMDFP 12 Quater",
      LAW("policy; law on notice to persons", "política; ley sobre avisos a personas"),
      "person not told", "persona no avisada",
      "The person had not been told in the time that the ruleset gives.",
      "No se avisó a la persona en el plazo del conjunto de reglas."),
    RULE(R19, HIGH, "CPEUM 16",
      LAW("law on warrants", "ley sobre mandamientos"),
      "warrant not in the log", "mandamiento que no está en la bitácora",
      "A warrant is named that is not in the log under a judge's key before the request, or the reference is ambiguous.",
      "Se invoca un mandamiento que no está antes en la bitácora bajo clave de juez, o la referencia es ambigua."),
    RULE(R20, HIGH, "–", SAME, "response without its request", "respuesta sin su solicitud",
      "A response names no request, or one to another holder.",
      "Una respuesta no nombra ninguna solicitud, o nombra una dirigida a otro poseedor."),
    RULE(R21, HIGH, "CNPP 300; policy",
      LAW("law on erasure; policy", "ley sobre borrado; política"),
      "erased too early or by another court", "borrado prematuro o por otro juzgado",
      "What identifies a person was erased before the person was told, or by a court other than the warrant's.",
      "Se borró lo que identifica a una persona antes de avisarle, o por un juzgado distinto del que dio el mandamiento."),
    RULE(R22, POLICY, "policy", SAME, "signed with a key known to be bad", "firmado con una clave que ya no era de fiar",
      "An act was signed after the time since which its key is known to be bad.",
      "Un acto se firmó después del momento desde el que se sabe que la clave no era de fiar."),
    [RULE_CODE] = { "CODE", SEVERITY_HIGH, "ruleset", SAME, { "code not in the ruleset", "código fuera del conjunto de reglas" },
      { "An entry has a code that is not in the ruleset in force for it.",
        "Un asiento tiene un código que no está en el conjunto de reglas en vigor." } },
    // clang-format on
};

const char *rule_name(enum rule r)
{
    return rules[r].name;
}

enum severity rule_severity(enum rule r)
{
    return rules[r].severity;
}

/* ---- whose law it is --------------------------------------------------------------------------- */

static bool elsewhere; /* not in Mexico */

void rule_law_of(const struct ruleset *r)
{
    char country[3];
    elsewhere = !ruleset_country(r, country) || strcmp(country, "MX") != 0;
}

const char *rule_source(enum rule r, enum language l)
{
    const char *law = rules[r].law[l];
    return elsewhere && law != NULL ? law : rules[r].source;
}

/* What a text says elsewhere that names a law of Mexico. */
static const char *meaning_elsewhere(enum rule r, enum language l)
{
    static const char *const biometric[] = {
        "Biometric identity was asked for without a folio or case number, or by a function that "
        "may not ask for it.",
        "Se pidió identidad biométrica sin folio ni expediente, o por una función que no puede "
        "pedirla."
    };
    return r == R13 ? biometric[l] : NULL;
}

static const char *sentence_elsewhere(enum cause c, enum language l)
{
    static const char *const function[] = {
        "biometric identity was asked for by a function (%s) that may not ask for it",
        "pidió identidad biométrica una función (%s) que no puede pedirla"
    };
    return c == CAUSE_BIOMETRIC_FUNCTION ? function[l] : NULL;
}

const char *rule_title(enum rule r, enum language l)
{
    return rules[r].title[l];
}

const char *rule_meaning(enum rule r, enum language l)
{
    const char *other = elsewhere ? meaning_elsewhere(r, l) : NULL;
    return other != NULL ? other : rules[r].meaning[l];
}

static const char *const severities[SEVERITIES] = { "policy", "low", "medium", "high", "critical" };

const char *severity_name(enum severity s)
{
    return severities[s];
}

bool severity_of_name(const char *name, enum severity *out)
{
    for (int s = 0; s < SEVERITIES; s++)
        if (strcmp(severities[s], name) == 0) {
            *out = (enum severity)s;
            return true;
        }
    return false;
}

const char *result_name(enum result r)
{
    static const char *const names[RESULTS] = { "pass", "not_evaluable", "finding" };
    return names[r];
}

static const struct {
    const char *name;
    enum vocabulary vocabulary;
    const char *sentence[2];
} causes[] = {
#define X(name, vocabulary, en, es) { #name, VOCABULARY_##vocabulary, { en, es } },
    CAUSES(X)
#undef X
};

const char *cause_name(enum cause c)
{
    return causes[c].name;
}

enum vocabulary cause_vocabulary(enum cause c)
{
    return causes[c].vocabulary;
}

const char *cause_sentence(enum cause c, enum language l)
{
    const char *other = elsewhere ? sentence_elsewhere(c, l) : NULL;
    return other != NULL ? other : causes[c].sentence[l];
}
