/* Every kind of record with all the members that it may have, from docs/FORMATS.md. */
#ifndef TESTS_UNIT_PROTO_RECORD_FULL_RECORDS_H
#define TESTS_UNIT_PROTO_RECORD_FULL_RECORDS_H

#include "proto/record/kind.h"

#define HASH "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\""
#define TIME "\"2026-11-21T16:00:00.000Z\""
#define LATER "\"2026-12-21T16:00:00.000Z\""
#define WINDOW "{\"from\":" TIME ",\"until\":" LATER "}"
#define REF "{\"entry\":1,\"hash\":" HASH "}"
#define SUBJECT "{\"type\":\"curp\",\"commit\":" HASH ",\"sealed\":" HASH ",\"to\":" REF "}"
#define NOTE "{\"commit\":" HASH ",\"sealed\":" HASH ",\"to\":" REF "}"
#define CASE "{\"scheme\":\"FGR_CI\",\"number\":\"1/2\"}"
#define PROOF                                                                                      \
    "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==\""
#define COMMON "\"id\":\"01234567-89ab-cdef-0123-456789abcdef\",\"at\":" TIME ",\"under\":" REF

/* `optional` names, between spaces, those that may be absent. */
static const struct {
    enum kind kind;
    const char *object, *optional;
} kinds[] = {
    { KIND_GENESIS,
      "{\"at\":" TIME ",\"origin\":\"log.mx\",\"vkey\":\"v\",\"registrars\":[\"r\"],\"skew\":600,"
      "\"predecessor\":{\"origin\":\"old.mx\",\"vkey\":\"v\",\"size\":1,\"root\":" HASH
      ",\"proof\":" PROOF "}}",
      " skew predecessor " },
    { KIND_ENROLL,
      "{" COMMON
      ",\"vkey\":\"v\",\"role\":\"judge\",\"authority\":\"mx.pjf\",\"level\":\"federal\","
      "\"name\":\"n\",\"function\":\"court\",\"jurisdiction\":\"MX-CMX\",\"from\":" TIME
      ",\"until\":" LATER ",\"proof\":" PROOF
      ",\"display\":\"d\",\"designation\":\"DOF\",\"binding\":" HASH "}",
      " function jurisdiction from until proof display designation binding " },
    { KIND_REVOKE, "{" COMMON ",\"vkey\":\"v\",\"reason\":\"superseded\",\"since\":" TIME "}",
      " since " },
    { KIND_RULESET,
      "{" COMMON ",\"name\":\"mx\",\"version\":\"1\",\"from\":" TIME ",\"sha256\":" HASH "}", " " },
    { KIND_WARRANT,
      "{" COMMON
      ",\"ref\":\"1/2026\",\"matter\":\"criminal\",\"used_by\":[\"mx.fgr\"],\"case\":" CASE
      ",\"categories\":[\"bank\"],\"subjects\":[" SUBJECT
      "],\"holders\":[\"mx.telco\"],\"window\":" WINDOW ",\"data_window\":" WINDOW
      ",\"document\":" HASH "}",
      " case subjects holders data_window document " },
    { KIND_EXTENSION, "{" COMMON ",\"warrant\":" REF ",\"until\":" LATER "}", " " },
    { KIND_RATIFICATION,
      "{" COMMON ",\"request\":" REF ",\"result\":\"partial\",\"categories\":[\"bank\"]}",
      " categories " },
    { KIND_DEFERRAL, "{" COMMON ",\"request\":" REF ",\"until\":" LATER ",\"reason\":\"other\"}",
      " " },
    { KIND_ERASURE, "{" COMMON ",\"blob\":" HASH ",\"order\":" HASH "}", " " },
    { KIND_ANCHOR,
      "{" COMMON ",\"checkpoint\":{\"size\":1,\"root\":" HASH "},\"token\":\"AAAA\",\"index\":" REF
      "}",
      " token index " },
    { KIND_REQUEST,
      "{" COMMON ",\"authority\":\"mx.fgr\",\"function\":\"prosecution\",\"level\":\"federal\","
      "\"holder\":\"mx.telco\",\"source\":\"other\",\"categories\":[\"bank\"],\"basis\":\"LIC-"
      "142\","
      "\"warrant\":{\"ref\":\"1/2026\",\"court\":\"mx.pjf\",\"entry\":1,\"hash\":" HASH "},"
      "\"ground\":\"kidnapping\",\"case\":" CASE ",\"purpose\":{\"code\":\"fiscal\",\"note\":" NOTE
      "},\"subjects\":[" SUBJECT "],\"persons\":1,\"data_window\":" WINDOW ",\"term\":" LATER
      ",\"automated\":false,\"notify\":{\"after\":" LATER "}}",
      " warrant ground case subjects data_window term automated notify " },
    { KIND_JUDICIAL_NOTICE,
      "{" COMMON ",\"request\":" REF ",\"fulfilled_at\":" TIME ",\"notified_at\":" TIME "}", " " },
    { KIND_TRANSFER,
      "{" COMMON ",\"requests\":[" REF
      "],\"recipient\":{\"country\":\"US\",\"authority\":\"us.x\"},"
      "\"instrument\":\"treaty\"}",
      " instrument " },
    { KIND_PRODUCT, "{" COMMON ",\"requests\":[" REF "],\"class\":\"other\",\"digest\":" HASH "}",
      " digest " },
    { KIND_CLOSING, "{" COMMON ",\"warrant\":" REF ",\"executed\":" WINDOW "}", " " },
    { KIND_DESTRUCTION,
      "{" COMMON ",\"requests\":[" REF "],\"blobs\":[" HASH "],\"order\":" HASH "}",
      " requests blobs order " },
    { KIND_NOTICE, "{" COMMON ",\"request\":" REF ",\"delivered_at\":" TIME ",\"means\":\"other\"}",
      " " },
    { KIND_CORRECTION, "{" COMMON ",\"about\":" REF ",\"cause\":\"other\",\"note\":" NOTE "}",
      " note " },
    { KIND_ERROR_REPORT, "{" COMMON ",\"about\":" REF ",\"cause\":\"other\",\"note\":" NOTE "}",
      " note " },
    { KIND_RESPONSE,
      "{" COMMON ",\"request\":" REF
      ",\"holder\":\"mx.telco\",\"outcome\":\"full\",\"received_at\":" TIME
      ",\"answered_at\":" LATER ",\"records\":0,\"digest\":" HASH "}",
      " request answered_at records digest " },
    { KIND_INDEX,
      "{" COMMON ",\"version\":1,\"tables\":[{\"entries\":1,\"rows\":0,\"root\":" HASH "}]}", " " },
    { KIND_ACCESS,
      "{" COMMON ",\"version\":1,\"interval\":" WINDOW ",\"count\":0,\"root\":" HASH "}", " " },
    { KIND_FREEZE, "{" COMMON ",\"successor\":{\"origin\":\"new.mx\",\"vkey\":\"v\"}}",
      " successor " },
};

#endif
