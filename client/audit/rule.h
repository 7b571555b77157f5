/* The rules R01 to R22 and CODE, and every way in which each can answer: what docs/RULES.md says, as tables. */
#ifndef CLIENT_AUDIT_RULE_H
#define CLIENT_AUDIT_RULE_H

#include <stdint.h>

#include "proto/buf.h"
#include "proto/reason.h"

enum rule {
    RULE_NONE,
    R01,
    R02,
    R03,
    R04,
    R05,
    R06,
    R07,
    R08,
    R09,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15,
    R16,
    R17,
    R18,
    R19,
    R20,
    R21,
    R22,
    RULE_CODE,
    RULE_COUNT,
};

/* Gravest last, so that the greater one counts. */
enum severity {
    SEVERITY_POLICY,
    SEVERITY_LOW,
    SEVERITY_MEDIUM,
    SEVERITY_HIGH,
    SEVERITY_CRITICAL,
    SEVERITIES
};

/* Of several answers of one rule about one entry the greatest is given. */
enum result { RESULT_PASS, RESULT_NOT_EVALUABLE, RESULT_FINDING, RESULTS };

const char *rule_name(enum rule r);
enum severity rule_severity(enum rule r);
const char *rule_source(enum rule r);
/* What it is about, as a heading; and what it finds, in a sentence. */
const char *rule_title(enum rule r, enum language l);
const char *rule_meaning(enum rule r, enum language l);

const char *severity_name(enum severity s);
/* Returns false if there is none of that name. */
bool severity_of_name(const char *name, enum severity *out);
const char *result_name(enum result r);

/* Why a rule answers as it does. X(NAME, English, Spanish): %s is a code, or a time where CAUSE_TIME says so. */
// clang-format off
#define CAUSES(X) \
    X(NONE, "as it should be", "como debe ser") \
    X(NO_WARRANT, "%s was asked for, and no warrant for the request is in the log before it", \
      "se pidió %s, y ningún mandamiento para la solicitud está antes en la bitácora") \
    X(NO_WARRANT_NO_EMERGENCY, "%s was asked for with neither a warrant in the log before the request nor an emergency", \
      "se pidió %s sin mandamiento anterior en la bitácora y sin urgencia") \
    X(NOT_FULFILLED, "when the request was fulfilled is not in the log yet", \
      "aún no consta en la bitácora cuándo se cumplió la solicitud") \
    X(NOTICE_MISSING, "no judge was told by %s, 48 hours after the request was fulfilled", \
      "no se avisó a un juez hasta %s, 48 horas después de cumplirse la solicitud") \
    X(NOTICE_LATE, "a judge was told only after %s, 48 hours after the request was fulfilled", \
      "se avisó al juez después de %s, 48 horas después de cumplirse la solicitud") \
    X(NOTICE_AWAITED, "a judge may be told until %s", "se puede avisar al juez hasta %s") \
    X(RATIFICATION_MISSING, "no judge had ruled by %s on what was notified", \
      "ningún juez había resuelto hasta %s sobre lo notificado") \
    X(RATIFICATION_LATE, "a judge ruled only after %s on what was notified", \
      "un juez resolvió después de %s sobre lo notificado") \
    X(RATIFICATION_AWAITED, "a judge may rule until %s", "un juez puede resolver hasta %s") \
    X(AFTER_REFUSAL, "this follows a judge's refusal to ratify the request", \
      "esto es posterior a que un juez negara ratificar la solicitud") \
    X(OUTSIDE_PARTIAL, "the outcome is %s, though a judge ratified the request only in part", \
      "el resultado es %s, aunque un juez ratificó la solicitud solo en parte") \
    X(PARTIAL_UNSAID, "a judge ratified the request in part, and which part is not in the log", \
      "un juez ratificó la solicitud en parte, y no consta qué parte") \
    X(PARTIAL_USE, "a judge ratified the request in part; whether this rests on that part is not in the log", \
      "un juez ratificó la solicitud en parte; no consta si esto se apoya en esa parte") \
    X(NO_GROUND, "an emergency without a ground", "urgencia sin supuesto") \
    X(GROUND_OTHER, "an emergency whose ground is 'other'", "urgencia cuyo supuesto es 'otro'") \
    X(OUTSIDE_WINDOW, "accepted outside the warrant's window, which ends %s", \
      "aceptada fuera de la vigencia del mandamiento, que termina el %s") \
    X(EXECUTED_OUTSIDE, "executed outside the warrant's window, which ends %s", \
      "ejecutado fuera de la vigencia del mandamiento, que termina el %s") \
    X(DATA_OUTSIDE, "the data's time lies outside that of the warrant, which ends %s", \
      "el tiempo de los datos está fuera del que autoriza el mandamiento, que termina el %s") \
    X(DATA_UNSAID, "the warrant limits the data's time, and the request does not say it", \
      "el mandamiento limita el tiempo de los datos, y la solicitud no lo dice") \
    X(AUTHORITY_OUTSIDE, "%s is not an authority that may use the warrant", \
      "%s no es una autoridad que pueda usar el mandamiento") \
    X(CATEGORY_OUTSIDE, "%s is not among the categories of the warrant", \
      "%s no está entre las categorías del mandamiento") \
    X(HOLDER_OUTSIDE, "%s is not among the data holders of the warrant", \
      "%s no está entre los poseedores de datos del mandamiento") \
    X(SUBJECT_OUTSIDE, "a person (%s) is not among those whom the warrant names", \
      "una persona (%s) no está entre las que nombra el mandamiento") \
    X(SUBJECTS_UNSAID, "the warrant names persons, and the request none", \
      "el mandamiento nombra personas, y la solicitud ninguna") \
    X(LIVE_TOO_LONG, "the warrant lasts until %s, longer than six months in all", \
      "el mandamiento dura hasta %s, más de seis meses en total") \
    X(LIVE_OVER_180_DAYS, "the warrant was given until %s, for more than 180 days", \
      "el mandamiento se dio hasta %s, por más de 180 días") \
    X(LIVE_EXTENDED_AGAIN, "the warrant was extended more than once, until %s", \
      "el mandamiento se prorrogó más de una vez, hasta %s") \
    X(LIVE_EXTENDED_LONG, "the warrant was extended until %s, by more than 180 days", \
      "el mandamiento se prorrogó hasta %s, por más de 180 días") \
    X(JUDGE_LEVEL, "%s was authorised by a judge who is not federal", \
      "%s lo autorizó un juez que no es federal") \
    X(FUNCTION_NOT_EMPOWERED, "the legal basis does not empower this function or level (%s)", \
      "el fundamento no faculta a esta función o nivel (%s)") \
    X(BASIS_UNLISTED, "whom the legal basis %s empowers is not in the ruleset", \
      "a quién faculta el fundamento %s no está en el conjunto de reglas") \
    X(MATTER_EXCLUDED, "communications in a matter that excludes them: %s", \
      "comunicaciones en una materia que las excluye: %s") \
    X(BIOMETRIC_NO_CASE, "biometric identity was asked for without a folio or case number", \
      "se pidió identidad biométrica sin folio ni número de expediente") \
    X(BIOMETRIC_FUNCTION, "biometric identity was asked for by another function: %s", \
      "pidió identidad biométrica otra función: %s") \
    X(KEPT_TOO_LONG, "preservation was asked for until %s, more than 90 days", \
      "se pidió conservar hasta %s, más de 90 días") \
    X(TERM_UNSAID, "until when to preserve is not said", "no se dice hasta cuándo conservar") \
    X(NO_TERM, "a holder that is not public (%s) was asked without a term", \
      "a un poseedor que no es público (%s) se le pidió sin plazo") \
    X(PURPOSE_OTHER, "a holder that is not public (%s) was asked for the purpose 'other'", \
      "a un poseedor que no es público (%s) se le pidió con la finalidad 'otra'") \
    X(SECTOR_UNKNOWN, "asked without a term or for the purpose 'other', and the sector of %s is not in the log", \
      "se pidió sin plazo o con la finalidad 'otra', y el sector de %s no consta en la bitácora") \
    X(NO_INSTRUMENT, "data went to %s without a legal instrument", \
      "los datos fueron a %s sin instrumento legal") \
    X(HOME_UNKNOWN, "which country is home is not in the ruleset (recipient in %s)", \
      "el conjunto de reglas no dice cuál es el país propio (destinatario en %s)") \
    X(ANSWER_MISSING, "no answer was in the log by %s", "no había respuesta en la bitácora hasta %s") \
    X(ANSWER_LATE, "the answer came after %s", "la respuesta llegó después de %s") \
    X(ANSWER_AWAITED, "the answer may come until %s", "la respuesta puede llegar hasta %s") \
    X(PERSON_NOT_TOLD, "the person had not been told by %s", "no se había avisado a la persona hasta %s") \
    X(PERSON_TOLD_LATE, "the person was told only after %s", "se avisó a la persona después de %s") \
    X(PERSON_AWAITED, "the person may be told until %s", "se puede avisar a la persona hasta %s") \
    X(WARRANT_NOT_THERE, "the warrant %s is not in the log under a judge's key before the request", \
      "el mandamiento %s no está en la bitácora bajo clave de juez antes de la solicitud") \
    X(WARRANT_AMBIGUOUS, "the reference %s fits several warrants", \
      "la referencia %s corresponde a varios mandamientos") \
    X(NO_REQUEST, "a response to no request in the log", \
      "respuesta a ninguna solicitud de la bitácora") \
    X(OTHER_HOLDER, "a response of %s to a request that names another holder", \
      "respuesta de %s a una solicitud que nombra a otro poseedor") \
    X(ERASED_BEFORE_NOTICE, "what identifies a person was erased before the person was told", \
      "se borró lo que identifica a una persona antes de avisarle") \
    X(ERASED_BY_OTHER_COURT, "erased by a court (%s) other than the warrant's", \
      "borrado por un juzgado (%s) que no es el del mandamiento") \
    X(COURT_UNKNOWN, "no warrant tells which court may order it", \
      "ningún mandamiento dice qué juzgado puede ordenarlo") \
    X(BLOB_UNKNOWN, "no request or warrant before it names the blob", \
      "ninguna solicitud ni mandamiento anterior nombra el blob") \
    X(KEY_KNOWN_BAD, "signed when the key was, as later said, no longer to be trusted (since %s)", \
      "firmado cuando, según se dijo después, la clave ya no era de fiar (desde %s)") \
    X(CODE_NOT_LISTED, "%s is not in the ruleset in force", \
      "%s no está en el conjunto de reglas en vigor")
// clang-format on

enum cause {
#define X(name, en, es) CAUSE_##name,
    CAUSES(X)
#undef X
};

/* Its name, for programs; and its sentence, with what %s stands for. */
const char *cause_name(enum cause c);
const char *cause_sentence(enum cause c, enum language l);

#endif
