#include "daemon/cmd.h"

int cmd_fsck(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return EXIT_DAMAGE;
}
