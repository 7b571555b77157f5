#include "client/show/label.h"

struct label_words {
    const char *code; /* NULL behind the last */
    const char *in[2];
};

// clang-format off
static const struct label_words level[] = {
    { "federal", { "federal", "federal" } },
    { "state", { "state", "estatal" } },
    { "municipal", { "municipal", "municipal" } },
    { "foreign", { "foreign", "extranjero" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words function[] = {
    { "prosecution", { "public prosecution", "procuración de justicia (fiscalía)" } },
    { "police", { "police", "policía" } },
    { "intelligence", { "intelligence", "inteligencia" } },
    { "fiscal_financial", { "tax or financial authority", "autoridad fiscal o financiera" } },
    { "search_commission", { "commission that searches for missing persons", "comisión de búsqueda de personas" } },
    { "military", { "armed forces", "fuerzas armadas" } },
    { "court", { "court", "órgano jurisdiccional" } },
    { "oversight", { "oversight", "supervisión" } },
    { "other", { "another function", "otra función" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words sector[] = {
    { "telecom", { "telecommunications", "telecomunicaciones" } },
    { "bank", { "banking", "banca" } },
    { "health", { "health", "salud" } },
    { "transport", { "transport", "transporte" } },
    { "commerce", { "commerce", "comercio" } },
    { "public", { "public sector", "sector público" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words matter[] = {
    { "criminal", { "criminal", "penal" } },
    { "national_security", { "national security", "seguridad nacional" } },
    { "electoral", { "electoral", "electoral" } },
    { "fiscal", { "tax", "fiscal" } },
    { "mercantile", { "commercial", "mercantil" } },
    { "civil", { "civil", "civil" } },
    { "labour", { "labour", "laboral" } },
    { "administrative", { "administrative", "administrativa" } },
    { "other", { "another matter", "otra materia" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words category[] = {
    { "comms_content_live", { "content of communications, live", "contenido de comunicaciones, en vivo" } },
    { "comms_content_stored", { "content of communications, stored", "contenido de comunicaciones, almacenado" } },
    { "device_content", { "content of a device", "contenido de un equipo" } },
    { "geolocation_live", { "location in real time", "geolocalización en tiempo real" } },
    { "traffic_retained", { "retained traffic data", "datos de tráfico conservados" } },
    { "location_retained", { "retained location data", "datos de localización conservados" } },
    { "subscriber", { "subscriber data", "datos del usuario o suscriptor" } },
    { "preservation", { "preservation of data (nothing is handed over)", "conservación de datos (no se entrega nada)" } },
    { "bank", { "bank data", "datos bancarios" } },
    { "fiscal", { "tax data", "datos fiscales" } },
    { "identity_biometric", { "identity and biometric data", "datos de identidad y biométricos" } },
    { "vehicle", { "vehicle data", "datos de vehículos" } },
    { "property", { "property data", "datos de inmuebles" } },
    { "commercial", { "commercial data", "datos comerciales" } },
    { "firearms", { "firearms data", "datos de armas de fuego" } },
    { "detention", { "data on detentions", "datos de detenciones" } },
    { "prison", { "prison data", "datos penitenciarios" } },
    { "video", { "video recordings", "videograbaciones" } },
    { "health", { "health data", "datos de salud" } },
    { "transport", { "data on journeys", "datos de viajes y transporte" } },
    { "other", { "other data", "otros datos" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words basis[] = {
    { "CNPP-291", { "CNPP, art. 291", "CNPP, art. 291" } },
    { "CNPP-303", { "CNPP, art. 303", "CNPP, art. 303" } },
    { "CNPP-303-EXC", { "CNPP, art. 303 (exception for emergencies)", "CNPP, art. 303 (excepción por urgencia)" } },
    { "CNPP-303-PRES", { "CNPP, art. 303 (preservation of data)", "CNPP, art. 303 (conservación de datos)" } },
    { "LFCDO-16", { "LFCDO, art. 16", "LFCDO, art. 16" } },
    { "LGN-9-XXVI", { "LGN, art. 9, XXVI", "LGN, art. 9, fracción XXVI" } },
    { "LGN-90", { "LGN, art. 90", "LGN, art. 90" } },
    { "LSN-34", { "LSN, art. 34", "LSN, art. 34" } },
    { "1aJ-115-2012", { "case law 1a./J. 115/2012", "jurisprudencia 1a./J. 115/2012" } },
    { "LMTR-182", { "LMTR, art. 182", "LMTR, art. 182" } },
    { "LMTR-183", { "LMTR, art. 183", "LMTR, art. 183" } },
    { "LFTR-189", { "LFTR, art. 189", "LFTR, art. 189" } },
    { "LFTR-190", { "LFTR, art. 190", "LFTR, art. 190" } },
    { "LIC-142", { "LIC, art. 142", "LIC, art. 142" } },
    { "LGEXT-25", { "LGEXT, art. 25, IV, e", "LGEXT, art. 25, fracción IV, inciso e" } },
    { "CFF-69", { "CFF, art. 69", "CFF, art. 69" } },
    { "LGMDFP-12BIS", { "LGMDFP, art. 12 Bis", "LGMDFP, art. 12 Bis" } },
    { "LGMDFP-12QUATER", { "LGMDFP, art. 12 Quater", "LGMDFP, art. 12 Quater" } },
    { "LSNIIMSP-12", { "LSNIIMSP, art. 12", "LSNIIMSP, art. 12" } },
    { "LSNIIMSP-24", { "LSNIIMSP, art. 24", "LSNIIMSP, art. 24" } },
    { "LSNIIMSP-25", { "LSNIIMSP, art. 25", "LSNIIMSP, art. 25" } },
    { "LSNIIMSP-26", { "LSNIIMSP, art. 26", "LSNIIMSP, art. 26" } },
    { "LSNIIMSP-27", { "LSNIIMSP, art. 27", "LSNIIMSP, art. 27" } },
    { "LSNIIMSP-28", { "LSNIIMSP, art. 28", "LSNIIMSP, art. 28" } },
    { "LSNIIMSP-30", { "LSNIIMSP, art. 30", "LSNIIMSP, art. 30" } },
    { "LSNIIMSP-31", { "LSNIIMSP, art. 31", "LSNIIMSP, art. 31" } },
    { "LSNIIMSP-39", { "LSNIIMSP, art. 39", "LSNIIMSP, art. 39" } },
    { "LSNIIMSP-44", { "LSNIIMSP, art. 44", "LSNIIMSP, art. 44" } },
    { "LSNIIMSP-47", { "LSNIIMSP, art. 47", "LSNIIMSP, art. 47" } },
    { "OTHER", { "another legal basis", "otro fundamento legal" } },
    { "NONE_STATED", { "no legal basis stated", "sin fundamento legal expresado" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words ground[] = {
    { "life_or_integrity", { "danger to somebody's life or physical integrity", "peligro para la vida o la integridad física de alguien" } },
    { "object_of_crime_at_risk", { "the object of the crime is at risk", "riesgo para el objeto del delito" } },
    { "illegal_deprivation_of_liberty", { "unlawful deprivation of liberty", "privación ilegal de la libertad" } },
    { "kidnapping", { "kidnapping", "secuestro" } },
    { "extortion", { "extortion", "extorsión" } },
    { "organised_crime", { "organised crime", "delincuencia organizada" } },
    { "other", { "another ground", "otro supuesto" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words purpose[] = {
    { "criminal_investigation", { "criminal investigation", "investigación de un delito" } },
    { "prosecution", { "prosecution in court", "persecución penal en juicio" } },
    { "missing_person", { "search for a missing person", "búsqueda de una persona desaparecida" } },
    { "emergency", { "emergency", "urgencia" } },
    { "national_security", { "national security", "seguridad nacional" } },
    { "prevention", { "prevention of crime", "prevención del delito" } },
    { "fiscal", { "tax purposes", "fines fiscales" } },
    { "administrative", { "administrative purposes", "fines administrativos" } },
    { "other", { "another purpose", "otra finalidad" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words source[] = {
    { "subscriber_db", { "subscriber database", "base de datos de usuarios" } },
    { "call_records", { "call records", "registros de llamadas" } },
    { "location_records", { "location records", "registros de localización" } },
    { "interception", { "interception of communications", "intervención de comunicaciones" } },
    { "content_store", { "stored content", "contenido almacenado" } },
    { "device", { "a device", "un equipo" } },
    { "bank_accounts", { "bank accounts", "cuentas bancarias" } },
    { "tax_registry", { "tax registry", "registro fiscal" } },
    { "population_registry", { "population registry", "registro de población" } },
    { "biometric_db", { "biometric database", "base de datos biométricos" } },
    { "vehicle_registry", { "vehicle registry", "registro vehicular" } },
    { "property_registry", { "land and property registry", "registro público de la propiedad" } },
    { "commerce_registry", { "commercial registry", "registro público de comercio" } },
    { "firearms_registry", { "firearms registry", "registro de armas de fuego" } },
    { "detention_registry", { "registry of detentions", "registro de detenciones" } },
    { "prison_registry", { "prison registry", "registro penitenciario" } },
    { "video_system", { "video surveillance system", "sistema de videovigilancia" } },
    { "health_records", { "health records", "expedientes clínicos" } },
    { "transport_records", { "transport records", "registros de transporte" } },
    { "commercial_db", { "commercial database", "base de datos comercial" } },
    { "central_platform", { "central intelligence platform", "plataforma central de inteligencia" } },
    { "other", { "another source", "otra fuente" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words case_scheme[] = {
    { "FGR_CI", { "investigation file of the FGR", "carpeta de investigación de la FGR" } },
    { "STATE_NUC", { "state investigation file (NUC)", "carpeta de investigación estatal (NUC)" } },
    { "CAUSA_PENAL", { "criminal case number (causa penal)", "causa penal" } },
    { "COURT_FILE", { "court file", "expediente judicial" } },
    { "FUB", { "search file (FUB)", "folio único de búsqueda (FUB)" } },
    { "OFICIO", { "official letter (oficio)", "oficio" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words subject_type[] = {
    { "curp", { "CURP (population registry code)", "CURP" } },
    { "rfc", { "RFC (tax number)", "RFC" } },
    { "phone", { "telephone number", "número telefónico" } },
    { "imei", { "IMEI (number of a device)", "IMEI (número de un equipo)" } },
    { "imsi", { "IMSI (number of a SIM)", "IMSI (número de una SIM)" } },
    { "email", { "e-mail address", "correo electrónico" } },
    { "account", { "account number", "número de cuenta" } },
    { "plate", { "licence plate", "placa vehicular" } },
    { "person", { "person", "persona" } },
    { "other", { "another identifier", "otro identificador" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words outcome[] = {
    { "pending", { "not answered yet", "pendiente de respuesta" } },
    { "full", { "everything was handed over", "se entregó todo" } },
    { "partial", { "a part was handed over", "se entregó una parte" } },
    { "none_held", { "no such data are held", "no se tienen esos datos" } },
    { "rejected_no_authority", { "rejected: no authority to ask", "rechazada: sin facultades para pedirlos" } },
    { "rejected_form", { "rejected: lacks the form required", "rechazada: sin los requisitos de forma" } },
    { "cancelled", { "cancelled", "cancelada" } },
    { "error", { "failed by an error", "falló por un error" } },
    { "direct_access", { "taken by direct access, without the holder's intervention", "obtenidos por acceso directo, sin intervención de quien los tiene" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words product_class[] = {
    { "intelligence_report", { "intelligence report", "informe de inteligencia" } },
    { "link_analysis", { "link analysis", "análisis de vínculos" } },
    { "profile", { "profile of a person", "perfil de una persona" } },
    { "geolocation_report", { "location report", "informe de geolocalización" } },
    { "financial_analysis", { "financial analysis", "análisis financiero" } },
    { "alert", { "alert", "alerta" } },
    { "statistics", { "statistics", "estadística" } },
    { "other", { "another product", "otro producto" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words means[] = {
    { "in_person", { "in person", "en persona" } },
    { "post", { "by post", "por correo postal" } },
    { "email", { "by e-mail", "por correo electrónico" } },
    { "telephone", { "by telephone", "por teléfono" } },
    { "electronic_portal", { "by an electronic portal", "por un portal electrónico" } },
    { "public_notice", { "by public notice", "por edictos" } },
    { "through_counsel", { "through counsel", "por medio de su defensa" } },
    { "other", { "by other means", "por otro medio" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words cause[] = {
    { "wrong_person", { "wrong person", "persona equivocada" } },
    { "wrong_identifier", { "wrong identifier", "identificador equivocado" } },
    { "wrong_window", { "wrong period of time", "periodo equivocado" } },
    { "wrong_category", { "wrong category of data", "categoría de datos equivocada" } },
    { "wrong_holder", { "wrong data holder", "poseedor de datos equivocado" } },
    { "exceeded_scope", { "more than was allowed", "excedió lo permitido" } },
    { "no_authority", { "no authority to do so", "sin facultades para ello" } },
    { "duplicate", { "entered twice", "asentado dos veces" } },
    { "clerical", { "clerical error", "error de captura" } },
    { "not_entered", { "not entered when it should have been", "no se asentó cuando debía" } },
    { "technical", { "technical error", "error técnico" } },
    { "other", { "another cause", "otra causa" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words deferral_reason[] = {
    { "ongoing_investigation", { "ongoing investigation", "investigación en curso" } },
    { "risk_to_life", { "risk to somebody's life", "riesgo para la vida de alguien" } },
    { "risk_to_witness", { "risk to a witness", "riesgo para un testigo" } },
    { "national_security", { "national security", "seguridad nacional" } },
    { "evidence_at_risk", { "evidence at risk", "riesgo para las pruebas" } },
    { "other", { "another reason", "otro motivo" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words *const lists[VOCABULARY_COUNT] = {
    [VOCABULARY_LEVEL] = level,
    [VOCABULARY_FUNCTION] = function,
    [VOCABULARY_SECTOR] = sector,
    [VOCABULARY_MATTER] = matter,
    [VOCABULARY_CATEGORY] = category,
    [VOCABULARY_BASIS] = basis,
    [VOCABULARY_GROUND] = ground,
    [VOCABULARY_PURPOSE] = purpose,
    [VOCABULARY_SOURCE] = source,
    [VOCABULARY_CASE_SCHEME] = case_scheme,
    [VOCABULARY_SUBJECT_TYPE] = subject_type,
    [VOCABULARY_OUTCOME] = outcome,
    [VOCABULARY_PRODUCT_CLASS] = product_class,
    [VOCABULARY_MEANS] = means,
    [VOCABULARY_CAUSE] = cause,
    [VOCABULARY_DEFERRAL_REASON] = deferral_reason,
};

static const struct label_words roles[] = {
    { "log", { "the log itself", "la propia bitácora" } },
    { "registrar", { "registrar", "registrador" } },
    { "judge", { "judge", "juez o jueza" } },
    { "requester", { "requesting official", "agente que solicita" } },
    { "holder", { "data holder", "poseedor de los datos" } },
    { "oversight", { "oversight body", "órgano de supervisión" } },
    { "auditor", { "auditor", "auditor" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words reasons[] = {
    { "key_compromise", { "the key may be in other hands", "la clave puede estar en otras manos" } },
    { "left_office", { "left office", "dejó el cargo" } },
    { "superseded", { "replaced by another key", "sustituida por otra clave" } },
    { "other", { "another reason", "otro motivo" } },
    { NULL, { NULL, NULL } },
};

static const struct label_words results[] = {
    { "total", { "ratified as a whole", "ratificada en su totalidad" } },
    { "partial", { "ratified in part", "ratificada en parte" } },
    { "refused", { "refused", "negada" } },
    { NULL, { NULL, NULL } },
};

static const char *const kinds[KIND_COUNT][2] = {
    [KIND_GENESIS] = { "Beginning of the log", "Inicio de la bitácora" },
    [KIND_ENROLL] = { "Enrolment of a key", "Alta de una clave" },
    [KIND_REVOKE] = { "Revocation of a key", "Revocación de una clave" },
    [KIND_RULESET] = { "Ruleset put in force", "Puesta en vigor de un conjunto de reglas" },
    [KIND_WARRANT] = { "Warrant", "Mandamiento judicial" },
    [KIND_EXTENSION] = { "Extension of a warrant", "Prórroga de un mandamiento" },
    [KIND_RATIFICATION] = { "Ruling on an emergency request", "Resolución sobre una solicitud de urgencia" },
    [KIND_DEFERRAL] = { "Deferral of the notice to the person", "Aplazamiento del aviso a la persona" },
    [KIND_ERASURE] = { "Order to erase", "Orden de borrado" },
    [KIND_ANCHOR] = { "Checkpoint seen from outside", "Punto de control visto desde fuera" },
    [KIND_REQUEST] = { "Request for data", "Solicitud de datos" },
    [KIND_JUDICIAL_NOTICE] = { "Notice to the judge", "Aviso al juez" },
    [KIND_TRANSFER] = { "Transfer of data", "Transferencia de datos" },
    [KIND_PRODUCT] = { "Product made of the data", "Producto elaborado con los datos" },
    [KIND_CLOSING] = { "Execution of a warrant", "Ejecución de un mandamiento" },
    [KIND_DESTRUCTION] = { "Destruction of copies", "Destrucción de copias" },
    [KIND_NOTICE] = { "Notice to the person", "Aviso a la persona" },
    [KIND_CORRECTION] = { "Correction of an entry", "Corrección de un asiento" },
    [KIND_RESPONSE] = { "Answer of the data holder", "Respuesta de quien tiene los datos" },
    [KIND_ERROR_REPORT] = { "Error reported by oversight", "Error informado por el órgano de supervisión" },
    [KIND_INDEX] = { "Index of the log", "Índice de la bitácora" },
    [KIND_ACCESS] = { "Record of who read", "Constancia de quién leyó" },
    [KIND_FREEZE] = { "End of the log", "Fin de la bitácora" },
};

/* One name means the same in all kinds, as far as the words go. */
static const struct label_words members[] = {
    { "id", { "Identifier of the record", "Identificador del registro" } },
    { "at", { "Time by the signer's clock", "Hora según el reloj de quien firma" } },
    { "under", { "Enrolment of the signing key", "Alta de la clave que firma" } },
    { "about", { "Entry it is about", "Asiento del que trata" } },
    { "answered_at", { "Answered", "Contestada" } },
    { "authority", { "Authority", "Autoridad" } },
    { "automated", { "Feeds an automated decision", "Alimenta una decisión automatizada" } },
    { "basis", { "Legal basis", "Fundamento legal" } },
    { "binding", { "Document by which the holder of the key is known (SHA-256)", "Documento por el que se conoce a quien tiene la clave (SHA-256)" } },
    { "blob", { "Blob to be deleted (SHA-256)", "Blob que debe borrarse (SHA-256)" } },
    { "blobs", { "Blobs whose content was destroyed (SHA-256)", "Blobs cuyo contenido se destruyó (SHA-256)" } },
    { "case", { "Case number", "Número de expediente" } },
    { "categories", { "Categories of data", "Categorías de datos" } },
    { "cause", { "What is wrong", "Qué está mal" } },
    { "checkpoint", { "Checkpoint that was seen", "Punto de control que se vio" } },
    { "class", { "Class of product", "Clase de producto" } },
    { "count", { "How many", "Cuántos" } },
    { "data_window", { "Period that the data are about", "Periodo del que tratan los datos" } },
    { "delivered_at", { "The person was told", "Se avisó a la persona" } },
    { "designation", { "Designation", "Designación" } },
    { "digest", { "Digest of the content", "Resumen criptográfico del contenido" } },
    { "display", { "Institution or person", "Institución o persona" } },
    { "document", { "Signed court document (SHA-256)", "Documento judicial firmado (SHA-256)" } },
    { "executed", { "Executed", "Ejecutado" } },
    { "from", { "In force from", "En vigor desde" } },
    { "fulfilled_at", { "Data handed over", "Entrega de los datos" } },
    { "function", { "Function", "Función" } },
    { "ground", { "Ground of the emergency", "Supuesto de urgencia" } },
    { "holder", { "Data holder", "Poseedor de los datos" } },
    { "holders", { "Data holders", "Poseedores de los datos" } },
    { "index", { "Index that was recomputed", "Índice que se recalculó" } },
    { "instrument", { "Legal instrument", "Instrumento legal" } },
    { "interval", { "Time in which they were made", "Tiempo en que se hicieron" } },
    { "jurisdiction", { "Jurisdiction", "Jurisdicción" } },
    { "level", { "Level of government", "Nivel de gobierno" } },
    { "matter", { "Matter", "Materia" } },
    { "means", { "By what means", "Por qué medio" } },
    { "name", { "Name", "Nombre" } },
    { "note", { "Note in words", "Nota en palabras" } },
    { "notified_at", { "The judge was told", "Se avisó al juez" } },
    { "notify", { "No notice to the person before", "Sin aviso a la persona antes de" } },
    { "order", { "Order (SHA-256)", "Orden (SHA-256)" } },
    { "origin", { "Origin of the log", "Origen de la bitácora" } },
    { "outcome", { "Outcome", "Resultado" } },
    { "persons", { "Number of persons", "Número de personas" } },
    { "predecessor", { "Log that this one goes on from", "Bitácora que esta continúa" } },
    { "proof", { "Signature that proves possession of the key", "Firma que prueba la posesión de la clave" } },
    { "purpose", { "Purpose", "Finalidad" } },
    { "reason", { "Reason", "Motivo" } },
    { "received_at", { "Request received", "Solicitud recibida" } },
    { "recipient", { "Recipient", "Destinatario" } },
    { "records", { "Records handed over", "Registros entregados" } },
    { "ref", { "Reference of the court", "Referencia del juzgado" } },
    { "registrars", { "First registrars", "Primeros registradores" } },
    { "request", { "Request it is about", "Solicitud de la que trata" } },
    { "requests", { "Requests it is about", "Solicitudes de las que trata" } },
    { "result", { "Ruling", "Resolución" } },
    { "root", { "Root of the rows", "Raíz de las filas" } },
    { "role", { "Role", "Papel" } },
    { "sha256", { "File of the ruleset (SHA-256)", "Archivo del conjunto de reglas (SHA-256)" } },
    { "since", { "Not to be relied on from", "No confiable desde" } },
    { "skew", { "Clock difference allowed, in seconds", "Diferencia de reloj permitida, en segundos" } },
    { "source", { "Source of the data", "Fuente de los datos" } },
    { "subjects", { "Whose data", "De quién son los datos" } },
    { "successor", { "Log that goes on from this one", "Bitácora que continúa esta" } },
    { "tables", { "Tables", "Tablas" } },
    { "term", { "Term", "Plazo" } },
    { "token", { "Outside timestamp", "Sello de tiempo externo" } },
    { "until", { "Until", "Hasta" } },
    { "used_by", { "Authorities that may use it", "Autoridades que pueden usarlo" } },
    { "version", { "Version", "Versión" } },
    { "vkey", { "Public key", "Clave pública" } },
    { "warrant", { "Warrant", "Mandamiento" } },
    { "window", { "May be used", "Puede usarse" } },
    { NULL, { NULL, NULL } },
};
// clang-format on

static const char *find_words(const struct label_words *list, const char *code,
                              enum language language)
{
    for (; list != NULL && list->code != NULL; list++)
        if (strcmp(list->code, code) == 0)
            return list->in[language];
    return NULL;
}

const char *label_in(enum vocabulary v, const char *code, enum language language)
{
    if (v != VOCABULARY_FUNCTION_OR_SECTOR)
        return find_words(lists[v], code, language);
    const char *words = find_words(function, code, language);
    return words != NULL ? words : find_words(sector, code, language);
}

const char *label(enum vocabulary v, const char *code)
{
    const char *words = label_in(v, code, language_get());
    return words != NULL ? words : code;
}

const char *label_word_in(enum type type, const char *word, enum language language)
{
    return find_words(type == TYPE_ROLE     ? roles
                      : type == TYPE_REASON ? reasons
                      : type == TYPE_RESULT ? results
                                            : NULL,
                      word, language);
}

const char *label_word(enum type type, const char *word)
{
    const char *words = label_word_in(type, word, language_get());
    return words != NULL ? words : word;
}

const char *label_kind_in(enum kind k, enum language language)
{
    return k >= KIND_GENESIS && k < KIND_COUNT ? kinds[k][language] : NULL;
}

const char *label_kind(enum kind k)
{
    const char *words = label_kind_in(k, language_get());
    return words != NULL ? words : kind_name(k);
}

const char *label_role(enum role r)
{
    return label_word(TYPE_ROLE, role_name(r));
}

const char *label_member_in(const char *member, enum language language)
{
    return find_words(members, member, language);
}

/* What the table says that a member of the list means, or NULL. */
static const char *meaning(const struct member *list, const char *member)
{
    for (; list != NULL && list->name != NULL; list++)
        if (strcmp(list->name, member) == 0)
            return list->meaning[language_get()];
    return NULL;
}

const char *label_member(enum kind k, const char *member)
{
    const char *words = label_member_in(member, language_get());
    if (words == NULL && k >= KIND_GENESIS && k < KIND_COUNT)
        words = meaning(kind_table[k].members, member);
    if (words == NULL)
        words = meaning(common_members, member);
    return words != NULL ? words : member;
}
