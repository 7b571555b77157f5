#include "daemon/backup/uncopied.h"

#include <errno.h>
#include <stdio.h>

#include "daemon/host/cmd.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

int say_uncopied(const char *path)
{
    if (errno == ENOSPC || errno == EDQUOT) { /* of the disk that is written, not of what is read */
        terminal_print(stderr,
                       TR("bitacorad: cannot copy %s: the disk that it is copied to is full\n",
                          "bitacorad: no se pudo copiar %s: está lleno el disco de destino\n"),
                       path);
        return EXIT_DAMAGE;
    }
    terminal_print(stderr,
                   TR("bitacorad: cannot copy %s: %s\n", "bitacorad: no se pudo copiar %s: %s\n"),
                   path, errno_words(errno));
    return EXIT_DAMAGE;
}
