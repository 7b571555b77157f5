#!/bin/sh
# Disk full: appending is refused with 507, reading goes on, appending resumes when there is room.
. "$(dirname "$0")/../lib.sh"

check 'a log' small_log 12
stop_daemon
# How much room there is says $work/room: of the disk itself others take and give back gigabytes.
cat >"$work/room.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>
static int file = -1; /* opened while files may be: the daemon locks itself in */
__attribute__((constructor)) static void begin(void) { file = open(getenv("ROOM"), O_RDONLY | O_CLOEXEC); }
int statvfs(const char *path, struct statvfs *v)
{
    static unsigned long long last;
    char text[32] = "";
    int failed = ((int (*)(const char *, struct statvfs *))dlsym(RTLD_NEXT, "statvfs"))(path, v);
    if (pread(file, text, sizeof text - 1, 0) > 0)
        last = strtoull(text, NULL, 10);
    if (failed == 0)
        v->f_bavail = last / v->f_frsize;
    return failed;
}
END
check 'a library that says how much room there is' "${CC:-cc}" -shared -fPIC -o "$work/room.so" "$work/room.c" -ldl
echo 3000000000 >"$work/room"
echo 'min_free = 2000000000' >"$work/config"
export ROOM="$work/room" ASAN_OPTIONS=verify_asan_link_order=0
LD_PRELOAD=$work/room.so start_daemon "$work/data" --config "$work/config" || not_ok 'the daemon starts with a setting of its own'
write_policy "$work/policy"
request mx.telco 1 | submit fgr.example.mx-a.lopez && ok 'a record is appended' || not_ok 'a record is appended'
echo 1999999999 >"$work/room"
request mx.telco 2 >"$work/records"
expect 3 'the disk is full: submit stops, undecided' "$bin/bitacora" submit --policy "$work/policy" \
    --key "$work/fgr.example.mx-a.lopez.key" "$work/records"
contains 'and the sentence says why' "$work/err" '[full]'
expect 0 'reading goes on' "$bin/bitacora" replay --policy "$work/policy" --json
before=$(jq .size "$work/out")
echo 2000004096 >"$work/room"
check 'there is room again: appending resumes' "$bin/bitacora" submit --policy "$work/policy" \
    --key "$work/fgr.example.mx-a.lopez.key" "$work/records"
equal 'and nothing was lost or doubled' "$("$bin/bitacora" replay --policy "$work/policy" --json 2>/dev/null | jq .size)" $((before + 2))
expect 0 'the daemon stops' stop_daemon
expect 0 'its store is clean' "$bin/bitacorad" fsck --dir "$work/data"
finish
