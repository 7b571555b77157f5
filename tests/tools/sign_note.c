/* Signs standard input, whatever it is, as a note: for records that the client would not sign.
 * usage: sign_note KEYFILE < TEXT > NOTE */
#include <sodium.h>
#include <stdio.h>

#include "client/files.h"
#include "proto/note.h"

int main(int argc, char **argv)
{
    struct buf key_text = { 0 }, text = { 0 }, note = { 0 };
    struct skey key;
    const char *cause;
    if (argc != 2 || sodium_init() < 0 || file_read(&key_text, argv[1], 4096) != FILE_OK ||
        skey_parse(&key, buf_span(&key_text), &cause) != 0 ||
        file_read(&text, "-", 1 << 24) != FILE_OK)
        return 2;
    note_sign(&note, buf_span(&text), &key);
    if (note.failed || fwrite(note.p, 1, note.n, stdout) != note.n)
        return 2;
    return 0;
}
