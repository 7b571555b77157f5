#!/bin/sh
# restore --mirror URL: a mirror that follows the log lets it go on; one that lies, in whatever way,
# does not.
. "$(dirname "$0")/../lib.sh"

d=$bin/bitacorad
mirror() { # mirror [OPTION...]: sets $mirror (pid) and $mirror_url
    beside /usr/bin/python3 "$root/tests/interop/lying_mirror.py" "$work/site" "$@" >"$work/mirror.out" 2>>"$work/mirror.err"
    mirror=$beside
    wait_until test -s "$work/mirror.out"
    mirror_url=$(cat "$work/mirror.out")
}
may_go_on() { "$d" restore --dir "$work/log" --mirror "$@"; }
refuses() { # refuses WHAT WORDS OPTION...: exit 2, and no mark
    what=$1 words=$2
    shift 2
    expect 2 "$what" may_go_on "$@"
    contains 'it is said' "$work/err" "$words"
    check 'there is no mark' test ! -e "$work/log.mark"
}

check 'a log' small_log 12
mkdir "$work/site"
curl -sf "$url/checkpoint" >"$work/site/older"
enrol fgr.example.mx/one requester mx.fgr
curl -sf "$url/checkpoint" >"$work/site/newest"
expect 0 'a backup' "$d" backup --dir "$work/data" --to "$work/backup"
enrol fgr.example.mx/two requester mx.fgr
curl -sf "$url/checkpoint" >"$work/site/newer"
stop_daemon
expect 0 'is restored' "$d" restore --from "$work/backup" --dir "$work/log"

# ---- another history, under the same origin and of the same length; and under its key ------------
"$d" init --dir "$work/other" --origin log.example.mx/test --registrar "$registrar" >/dev/null 2>&1
check 'another log' start_daemon "$work/other"
curl -sf "$url/checkpoint" >"$work/site/other"
stop_daemon
cp -a "$work/backup" "$work/fork"
rm "$work/fork/backup"
cp "$work/data/log.key" "$work/fork/"
check 'a thief who has the key, too' start_copy "$work/fork"
stop_daemon
check 'signs something else' "$d" index --dir "$work/fork" --now
start_daemon "$work/fork"
curl -sf "$url/checkpoint" >"$work/site/forked"
stop_daemon
sed '2s/.*/14/' "$work/site/newest" >"$work/site/forged"
{ sed -n '1,/^$/p' "$work/site/newest"; sed '1,/^$/d' "$work/site/older"; } >"$work/site/mixed"
echo '<html>not found</html>' >"$work/site/html"
: >"$work/site/empty"
head -c 300000 /dev/zero | tr '\0' 'x' >"$work/site/long"
{ cat "$work/site/newest"; for i in $(seq 70); do sed -n '$p' "$work/site/newest"; done; } >"$work/site/many"

# ---- what is shown -------------------------------------------------------------------------------
check 'a mirror' mirror
refuses 'something newer was signed' 'shows that this log has signed' "$mirror_url/newer"
refuses 'it lags behind the backup' 'is older than the restored store' "$mirror_url/older"
refuses 'another log of that name' "it is not a checkpoint that this log's key signed" "$mirror_url/other"
refuses 'another history under its key' 'shows that this log has signed' "$mirror_url/forked"
refuses 'a size that nobody signed' "it is not a checkpoint that this log's key signed" "$mirror_url/forged"
refuses 'a text with the signature of another' "it is not a checkpoint that this log's key signed" "$mirror_url/mixed"
refuses 'a page' 'it is no checkpoint' "$mirror_url/html"
refuses 'nothing' 'it is no checkpoint' "$mirror_url/empty"
refuses 'more bytes than a checkpoint has' "$mirror_url/long/checkpoint" "$mirror_url/long"
refuses 'more signatures' 'it is no checkpoint' "$mirror_url/many"
refuses 'bytes without end' "$mirror_url/endless/checkpoint" "$mirror_url/endless"
refuses 'fewer than it says' "$mirror_url/short/checkpoint" "$mirror_url/short"
refuses 'gzip' 'it is no checkpoint' "$mirror_url/packed"
refuses 'a redirection' 'it is no checkpoint' "$mirror_url/redirect"
refuses 'what it does not have' "$mirror_url/none/checkpoint" "$mirror_url/none"
refuses 'no mirror at all' 'http://127.0.0.1:1/checkpoint' http://127.0.0.1:1/
refuses 'another sort of URL' 'does not exist' "file://$work/site/newest"
refuses 'a checkpoint says more beside a good mirror' 'shows that this log has signed' "$mirror_url/newest" --newest "$work/site/newer"
end_pid "$mirror"

# ---- who shows it --------------------------------------------------------------------------------
address=$(hostname -I | tr ' ' '\n' | grep -m 1 '^[0-9.]*$')
if [ -n "$address" ]; then
    mirror --host "$address"
    refuses 'without TLS, off this machine' 'use https://' "$mirror_url/newest"
    end_pid "$mirror"
else
    ok 'without TLS, off this machine # SKIP it has no other address'
fi
authority ca
authority stranger
certificate site ca
mirror --cert "$work/site.pem" "$work/site.crt-key"
echo "cacert = $work/stranger.pem" >"$work/config"
refuses 'a certificate of nobody we know' "$mirror_url/newest/checkpoint" "$mirror_url/newest" --config "$work/config"
echo "cacert = $work/ca.pem" >"$work/config"
expect 0 'over TLS, the newest' may_go_on "$mirror_url/newest/" --config "$work/config"
contains 'it may go on' "$work/out" 'may go on from entry'
rm "$work/log.mark"
end_pid "$mirror"
mirror
expect 0 'without, on this machine' may_go_on "$mirror_url/newest"
cp "$work/data/log.key" "$work/log/"
check 'it runs' start_daemon "$work/log"
write_policy "$work/policy"
expect 0 'and is good' "$bin/bitacora" replay --policy "$work/policy"
finish
