/* Why something was refused or found: one named reason for each check. A reason has a code, which
 * scripts see, and a sentence for people in English and Spanish. This is the only table of them;
 * daemon, client and library print from it. */
#ifndef PROTO_BASE_REASON_H
#define PROTO_BASE_REASON_H

#include "proto/base/buf.h"

// clang-format off
/* X(NAME, code, English, Spanish). `code` is the last segment of a problem's type or a finding's
 * code; both are listed in docs/FORMATS.md. %s stands for the subject of the refusal: '%s' for a
 * name, which is said as it is (a member, a kind, a key), %s for a file, a number, or a cause in
 * words. */
#define REASONS(X)                                                                                 \
    X(NONE, "ok", "nothing is wrong", "nada está mal")                                             \
    /* form */                                                                                     \
    X(NOTE_FORM, "form",                                                                           \
      "this is not a signed note: text, an empty line and signature lines (%s)",                   \
      "esto no es una nota firmada: texto, una línea vacía y líneas de firma (%s)")                \
    X(RECORD_FORM, "form",                                                                         \
      "a record is two lines, an empty line and one Ed25519 signature line (%s)",                  \
      "un registro son dos líneas, una línea vacía y una línea de firma Ed25519 (%s)")             \
    X(RECORD_TOO_LARGE, "too_large", "shorten the record: its text may have 49,152 bytes at most", \
      "acorte el registro: su texto puede tener 49,152 bytes como máximo")                         \
    X(BODY_TOO_LARGE, "too_large", "send less at once: at most %s", "envíe menos cada vez: a lo sumo %s")          \
    X(KIND_UNKNOWN, "form", "the kind '%s' does not exist in bitacora/v1",                         \
      "el tipo '%s' no existe en bitacora/v1")                                                     \
    X(JSON_FORM, "form", "the second line is not one strict JSON object (%s)",                     \
      "la segunda línea no es un objeto JSON estricto (%s)")                                       \
    X(JSON_DUPLICATE, "form", "a JSON member is there twice (%s)",                                 \
      "un miembro JSON aparece dos veces (%s)")                                                       \
    X(JSON_CHARACTER, "form", "a character that records may not contain stands in %s",             \
      "hay un carácter que los registros no pueden contener en %s")                                \
    X(JSON_NUMBER, "form", "numbers are whole, not negative and within 2^53 (%s)",                 \
      "los números son enteros, no negativos y menores que 2^53 (%s)")                             \
    X(JSON_DEPTH, "form", "the JSON is nested deeper than 8 (%s)",                                 \
      "el JSON está anidado a más de 8 niveles (%s)")                                              \
    X(MEMBER_UNKNOWN, "form", "the member '%s' does not belong to this kind",                      \
      "el miembro '%s' no pertenece a este tipo")                                                  \
    X(MEMBER_MISSING, "form", "the member '%s' is missing", "falta el miembro '%s'")               \
    X(MEMBER_WRONG, "form", "a member does not have the form that docs/FORMATS.md gives it: '%s'",  \
      "un miembro no tiene la forma que docs/FORMATS.md le da: '%s'")                              \
    X(ENTRY_FORM, "form", "the entry does not begin with its four header lines and an empty one (%s)", \
      "el asiento no empieza con sus cuatro líneas de cabecera y una vacía (%s)")                  \
    X(VERSION, "version", "this says %s, which this version of the program does not know: update it",  \
      "esto dice %s, que esta versión del programa no conoce: actualícela")                        \
    X(LENGTHS, "form", "the body does not divide exactly into notes behind uint16 lengths (%s)",   \
      "el cuerpo no se divide exactamente en notas tras longitudes uint16 (%s)")                   \
    X(MEDIA_TYPE, "form", "send text/plain (one note) or application/octet-stream (several)",      \
      "envíe text/plain (una nota) o application/octet-stream (varias)")                           \
    X(REQUEST_FORM, "form", "the request is not well-formed HTTP for this path (%s)",              \
      "la petición no es HTTP bien formado para esta ruta (%s)")                                   \
    /* signer */                                                                                   \
    X(KEY_UNKNOWN, "key", "no key '%s' is enrolled: ask a registrar to enrol it",                  \
      "la clave '%s' no está dada de alta: pida el alta a un registrador")                         \
    X(SIGNATURE, "signature", "the signature of '%s' does not verify over this text: sign it again",   \
      "la firma de '%s' no corresponde a este texto: fírmelo de nuevo")                            \
    X(UNDER, "enrolment", "`under` is not the enrolment of '%s' in this log (index and leaf hash)",    \
      "`under` no es el alta de '%s' en esta bitácora (índice y hash de hoja)")                    \
    X(NOT_YET, "enrolment", "the enrolment of '%s' is not in force yet",                           \
      "el alta de '%s' aún no está en vigor")                                                      \
    X(EXPIRED, "enrolment", "the enrolment of '%s' has ended: ask a registrar to enrol a new key",    \
      "el alta de '%s' terminó: pida a un registrador el alta de una clave nueva")                      \
    X(REVOKED, "enrolment", "the key of '%s' was revoked: ask a registrar to enrol a new key", \
      "la clave de '%s' fue revocada: pida a un registrador el alta de una clave nueva")        \
    X(AUTHORITY, "enrolment", "`authority` is not the one that '%s' is enrolled for",              \
      "`authority` no es aquella para la que '%s' está dado de alta")                              \
    X(LEVEL, "enrolment", "`level` is not the one that '%s' is enrolled for",                      \
      "`level` no es aquel para el que '%s' está dado de alta")                                    \
    X(HOLDER, "enrolment", "`holder` is not the one that '%s' is enrolled for",                    \
      "`holder` no es aquel para el que '%s' está dado de alta")                                   \
    X(VKEY, "enrolment", "`vkey` is not a good Ed25519 vkey of a signer (%s)",                     \
      "`vkey` no es una buena vkey Ed25519 de un firmante (%s)")                                   \
    X(VKEY_AGAIN, "enrolment", "the key '%s' was enrolled before: a key is enrolled once ever",    \
      "la clave '%s' ya tuvo un alta: una clave se da de alta una sola vez")                       \
    X(VKEY_LOG, "enrolment", "'%s' is the log's own key, which nobody can be enrolled with",       \
      "'%s' es la clave de la propia bitácora, con la que no se puede dar de alta a nadie")          \
    X(NAME, "enrolment", "`name` is not the name of the enrolled key '%s'",                        \
      "`name` no es el nombre de la clave dada de alta '%s'")                                      \
    X(POSSESSION, "enrolment", "`proof` is not a signature by the key '%s' over its possession text",  \
      "`proof` no es una firma de la clave '%s' sobre su texto de posesión")                       \
    X(REVOKE_UNKNOWN, "enrolment", "'%s' is not enrolled, so it cannot be revoked",                \
      "'%s' no está dada de alta y no puede revocarse")                                            \
    X(REVOKE_AGAIN, "enrolment", "'%s' is revoked already", "'%s' ya está revocada")               \
    X(REVOKE_SELF, "enrolment", "a registrar cannot revoke its own key '%s'",                      \
      "un registrador no puede revocar su propia clave '%s'")                                      \
    X(REVOKE_LAST, "enrolment", "'%s' is the last registrar in force without an end: enrol another without `until` first, or nobody could enrol any more", \
      "'%s' es la última clave registradora en vigor sin término: dé antes de alta otra sin `until`, o nadie podría dar más altas") \
    X(SUCCESSOR, "enrolment", "`successor` is not another log by its origin and a good key of that name ('%s')", \
      "`successor` no es otra bitácora, con su origen y una buena clave de ese nombre ('%s')")     \
    X(ROLE, "role", "the role that '%s' is enrolled for may not sign this kind",                   \
      "el papel para el que '%s' está dado de alta no puede firmar este tipo")                     \
    /* what it says of other entries, and when */                                                  \
    X(REF_LATER, "reference", "'%s' does not point at an earlier entry",                           \
      "'%s' no señala un asiento anterior")                                                        \
    X(REF_HASH, "reference", "'%s' names an entry by another leaf hash than that entry has",       \
      "'%s' nombra un asiento con un hash de hoja que no es el suyo")                                  \
    X(REF_KIND, "reference", "'%s' points at an entry of the wrong kind",                          \
      "'%s' señala un asiento de otro tipo")                                                       \
    X(BLOB_MISSING, "blob", "the sealed blob that '%s' names is not here: put it first",           \
      "el blob sellado que nombra '%s' no está aquí: súbalo primero")                              \
    X(CODE_UNKNOWN, "code", "'%s' is not a code of the ruleset in force",                          \
      "'%s' no es un código del conjunto de reglas en vigor")                                      \
    X(BLOB_PUBLIC, "blob", "'%s' names a ruleset's file, not a sealed blob of 560 bytes",           \
      "'%s' nombra el archivo de un conjunto de reglas, no un blob sellado de 560 bytes")          \
    X(BLOB_RULESET, "blob", "the blob that '%s' names is not the file of that ruleset: name, version and form must be its own", \
      "el blob que nombra '%s' no es el archivo de ese conjunto de reglas: nombre, versión y forma deben ser los suyos") \
    X(RULESET_UNKNOWN, "code", "which ruleset is in force could not be proven (%s): nothing is signed", \
      "no se pudo probar qué conjunto de reglas está en vigor (%s): no se firma nada") \
    X(RULESET_GONE, "code", "the file of the ruleset in force (entry %s) cannot be read, so no code can be checked: a registrar must pin another", \
      "el archivo del conjunto de reglas en vigor (asiento %s) no se puede leer y ningún código se puede comprobar: un registrador debe fijar otro") \
    /* texts */                                                                                    \
    X(TEXT_SPACE, "text", "words are divided by U+0020 only, and no white space begins or ends a text: %s", \
      "las palabras se separan solo con U+0020, y ningún texto empieza o termina con espacio: %s") \
    X(TEXT_INVISIBLE, "text", "a character that nobody can see may not stand in a text: %s",      \
      "un texto no puede contener un carácter que nadie ve: %s")                                   \
    X(TEXT_UNASSIGNED, "text", "Unicode 15.0 assigns no character there, so it may not stand in a text: %s", \
      "Unicode 15.0 no asigna ahí ningún carácter, y un texto no puede contenerlo: %s")            \
    X(TEXT_NFC, "text", "a text is written in Unicode's normal form C, which this is not: %s",     \
      "un texto se escribe en la forma normal C de Unicode, y esta no lo es: %s")                  \
    X(PERSON_PLAIN, "person", "nobody is named in the clear, only as a subject, which is sealed: %s", \
      "a nadie se le nombra en claro, solo como sujeto, que va sellado: %s")                       \
    X(PERSON_LIKE, "person", "this may name a person in the clear: make it a subject, which is sealed, or say --allow-plain if it names nobody: %s", \
      "esto puede nombrar a una persona en claro: póngala como sujeto, que va sellado, o diga --allow-plain si no nombra a nadie: %s") \
    X(ID_USED, "id", "this `id` was used before by the same key, at entry %s: use a fresh one",    \
      "este `id` ya lo usó la misma clave, en el asiento %s: use uno nuevo")                       \
    X(REPLAYED, "replayed", "the same record stands at entry %s already",                          \
      "el mismo registro ya está en el asiento %s")                                                \
    X(SKEW, "skew", "`at` (%s) is further from the time of acceptance than skew allows: set the clock", \
      "`at` (%s) está más lejos de la hora de aceptación de lo que permite skew: ajuste el reloj") \
    /* entry, chain, tree */                                                                       \
    X(GENESIS, "genesis", "entry 0 is not the genesis of this log, or another entry is one (%s)",  \
      "el asiento 0 no es el génesis de esta bitácora, u otro asiento lo es (%s)")                 \
    X(GENESIS_PIN, "genesis", "entry 0 is not the one that was pinned (%s)",                       \
      "el asiento 0 no es el que se había fijado (%s)")                                            \
    X(INDEX, "index", "the entry carries another index than its place in the tree (%s)",           \
      "el asiento lleva un índice distinto de su lugar en el árbol (%s)")                                \
    X(TIME, "time", "the entry was accepted before the one before it (%s)",                        \
      "el asiento fue aceptado antes que el anterior (%s)")                                        \
    X(LINK, "link", "the link is not the leaf hash of the entry before",                           \
      "el enlace no es el hash de hoja del asiento anterior")                                      \
    X(LEAF, "leaf", "the entry in %s was altered: its hash is not the one in the signed tree",     \
      "el asiento en %s fue alterado: su hash no es el del árbol firmado")                         \
    X(BUNDLE, "bundle", "%s cannot be divided into its entries from this one on",                  \
      "%s no se puede dividir en sus asientos a partir de este")                                   \
    X(TILE, "tile", "%s does not contain the hashes of the signed tree",                           \
      "%s no contiene los hashes del árbol firmado")                                               \
    X(ROOT, "root", "the entries and tiles do not give the root that the checkpoint signs (%s)",   \
      "los asientos y teselas no dan la raíz que firma el punto de control (%s)")                        \
    X(CHECKPOINT, "checkpoint", "the log's signature on the checkpoint does not verify (%s)",      \
      "la firma de la bitácora en el punto de control no es válida (%s)")                           \
    X(CHECKPOINT_FORM, "checkpoint", "this is not a checkpoint of a log (%s)",                     \
      "esto no es un punto de control de una bitácora (%s)")                                             \
    X(CHECKPOINT_KEY, "checkpoint",                                                                \
      "no key that the policy names for '%s' signed this checkpoint: wrong policy, or another key of that log?", \
      "ninguna clave que la política nombra para '%s' firmó este punto de control: ¿otra política, u otra clave de esa bitácora?") \
    X(CHECKPOINT_TYPE, "checkpoint",                                                               \
      "this checkpoint of '%s' is signed by a key of a type that this version of the program does not know", \
      "este punto de control de «%s» lo firma una clave de un tipo que esta versión del programa no conoce") \
    X(CHECKPOINT_ORIGIN, "checkpoint",                                                             \
      "this is a checkpoint of '%s', a log that the policy does not name: wrong URL, or wrong policy?", \
      "este punto de control es de '%s', una bitácora que la política no nombra: ¿otra URL, u otra política?") \
    X(CHECKPOINT_EMPTY, "checkpoint", "the checkpoint is of size 0, which no log has",             \
      "el punto de control es de tamaño 0, que ninguna bitácora tiene")                                   \
    X(COSIGNATURE, "checkpoint", "a cosignature of '%s' on the checkpoint does not verify",        \
      "una cofirma de '%s' en el punto de control no es válida")                                         \
    X(LOG_UNPROVEN, "unproven", "what is in force in the log could not be proven (%s): nothing is signed", \
      "no se pudo probar qué está en vigor en la bitácora (%s): no se firma nada")                 \
    X(QUORUM, "quorum",                                                                            \
      "the checkpoint does not have the policy's quorum of witnesses yet; not cosigned by: %s",    \
      "el punto de control aún no tiene el quórum de testigos de la política; no lo cofirmaron: %s")     \
    X(RESTS_UNWITNESSED, "quorum", "what '%s' rests on does not have the policy's quorum of witnesses yet", \
      "aquello en lo que se apoya '%s' aún no tiene el quórum de testigos de la política")         \
    X(FROZEN, "frozen", "the log ended with its `freeze`, and goes on all the same (its size is %s)", \
      "la bitácora terminó con su `freeze` y sin embargo sigue (su tamaño es %s)")                 \
    X(FORK, "fork", "the log signed two histories that contradict each other (%s)",                \
      "la bitácora firmó dos historias que se contradicen (%s)")                                   \
    X(LINK_OTHER, "link",                                                                          \
      "the link is not the leaf hash of the entry before, which the log signed, too (%s)",         \
      "el enlace no es el hash de hoja del asiento anterior, que la bitácora firmó también (%s)")  \
    X(STALE, "stale", "the checkpoint is older than the one accepted before (%s)",                 \
      "el punto de control es más viejo que el aceptado antes (%s)")                                     \
    X(ROLLED_BACK, "rollback", "a witness cosigned a smaller checkpoint after a larger one (%s)",  \
      "un testigo cofirmó un punto de control menor después de uno mayor (%s)")                          \
    X(OTHER_LOG, "stale", "this is the checkpoint of another log (%s)",                            \
      "este es el punto de control de otra bitácora (%s)")                                               \
    X(OLD_COSIGNATURE, "stale", "the cosignatures are older than allowed (%s)",                    \
      "las cofirmas son más viejas de lo permitido (%s)")                                          \
    X(CLOCKS, "clock", "the log's clock and a witness's contradict each other (%s)",               \
      "el reloj de la bitácora y el de un testigo se contradicen (%s)")                              \
    X(COMPROMISED, "compromise",                                                                   \
      "the key was revoked as compromised by entry %s: who held it when this was signed cannot be decided here", \
      "la clave fue revocada por comprometida en el asiento %s: quién la tenía cuando esto se firmó no se puede decidir aquí") \
    X(REVOKED_BEFORE, "enrolment",                                                                 \
      "the key had been revoked by entry %s, which stands before this one",                        \
      "la clave había sido revocada por el asiento %s, que está antes que este")                   \
    X(MISSING, "missing", "%s is missing", "falta %s")                                             \
    X(UNREADABLE, "unreadable", "%s could not be read", "no se pudo leer %s")                      \
    /* %s: what was asked for, or whom */                                                          \
    X(NET_HOST, "unreadable", "%s: the server's name is not known",                                \
      "%s: no se conoce el nombre del servidor")                                                   \
    X(NET_CONNECT, "unreadable", "%s: nobody answers at the server's address",                     \
      "%s: nadie responde en la dirección del servidor")                                           \
    X(NET_TIME, "unreadable", "%s: no whole answer in time", "%s: sin respuesta completa a tiempo") \
    X(NET_HUNG, "unreadable", "%s was not asked for: the server let an earlier question hang",     \
      "%s no se pidió: el servidor dejó sin respuesta una pregunta anterior")                      \
    X(NET_CUT, "unreadable", "%s: the connection broke off before the answer was whole",           \
      "%s: la conexión se cortó antes de completar la respuesta")                                  \
    X(NET_TLS, "unreadable", "%s: no secure connection (TLS) to the server",                       \
      "%s: no se logra una conexión segura (TLS) con el servidor")                                 \
    X(NET_CERTIFICATE, "unreadable", "%s: the server's certificate is not trusted",                \
      "%s: no se confía en el certificado del servidor")                                           \
    X(NET_CERT_EXPIRED, "unreadable", "%s: the server's certificate has expired",                  \
      "%s: el certificado del servidor caducó")                                                    \
    X(NET_CERT_EARLY, "unreadable", "%s: the server's certificate is not valid yet",               \
      "%s: el certificado del servidor aún no es válido")                                          \
    X(NET_CERT_HOST, "unreadable", "%s: the server's certificate is that of another host",         \
      "%s: el certificado del servidor es de otro host")                                           \
    X(NET_CERT_ISSUER, "unreadable",                                                               \
      "%s: the server's certificate is of an authority that is not trusted here",                  \
      "%s: el certificado del servidor es de una autoridad en la que aquí no se confía")           \
    X(NET_CERT_FILE, "unreadable",                                                                 \
      "%s: the file of trusted authorities (--cacert or SSL_CERT_FILE) cannot be used",            \
      "%s: no se puede usar el archivo de autoridades de confianza (--cacert o SSL_CERT_FILE)")    \
    X(NET_PLAINTEXT, "plaintext",                                                                  \
      "%s: a token is sent over TLS only, or within this machine: whoever reads it along could use it", \
      "%s: un token solo se envía con TLS o dentro de esta máquina: quien lo leyera podría usarlo") \
    X(NET_HTTP, "unreadable", "%s: the server, or its URL, does not speak HTTP",                   \
      "%s: el servidor, o su URL, no habla HTTP")                                                  \
    X(NET_HEADERS, "unreadable", "%s: the answer has more than 65,536 bytes of header lines",      \
      "%s: la respuesta tiene más de 65,536 bytes de cabeceras")                                   \
    X(NET_OTHER, "unreadable", "%s: the network failed", "%s: falló la red")                       \
    X(NET_STATUS, "unreadable", "%s: only the status 200 is an answer",                            \
      "%s: solo el estado 200 es una respuesta")                                                   \
    X(NET_TOKEN, "unreadable", "%s: this log shows that to enrolled readers alone: give the key of one that is in force (--key FILE)", \
      "%s: esta bitácora solo lo muestra a lectores dados de alta: dé la clave vigente de uno (--key ARCHIVO)") \
    X(NET_REDIRECT, "unreadable", "%s: redirections are not followed: give the URL that it leads to", \
      "%s: no se siguen redirecciones: dé el URL al que lleva")                                    \
    X(NET_TYPE, "unreadable", "%s: this Content-Type carries no file of a log",                    \
      "%s: este Content-Type no lleva archivos de una bitácora")                                   \
    X(NET_ENCODING, "unreadable", "%s: of what is packed only gzip is unpacked",                   \
      "%s: de lo empaquetado solo se desempaqueta gzip")                                           \
    X(NET_GZIP, "unreadable", "%s: its gzip is altered or cut off",                                \
      "%s: su gzip está alterado o cortado")                                                       \
    X(NET_GZIP_LARGE, "unreadable", "%s: its gzip holds more bytes than this may have",            \
      "%s: su gzip contiene más bytes de los que esto puede tener")                                \
    X(UNKNOWN_BASIS, "basis", "this rests on entry %s, which could not be read",                   \
      "esto se apoya en el asiento %s, que no se pudo leer")                                       \
    X(RECEIPT_FORM, "receipt", "this is not a receipt of a Bitácora log (%s)",                     \
      "esto no es un recibo de una bitácora (%s)")                                         \
    X(RECEIPT_PATH, "receipt", "the inclusion proof of entry %s does not lead to the signed root", \
      "la prueba de inclusión del asiento %s no lleva a la raíz firmada")                          \
    X(OTHER_RECORD, "receipt", "the receipt is for another record than the one that was sent (%s)", \
      "el recibo es de un registro distinto del enviado (%s)")                                         \
    X(EVIDENCE_FORM, "evidence", "this is not an evidence file (%s)",                              \
      "esto no es un archivo de evidencia (%s)")                                                   \
    X(EVIDENCE_EMPTY, "evidence", "the file does not prove what it says (%s)",                     \
      "el archivo no prueba lo que dice (%s)")                                                     \
    /* index and answers */                                                                        \
    X(INDEX_AGAIN, "index", "this index covers no more entries than an earlier one (up to, and without, %s)", \
      "este índice no abarca más asientos que uno anterior (hasta el %s, sin incluirlo)")          \
    X(INDEX_BOUNDS, "index", "this index divides a table that an earlier one had whole (at entry %s)", \
      "este índice divide una tabla que uno anterior tenía entera (en el asiento %s)")             \
    X(INDEX_CHANGED, "index", "this index gives another table than an earlier one for the same entries (table %s)", \
      "este índice da otra tabla que uno anterior para los mismos asientos (tabla %s)")            \
    X(INDEX_UNKEYED, "index", "a table of this index says that it has more unkeyed rows than rows (table %s)", \
      "una tabla de este índice dice tener más filas sin clave que filas (tabla %s)")              \
    X(INDEX_ROWS, "index", "rows of this index's table are not in order, not of its entries, or not as many without a key as it says (row %s)", \
      "hay filas en la tabla de este índice sin orden, de asientos que no abarca, o no tantas sin clave como dice (fila %s)") \
    X(INDEX_ROW, "index", "the index lists entry %s under a key that it does not have",            \
      "el índice registra el asiento %s con una clave que no tiene")                               \
    X(INDEX_LEFT_OUT, "index", "the index leaves out entry %s under a key that it has",            \
      "el índice omite el asiento %s de una clave que sí tiene")                                   \
    X(INDEX_TABLE, "index", "a table of this index is not what its entries give (table %s)",       \
      "una tabla de este índice no es la que dan sus asientos (tabla %s)")                         \
    X(INDEX_UNREAD, "index", "a table of this index could not be computed again (%s)",             \
      "no se pudo volver a calcular una tabla de este índice (%s)")                                \
    X(ACCESS_FORM, "access", "this is no row of an access entry (%s)",                             \
      "esto no es una fila de un asiento de accesos (%s)")                                         \
    X(ACCESS_ROWS, "access", "these are not the rows that the access entry commits to (%s)",       \
      "estas no son las filas a las que se compromete el asiento de accesos (%s)")                 \
    X(ACCESS_VERSION, "version", "the rows of this access entry are of version %s, which this version of the program does not know: update it", \
      "las filas de este asiento de accesos son de la versión %s, que esta versión del programa no conoce: actualícela") \
    X(ANSWER_FORM, "answer", "this is not an answer of a Bitácora log, or it was cut off or altered (%s)", \
      "esto no es una respuesta de una bitácora, o está cortada o alterada (%s)")                  \
    X(ANSWER_MISSING, "answer", "the answer does not carry entry %s, which it rests on",           \
      "la respuesta no lleva el asiento %s, en el que se apoya")                                   \
    X(ANSWER_PROOF, "answer", "the proof of the answer's entries does not lead to the signed root (%s)", \
      "la prueba de los asientos de la respuesta no lleva a la raíz firmada (%s)")                 \
    X(ANSWER_INDEX, "answer", "entry %s, on which the answer rests, is no index that is in force", \
      "el asiento %s, en el que se apoya la respuesta, no es un índice en vigor")                  \
    X(ANSWER_VERSION, "answer", "entry %s, on which the answer rests, is of a version that this program does not know: update it", \
      "el asiento %s, en el que se apoya la respuesta, es de una versión que este programa no conoce: actualícelo") \
    X(ANSWER_TABLE, "answer", "rows in the answer are not those of the log's table (table %s)",    \
      "las filas de la respuesta no son las de la tabla de la bitácora (tabla %s)")                \
    X(ANSWER_ROWS, "answer", "the answer does not show that these are all entries (table %s)",     \
      "la respuesta no muestra que estos sean todos los asientos (tabla %s)")                      \
    X(ANSWER_RANGE, "answer", "the answer does not cover the entries that it says (%s)",           \
      "la respuesta no abarca los asientos que dice (%s)")                                         \
    X(ANSWER_AUDIT, "answer", "entry %s is not an auditor's word for an index that the answer carries", \
      "el asiento %s no es la palabra de un auditor sobre un índice que la respuesta lleve")       \
    X(ANSWER_OTHER, "answer", "this answers another question (%s)",                                \
      "esto contesta otra pregunta (%s)")                                                          \
    X(ANSWER_PARTS, "answer", "the parts of the answer are not whole, one behind the other (%s)",  \
      "las partes de la respuesta no están completas, una tras otra (%s)")                         \
    X(ANSWER_NO_INDEX, "answer", "the log serves no index that says where entries are (%s)",       \
      "la bitácora no sirve un índice que diga dónde están los asientos (%s)")                     \
    X(QUESTION, "form", "this cannot be asked for: %s", "esto no se puede preguntar: %s")          \
    X(POLICY_FORM, "policy", "the policy cannot be used: %s", "la política no se puede usar: %s")  \
    /* blobs, tokens, subjects, rulesets */                                                        \
    X(ERASED, "erased", "this blob was erased by order of a judge, at entry %s",                   \
      "este blob fue borrado por orden de un juez, en el asiento %s")                              \
    X(ERASURE_DUE, "busy", "the order is in the log, but the blob could not be deleted yet; its receipt comes when it is: send the same bytes again", \
      "la orden está en la bitácora, pero el blob aún no se pudo borrar; su recibo llega cuando esté borrado: envíe de nuevo los mismos bytes") \
    X(BLOB_SIZE, "form", "a sealed blob has exactly 560 bytes; only a registrar puts another, a ruleset's file (%s)", \
      "un blob sellado tiene exactamente 560 bytes; solo un registrador sube otro, el archivo de un conjunto de reglas (%s)") \
    X(BLOB_HASH, "form", "these bytes have another SHA-256 than the address says (%s)",            \
      "estos bytes tienen un SHA-256 distinto del que dice la dirección (%s)")                     \
    X(BLOBS_PENDING, "busy", "too many blobs wait for a record that names them: try again later",  \
      "demasiados blobs esperan un registro que los nombre: reintente más tarde")                  \
    X(BLOBS_SHARE, "busy", "as many blobs of yours as one signer may have wait for a record that names them: send the records, or try again later", \
      "ya esperan un registro que los nombre tantos blobs de usted como se permiten a un firmante: envíe los registros o reintente más tarde") \
    X(TOKEN_MISSING, "token", "send a token: Authorization: Bearer, a signed note in base64",      \
      "envíe un token: Authorization: Bearer, una nota firmada en base64")                         \
    X(TOKEN_FORM, "token", "this is not a token of this log (%s)",                                 \
      "esto no es un token de esta bitácora (%s)")                                                 \
    X(TOKEN_TARGET, "token", "the token is for another request (%s)",                              \
      "el token es para otra petición (%s)")                                                       \
    X(TOKEN_TIME, "token", "the token is not in force now (%s): make a fresh one",                 \
      "el token no está en vigor ahora (%s): haga uno nuevo")                                      \
    X(TOKEN_SIGNER, "token", "the token is not signed by a key that is enrolled and in force ('%s')", \
      "el token no está firmado por una clave dada de alta y en vigor ('%s')")                     \
    X(TOKEN_ROLE, "token", "the role that '%s' is enrolled for may not do this",                   \
      "el papel para el que '%s' está dado de alta no puede hacer esto")                           \
    X(TLS_CLIENT, "tls_client",                                                                    \
      "who writes to this log shows a client certificate that it trusts (%s)",                     \
      "quien escribe en esta bitácora muestra un certificado de cliente en el que ella confía (%s)") \
    X(PRESENTATION_FORM, "presentation", "this is not a presentation (%s)",                        \
      "esto no es una presentación (%s)")                                                          \
    X(PRESENTATION_OTHER, "presentation", "the presentation is for another %s",                    \
      "en la presentación es otro este miembro: %s")                                               \
    X(PRESENTATION_TIME, "presentation", "the presentation is too old, or of the future (%s): make a fresh one", \
      "la presentación es demasiado vieja, o del futuro (%s): haga una nueva")                     \
    X(PRESENTATION_SIGNER, "presentation", "the presentation is not signed by the key of the request ('%s')", \
      "la presentación no está firmada por la clave de la solicitud ('%s')")                       \
    X(GATE_KIND, "kind", "this is the receipt of a record of kind '%s', not of that which is needed here", \
      "este recibo es de un registro de tipo '%s', no del que hace falta aquí")                    \
    X(GATE_AUTHORITY, "authority", "requests of the authority '%s' are not let in here",           \
      "aquí no se admiten solicitudes de la autoridad '%s'")                                       \
    X(GATE_HOLDER, "holder", "the request asks another holder: '%s'",                              \
      "la solicitud se dirige a otra institución: '%s'")                                            \
    X(GATE_TERM, "term", "the request's term is past (%s)", "el plazo de la solicitud ya pasó (%s)") \
    X(GATE_AGE, "stale", "the log accepted the request earlier than is let in (%s)",               \
      "la bitácora aceptó la solicitud antes de lo que se admite (%s)")                            \
    X(GATE_WARRANT, "warrant", "the warrant does not cover the request: '%s'",                     \
      "el mandamiento no cubre la solicitud: '%s'")                                                \
    X(GATE_NO_WARRANT, "warrant", "data of the category '%s' go out only under a warrant, and the log holds none that the request cites", \
      "los datos de la categoría '%s' solo salen con un mandamiento, y la bitácora no tiene ninguno que la solicitud cite") \
    X(GATE_REQUIRED, "warrant", "this gate lets in only requests under a warrant, and the log is not known to hold one that this request cites", \
      "esta puerta solo admite solicitudes con mandamiento, y no se sabe que la bitácora tenga uno que esta solicitud cite") \
    X(GATE_CLOSED, "warrant", "the warrant was closed by entry %s", "el asiento %s cerró el mandamiento") \
    X(GATE_REVOKED, "revoked", "the key of the request was revoked by entry %s", "el asiento %s revocó la clave de la solicitud") \
    X(GATE_KEY_ENDED, "revoked", "the enrolment of the request's key ended (%s)",                  \
      "el alta de la clave de la solicitud terminó (%s)")                                          \
    X(GATE_REFUSED, "ratification", "a judge refused to ratify the request, in entry %s",          \
      "un juez negó la ratificación de la solicitud, en el asiento %s")                            \
    X(GATE_RATIFIED_OTHER, "ratification", "the ratification in entry %s names no category of the request", \
      "la ratificación del asiento %s no nombra ninguna categoría de la solicitud")                \
    X(GATE_MIRROR, "stale", "what this gate knows of the log is too old, or of the future (%s)",   \
      "lo que esta puerta sabe de la bitácora es demasiado viejo, o del futuro (%s)")              \
    X(GATE_RULESET, "ruleset", "the ruleset under which the request was accepted is not at hand",  \
      "no se tiene el conjunto de reglas con que se aceptó la solicitud")                          \
    X(TICKET_FORM, "ticket", "this is not a ticket of this gate (%s)",                             \
      "esto no es un boleto de esta puerta (%s)")                                                  \
    X(TICKET_TIME, "ticket", "the ticket is in force until %s only: present the request again",    \
      "el boleto vale solo hasta %s: presente la solicitud otra vez")                              \
    X(TICKET_OTHER, "ticket", "the ticket was given to somebody else", "el boleto se dio a otra persona") \
    X(TICKET_NONE, "ticket", "no ticket is shown: present the request first (POST /v1/gate/tickets)", \
      "no se muestra ningún boleto: presente antes la solicitud (POST /v1/gate/tickets)") \
    X(PRESENTATION_GIVEN, "presentation", "somebody else has shown this presentation: make a fresh one", \
      "otra persona ya mostró esta presentación: haga una nueva") \
    X(GATE_NO_ENTRY, "reference", "entry %s is no request to this holder that counts, or not the one that is presented", \
      "el asiento %s no es una solicitud válida a esta institución, o no es la que se presenta") \
    X(GATE_NOT_YET, "stale", "entry %s is not in what this gate knows of the log yet: try again", \
      "el asiento %s aún no está en lo que esta puerta sabe de la bitácora: inténtelo otra vez") \
    X(GATE_STARTING, "busy", "this gate is still reading the log: try again", \
      "esta puerta aún lee la bitácora: inténtelo otra vez") \
    X(GATE_KEY, "enrolment", "the log does not enrol this gate's key as a data holder's now", \
      "la bitácora no da ahora de alta la clave de esta puerta como la de un poseedor de datos") \
    X(GATE_RESPONSE_OTHER, "key", "another key of the holder gave access to this request, in entry %s", \
      "otra clave de la institución dio acceso a esta solicitud, en el asiento %s") \
    X(GATE_RESPONSE, "busy", "the response that the ticket rests on is not in the log yet (%s): try again", \
      "la respuesta en que se apoya el boleto aún no está en la bitácora (%s): inténtelo otra vez") \
    X(GATE_JOURNAL, "full", "the decision could not be written down (%s): try again later", \
      "la decisión no se pudo anotar (%s): inténtelo más tarde") \
    X(GATE_LARGE, "too_large", "a presentation has at most 2,733 bytes: send what `present` prints, and no receipt", \
      "una presentación tiene a lo sumo 2,733 bytes: envíe lo que imprime `present`, y ningún recibo") \
    X(GATE_BEARER, "form", "the proxy must say who asks, in one header Bitacora-Bearer of 1 to 256 characters", \
      "el proxy debe decir quién pregunta, en un encabezado Bitacora-Bearer de 1 a 256 caracteres") \
    X(GATE_PROXY, "form", "%s says by Bitacora-Bearer who asks, and is not in --trusted-proxy",     \
      "%s dice con Bitacora-Bearer quién pregunta, y no está en --trusted-proxy")                   \
    X(BLOB_GONE, "blob", "the blob %s is not to be had, and no entry orders its erasure",          \
      "el blob %s no está disponible, y ningún asiento ordena borrarlo")                           \
    X(SEALED_OTHER, "sealed", "what '%s' seals is not what the record commits to",                 \
      "lo que sella '%s' no es aquello a lo que el registro se compromete")                        \
    X(OPENING_FORM, "opening", "this is not an opening (%s)", "esto no es una apertura (%s)")      \
    X(OPENING_OTHER, "opening", "the entry does not commit to what the opening says (%s)",         \
      "el asiento no se compromete con lo que dice la apertura (%s)")                              \
    X(IDENTIFIER, "identifier", "this cannot be an identifier of its type: %s",                    \
      "esto no puede ser un identificador de su tipo: %s")                                         \
    X(OVERSIGHT_NONE, "oversight", "no oversight key is in force to seal '%s' to",                 \
      "no hay clave de supervisión en vigor a la que sellar '%s'")                                 \
    X(OVERSIGHT_NOT, "oversight", "'%s' is not the enrolment of an oversight key that is in force", \
      "'%s' no es el alta de una clave de supervisión en vigor") \
    X(OVERSIGHT_UNKNOWN, "oversight", "whether an oversight key is revoked could not be proven: '%s' is not sealed", \
      "no se pudo probar si una clave de supervisión está revocada: '%s' no se sella") \
    X(OVERSIGHT_SEVERAL, "oversight", "several oversight keys are in force: choose one with --to ENTRY: %s",      \
      "hay varias claves de supervisión en vigor: elija con --to ASIENTO: %s")                                \
    X(RULESET_FORM, "ruleset", "this is not a ruleset file (%s)",                                  \
      "esto no es un archivo de conjunto de reglas (%s)")                                          \
    /* the daemon's own */                                                                         \
    X(BUSY, "busy", "the queue is full: try again after the seconds in Retry-After",               \
      "la cola está llena: reintente tras los segundos de Retry-After")                            \
    X(LIMIT_ADDRESS, "limit", "more requests came from your address in a short time than this log answers: try again after the seconds in Retry-After", \
      "de su dirección llegaron más peticiones en poco tiempo de las que esta bitácora atiende: reintente tras los segundos de Retry-After") \
    X(LIMIT_SIGNER, "limit", "more records came from the key '%s' in a short time than this log takes; nothing was appended: send the same bytes again after the seconds in Retry-After", \
      "de la clave '%s' llegaron más registros en poco tiempo de los que esta bitácora acepta; no se asentó nada: envíe los mismos bytes tras los segundos de Retry-After") \
    X(STOPPING, "busy", "the log is being stopped: try again after the seconds in Retry-After",    \
      "la bitácora se está deteniendo: reintente tras los segundos de Retry-After")                \
    X(DEADLINE, "busy", "no answer in time; the record may or may not be in the log: send the same bytes again", \
      "sin respuesta a tiempo; el registro puede o no estar: envíe de nuevo los mismos bytes")     \
    X(SIGNER_AWAY, "busy", "the process that has the log's key does not sign now; the record may or may not be in the log: send the same bytes again after the seconds in Retry-After", \
      "el proceso que tiene la clave de la bitácora no firma ahora; el registro puede estar o no en la bitácora: envíe los mismos bytes tras los segundos de Retry-After") \
    X(SIGNER_REFUSES, "busy", "the process that has the log's key refuses to sign this: the daemon's log says why", \
      "el proceso que tiene la clave de la bitácora se niega a firmar esto: el registro del daemon dice por qué") \
    X(LOG_ROLLED_BACK, "busy", "another history of this log was signed than this one: nothing is appended until its operator has looked into it", \
      "se firmó otra historia de esta bitácora: no se añade nada hasta que quien la opera lo aclare") \
    X(LOG_DOUBTED, "busy", "so many witnesses say that they have seen another history of this log that the others cannot make the quorum: nothing is appended until enough of them cosign, or the operator has looked into it", \
      "tantos testigos dicen haber visto otra historia de esta bitácora que los demás no alcanzan el quórum: no se añade nada hasta que cofirmen los suficientes o quien la opera lo aclare") \
    X(CLOCK_DOUBTED, "busy", "the clock says that hours have passed since the last entry, and nobody has borne that out since the start: a record, a token or a cosignature will", \
      "el reloj dice que han pasado horas desde el último asiento y nadie lo ha confirmado desde el arranque: lo hará un registro, un token o una cofirma") \
    X(SHOWN_ELSEWHERE, "rollback", "a key of this log has signed this checkpoint, and the log does not hold it (%s): it signs nothing any more", \
      "una clave de esta bitácora firmó este punto de control, y la bitácora no lo contiene (%s): ya no firma nada") \
    X(SHOWN_UNSIGNED, "checkpoint", "no key of this log has signed this (%s)",                     \
      "ninguna clave de esta bitácora ha firmado esto (%s)")                                       \
    X(BLOBS_WITHHELD, "busy", "sealed blobs are withheld until witnesses have cosigned what this log holds: it was restored, or may have been rolled back, and an erasure may be lost", \
      "los blobs sellados se retienen hasta que los testigos cofirmen lo que tiene esta bitácora: se restauró, o puede haber retrocedido, y podría haberse perdido un borrado") \
    X(LOG_FROZEN, "frozen", "this log ended with entry %s, its `freeze`: nothing is appended any more",  \
      "esta bitácora terminó con el asiento %s, su `freeze`: ya no se añade nada")                 \
    X(UNWITNESSED, "not_found", "no checkpoint has its quorum of witnesses yet (%s)",              \
      "ningún punto de control tiene aún su quórum de testigos (%s)")                                    \
    X(FULL, "full", "there is no room to append; reading goes on. Try again when the operator has made room", \
      "no hay espacio para añadir; la lectura sigue. Reintente cuando el operador haya hecho espacio") \
    X(ACCESS_FULL, "full", "who reads this log is written down, and there is no room for that. Try again when the operator has made room", \
      "de quién lee esta bitácora queda constancia, y no hay espacio para ella. Reintente cuando el operador haya hecho espacio") \
    X(ACCESS_WAITS, "busy", "who reads this log is written down, and that failed: try again later", \
      "de quién lee esta bitácora queda constancia, y no se pudo escribir: reintente más tarde")   \
    X(NOT_FOUND, "not_found", "there is nothing at this address (%s)",                             \
      "no hay nada en esta dirección (%s)")                                                        \
    X(METRICS_LOCAL, "not_found", "the counters of a log that enrolled keys alone read are for its own machine", \
      "los contadores de una bitácora que solo leen claves dadas de alta son para su propia máquina") \
    X(METHOD, "not_found", "this address does not take that method",                               \
      "esta dirección no acepta ese método")                                                       \
    X(STATE_UNUSABLE, "state", "this is not a state that a replay can go on from: %s",             \
      "no es un estado desde el que se pueda seguir verificando: %s")                              \
    X(KEY_FILE, "key_file", "this is not a signer's private key: %s",                              \
      "esto no es la clave privada de un firmante: %s")                                            \
    X(ARGUMENT, "misuse", "a function of the library was called with an argument that it does not take: '%s'", \
      "se llamó a una función de la biblioteca con un argumento que no admite: '%s'")              \
    X(MEMORY, "busy", "out of memory: try again", "memoria agotada: reintente")

// clang-format on

enum reason {
#define X(name, code, en, es) REASON_##name,
    REASONS(X)
#undef X
        REASON_COUNT
};

enum verdict { VERDICT_GOOD, VERDICT_BAD, VERDICT_UNDECIDED };
enum language { LANGUAGE_EN, LANGUAGE_ES };

/* A reason and what it is about. `subject` is UTF-8 without control characters, cut off to fit. */
struct refusal {
    enum reason reason;
    char subject[96];
};

const char *reason_code(enum reason r); /* "form", "key", … */
const char *reason_name(enum reason r); /* "MEMBER_MISSING", for tests and logs */

void refusal_fill(struct refusal *r, enum reason reason, struct span subject);
void refusal_fill_number(struct refusal *r, enum reason reason, uint64_t subject);

/* Fills *r and returns -1, so that a parser may end with `return refuse(r, REASON_X, "member")`.
 * Inline: compilers and analyzers see that it is never 0. */
static inline int refuse_span(struct refusal *r, enum reason reason, struct span subject)
{
    refusal_fill(r, reason, subject);
    return -1;
}

static inline int refuse(struct refusal *r, enum reason reason, const char *subject)
{
    return refuse_span(r, reason, span_str(subject));
}

static inline int refuse_number(struct refusal *r, enum reason reason, uint64_t subject)
{
    refusal_fill_number(r, reason, subject);
    return -1;
}

/* Copies text that a stranger wrote, cut off to fit cap bytes with the zero byte, with '?' for
 * what is not UTF-8, a control or a bidi character: fit for a terminal, a log and JSON. */
void printable_copy(char *out, size_t cap, struct span text);

/* A short cause, such as a parser gives, in that language; unchanged if it has no translation
 * (reason.c). */
const char *cause_words(const char *cause, enum language language);

/* Appends the sentence. */
void refusal_sentence(struct buf *out, const struct refusal *r, enum language language);

#endif
