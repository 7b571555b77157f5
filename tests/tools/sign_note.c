/* Signs standard input, whatever it is, as a note: for records that the client would not sign.
 * With a witness's key and a time, cosigns it. usage: sign_note KEYFILE [SECONDS] < TEXT > NOTE */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/sys/files.h"
#include "proto/tlog/note.h"

int main(int argc, char **argv)
{
    struct buf key_text = { 0 }, text = { 0 }, note = { 0 };
    struct skey key;
    const char *cause;
    if (argc < 2 || argc > 3 || sodium_init() < 0 ||
        file_read(&key_text, argv[1], 4096) != FILE_OK ||
        skey_parse(&key, buf_span(&key_text), &cause) != 0 ||
        file_read(&text, "-", 1 << 24) != FILE_OK)
        return 2;
    if (argc == 2) {
        note_sign(&note, buf_span(&text), &key);
    } else {
        buf_add_span(&note, buf_span(&text));
        buf_adds(&note, "\n");
        note_cosign(&note, buf_span(&text), &key, strtoull(argv[2], NULL, 10));
    }
    if (note.failed || fwrite(note.p, 1, note.n, stdout) != note.n)
        return 2;
    return 0;
}
