#include "proto/record/member.h"

// clang-format off
#define END { .name = NULL }
#define MEMBER(n, t, f, en, es) { .name = n, .type = t, .flags = f, .meaning = { en, es } }
#define CODE(n, v, f, en, es)                                                                      \
    { .name = n, .type = TYPE_CODE, .flags = f, .vocabulary = v, .meaning = { en, es } }
#define REF(n, k, f, en, es)                                                                       \
    { .name = n, .type = TYPE_REF, .flags = f, .target = k, .meaning = { en, es } }
#define OBJECT(n, s, f, en, es)                                                                    \
    { .name = n, .type = TYPE_OBJECT, .flags = f, .shape = s, .meaning = { en, es } }

/* ---- objects within records ------------------------------------------------------------------ */

const struct member note_shape[] = {
    MEMBER("commit", TYPE_HASH, 0, "commitment to it",
      "compromiso con ello"),
    MEMBER("sealed", TYPE_BLOB, 0, "SHA-256 of the sealed blob",
      "SHA-256 del blob sellado"),
    REF("to", KIND_ENROLL, 0, "the oversight key that it is sealed to",
      "la clave de supervisión a la que está sellado"),
    END
};

const struct member subject_shape[] = {
    CODE("type", VOCABULARY_SUBJECT_TYPE, 0, "kind of identifier",
      "tipo de identificador"),
    MEMBER("commit", TYPE_HASH, 0, "commitment to it",
      "compromiso con ello"),
    MEMBER("sealed", TYPE_BLOB, 0, "SHA-256 of the sealed blob",
      "SHA-256 del blob sellado"),
    REF("to", KIND_ENROLL, 0, "the oversight key that it is sealed to",
      "la clave de supervisión a la que está sellado"),
    END
};

const struct member case_shape[] = {
    CODE("scheme", VOCABULARY_CASE_SCHEME, 0, "whose numbering",
      "de quién es la numeración"),
    MEMBER("number", TYPE_TEXT, 0, "the number, as it is written there",
      "el número, como se escribe allí"),
    END
};

static const struct member purpose_shape[] = {
    CODE("code", VOCABULARY_PURPOSE, 0, "what for",
      "para qué"),
    OBJECT("note", note_shape, OPTIONAL, "in words, sealed",
      "en palabras, selladas"),
    END
};

static const struct member notify_shape[] = {
    MEMBER("after", TYPE_TIME, 0, "no notice to the person before",
      "sin aviso a la persona antes de"),
    END
};

static const struct member recipient_shape[] = {
    MEMBER("country", TYPE_COUNTRY, 0, "ISO 3166-1 alpha-2 (that it is assigned is not checked)",
      "ISO 3166-1 alfa-2 (no se comprueba que exista)"),
    CODE("authority", VOCABULARY_NONE, 0, "who receives it",
      "quién lo recibe"),
    END
};

static const struct member checkpoint_shape[] = {
    MEMBER("size", TYPE_INTEGER, 0, "its size",
      "su tamaño"),
    MEMBER("root", TYPE_HASH, 0, "its root",
      "su raíz"),
    END
};

const struct member warrant_ref_shape[] = {
    MEMBER("ref", TYPE_TEXT, 0, "the court's own reference",
      "la referencia del propio juzgado"),
    CODE("court", VOCABULARY_NONE, OPTIONAL, "the court",
      "el juzgado"),
    MEMBER("entry", TYPE_INTEGER, OPTIONAL | PAIRED, "the warrant's entry",
      "el asiento del mandamiento"),
    MEMBER("hash", TYPE_HASH, OPTIONAL | PAIRED, "the leaf hash of that entry",
      "el hash de hoja de ese asiento"),
    END
};

const struct member table_shape[] = {
    MEMBER("entries", TYPE_COUNT, 0, "how many entries it covers: those that follow the entries of the table before, from 0 on",
      "cuántos asientos abarca: los que siguen a los de la tabla anterior, desde el 0"),
    MEMBER("rows", TYPE_INTEGER, 0, "how many rows it has",
      "cuántas filas tiene"),
    MEMBER("unkeyed", TYPE_COUNT, OPTIONAL, "how many of its rows are of entries that are no v1 form; absent: none",
      "cuántas de sus filas son de asientos que no tienen la forma v1; si falta: ninguna"),
    MEMBER("root", TYPE_HASH, 0, "root of its rows",
      "raíz de sus filas"),
    END
};

static const struct member successor_shape[] = {
    MEMBER("origin", TYPE_NAME, 0, "its origin, equal to the name in its `vkey`",
      "su origen, igual al nombre en su `vkey`"),
    MEMBER("vkey", TYPE_VKEY, 0, "its key",
      "su clave"),
    END
};

static const struct member predecessor_shape[] = {
    MEMBER("origin", TYPE_NAME, 0, "its origin, equal to the name in its `vkey`",
      "su origen, igual al nombre en su `vkey`"),
    MEMBER("vkey", TYPE_VKEY, 0, "its key",
      "su clave"),
    MEMBER("size", TYPE_COUNT, 0, "size of its last checkpoint, or of the newest that anybody has shown",
      "tamaño de su último punto de control, o del más nuevo que alguien haya mostrado"),
    MEMBER("root", TYPE_HASH, 0, "root of that checkpoint",
      "raíz de ese punto de control"),
    MEMBER("proof", TYPE_PROOF, OPTIONAL, "by its key over the succession text (9.2); absent where that key is lost or not to be believed",
      "de su clave sobre el texto de sucesión (9.2); falta donde esa clave se perdió o no es de fiar"),
    END
};

/* ---- kinds ----------------------------------------------------------------------------------- */

static const struct member genesis[] = {
    MEMBER("at", TYPE_TIME, 0, "the operator's clock",
      "el reloj de quien opera"),
    MEMBER("origin", TYPE_NAME, 0, "the log's origin, equal to the name in `vkey`",
      "el origen de la bitácora, igual al nombre en `vkey`"),
    MEMBER("vkey", TYPE_VKEY, 0, "the log's key, the one that signs this record and every checkpoint",
      "la clave de la bitácora, la que firma este registro y todo punto de control"),
    MEMBER("registrars", TYPE_VKEY, ARRAY, "the first registrars: type 0x01, signer names, no public key twice, none the log's",
      "los primeros registradores: tipo 0x01, nombres de firmante, ninguna clave pública dos veces, ninguna la de la bitácora"),
    MEMBER("skew", TYPE_SKEW, OPTIONAL, "seconds that acceptance may be away from `at`, in every entry of this log; absent: 600",
      "segundos que la aceptación puede apartarse de `at`, en todo asiento de esta bitácora; si falta: 600"),
    OBJECT("predecessor", predecessor_shape, OPTIONAL, "the log that this one goes on from",
      "la bitácora que esta continúa"),
    END
};

static const struct member enroll[] = {
    MEMBER("vkey", TYPE_VKEY, 0, "the key: type 0x01, signer name",
      "la clave: tipo 0x01, nombre de firmante"),
    MEMBER("role", TYPE_ROLE, 0, "what it may sign",
      "qué puede firmar"),
    CODE("authority", VOCABULARY_NONE, 0, "the body it acts for (`mx.fgr`); for a judge the court, for a holder the holder",
      "el órgano por el que actúa (`mx.fgr`); de un juez el juzgado, de un poseedor de datos él mismo"),
    CODE("level", VOCABULARY_LEVEL, 0, "level of government",
      "nivel de gobierno"),
    MEMBER("name", TYPE_TEXT, 0, "exactly the name in `vkey`",
      "exactamente el nombre en `vkey`"),
    CODE("function", VOCABULARY_FUNCTION_OR_SECTOR, OPTIONAL, "what that body does; of a holder, its sector",
      "qué hace ese órgano; de un poseedor de datos, su sector"),
    MEMBER("jurisdiction", TYPE_TEXT, OPTIONAL, "where: ISO 3166-2 or a court circuit",
      "dónde: ISO 3166-2 o un circuito judicial"),
    MEMBER("from", TYPE_TIME, OPTIONAL, "in force from this acceptance on, inclusive; absent: at once",
      "en vigor desde esta aceptación, inclusive; si falta: de inmediato"),
    MEMBER("until", TYPE_TIME, OPTIONAL, "in force up to this acceptance, exclusive; absent: no end. `from` and `until` are independent of each other",
      "en vigor hasta esta aceptación, exclusive; si falta: sin fin. `from` y `until` no dependen uno de otro"),
    MEMBER("proof", TYPE_PROOF, OPTIONAL, "by the enrolled key over `bitacora/v1 possession\\n` ⟨origin⟩ `\\n` ⟨`vkey` as written⟩ `\\n`",
      "de la clave dada de alta sobre `bitacora/v1 possession\\n` ⟨origin⟩ `\\n` ⟨`vkey` como está escrita⟩ `\\n`"),
    MEMBER("display", TYPE_TEXT, OPTIONAL, "name of the institution or person, for readers",
      "nombre de la institución o persona, para quien lee"),
    MEMBER("designation", TYPE_TEXT, OPTIONAL, "where the person's designation was published or is kept",
      "dónde se publicó o consta la designación de la persona"),
    MEMBER("binding", TYPE_HASH, OPTIONAL, "SHA-256 of a document outside the log by which the holder of the key is known; integrity does not use it",
      "SHA-256 de un documento fuera de la bitácora por el que se conoce a quien tiene la clave; la integridad no lo usa"),
    END
};

static const struct member revoke[] = {
    MEMBER("vkey", TYPE_VKEY, 0, "an enrolled key, whole vkey equal",
      "una clave dada de alta, la vkey entera"),
    MEMBER("reason", TYPE_REASON, 0, "why",
      "por qué"),
    MEMBER("since", TYPE_TIME, OPTIONAL, "known bad from then on; for audits, integrity does not use it",
      "mala desde entonces; para auditorías, la integridad no lo usa"),
    END
};

static const struct member ruleset[] = {
    MEMBER("name", TYPE_TEXT, 0, "of the ruleset, as in its file",
      "del conjunto de reglas, como en su archivo"),
    MEMBER("version", TYPE_TEXT, 0, "of it, as in its file",
      "su versión, como en su archivo"),
    MEMBER("from", TYPE_TIME, 0, "in force from",
      "en vigor desde"),
    MEMBER("sha256", TYPE_BLOB, 0, "SHA-256 of the ruleset's file, a public blob",
      "SHA-256 del archivo del conjunto de reglas, un blob público"),
    END
};

static const struct member warrant[] = {
    MEMBER("ref", TYPE_TEXT, 0, "the court's own reference",
      "la referencia del propio juzgado"),
    CODE("matter", VOCABULARY_MATTER, 0, "kind of case",
      "materia"),
    CODE("used_by", VOCABULARY_NONE, ARRAY, "authorities that may use it",
      "autoridades que pueden usarlo"),
    OBJECT("case", case_shape, OPTIONAL, "case number",
      "número de expediente"),
    CODE("categories", VOCABULARY_CATEGORY, ARRAY, "categories of data",
      "categorías de datos"),
    OBJECT("subjects", subject_shape, OPTIONAL | ARRAY, "whose data",
      "de quién son los datos"),
    CODE("holders", VOCABULARY_NONE, OPTIONAL | ARRAY, "from whom",
      "de quién se obtienen"),
    MEMBER("window", TYPE_WINDOW, 0, "when it may be used",
      "cuándo puede usarse"),
    MEMBER("data_window", TYPE_WINDOW, OPTIONAL, "the time that the data are about",
      "el tiempo del que tratan los datos"),
    MEMBER("document", TYPE_HASH, OPTIONAL, "SHA-256 of the signed court document",
      "SHA-256 del documento judicial firmado"),
    END
};

static const struct member extension[] = {
    REF("warrant", KIND_WARRANT, 0, "which one",
      "cuál"),
    MEMBER("until", TYPE_TIME, 0, "the new end",
      "el nuevo fin"),
    END
};

static const struct member ratification[] = {
    REF("request", KIND_REQUEST, 0, "which one",
      "cuál"),
    MEMBER("result", TYPE_RESULT, 0, "how",
      "cómo"),
    CODE("categories", VOCABULARY_CATEGORY, OPTIONAL | ARRAY, "those ratified (may stand beside any result)",
      "las ratificadas (caben junto a cualquier resultado)"),
    END
};

static const struct member deferral[] = {
    REF("request", KIND_REQUEST, 0, "of which request",
      "de qué solicitud"),
    MEMBER("until", TYPE_TIME, 0, "till then",
      "hasta entonces"),
    CODE("reason", VOCABULARY_DEFERRAL_REASON, 0, "why",
      "por qué"),
    END
};

static const struct member erasure[] = {
    MEMBER("blob", TYPE_HASH, 0, "SHA-256 of the blob",
      "SHA-256 del blob"),
    MEMBER("order", TYPE_HASH, 0, "SHA-256 of the order",
      "SHA-256 de la orden"),
    END
};

static const struct member anchor[] = {
    OBJECT("checkpoint", checkpoint_shape, 0, "which one",
      "cuál"),
    MEMBER("token", TYPE_TOKEN, OPTIONAL, "an outside timestamp of it",
      "un sello de tiempo externo"),
    REF("index", KIND_INDEX, OPTIONAL, "the index whose whole cover the signer has recomputed",
      "el índice cuyas tablas recalculó todas quien firma"),
    END
};

static const struct member request[] = {
    CODE("authority", VOCABULARY_NONE, 0, "its signer's `authority`",
      "la `authority` de quien firma"),
    CODE("function", VOCABULARY_FUNCTION, 0, "in which function",
      "en qué función"),
    CODE("level", VOCABULARY_LEVEL, 0, "its signer's `level`",
      "el `level` de quien firma"),
    CODE("holder", VOCABULARY_NONE, 0, "who is asked",
      "a quién se pide"),
    CODE("source", VOCABULARY_SOURCE, 0, "which database",
      "qué base de datos"),
    CODE("categories", VOCABULARY_CATEGORY, ARRAY, "which data",
      "qué datos"),
    CODE("basis", VOCABULARY_BASIS, 0, "legal basis",
      "fundamento legal"),
    OBJECT("warrant", warrant_ref_shape, OPTIONAL, "under which warrant; with `entry` and `hash` a ref→warrant",
      "con qué mandamiento; con `entry` y `hash`, una ref→warrant"),
    CODE("ground", VOCABULARY_GROUND, OPTIONAL, "ground of an emergency",
      "supuesto de urgencia"),
    OBJECT("case", case_shape, OPTIONAL, "case number",
      "número de expediente"),
    OBJECT("purpose", purpose_shape, 0, "what for",
      "para qué"),
    OBJECT("subjects", subject_shape, OPTIONAL | ARRAY, "whose data",
      "de quién son los datos"),
    MEMBER("persons", TYPE_INTEGER, 0, "how many persons",
      "cuántas personas"),
    MEMBER("data_window", TYPE_WINDOW, OPTIONAL, "the time that the data are about",
      "el tiempo del que tratan los datos"),
    MEMBER("term", TYPE_TIME, OPTIONAL, "answer by; for preservation, keep until",
      "contestar a más tardar; de una conservación, conservar hasta"),
    MEMBER("automated", TYPE_BOOL, OPTIONAL, "feeds an automated decision",
      "alimenta una decisión automatizada"),
    OBJECT("notify", notify_shape, OPTIONAL, "when the person may be told",
      "cuándo puede avisarse a la persona"),
    END
};

static const struct member judicial_notice[] = {
    REF("request", KIND_REQUEST, 0, "which one",
      "cuál"),
    MEMBER("fulfilled_at", TYPE_TIME, 0, "when the data were handed over",
      "cuándo se entregaron los datos"),
    MEMBER("notified_at", TYPE_TIME, 0, "when the judge was told",
      "cuándo se avisó al juez"),
    END
};

static const struct member transfer[] = {
    REF("requests", KIND_REQUEST, ARRAY, "whose answers",
      "las respuestas de cuáles"),
    OBJECT("recipient", recipient_shape, 0, "to whom",
      "a quién"),
    MEMBER("instrument", TYPE_TEXT, OPTIONAL, "the legal instrument",
      "el instrumento legal"),
    END
};

static const struct member product[] = {
    REF("requests", KIND_REQUEST, ARRAY, "of whose answers",
      "con las respuestas de cuáles"),
    CODE("class", VOCABULARY_PRODUCT_CLASS, 0, "what it is",
      "qué es"),
    MEMBER("digest", TYPE_HASH, OPTIONAL, "digest of it",
      "resumen criptográfico"),
    END
};

static const struct member closing[] = {
    REF("warrant", KIND_WARRANT, 0, "which one",
      "cuál"),
    MEMBER("executed", TYPE_WINDOW, 0, "from when until when",
      "de cuándo a cuándo"),
    END
};

static const struct member destruction[] = {
    REF("requests", KIND_REQUEST, OPTIONAL | ARRAY, "the answers to these",
      "las respuestas a estas"),
    MEMBER("blobs", TYPE_HASH, OPTIONAL | ARRAY, "what these blobs seal",
      "lo que sellan estos blobs"),
    MEMBER("order", TYPE_HASH, OPTIONAL, "SHA-256 of the order",
      "SHA-256 de la orden"),
    END
};

static const struct member notice[] = {
    REF("request", KIND_REQUEST, 0, "of which request",
      "de qué solicitud"),
    MEMBER("delivered_at", TYPE_TIME, 0, "when",
      "cuándo"),
    CODE("means", VOCABULARY_MEANS, 0, "how",
      "por qué medio"),
    END
};

static const struct member correction[] = {
    REF("about", KIND_ANY, 0, "which entry",
      "qué asiento"),
    CODE("cause", VOCABULARY_CAUSE, 0, "what is wrong",
      "qué está mal"),
    OBJECT("note", note_shape, OPTIONAL, "in words, sealed",
      "en palabras, selladas"),
    END
};

static const struct member response[] = {
    REF("request", KIND_REQUEST, OPTIONAL, "what it answers",
      "qué contesta"),
    CODE("holder", VOCABULARY_NONE, 0, "its signer's `authority`",
      "la `authority` de quien firma"),
    CODE("outcome", VOCABULARY_OUTCOME, 0, "what came of it",
      "qué resultó"),
    MEMBER("received_at", TYPE_TIME, 0, "when the request was received",
      "cuándo se recibió la solicitud"),
    MEMBER("answered_at", TYPE_TIME, OPTIONAL, "when it was answered",
      "cuándo se contestó"),
    MEMBER("records", TYPE_INTEGER, OPTIONAL, "how many records were handed over",
      "cuántos registros se entregaron"),
    MEMBER("digest", TYPE_HASH, OPTIONAL, "keyed digest of the answer; its key stays with the data",
      "resumen con clave de la respuesta; la clave queda con los datos"),
    END
};

static const struct member index_members[] = {
    MEMBER("version", TYPE_COUNT, 0, "of the rows, their keys and their pages",
      "de las filas, de sus claves y de sus páginas"),
    OBJECT("tables", table_shape, ARRAY | FEW, "all tables in force, in the order of the entries that they cover",
      "todas las tablas en vigor, en el orden de los asientos que abarcan"),
    END
};

static const struct member access_members[] = {
    MEMBER("version", TYPE_COUNT, 0, "of the rows",
      "de las filas"),
    MEMBER("interval", TYPE_WINDOW, 0, "the time in which they were made",
      "el tiempo en que se hicieron"),
    MEMBER("count", TYPE_INTEGER, 0, "how many there were, and rows there are",
      "cuántas hubo y cuántas filas hay"),
    MEMBER("root", TYPE_HASH, 0, "root of the salted rows",
      "raíz de las filas con sal"),
    END
};

static const struct member freeze[] = {
    OBJECT("successor", successor_shape, OPTIONAL, "the log that goes on from this one; absent: none does",
      "la bitácora que continúa esta; si falta: ninguna"),
    END
};

const struct member common_members[] = {
    MEMBER("id", TYPE_UUID, 0, "chosen by the signer, never used again by the same key",
      "lo elige quien firma y no vuelve a usarlo con la misma clave"),
    MEMBER("at", TYPE_TIME, 0, "the signer's clock", "el reloj de quien firma"),
    REF("under", KIND_ANY, 0, "the entry that enrolled the signing key: its `enroll` entry, or entry 0 for the registrars that genesis names and for the log's own key",
      "el asiento que dio de alta la clave que firma: su `enroll`, o el asiento 0 para los registradores que nombra genesis y para la clave de la bitácora"),
    END
};

#define BY(role) (1u << ROLE_##role)

const struct kind_row kind_table[KIND_COUNT] = {
    [KIND_GENESIS] = { "genesis", genesis, BY(LOG),
      { "entry 0 and only there; no `id`, no `under`",
        "el asiento 0 y solo ahí; sin `id` ni `under`" } },
    [KIND_ENROLL] = { "enroll", enroll, BY(REGISTRAR),
      { "a key gets a role",
        "una clave recibe un papel" } },
    [KIND_REVOKE] = { "revoke", revoke, BY(REGISTRAR),
      { "a key ends; what it signed in entries of lower index stands",
        "una clave termina; lo que firmó en asientos de índice menor se mantiene" } },
    [KIND_RULESET] = { "ruleset", ruleset, BY(REGISTRAR),
      { "a vocabulary and rule parameters come into force",
        "entran en vigor un vocabulario y los parámetros de las reglas" } },
    [KIND_WARRANT] = { "warrant", warrant, BY(JUDGE),
      { "a judge lets somebody ask",
        "un juez permite a alguien pedir" } },
    [KIND_EXTENSION] = { "extension", extension, BY(JUDGE),
      { "a warrant is prolonged",
        "se prorroga un mandamiento" } },
    [KIND_RATIFICATION] = { "ratification", ratification, BY(JUDGE),
      { "a judge rules on an emergency request",
        "un juez resuelve sobre una solicitud de urgencia" } },
    [KIND_DEFERRAL] = { "deferral", deferral, BY(JUDGE),
      { "notice to the person may wait",
        "el aviso a la persona puede esperar" } },
    [KIND_ERASURE] = { "erasure", erasure, BY(JUDGE),
      { "a blob is to be deleted",
        "un blob debe borrarse" } },
    [KIND_ANCHOR] = { "anchor", anchor, BY(JUDGE) | BY(OVERSIGHT) | BY(AUDITOR),
      { "a checkpoint that somebody outside has seen; its truth is not judged by integrity",
        "un punto de control que alguien de fuera ha visto; la integridad no juzga si es cierto" } },
    [KIND_REQUEST] = { "request", request, BY(REQUESTER),
      { "an official asks a holder for data",
        "un agente pide datos a quien los tiene" } },
    [KIND_JUDICIAL_NOTICE] = { "judicial_notice", judicial_notice, BY(REQUESTER),
      { "a judge was told of an emergency request",
        "se avisó a un juez de una solicitud de urgencia" } },
    [KIND_TRANSFER] = { "transfer", transfer, BY(REQUESTER),
      { "data are passed on",
        "los datos se transfieren" } },
    [KIND_PRODUCT] = { "product", product, BY(REQUESTER),
      { "something was made of the data",
        "se elaboró algo con los datos" } },
    [KIND_CLOSING] = { "closing", closing, BY(REQUESTER),
      { "a warrant was executed",
        "un mandamiento se ejecutó" } },
    [KIND_DESTRUCTION] = { "destruction", destruction, BY(REQUESTER) | BY(HOLDER),
      { "copies were destroyed. None of its members need be there",
        "se destruyeron copias. Ninguno de sus miembros es necesario" } },
    [KIND_NOTICE] = { "notice", notice, BY(REQUESTER) | BY(OVERSIGHT),
      { "the person was told",
        "se avisó a la persona" } },
    [KIND_CORRECTION] = { "correction", correction, BY(REQUESTER) | BY(HOLDER) | BY(OVERSIGHT),
      { "an earlier entry is put right",
        "se corrige un asiento anterior" } },
    [KIND_RESPONSE] = { "response", response, BY(HOLDER),
      { "a holder answers",
        "quien tiene los datos contesta" } },
    [KIND_ERROR_REPORT] = { "error_report", correction, BY(OVERSIGHT),
      { "oversight reports what is wrong with an entry",
        "supervisión informa qué está mal en un asiento" } },
    [KIND_INDEX] = { "index", index_members, BY(LOG),
      { "where to look: tables of entries by key, from entry 0 on, as the log gives them out",
        "dónde buscar: tablas de asientos por clave, desde el asiento 0, como la bitácora las da" } },
    [KIND_ACCESS] = { "access", access_members, BY(LOG),
      { "who read or opened what, in salted rows that oversight can open",
        "quién leyó o abrió qué, en filas con sal que supervisión puede abrir" } },
    [KIND_FREEZE] = { "freeze", freeze, BY(LOG),
      { "the log ends: nothing may follow this entry",
        "la bitácora termina: nada puede seguir a este asiento" } },
};

/* ---- words that belong to the format --------------------------------------------------------- */

/* In the order of enum role, from ROLE_REGISTRAR on. */
static const char *const role_words[] = { "registrar", "judge", "requester", "holder", "oversight",
                                          "auditor", NULL };
static const char *const reason_words[] = { "key_compromise", "left_office", "superseded", "other",
                                            NULL };
static const char *const result_words[] = { "total", "partial", "refused", NULL };
// clang-format on

const char *shape_name(const struct member *shape)
{
    return shape == note_shape      ? "note"
           : shape == subject_shape ? "subject"
           : shape == case_shape    ? "case"
           : shape == table_shape   ? "table"
                                    : NULL;
}

const char *const *type_words(enum type type)
{
    switch (type) {
    case TYPE_ROLE:
        return role_words;
    case TYPE_REASON:
        return reason_words;
    case TYPE_RESULT:
        return result_words;
    default:
        return NULL;
    }
}
