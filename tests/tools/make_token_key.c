/* Makes an Ed25519 key in a PKCS#11 token, as an operator would with the token's own tools.
 * usage: make_token_key MODULE TOKEN PIN KEY, where TOKEN and KEY are labels. */
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(CK_RV rv, const char *what)
{
    if (rv == CKR_OK)
        return;
    fprintf(stderr, "%s: error 0x%08lx\n", what, rv);
    exit(1);
}

static CK_SLOT_ID find(CK_FUNCTION_LIST *call, const char *label)
{
    CK_SLOT_ID slot[16];
    CK_ULONG n = 16;
    must(call->C_GetSlotList(CK_TRUE, slot, &n), "C_GetSlotList");
    for (CK_ULONG i = 0; i < n; i++) {
        CK_TOKEN_INFO info;
        must(call->C_GetTokenInfo(slot[i], &info), "C_GetTokenInfo");
        if (strncmp((const char *)info.label, label, strlen(label)) == 0)
            return slot[i];
    }
    fprintf(stderr, "no token '%s'\n", label);
    exit(1);
}

int main(int argc, char **argv)
{
    if (argc != 5)
        return 2;
    void *module = dlopen(argv[1], RTLD_NOW);
    CK_C_GetFunctionList list = NULL;
    CK_FUNCTION_LIST *call;
    CK_SESSION_HANDLE session;
    CK_OBJECT_HANDLE public, private;
    CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
    static CK_BYTE curve[] = "\x13\x0c"
                             "edwards25519"; /* a DER PrintableString */
    if (module != NULL)
        *(void **)&list = dlsym(module, "C_GetFunctionList");
    if (list == NULL)
        return 1;
    must(list(&call), "C_GetFunctionList");
    must(call->C_Initialize(NULL), "C_Initialize");
    must(call->C_OpenSession(find(call, argv[2]), CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL,
                             &session),
         "C_OpenSession");
    must(call->C_Login(session, CKU_USER, (CK_BYTE *)argv[3], strlen(argv[3])), "C_Login");
    CK_ATTRIBUTE for_public[] = { { CKA_EC_PARAMS, curve, sizeof curve - 1 },
                                  { CKA_TOKEN, &yes, 1 },
                                  { CKA_VERIFY, &yes, 1 },
                                  { CKA_LABEL, argv[4], strlen(argv[4]) } };
    CK_ATTRIBUTE for_private[] = {
        { CKA_TOKEN, &yes, 1 },     { CKA_PRIVATE, &yes, 1 },
        { CKA_SENSITIVE, &yes, 1 }, { CKA_EXTRACTABLE, &no, 1 },
        { CKA_SIGN, &yes, 1 },      { CKA_LABEL, argv[4], strlen(argv[4]) }
    };
    CK_MECHANISM generate = { CKM_EC_EDWARDS_KEY_PAIR_GEN, NULL, 0 };
    must(call->C_GenerateKeyPair(session, &generate, for_public, 4, for_private, 6, &public,
                                 &private),
         "C_GenerateKeyPair");
    must(call->C_Finalize(NULL), "C_Finalize");
    return 0;
}
