/* The caps and fixed sizes of the formats. docs/FORMATS.md explains each. */
#ifndef PROTO_BASE_LIMITS_H
#define PROTO_BASE_LIMITS_H

#define HASH_BYTES 32
#define SIGNATURE_BYTES 64
#define PUBLIC_KEY_BYTES 32
#define UUID_BYTES 16

/* Key names of a Bitácora log and its signers: [a-z0-9][a-z0-9._/-]{0,127}. C2SP allows other
 * names to witnesses; those are cut off at twice that. */
#define SIGNER_NAME_MAX 128
#define KEY_NAME_MAX 256
/* name + '+' + 8 hex + '+' + base64(1 + 32 bytes) */
#define VKEY_TEXT_MAX (KEY_NAME_MAX + 1 + 8 + 1 + 44)
/* A private key's one line: "PRIVATE+KEY+" and the like of a vkey. */
#define SKEY_TEXT_MAX (VKEY_TEXT_MAX + 12)
/* An encrypted one: its five lines, with their newlines. */
#define SEALED_KEY_TEXT_MAX (26 + VKEY_TEXT_MAX + 1 + 45 + 33 + 65)
#define PASSPHRASE_MAX 1024

#define RECORD_TEXT_MAX (48 * 1024)
/* em dash, space, name, space, base64(4 + 64 bytes), newline */
#define SIGNATURE_LINE_MAX (3 + 1 + SIGNER_NAME_MAX + 1 + 92 + 1)
#define RECORD_NOTE_MAX (RECORD_TEXT_MAX + 1 + SIGNATURE_LINE_MAX)
#define ENTRY_MAX 65535 /* tlog-tiles: a bundle's lengths are uint16 */

#define NOTE_SIGNATURES_MAX 64
#define NOTE_SIGNATURE_BYTES_MAX 8192 /* post-quantum signatures are nearly 5 kB (signed-note) */
#define CHECKPOINT_MAX (256 * 1024)
#define POLICY_MAX (1024 * 1024)
#define RECEIPT_MAX (16 * 1024 * 1024)
#define EVIDENCE_MAX (8 * 1024 * 1024)

#define TILE_WIDTH 256
#define TILE_BYTES (TILE_WIDTH * HASH_BYTES)
#define TILE_LEVELS 8    /* 8 bits a level, 2^63 leaves */
#define TILE_PATH_MAX 64 /* "tile/entries/x…/…/000.p/255" and its zero */
#define PROOF_MAX 64     /* hashes in an inclusion or consistency proof */

#define JSON_DEPTH_MAX 8
#define INTEGER_MAX ((INT64_C(1) << 53) - 1)
#define CODE_MAX 64
#define TEXT_MAX 256
#define LOG_KEYS_MAX 64
#define UNKNOWN_VKEY_TEXT_MAX 16384
#define TABLES_MAX 32 /* of an index */
#define ITEMS_MAX 256
#define TOKEN_BASE64_MAX 16384

#define SALT_BYTES 32
#define OPENING_BYTES 512
#define SEALED_BYTES 560 /* ephemeral key, Poly1305 tag, opening */
#define VALUE_MAX 448    /* of a subject or note, as it is sealed */
#define DISCLOSURE_MAX (8 * 1024 * 1024)
#define RULESET_MAX (1024 * 1024)
#define RULESET_NUMBER_MAX 1000000 /* hours, days: in milliseconds still far from 2^63 */
#define TOKEN_MAX_MS (5 * 60 * 1000)
#define TOKEN_METHOD_MAX 4
#define TOKEN_PATH_MAX 2048
#define TOKEN_NOTE_MAX 4096
#define ACCESS_ROW_MAX 4096
#define PRESENTATION_NOTE_MAX 2048 /* its members are short */
#define PENDING_BLOB_MS (24 * 60 * 60 * 1000)

#define SKEW_DEFAULT_S 600
#define SKEW_MAX_S 86400

/* Header and trailer lines of one answer over HTTP, all together. */
#define HEAD_BYTES_MAX (64 * 1024)

#define BATCH_NOTES_MAX 1000
#define BATCH_BYTES_MAX (4 * 1024 * 1024)

#define NO_ENTRY UINT64_MAX /* "no such entry", wherever an index is optional */

#endif
