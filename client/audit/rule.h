/* The rules R01 to R22 and CODE, and every way in which each can answer: what docs/RULES.md
 * says, as tables. */
#ifndef CLIENT_AUDIT_RULE_H
#define CLIENT_AUDIT_RULE_H

#include <stdint.h>

#include "proto/record/kind.h"

struct ruleset;

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
/* Whose law rules name from now on: that of Mexico if the ruleset is of Mexico, by its name, else of
 * no country. Mexico's, as that of the built-in ruleset, until it is called. Main thread. */
void rule_law_of(const struct ruleset *r);
/* In the law of Mexico; elsewhere the kind of law, in words. */
const char *rule_source(enum rule r, enum language l);
/* What it is about, as a heading; and what it finds, in a sentence. */
const char *rule_title(enum rule r, enum language l);
const char *rule_meaning(enum rule r, enum language l);

const char *severity_name(enum severity s);
/* Returns false if there is none of that name. */
bool severity_of_name(const char *name, enum severity *out);
const char *result_name(enum result r);

/* Their numbers stand in states: a new one comes last. Why a rule answers as it does. X(NAME,
 * VOCABULARY, English, Spanish): %s is a code of that vocabulary, in words (NONE: as it is), or
 * a time. */
// clang-format off
#define CAUSES(X) \
    X(NONE, NONE, "as it should be", "como debe ser") \
    X(NO_WARRANT, CATEGORY, "the category “%s” was asked for, and no warrant for the request is in the log before it", \
      "se pidió la categoría «%s», y ningún mandamiento para la solicitud está antes en la bitácora") \
    X(NO_WARRANT_NO_EMERGENCY, CATEGORY, "the category “%s” was asked for with neither a warrant in the log before the request nor an emergency", \
      "se pidió la categoría «%s» sin mandamiento anterior en la bitácora y sin urgencia") \
    X(NOT_FULFILLED, NONE, "when the request was fulfilled is not in the log yet", \
      "aún no consta en la bitácora cuándo se cumplió la solicitud") \
    X(NOTICE_MISSING, NONE, "no judge had been told by %s, 48 hours after the request was fulfilled", \
      "no se avisó a un juez a más tardar el %s, 48 horas después de cumplirse la solicitud") \
    X(NOTICE_LATE, NONE, "a judge was told only after %s, 48 hours after the request was fulfilled", \
      "se avisó a un juez después del %s, 48 horas después de cumplirse la solicitud") \
    X(NOTICE_AWAITED, NONE, "a judge must be told by %s", "hay que avisar a un juez a más tardar el %s") \
    X(RATIFICATION_MISSING, NONE, "no judge had ruled by %s on what was notified", \
      "ningún juez resolvió a más tardar el %s sobre lo notificado") \
    X(RATIFICATION_LATE, NONE, "a judge ruled only after %s on what was notified", \
      "un juez resolvió sobre lo notificado después del %s") \
    X(RATIFICATION_AWAITED, NONE, "a judge must rule by %s", "un juez debe resolver a más tardar el %s") \
    X(AFTER_REFUSAL, NONE, "this follows a judge's refusal to ratify the request", \
      "esto es posterior a que un juez negara ratificar la solicitud") \
    X(OUTSIDE_PARTIAL, OUTCOME, "the outcome is “%s”, though a judge ratified the request only in part", \
      "el resultado es «%s», aunque un juez ratificó la solicitud solo en parte") \
    X(PARTIAL_UNSAID, NONE, "a judge ratified the request in part, and which part is not in the log", \
      "un juez ratificó la solicitud en parte, y no consta qué parte") \
    X(PARTIAL_USE, NONE, "a judge ratified the request in part; whether this rests on that part is not in the log", \
      "un juez ratificó la solicitud en parte; no consta si esto se apoya en esa parte") \
    X(NO_GROUND, NONE, "an emergency without a ground", "urgencia sin supuesto") \
    X(GROUND_OTHER, NONE, "an emergency whose ground is 'other'", "urgencia cuyo supuesto es 'otro'") \
    X(BEFORE_WINDOW, NONE, "accepted before the warrant's window, which begins on %s", \
      "aceptada antes de la vigencia del mandamiento, que empieza el %s") \
    X(AFTER_WINDOW, NONE, "accepted after the warrant's window, which ended on %s", \
      "aceptada después de la vigencia del mandamiento, que terminó el %s") \
    X(EXECUTED_BEFORE, NONE, "executed from before the warrant's window, which begins on %s", \
      "ejecutado desde antes de la vigencia del mandamiento, que empieza el %s") \
    X(EXECUTED_AFTER, NONE, "executed until after the warrant's window, which ended on %s", \
      "ejecutado hasta después de la vigencia del mandamiento, que terminó el %s") \
    X(DATA_BEFORE, NONE, "the data's time begins before what the warrant allows, from %s", \
      "el tiempo de los datos empieza antes de lo que permite el mandamiento, desde el %s") \
    X(DATA_AFTER, NONE, "the data's time ends after what the warrant allows, until %s", \
      "el tiempo de los datos termina después de lo que permite el mandamiento, hasta el %s") \
    X(DATA_UNSAID, NONE, "the warrant limits the data's time, and the request does not say it", \
      "el mandamiento limita el tiempo de los datos, y la solicitud no lo dice") \
    X(AUTHORITY_OUTSIDE, NONE, "%s is not an authority that may use the warrant", \
      "%s no es una autoridad que pueda usar el mandamiento") \
    X(CATEGORY_OUTSIDE, CATEGORY, "the category “%s” is not in the warrant", \
      "la categoría «%s» no está en el mandamiento") \
    X(HOLDER_OUTSIDE, NONE, "%s is not among the data holders of the warrant", \
      "%s no está entre los poseedores de datos del mandamiento") \
    X(SUBJECT_OUTSIDE, SUBJECT_TYPE, "a person identified by %s has another seal than those whom the warrant names", \
      "una persona identificada por %s lleva otro sello que las que nombra el mandamiento") \
    X(SUBJECTS_UNSAID, NONE, "the warrant names persons, and the request none", \
      "el mandamiento nombra personas, y la solicitud ninguna") \
    X(LIVE_TOO_LONG, NONE, "the warrant lasts until %s, longer than six months in all", \
      "el mandamiento dura hasta el %s, más de seis meses en total") \
    X(LIVE_OVER_180_DAYS, NONE, "the warrant was given until %s, for more than 180 days", \
      "el mandamiento se dio hasta el %s, por más de 180 días") \
    X(LIVE_EXTENDED_AGAIN, NONE, "the warrant was extended more than once, until %s", \
      "el mandamiento se prorrogó más de una vez, hasta el %s") \
    X(LIVE_EXTENDED_LONG, NONE, "the warrant was extended until %s, beyond 360 days in all", \
      "el mandamiento se prorrogó hasta el %s, más de 360 días en total") \
    X(JUDGE_LEVEL, CATEGORY, "the category “%s” was authorised by a judge who is not of the level that it needs", \
      "la categoría «%s» la autorizó un juez que no es del nivel que exige") \
    X(FUNCTION_NOT_EMPOWERED, FUNCTION, "the legal basis does not empower this function (“%s”) at this level", \
      "el fundamento no faculta a esta función («%s») en este nivel") \
    X(BASIS_UNLISTED, BASIS, "whom the legal basis “%s” empowers is not in the ruleset", \
      "a quién faculta el fundamento «%s» no está en el conjunto de reglas") \
    X(MATTER_EXCLUDED, MATTER, "communications in a matter that excludes them: %s", \
      "comunicaciones en una materia que las excluye: %s") \
    X(BIOMETRIC_NO_CASE, NONE, "biometric identity was asked for without a folio or case number", \
      "se pidió identidad biométrica sin folio ni número de expediente") \
    X(BIOMETRIC_FUNCTION, FUNCTION, "biometric identity was asked for by another function (%s) than LGMDFP 12 Bis and 12 Quater name; LSNIIMSP 28 gives the CNI access without that limit: the two texts conflict", \
      "pidió identidad biométrica otra función (%s) que las que nombran la LGMDFP 12 Bis y 12 Quater; la LSNIIMSP 28 da al CNI acceso sin ese límite: los dos textos se contradicen") \
    X(KEPT_TOO_LONG, NONE, "preservation was asked for until %s, more than 90 days", \
      "se pidió conservar hasta el %s, más de 90 días") \
    X(TERM_UNSAID, NONE, "until when to preserve is not said", "no se dice hasta cuándo conservar") \
    X(NO_TERM, SECTOR, "a data holder that is not public (%s) was asked without a time limit", \
      "a un poseedor que no es público (%s) se le pidió sin plazo") \
    X(PURPOSE_OTHER, SECTOR, "a data holder that is not public (%s) was asked for the purpose 'other'", \
      "a un poseedor que no es público (%s) se le pidió con la finalidad 'otra'") \
    X(SECTOR_UNKNOWN_NO_TERM, NONE, "asked without a time limit, and the sector of %s was not in the log before the request", \
      "se pidió sin plazo, y el sector de %s no constaba en la bitácora antes de la solicitud") \
    X(SECTOR_UNKNOWN_OTHER, NONE, "asked for the purpose 'other', and the sector of %s was not in the log before the request", \
      "se pidió con la finalidad 'otra', y el sector de %s no constaba en la bitácora antes de la solicitud") \
    X(NO_INSTRUMENT, NONE, "data went to %s without a legal instrument", \
      "los datos fueron a %s sin instrumento legal") \
    X(HOME_UNKNOWN, NONE, "which country is home is not in the ruleset (recipient in %s)", \
      "el conjunto de reglas no dice cuál es el país propio (destinatario en %s)") \
    X(ANSWER_MISSING, NONE, "no answer was in the log by %s", "no había respuesta en la bitácora al %s") \
    X(ANSWER_LATE, NONE, "the answer came after %s", "la respuesta llegó después del %s") \
    X(ANSWER_AWAITED, NONE, "an answer is due by %s", "debe haber respuesta a más tardar el %s") \
    X(PERSON_NOT_TOLD, NONE, "the person had not been told by %s", "no se avisó a la persona a más tardar el %s") \
    X(PERSON_TOLD_LATE, NONE, "the person was told only after %s", "se avisó a la persona después del %s") \
    X(PERSON_AWAITED, NONE, "the person must be told by %s", "hay que avisar a la persona a más tardar el %s") \
    X(PERSON_DEFERRED, NONE, "the notice is put off; when that ends the person must be told, by %s", \
      "el aviso está aplazado; cuando eso termine hay que avisar a la persona, a más tardar el %s") \
    X(WARRANT_NOT_THERE, NONE, "the warrant “%s” is not in the log under a judge's key before the request", \
      "el mandamiento «%s» no está en la bitácora bajo clave de juez antes de la solicitud") \
    X(WARRANT_AMBIGUOUS, NONE, "the reference “%s” fits several warrants", \
      "la referencia «%s» corresponde a varios mandamientos") \
    X(NO_REQUEST, NONE, "a response to no request in the log", \
      "respuesta a ninguna solicitud de la bitácora") \
    X(OTHER_HOLDER, NONE, "a response of %s to a request that names another holder", \
      "respuesta de %s a una solicitud que nombra a otro poseedor") \
    X(ERASED_BEFORE_NOTICE, NONE, "what identifies a person was erased before the person was told", \
      "se borró lo que identifica a una persona antes de avisarle") \
    X(ERASED_BY_OTHER_COURT, NONE, "erased by a court (%s) other than the warrant's", \
      "borrado por un juzgado (%s) que no es el del mandamiento") \
    X(COURT_UNKNOWN, NONE, "no warrant tells which court may order it", \
      "ningún mandamiento dice qué juzgado puede ordenarlo") \
    X(BLOB_UNKNOWN, NONE, "no request or warrant before it names the blob", \
      "ninguna solicitud ni mandamiento anterior nombra el blob") \
    X(KEY_KNOWN_BAD, NONE, "signed when the key was, as later said, no longer to be trusted: since %s", \
      "firmado cuando, según se dijo después, la clave ya no era de fiar: desde el %s") \
    X(CODE_NOT_LISTED, NONE, "%s is not in the ruleset in force", \
      "%s no está en el conjunto de reglas en vigor") \
    X(LAWS_CONFLICT, NONE, "LGN 9-XXVI, under the command of the prosecution, asks for no judge, and CPEUM 16 does: the two texts conflict", \
      "la LGN 9-XXVI, bajo el mando del Ministerio Público, no pide juez, y la CPEUM 16 sí: los dos textos se contradicen") \
    X(REFERENCE_LOOKS_LIKE, NONE, "the reference looks like that of a warrant, and is another text: %s", \
      "la referencia se ve como la de un mandamiento, y es otro texto: %s")
// clang-format on

enum cause {
#define X(name, vocabulary, en, es) CAUSE_##name,
    CAUSES(X)
#undef X
};

/* Its name, for programs; its sentence; and which vocabulary a code in the place of %s is of. */
const char *cause_name(enum cause c);
enum vocabulary cause_vocabulary(enum cause c);
const char *cause_sentence(enum cause c, enum language l);

#endif
