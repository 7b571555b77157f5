#!/bin/sh
# A mirror that is kept current: it resumes, fetches what cannot change once, takes nothing that is not
# proven, and a static web server makes a complete log of it for every command that verifies.
. "$(dirname "$0")/../lib.sh"

start_nginx() { # start_nginx FOLDER: sets $static, and writes $work/access
    where=${LISTEN:-$(free_ports 1)}
    mkdir -p "$work/nginx"
    cat >"$work/nginx.conf" <<EOF
daemon off; pid $work/nginx/pid; error_log $work/nginx/error; worker_processes 1; user root;
events { worker_connections 64; }
http {
    default_type application/octet-stream; access_log $work/access;
    client_body_temp_path $work/nginx/b; proxy_temp_path $work/nginx/p; fastcgi_temp_path $work/nginx/f;
    uwsgi_temp_path $work/nginx/u; scgi_temp_path $work/nginx/s;
    server { listen 127.0.0.1:$where; root $1; }
}
EOF
    nginx -p "$work/nginx" -e "$work/nginx/error" -c "$work/nginx.conf" &
    nginx=$!
    pids="$pids $nginx"
    static=http://127.0.0.1:$where
    wait_until curl -sf -o /dev/null "$static/checkpoint"
}
follow() { # follow FOLDER [OPTION...]: in the background; its pid in $follower, its words in $work/follow.out
    folder=$1
    shift
    beside "$bin/bitacora" mirror --policy "$work/policy" --follow --every 1 "$@" "$folder" >"$work/follow.out" 2>"$work/follow.err"
    follower=$beside
}
has() { [ "$(sed -n 2p "$work/copy/checkpoint" 2>/dev/null)" = "$1" ]; }
log_size() { curl -sf "$url/checkpoint" | sed -n 2p; }
put() { # put FOLDER: into the copy that is served, its checkpoint last: no reader has a checkpoint whose files are to come
    rm -rf "$work/copy/tile" && cp -r "$1/tile" "$work/copy/" && cp "$1/checkpoint" "$work/checkpoint" &&
        mv "$work/checkpoint" "$work/copy/checkpoint"
}
more() { request mx.telco "$1" | submit fgr.example.mx-a.lopez >/dev/null; }
same() { # same A B: the same but for partial tiles of older checkpoints
    [ -z "$(diff -r "$1" "$2" | grep -v -e '^Only in .*\.p: ' -e '^Only in .*: [0-9]*\.p$' -e ': \.incoming$')" ]
}
p="--policy $work/policy"

check 'a log' small_log 300
follow "$work/copy"
check 'the follower has all of it' wait_until has 300
more 10
check 'and what comes' wait_until has 310
more 250
check 'across the end of a tile, too' wait_until has 560
kill -KILL $follower
wait $follower 2>/dev/null
forget_pid $follower
more 5
follow "$work/copy"
check 'killed, it resumes' wait_until has 565
kill -TERM $follower
wait $follower
equal 'ended, it says that all was proven' $? 0
forget_pid $follower
# shellcheck disable=SC2086
expect 0 'the copy replays' "$bin/bitacora" replay $p --dir "$work/copy"
check 'and holds no partial tiles whose full ones were there before' sh -c \
    'for n in 000 001; do for at in 0 entries; do [ ! -e "$1/tile/$at/$n.p" ] || exit 1; done; done' - "$work/copy"
expect 2 'an interval is a number of seconds' "$bin/bitacora" mirror --policy "$work/policy" --follow --every soon "$work/x"

# ---- behind a static web server ------------------------------------------------------------------
start_nginx "$work/copy"
request mx.telco 1 | submit fgr.example.mx-a.lopez --receipts "$work/r"
receipt=$(ls "$work"/r/*)
curl -s "$url/v1/receipts/20" >"$work/old"
# shellcheck disable=SC2086
expect 0 'replay' "$bin/bitacora" replay $p --log "$static" --state "$work/state"
# shellcheck disable=SC2086
expect 0 'signers' "$bin/bitacora" signers $p --log "$static"
# shellcheck disable=SC2086
expect 3 'verify: a receipt that is newer than the copy' "$bin/bitacora" verify $p --log "$static" "$receipt"
# shellcheck disable=SC2086
"$bin/bitacora" mirror $p "$work/copy" >/dev/null 2>&1
# shellcheck disable=SC2086
expect 0 'verify: one that it extends' "$bin/bitacora" verify $p --log "$static" "$receipt"
# shellcheck disable=SC2086
expect 0 'a mirror of the mirror' "$bin/bitacora" mirror $p --log "$static" "$work/second"
check 'which is the same, byte for byte' same "$work/copy" "$work/second"
# shellcheck disable=SC2086
expect 0 'replay, from a state' "$bin/bitacora" replay $p --log "$static" --state "$work/state"

# ---- what cannot change is fetched once ----------------------------------------------------------
: >"$work/access"
follow "$work/third" --log "$static"
check 'a follower of the copy' wait_until sh -c '[ -f "$1"/third/checkpoint ]' - "$work"
for n in 1 2 3; do
    more 30
    # shellcheck disable=SC2086
    "$bin/bitacora" mirror $p "$work/copy" >/dev/null 2>&1
    wait_until cmp -s "$work/third/checkpoint" "$work/copy/checkpoint"
done
check 'has what the copy has' wait_until same "$work/copy" "$work/third"
equal 'no full tile or bundle was asked for twice' \
    "$(sed -n 's/.*"GET \([^ ]*\) .*/\1/p' "$work/access" | grep '^/tile' | grep -v '\.p/' | sort | uniq -d | tr '\n' ' ')" ''

# ---- what is not proven is not taken -------------------------------------------------------------
cp -r "$work/third" "$work/honest"
more 7
# shellcheck disable=SC2086
"$bin/bitacora" mirror $p "$work/newer" >/dev/null 2>&1
bundle=$(cd "$work/newer" && find tile/entries -path '*.p/*' -type f)
rm -rf "$work/served"
cp -r "$work/newer" "$work/served"
# An entry that the follower has verified long ago, altered in the bundle that it has to fetch anew.
sed -i '0,/"persons":1/s//"persons":7/' "$work/served/$bundle"
put "$work/served"
check 'an altered file is told' wait_until grep -qF "$bundle" "$work/follow.err"
check 'and what comes of it' wait_until grep -q 'asked again' "$work/follow.err"
check 'the follower keeps what it had' same "$work/third" "$work/honest"
check 'and goes on' kill -0 $follower
put "$work/newer"
check 'until the file is what it was' wait_until same "$work/copy" "$work/third"
kill -TERM $follower
wait $follower
equal 'ended, all that it kept is proven' $? 0
forget_pid $follower
rm -rf "$work/honest" "$work/newer"
cp -r "$work/third" "$work/honest"
more 7
# shellcheck disable=SC2086
"$bin/bitacora" mirror $p "$work/newer" >/dev/null 2>&1
bundle=$(cd "$work/newer" && find tile/entries -path '*.p/*' -type f)
put "$work/newer"
mv "$work/copy/$bundle" "$work/held"
follow "$work/third" --log "$static"
check 'a file that is held back' wait_until grep -q 'is missing' "$work/follow.err"
check 'is waited for' kill -0 $follower
check 'the copy stays what it was' same "$work/third" "$work/honest"
end_pid $nginx
check 'another reason not to be kept up is told, too' wait_until grep -q '\[unreadable\]' "$work/follow.err"
LISTEN=${static#http://127.0.0.1:} start_nginx "$work/copy"
mv "$work/held" "$work/copy/$bundle"
check 'until it is there' wait_until same "$work/copy" "$work/third"
end_pid $follower
end_pid $nginx

# ---- a signal that comes just before a pause -----------------------------------------------------
cat >"$work/late.c" <<'EOF'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>
static void *next(const char *name) { kill(getpid(), SIGTERM); return dlsym(RTLD_NEXT, name); }
unsigned sleep(unsigned s) { return ((unsigned (*)(unsigned))next("sleep"))(s); }
int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *t)
{
    return ((int (*)(const sigset_t *, siginfo_t *, const struct timespec *))next("sigtimedwait"))(set, info, t);
}
EOF
check 'a library that sends it then' "${CC:-cc}" -shared -fPIC -o "$work/late.so" "$work/late.c" -ldl
# shellcheck disable=SC2086
expect 0 'ends a follower at once' env ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD="$work/late.so" timeout -s KILL 120 "$bin/bitacora" mirror $p --follow --every 3600 "$work/copy"
stop_daemon
finish
