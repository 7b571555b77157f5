#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/host/log.h"
#include "daemon/signer/signing_key.h"
#include "proto/base/scan.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"
#include "proto/sys/secret.h"
#include "proto/tlog/signing.h"

#define PIN_FILE_MAX 1024
#define SLOTS_MAX 64
#define REOPEN_MS 1000 /* between two attempts to find a token again */
#define POINT_MAX 64   /* of CKA_EC_POINT: 32 bytes, in a DER OCTET STRING with most modules */

struct token_key {
    struct signing_key key; /* first */
    void *module;           /* dlopen()'s */
    CK_FUNCTION_LIST *call;
    bool begun; /* C_Initialize() was called */
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE secret;
    struct token_place place;
    bool lost;           /* it did not sign: it may have been pulled out, or its reader restarted */
    bool pin_refused;    /* a token counts wrong ones, and locks itself: no other attempt */
    int64_t reopened_at; /* by the steady clock; 0: never */
};

static int failed(const char *what, CK_RV rv)
{
    log_line(LOG_ERROR, "PKCS#11: %s: error 0x%08lx", what, rv);
    return -1;
}

/* Without an error number: something that should be there is not. */
static int lacks(const char *what, const char *name)
{
    log_line(LOG_ERROR, "PKCS#11: %s '%s'", what, name);
    return -1;
}

/* ---- module and token ------------------------------------------------------------------------ */

static int begin(struct token_key *t)
{
    CK_RV rv = t->call->C_Initialize(NULL);
    t->begun = rv == CKR_OK;
    return rv == CKR_OK ? 0 : failed("C_Initialize", rv);
}

/* Whoever can write the module runs in this process. */
static bool is_safe(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0)
        return true; /* that it is not there is said by whoever loads it */
    return (st.st_uid == 0 || st.st_uid == geteuid()) && (st.st_mode & 022) == 0;
}

static int load_module(struct token_key *t, const char *path)
{
    CK_C_GetFunctionList list = NULL;
    if (path[0] != '/')
        return lacks("the module must be named by an absolute path, unlike", path);
    if (!is_safe(path))
        return lacks("the module must be root's or this user's, and others cannot write it, unlike",
                     path);
    t->module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (t->module != NULL) /* POSIX: the address of a function may be kept in a void pointer */
        *(void **)&list = dlsym(t->module, "C_GetFunctionList");
    if (list == NULL) {
        log_line(LOG_ERROR, "PKCS#11: %s cannot be loaded: %s", path, dlerror());
        return -1;
    }
    CK_RV rv = list(&t->call);
    return rv == CKR_OK ? begin(t) : failed("C_GetFunctionList", rv);
}

/* Labels of tokens are padded with blanks. */
static bool is_labelled(const CK_TOKEN_INFO *info, const char *label)
{
    size_t n = sizeof info->label;
    while (n > 0 && info->label[n - 1] == ' ')
        n--;
    return span_is(span_of(info->label, n), label);
}

static int find_token(struct token_key *t, const char *label, CK_SLOT_ID *out)
{
    CK_SLOT_ID slot[SLOTS_MAX];
    CK_ULONG slots = SLOTS_MAX, found = 0;
    CK_RV rv = t->call->C_GetSlotList(CK_TRUE, slot, &slots);
    if (rv != CKR_OK)
        return failed("C_GetSlotList", rv);
    for (CK_ULONG i = 0; i < slots; i++) {
        CK_TOKEN_INFO info;
        if (t->call->C_GetTokenInfo(slot[i], &info) != CKR_OK || !is_labelled(&info, label))
            continue;
        *out = slot[i];
        found++;
    }
    if (found == 1)
        return 0;
    return lacks(found == 0 ? "there is no token" : "there is more than one token", label);
}

static void warn_of_readers(const char *file)
{
    struct stat st;
    if (stat(file, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & 077) != 0)
        log_line(LOG_WARNING, "PKCS#11: others can get at the PIN in %s: chmod 600 %s", file, file);
}

/* The PIN stays in memory no longer than the call takes. */
static int log_in(struct token_key *t, const char *file)
{
    struct buf text;
    CK_RV rv = CKR_GENERAL_ERROR;
    warn_of_readers(file);
    if (secret_buf_new(&text, PIN_FILE_MAX + 2) ==
            0 && /* so it is never copied to make it longer */
        file_read_at_once(&text, file, PIN_FILE_MAX) == FILE_OK) {
        buf_adds(&text, "\n"); /* the line need not end in one */
        struct scan s = scan_of(buf_span(&text));
        struct span pin = scan_line(&s);
        if (!text.failed && !s.bad)
            rv = t->call->C_Login(t->session, CKU_USER, text.p, pin.n);
    } else {
        lacks("the file of the PIN cannot be read:", file);
    }
    secret_buf_free(&text);
    t->pin_refused = rv == CKR_PIN_INCORRECT || rv == CKR_PIN_LOCKED || rv == CKR_PIN_EXPIRED;
    return rv == CKR_OK ? 0 : failed("C_Login", rv);
}

/* ---- the key --------------------------------------------------------------------------------- */

static int find_object(struct token_key *t, CK_OBJECT_CLASS class, const char *label,
                       CK_OBJECT_HANDLE *out)
{
    CK_KEY_TYPE type = CKK_EC_EDWARDS;
    CK_ATTRIBUTE wanted[] = { { CKA_CLASS, &class, sizeof class },
                              { CKA_KEY_TYPE, &type, sizeof type },
                              { CKA_LABEL, (void *)(uintptr_t)label, strlen(label) } };
    CK_OBJECT_HANDLE object[2];
    CK_ULONG n = 0;
    CK_RV rv = t->call->C_FindObjectsInit(t->session, wanted, 3);
    if (rv != CKR_OK)
        return failed("C_FindObjectsInit", rv);
    rv = t->call->C_FindObjects(t->session, object, 2, &n);
    t->call->C_FindObjectsFinal(t->session);
    if (rv != CKR_OK)
        return failed("C_FindObjects", rv);
    *out = object[0];
    if (n == 1)
        return 0;
    return lacks(n == 0 ? "the token has no Ed25519 key" : "the token has more than one key",
                 label);
}

/* Its public part, and the vkey made of it. */
static int read_public(struct token_key *t, struct vkey *out)
{
    CK_OBJECT_HANDLE object;
    uint8_t point[POINT_MAX];
    CK_ATTRIBUTE wanted = { CKA_EC_POINT, point, sizeof point };
    if (find_object(t, CKO_PUBLIC_KEY, t->place.key, &object) != 0)
        return -1;
    CK_RV rv = t->call->C_GetAttributeValue(t->session, object, &wanted, 1);
    if (rv != CKR_OK)
        return failed("C_GetAttributeValue", rv);
    size_t n = wanted.ulValueLen, header = n == PUBLIC_KEY_BYTES ? 0 : 2;
    if (n != header + PUBLIC_KEY_BYTES ||
        (header > 0 && (point[0] != 0x04 || point[1] != PUBLIC_KEY_BYTES)) ||
        !key_good(point + header))
        return lacks("this is not the public key of Ed25519:", t->place.key);
    vkey_make(out, span_str(t->place.origin), KEY_NOTE, point + header);
    return 0;
}

static int open_key(struct token_key *t, struct vkey *out)
{
    CK_SLOT_ID slot;
    if (find_token(t, t->place.token, &slot) != 0)
        return -1;
    CK_RV rv = t->call->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &t->session);
    if (rv != CKR_OK)
        return failed("C_OpenSession", rv);
    return log_in(t, t->place.pin) != 0 ||
                   find_object(t, CKO_PRIVATE_KEY, t->place.key, &t->secret) != 0
               ? -1
               : read_public(t, out);
}

/* Begins anew with a token that was away: its sessions and objects are gone. */
static int reopen_key(struct token_key *t)
{
    struct vkey again;
    int64_t now = clock_steady();
    if (t->pin_refused || (t->reopened_at != 0 && now - t->reopened_at < REOPEN_MS))
        return -1;
    t->reopened_at = now;
    if (t->begun)
        t->call->C_Finalize(NULL);
    t->begun = false;
    if (begin(t) != 0 || open_key(t, &again) != 0)
        return -1;
    if (!vkey_eq(&again, &t->key.vkey))
        return lacks("another key bears the label now:", t->place.key);
    log_line(LOG_INFO, "PKCS#11: the token '%s' was found again", t->place.token);
    t->lost = false;
    return 0;
}

static int sign_by_token(struct signing_key *k, uint8_t signature[static SIGNATURE_BYTES],
                         struct span message)
{
    struct token_key *t = (struct token_key *)(void *)k;
    CK_MECHANISM mechanism = { CKM_EDDSA, NULL, 0 };
    CK_ULONG n = SIGNATURE_BYTES;
    if (t->lost && reopen_key(t) != 0)
        return -1;
    CK_RV rv = t->call->C_SignInit(t->session, &mechanism, t->secret);
    if (rv == CKR_OK)
        rv = t->call->C_Sign(t->session, (CK_BYTE *)(uintptr_t)message.p, message.n, signature, &n);
    t->lost = rv != CKR_OK;
    if (rv != CKR_OK)
        return failed("the key does not sign", rv);
    return n == SIGNATURE_BYTES ? 0 : failed("a signature of a wrong length", n);
}

static void free_token_key(struct signing_key *k)
{
    struct token_key *t = (struct token_key *)(void *)k;
    if (t->begun)
        t->call->C_Finalize(NULL); /* closes sessions, logs out */
    if (t->module != NULL)
        dlclose(t->module);
    free(t);
}

struct signing_key *signing_key_of_token(const struct token_place *place)
{
    struct token_key *t = calloc(1, sizeof *t);
    if (t == NULL) {
        log_line(LOG_ERROR, "out of memory");
        return NULL;
    }
    t->key.sign = sign_by_token;
    t->key.free = free_token_key;
    t->place = *place;
    if (load_module(t, place->module) == 0 && open_key(t, &t->key.vkey) == 0)
        return &t->key;
    free_token_key(&t->key);
    return NULL;
}
