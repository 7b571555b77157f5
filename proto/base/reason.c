#include "proto/base/reason.h"

#include <inttypes.h>
#include <stdio.h>

#include "proto/base/scan.h"

static const struct {
    const char *name;
    const char *code;
    const char *sentence[2]; /* by enum language */
} reasons[REASON_COUNT] = {
#define X(name, code, en, es) [REASON_##name] = { #name, code, { en, es } },
    REASONS(X)
#undef X
};

const char *reason_code(enum reason r)
{
    return reasons[r].code;
}

const char *reason_name(enum reason r)
{
    return reasons[r].name;
}

/* What is refused may be hostile: only printable characters go on to a log or a terminal. */
static bool printable(int32_t c)
{
    return c >= 0x20 && !(c >= 0x7F && c <= 0x9F) && c != 0x061C && !(c >= 0x200E && c <= 0x200F) &&
           !(c >= 0x2028 && c <= 0x202E) && !(c >= 0x2066 && c <= 0x2069);
}

void printable_copy(char *out, size_t cap, struct span text)
{
    size_t n = 0;
    while (text.n > 0) {
        struct span before = text;
        int32_t c = utf8_next(&text);
        if (c < 0)
            text = span_of(before.p + 1, before.n - 1);
        bool show = c >= 0 && printable(c);
        size_t width = show ? (size_t)(text.p - before.p) : 1;
        if (n + width >= cap)
            break;
        memcpy(out + n, show ? (const char *)before.p : "?", width);
        n += width;
    }
    out[n] = 0;
}

void refusal_fill(struct refusal *r, enum reason reason, struct span subject)
{
    r->reason = reason;
    printable_copy(r->subject, sizeof r->subject, subject);
}

void refusal_fill_number(struct refusal *r, enum reason reason, uint64_t subject)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, subject);
    refusal_fill(r, reason, span_str(digits));
}

/* The short causes that parsers give, in Spanish; what is not here (a path, a number) is the
 * same in both languages. */
static const struct {
    const char *en, *es;
} causes[] = {
    { "1,000 notes", "1,000 notas" },
    { "empty extension line", "línea de extensión vacía" },
    { "no signature of the log", "sin firma de la bitácora" },
    { "root", "raíz" },
    { "several", "varios" },
    { "signature", "firma" },
    { "but a former key", "salvo una clave anterior" },
    { "size", "tamaño" },
    { "the note", "la nota" },
    { "an opening, and no subject", "una apertura, y ningún sujeto" },
    { "another key, holder or log", "otra clave, otro poseedor u otra bitácora" },
    { "a subject, and no opening", "un sujeto, y ninguna apertura" },
    { "half of a surrogate pair", "la mitad de un par de sustitutos UTF-16" },
    { "more behind the object", "hay algo detrás del objeto" },
    { "the object does not end", "el objeto no termina" },
    { "not UTF-8", "no es UTF-8" },
    { "three lines", "tres líneas" },
    { "too large", "demasiado grande" },
    { "file too large", "archivo demasiado grande" },
    { "empty line", "línea vacía" },
    { "first line", "primera línea" },
    { "first lines", "primeras líneas" },
    { "index", "índice" },
    { "link", "enlace" },
    { "longer than 65,535 bytes", "más de 65,535 bytes" },
    { "time of acceptance", "hora de aceptación" },
    { "one index, two entries", "un índice, dos asientos" },
    { "genesis", "génesis" },
    { "a member's name", "el nombre de un miembro" },
    { "the line", "la línea" },
    { "the object", "el objeto" },
    { "nesting", "anidamiento" },
    { "number", "número" },
    { "UTF-8 without control characters", "UTF-8 sin caracteres de control" },
    { "more than 64 signatures", "más de 64 firmas" },
    { "no empty line", "sin línea vacía" },
    { "signature line", "línea de firma" },
    { "tile", "tesela" },
    { "base64 of extra", "base64 de extra" },
    { "inclusion proof", "prueba de inclusión" },
    { "no checkpoint", "sin checkpoint" },
    { "more than one signature line", "más de una línea de firma" },
    { "name on the signature line", "nombre en la línea de firma" },
    { "not an Ed25519 signature", "no es una firma Ed25519" },
    { "text of two lines", "texto de dos líneas" },
    { "claim", "afirmación" },
    { "hashes", "hashes" },
    { "members", "miembros" },
    { "the claim takes another number of checkpoints",
      "la afirmación lleva otro número de puntos de control" },
    { "the claim takes another number of entries", "la afirmación lleva otro número de asientos" },
    { "the claim takes no hashes", "la afirmación no lleva hashes" },
    { "the indexes are not those of the claim", "los índices no son los de la afirmación" },
    { "the entry has no link", "el asiento no tiene enlace" },
    { "the link is that entry's leaf hash", "el enlace es el hash de hoja de ese asiento" },
    { "the second receipt is of another log", "el segundo recibo es de otra bitácora" },
    { "checkpoints", "checkpoints" },
    { "entries", "asientos" },
    { "an inclusion proof does not lead to its root",
      "una prueba de inclusión no lleva a su raíz" },
    { "nothing is wrong with the entry, as far as this shows",
      "nada está mal en el asiento, hasta donde esto muestra" },
    { "the checkpoints agree", "los puntos de control concuerdan" },
    { "the entries are the same", "los asientos son el mismo" },
    { "the hashes do not rebuild the larger root", "los hashes no reconstruyen la raíz mayor" },
    { "two logs", "dos bitácoras" },
    { "a registrar twice", "un registrador dos veces" },
    { "a registrar's key or name", "la clave o el nombre de un registrador" },
    { "origin", "origen" },
    { "the predecessor's key or origin", "la clave o el origen de la predecesora" },
    { "the predecessor's proof", "la prueba de la predecesora" },
    { "the log's key as registrar", "la clave de la bitácora como registrador" },
    { "a log's key is of type 0x01", "la clave de una bitácora es de tipo 0x01" },
    { "a witness's key is of type 0x04", "la clave de un testigo es de tipo 0x04" },
    { "type is not 0x01", "el tipo no es 0x01" },
    { "bad base64 or length", "base64 o longitud incorrectos" },
    { "bad key id", "id de clave incorrecto" },
    { "bad name", "nombre incorrecto" },
    { "bad threshold", "umbral incorrecto" },
    { "control character", "carácter de control" },
    { "it is under a passphrase", "tiene una frase de contraseña" },
    { "its first line", "su primera línea" },
    { "its third line", "su tercera línea" },
    { "its fourth line", "su cuarta línea" },
    { "its fifth line", "su quinta línea" },
    { "it is not of five lines", "no tiene cinco líneas" },
    { "it asks for memory or passes out of bounds", "pide memoria o pasadas fuera de los límites" },
    { "memory or passes are out of bounds", "la memoria o las pasadas están fuera de los límites" },
    { "the passphrase is a line of a private key's file",
      "la frase de contraseña es una línea del archivo de una clave privada" },
    { "the passphrase is empty", "la frase de contraseña está vacía" },
    { "the passphrase is longer than 1,024 bytes",
      "la frase de contraseña tiene más de 1,024 bytes" },
    { "the passphrase begins with a byte order mark",
      "la frase de contraseña empieza con una marca de orden de bytes" },
    { "the passphrase is not UTF-8, or has a control character, such as CR at its end",
      "la frase de contraseña no es UTF-8 o tiene un carácter de control, como CR al final" },
    { "wrong passphrase, or the file was altered",
      "la frase de contraseña no es la correcta, o el archivo fue alterado" },
    { "there is not as much memory as its passphrase takes",
      "no hay tanta memoria como pide su frase de contraseña" },
    { "its vkey is not that of the key in it", "su vkey no es la de la clave que contiene" },
    { "does not begin with PRIVATE+KEY+", "no empieza con PRIVATE+KEY+" },
    { "log twice", "bitácora repetida" },
    { "member of a group twice", "miembro de un grupo dos veces" },
    { "no newline at the end", "falta el salto de línea final" },
    { "no quorum line (`quorum none` if there are no witnesses)",
      "falta la línea quorum (`quorum none` si no hay testigos)" },
    { "not NAME+ID+KEY", "no es NOMBRE+ID+CLAVE" },
    { "not a valid point", "no es un punto válido" },
    { "not log, witness, group or quorum", "no es log, witness, group ni quorum" },
    { "out of memory", "memoria agotada" },
    { "quorum twice", "quorum repetido" },
    { "unknown quorum", "quórum desconocido" },
    { "name taken", "nombre ya usado" },
    { "the id is not this key's", "el id no es el de esta clave" },
    { "too many groups", "demasiados grupos" },
    { "too many logs", "demasiadas bitácoras" },
    { "too many witnesses", "demasiados testigos" },
    { "too many words", "demasiadas palabras" },
    { "type is neither 0x01 nor 0x04", "el tipo no es 0x01 ni 0x04" },
    { "unknown member", "miembro desconocido" },
    { "witness twice", "testigo repetido" },
    { "nothing is there", "no hay nada" },
    { "longer than 448 bytes", "más de 448 bytes" },
    { "not UTF-8, or a control character is in it",
      "no es UTF-8 o contiene un carácter de control" },
    { "the check digit is wrong", "el dígito verificador no corresponde" },
    { "a CURP has 18 characters", "una CURP tiene 18 caracteres" },
    { "not the form of a CURP, such as GOMC850315HDFRRR07",
      "no tiene la forma de una CURP, como GOMC850315HDFRRR07" },
    { "an RFC is 3 or 4 letters, 6 digits and 3 characters",
      "un RFC son 3 o 4 letras, 6 dígitos y 3 caracteres" },
    { "a phone number is +, country code and number: 7 to 15 digits",
      "un teléfono es +, clave de país y número: de 7 a 15 dígitos" },
    { "an IMEI has 14, 15 or 16 digits", "un IMEI tiene 14, 15 o 16 dígitos" },
    { "an IMSI has 14 or 15 digits", "un IMSI tiene 14 o 15 dígitos" },
    { "an account is a CLABE of 18 digits; other accounts are of type other",
      "una cuenta es una CLABE de 18 dígitos; otras cuentas son de tipo other" },
    { "an e-mail address has one @, something on both sides and no spaces",
      "un correo tiene una @, algo a ambos lados y ningún espacio" },
    { "an e-mail address has at most 254 bytes", "un correo tiene como máximo 254 bytes" },
    { "a CURP has X in place of Ñ", "una CURP lleva X en lugar de Ñ" },
    { "this stands for whoever has none, so it names nobody",
      "esto se usa para quien no tiene uno propio: no nombra a nadie" },
    { "the date in the CURP does not exist", "la fecha de la CURP no existe" },
    { "characters 12 and 13 of the CURP are no federal entity, nor NE",
      "los caracteres 12 y 13 de la CURP no son una entidad federativa ni NE" },
    { "the date in the RFC does not exist", "la fecha del RFC no existe" },
    { "a plate has letters A to Z and digits only", "una placa tiene solo letras de la A a la Z y "
                                                    "cifras" },
    { "(0) stands directly behind the country code only",
      "(0) va solo justo después de la clave de país" },
    { "in this country the 0 is part of the number: write it without brackets",
      "en ese país el 0 es parte del número: escríbalo sin paréntesis" },
    { "behind +52 a number has ten digits, without 01, 044 or 045",
      "tras +52 un número tiene diez cifras, sin 01, 044 ni 045" },
    { "behind +1 and +7 a number has ten digits, without a trunk prefix",
      "después de +1 y +7 van diez dígitos, sin prefijo de larga distancia" },
    { "an e-mail address alone: no quotes, brackets or mailto:, no point at its end",
      "solo la dirección de correo: sin comillas, corchetes ni mailto:, sin punto al final" },
    { "behind this country code no number begins with 0",
      "tras esa clave de país ningún número empieza con 0" },
    { "an e-mail address is ASCII: the domain in its form xn--…",
      "un correo se escribe en ASCII: el dominio en su forma xn--…" },
    { "a space at an end or other than U+0020, an invisible character, or not in form NFC",
      "un espacio en un extremo o distinto de U+0020, un carácter invisible, o no está en NFC" },
    { "the lengths", "las longitudes" },
    { "the type", "el tipo" },
    { "the value", "el valor" },
    /* What the system says of files and sockets. */
    { "No such file or directory", "no existe el archivo o la carpeta" },
    { "Permission denied", "permiso denegado" },
    { "Operation not permitted", "operación no permitida" },
    { "Operation not supported", "operación no admitida" },
    { "File exists", "el archivo ya existe" },
    { "Not a directory", "no es una carpeta" },
    { "Is a directory", "es una carpeta" },
    { "Directory not empty", "la carpeta no está vacía" },
    { "No space left on device", "no queda espacio en el dispositivo" },
    { "Disk quota exceeded", "se agotó la cuota de disco" },
    { "Read-only file system", "el sistema de archivos es de solo lectura" },
    { "Input/output error", "error de entrada o salida" },
    { "File too large", "el archivo es demasiado grande" },
    { "File name too long", "el nombre del archivo es demasiado largo" },
    { "Too many levels of symbolic links", "es un enlace simbólico, o hay demasiados" },
    { "Too many open files", "hay demasiados archivos abiertos" },
    { "No such device or address", "no existe ese dispositivo o dirección" },
    { "Resource temporarily unavailable", "no está disponible por ahora" },
    { "Invalid argument", "argumento no válido" },
    { "Broken pipe", "nadie lee ya de la tubería" },
    { "Bad file descriptor", "no está abierto" },
    { "Cannot allocate memory", "memoria agotada" },
    { "Address already in use", "la dirección ya está en uso" },
    { "Cannot assign requested address", "esa dirección no es de esta máquina" },
    { "not JSON", "no es JSON" },
    { "more than 1 MiB", "más de 1 MiB" },
    { "no zeros at the end", "sin ceros al final" },
    { "base64 of the commit", "base64 del compromiso" },
    { "base64 of the opening", "base64 de la apertura" },
    { "the opening gives another commit", "la apertura da otro compromiso" },
    { "no such commit in this member", "ese compromiso no está en este miembro" },
    { "another type stands in the entry", "el asiento dice otro tipo" },
    { "it is sealed to another entry than the second receipt's",
      "está sellado para otro asiento que el del segundo recibo" },
    { "the key that it is sealed to is not enrolled for oversight",
      "la clave para la que está sellado no es de supervisión" },
    { "the old size", "el tamaño anterior" },
    { "a hash of the proof", "un hash de la prueba" },
    { "more than 63 hashes", "más de 63 hashes" },
    { "the first line is not METHOD TARGET HTTP/1.1",
      "la primera línea no es MÉTODO DESTINO HTTP/1.1" },
    { "a header has no colon", "una cabecera no tiene dos puntos" },
    { "Content-Length is not a plain number", "Content-Length no es un número sin más" },
    { "Transfer-Encoding is not chunked", "Transfer-Encoding no es chunked" },
    { "the length is said more than once", "la longitud se dice más de una vez" },
    { "HTTP/1.0 has no Transfer-Encoding", "HTTP/1.0 no tiene Transfer-Encoding" },
    { "this method takes no body", "este método no lleva cuerpo" },
    { "there is more than one Host", "hay más de un Host" },
    { "a blank begins a header, or stands before its colon",
      "un espacio empieza una cabecera o precede a sus dos puntos" },
    { "a header's name has a character that it may not have",
      "el nombre de una cabecera tiene un carácter que no puede tener" },
    { "a header has a control character", "una cabecera tiene un carácter de control" },
    { "a chunk's size is not plain hexadecimal",
      "el tamaño de un trozo no es hexadecimal sin más" },
    { "a line does not end in CR LF", "una línea no termina en CR LF" },
    { "there are trailers", "hay cabeceras finales" },
    { "a chunk does not end where it says", "un trozo no termina donde dice" },
    { "Forwarded is not NAME=VALUE", "Forwarded no es NOMBRE=VALOR" },
    { "a text in Forwarded does not end", "un texto en Forwarded no termina" },
    { "Forwarded says twice for whom", "Forwarded dice dos veces en nombre de quién" },
    { "too many proxies forwarded it", "demasiados proxies la reenviaron" },
    { "what a proxy forwarded it for is no address",
      "un proxy la reenvió en nombre de algo que no es una dirección" },
    { "where it ends is in doubt", "no es seguro dónde termina" },
    { "the checkpoint is too large", "el punto de control es demasiado grande" },
    { "not sealed to this key, or altered", "no sellada para esta clave, o alterada" },
};

const char *cause_words(const char *cause, enum language language)
{
    for (size_t i = 0; language == LANGUAGE_ES && i < sizeof causes / sizeof *causes; i++)
        if (strcmp(cause, causes[i].en) == 0)
            return causes[i].es;
    return cause;
}

/* "MEMBER: U+00A0 at character 8", where it is that. */
static bool place_words(struct buf *out, const char *subject, enum language language)
{
    static const char at[] = " at character ";
    const char *place = strstr(subject, at);
    if (place == NULL || strstr(subject, ": U+") == NULL || language != LANGUAGE_ES)
        return false;
    buf_add(out, subject, (size_t)(place - subject));
    buf_addf(out, " en el carácter %s", place + strlen(at));
    return true;
}

/* A subject, which may be "line N: cause". */
static void subject_words(struct buf *out, const char *subject, enum language language)
{
    if (place_words(out, subject, language))
        return;
    const char *colon = strstr(subject, ": ");
    if (strncmp(subject, "line ", 5) != 0 || colon == NULL) {
        buf_adds(out, cause_words(subject, language));
        return;
    }
    buf_adds(out, language == LANGUAGE_ES ? "línea " : "line ");
    buf_add(out, subject + 5, (size_t)(colon + 2 - subject - 5));
    buf_adds(out, cause_words(colon + 2, language));
}

void refusal_sentence(struct buf *out, const struct refusal *r, enum language language)
{
    const char *s = reasons[r->reason].sentence[language];
    const char *slot = strstr(s, "%s");
    if (slot == NULL) {
        buf_adds(out, s);
        return;
    }
    buf_add(out, s, (size_t)(slot - s));
    if (slot > s && slot[-1] == '\'')
        buf_adds(out, r->subject);
    else
        subject_words(out, r->subject, language);
    buf_adds(out, slot + 2);
}
