#include "daemon/backup/uncopied.h"

#include <errno.h>
#include <stdio.h>

#include "daemon/host/cmd.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

int say_uncopied(const char *path)
{
    terminal_print(stderr,
                   TR("bitacorad: cannot copy %s: %s\n", "bitacorad: no se pudo copiar %s: %s\n"),
                   path, errno_words(errno));
    return EXIT_DAMAGE;
}
