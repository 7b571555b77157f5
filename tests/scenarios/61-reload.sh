#!/bin/sh
# SIGHUP: settings and policy are read again while records come in. Nothing acknowledged is lost, no
# quorum is made of two policies, and what cannot be taken leaves all as it was.
. "$(dirname "$0")/../lib.sh"

policy_of() { # policy_of FILE QUORUM WITNESS...: with their URLs
    file=$1 quorum=$2
    shift 2
    {
        printf 'log %s %s\n' "$vkey" "${url:-}"
        for w in "$@"; do printf 'witness %s %s %s\n' "$w" "$(cat "$work/$w.vkey")" "$(cat "$work/$w.url")"; done
        printf 'group g %s %s\nquorum g\n' "$quorum" "$*"
    } >"$file"
}
started() { start_witness "$1" && echo "$witness_url" >"$work/$1.url" && echo "$witness" >"$work/$1.pid"; }
metric() { curl -s "$url/metrics" | sed -n "s/^$1 //p"; }
cosigned() { # cosigned: the witnesses whose lines the served checkpoint has, sorted
    curl -sf "$url/checkpoint" | sed -n 's/^— \(w[0-9]\).*/\1/p' | sort | paste -sd' '
}
has_cosigned() { [ "$(cosigned)" = "$1" ]; }
size() { curl -sf "$url/checkpoint" | sed -n 2p; }
told() { grep -c 'SIGHUP: ' "$work/daemon.err"; }
told_more() { [ "$(told)" -gt "$1" ]; }
hup() { # SIGHUP, and until it was dealt with
    before=$(told)
    kill -HUP "$daemon"
    wait_until told_more "$before"
}
official=$work/fgr.example.mx-a.lopez.key
more() { # more N: records whose receipts wait for the quorum of the policy in force
    request mx.telco "$1" | "$bin/bitacora" submit --policy "$work/served" --log "$url" --key "$official" --receipts "$work/r" --json - >"$work/out" 2>"$work/err"
    jq -r .verdict "$work/out" | sort | uniq -c | tr -s ' ' | sed 's/^ //'
}

check 'a log' new_log
for w in w1 w2 w3; do new_witness $w && started $w; done
url=
policy_of "$work/served" 2 w1 w2
echo 'deadline = 600' >"$work/config" # a witness that was away is asked again after half a minute at most
check 'its daemon, with two witnesses' start_daemon "$work/data" --policy "$work/served" --config "$work/config"
policy_of "$work/served" 2 w1 w2
cp "$work/served" "$work/policy"
check 'somebody is enrolled' enrol fgr.example.mx/a.lopez requester mx.fgr
check 'both cosign' wait_until has_cosigned 'w1 w2'

# ---- a policy that changes -----------------------------------------------------------------------
check 'SIGHUP without a change' hup
contains 'is taken' "$work/daemon.err" 'SIGHUP: settings and policy were read again'
equal 'and nothing of the policy is new' "$(grep -c 'policy: ' "$work/daemon.err")" 0
policy_of "$work/served" 3 w1 w2 w3
check 'a witness more, all three needed' hup
contains 'it is said which' "$work/daemon.err" 'policy: witness w3 is new'
check 'what was there before is cosigned by all three' wait_until has_cosigned 'w1 w2 w3'
equal 'and records are, too' "$(more 5)" '5 good'
end_pid "$(cat "$work/w1.pid")"
policy_of "$work/served" 2 w2 w3
check 'one that is gone leaves the policy' hup
contains 'it is said which' "$work/daemon.err" 'policy: witness w1 is no witness any more'
equal 'records have the quorum of the others' "$(more 5)" '5 good'
equal 'and their lines alone' "$(cosigned)" 'w2 w3'
equal 'so do the metrics' "$(curl -s "$url/metrics" | grep -c '^bitacora_witness_size')" 2
policy_of "$work/served" 2 w1 w3
check 'a quorum that cannot be met now' hup
equal 'what has the quorum of the former policy alone is not served' "$(curl -s -o "$work/out" -w '%{http_code}' "$url/checkpoint")" 404
contains 'which is said' "$work/daemon.err" 'has not the quorum of the new policy: it is not served any more'
equal 'nobody is there to cosign' "$(metric bitacora_witnessed_size)" 0
request mx.telco 3 | "$bin/bitacora" submit --policy "$work/served" --log "$url" --key "$official" --no-wait --json - >"$work/out" 2>"$work/err"
equal 'appending goes on' "$(jq -r .status "$work/out" | sort | uniq -c | tr -s ' ')" ' 3 appended'
index=$(jq -r .index "$work/out" | tail -n 1)
echo 'deadline = 1' >"$work/config"
check 'little patience' hup
equal 'whoever waits is sent away by the new deadline' "$(curl -s -o "$work/waited" -w '%{http_code}' "$url/v1/receipts/$index?wait=witnessed")" 504
echo 'deadline = 600' >"$work/config" # a witness that was away is asked again after half a minute at most
check 'more patience' hup
beside curl -s -o "$work/waited" -w '%{http_code}' "$url/v1/receipts/$index?wait=witnessed" >"$work/code"
waiter=$beside
LISTEN=$(sed 's|http://||' "$work/w1.url") check 'the witness comes back' started w1
wait $waiter
forget_pid $waiter
equal 'who waited has his receipt' "$(cat "$work/code")" 200
expect 0 'under the policy in force' "$bin/bitacora" verify --policy "$work/served" "$work/waited"
expect 3 'and not under the former' "$bin/bitacora" verify --policy "$work/policy" "$work/waited"
equal 'w1 and w3 cosigned' "$(cosigned)" 'w1 w3'

# ---- a policy that cannot be taken ---------------------------------------------------------------
cp "$work/served" "$work/good"
refused() { # refused WHY: SIGHUP leaves the policy as it is
    check 'a policy that cannot be taken' hup
    contains 'it is said why' "$work/daemon.err" "$1"
    contains 'and that it stays' "$work/daemon.err" 'SIGHUP: the policy stays as it was; the settings were read again'
    equal 'a metric says so' "$(metric bitacora_config_last_reload_successful)" 0
    equal 'the former one is in force' "$(cosigned)/$(curl -s "$url/metrics" | grep -c '^bitacora_witness_size')" 'w1 w3/2'
}
echo 'quorum' >"$work/served"
refused "$work/served: "
printf 'log %s\nquorum none\n' "$registrar" >"$work/served"
refused 'is not a policy of this log'
rm "$work/served"
refused "cannot read $work/served"
mkfifo "$work/served"
refused "cannot read $work/served"
rm "$work/served"
cp "$work/good" "$work/served"
check 'the good one again' hup
equal 'the metric says so' "$(metric bitacora_config_last_reload_successful)" 1
equal 'records go on' "$(more 3)" '3 good'

# ---- with witnesses, without, and with them again ------------------------------------------------
printf 'log %s %s\nquorum none\n' "$vkey" "$url" >"$work/served"
check 'no witnesses' hup
contains 'it is said' "$work/daemon.err" 'policy: this log signs alone from now on'
equal 'records are good at once' "$(more 3)" '3 good'
equal 'by the log alone' "$(cosigned)" ''
equal 'and no witness is told of' "$(curl -s "$url/metrics" | grep -c '^bitacora_witness_size{')" 0
cp "$work/good" "$work/served"
check 'witnesses again' hup
check 'they cosign' wait_until has_cosigned 'w1 w3'
equal 'records are good' "$(more 3)" '3 good'

# ---- while records come in -----------------------------------------------------------------------
request mx.telco 300 >"$work/many"
cp "$work/good" "$work/policy"
beside "$bin/bitacora" submit --policy "$work/policy" --log "$url" --key "$official" --no-wait --receipts "$work/rm" --json "$work/many" >"$work/many.out" 2>"$work/many.err"
submitter=$beside
for i in 1 2 3 4; do
    policy_of "$work/served" 2 w1 w2 w3
    hup
    policy_of "$work/served" 1 w3
    hup
done
check 'a policy that changes all the time' grep -c . "$work/daemon.err"
wait $submitter
forget_pid $submitter
equal 'each record was acknowledged' "$(jq -r .status "$work/many.out" | sort | uniq -c | tr -s ' ')" ' 300 appended'
cp "$work/good" "$work/served"
hup
check 'all is witnessed in the end' wait_until sh -c '[ "$(curl -sf "$1/checkpoint" | sed -n 2p)" -gt 300 ]' - "$url"
expect 0 'and proves the log' "$bin/bitacora" replay --policy "$work/good"
equal 'no index was given twice' "$(jq -r .index "$work/many.out" | sort -n | uniq | wc -l)" 300
write_policy "$work/alone"
expect 0 'each receipt is good' "$bin/bitacora" verify --policy "$work/alone" --log "$url" "$work"/rm/* "$work"/r/*

# ---- how often witnesses are asked ---------------------------------------------------------------
asked() { curl -s "$(cat "$work/w3.url")/metrics" | awk '/^bitacora_witness_answers_total\{.*add-checkpoint/ { n += $2 } END { print n + 0 }'; }
echo 'witness_interval = 3600' >"$work/config"
check 'once an hour' hup
before=$(size) often=$(asked)
check 'w3 counts' test "$often" -gt 0
for i in 1 2 3; do
    request mx.telco 1 | "$bin/bitacora" submit --policy "$work/served" --log "$url" --key "$official" --no-wait --json - >"$work/out" 2>"$work/err"
done
equal 'nothing new is witnessed' "$(size)" "$before"
equal 'nobody was asked' "$(asked)" "$often"
echo 'witness_interval = 1' >"$work/config"
check 'once a second' hup
index=$(jq -r .index "$work/out")
equal 'a receipt comes in its time' "$(curl -s -o "$work/waited" -w '%{http_code}' "$url/v1/receipts/$index?wait=witnessed")" 200
equal 'for which w3 was asked once' "$(($(asked) - often))" 1

# ---- settings ------------------------------------------------------------------------------------
printf 'deadline = 7\nreads = 9\ntiles = 256\nworkers = 3\n' >"$work/config"
check 'other settings' hup
contains 'those that can be taken are' "$work/daemon.err" 'setting deadline: it was 30, and is 7 now'
contains 'each' "$work/daemon.err" 'setting reads: it was 1024, and is 9 now'
contains 'others need a restart' "$work/daemon.err" 'setting tiles: it is 4096 until a restart, which it needs to be 256'
printf 'deadline = 8\nreads = 0\nlisten =\n' >"$work/config"
check 'settings that cannot be taken' hup
contains 'it is said why' "$work/daemon.err" "$work/config:2: reads = 0: reads is a whole number from 1 to 1048576"
contains 'all of it' "$work/daemon.err" "$work/config:3: listen =: listen is HOST:PORT"
contains 'and that they stay' "$work/daemon.err" 'SIGHUP: the settings stay as they were; the policy was read again'
equal 'none of them was taken' "$(grep -c 'is 8 now' "$work/daemon.err")" 0
echo 'log_level = error' >"$work/config"
kill -HUP "$daemon"
check 'fewer lines' wait_until grep -q 'setting log_level: it was info, and is error now' "$work/daemon.err"
: >"$work/daemon.err"
check 'the daemon ends as ever' stop_daemon
equal 'and says nothing of it' "$(cat "$work/daemon.err")" ''
expect 0 'and its store is whole' "$bin/bitacorad" fsck --dir "$work/data"

# ---- a log that had no witnesses -----------------------------------------------------------------
printf 'log %s\nquorum none\n' "$vkey" >"$work/served"
check 'none at the start' start_daemon "$work/data" --policy "$work/served"
cp "$work/good" "$work/served"
check 'but then' hup
check 'they cosign' wait_until has_cosigned 'w1 w3'
check 'it ends' stop_daemon
finish
