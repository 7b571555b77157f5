# What scenarios share: a work folder, a daemon on a free port, waiting for a condition, TAP output.
# Source it from a scenario; everything that was started is ended, by its id, also when it fails.
set -u

root=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
bin=${BIN:-$root/build/bin}
case $bin in /*) ;; *) bin=$PWD/$bin ;; esac
work=$(mktemp -d "${TMPDIR:-/tmp}/bitacora-test.XXXXXX")
cd "$work" || exit 2 # evidence that nobody asked for is written to the current folder
pids=""
# The client's temporary files, an audit's are two dozen, lie in memory where there is room: many
# that were just deleted have ext4 look long for the next inode.
scratch=
has_room() { # has_room TYPE BLOCKS BYTES: in memory, and a gigabyte
    [ "$1" = tmpfs ] && [ $(($2 * $3)) -ge 1073741824 ]
}
# shellcheck disable=SC2046
if has_room $(stat -f -c '%T %a %S' /dev/shm 2>/dev/null || echo none); then
    scratch=$(mktemp -d /dev/shm/bitacora-test.XXXXXX) && export TMPDIR="$scratch"
    chmod 711 "$scratch" # some tests have programs run as another user, such as PostgreSQL
fi
tallies=$work # also while a scenario has another $work
echo 0 >"$tallies/.run" # counted in files: a test may stand behind a pipe
echo 0 >"$tallies/.failed"
export LC_ALL=C.UTF-8
export XDG_STATE_HOME="$work/.state" # what clients keep of the logs that they replayed

cleanup() {
    status=$?
    for pid in $pids; do
        kill "$pid" 2>/dev/null || true
    done
    for pid in $pids; do
        wait "$pid" 2>/dev/null || true
    done
    if [ -n "${KEEP:-}" ]; then
        echo "# kept: $work"
    else
        rm -rf "$work"
    fi
    [ -z "$scratch" ] || rm -rf "$scratch"
    exit $status
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# Python is Debian's own: it has what the tests need, and nobody's wrapper starts before it. No
# function, as a shell would stand before one that runs in the background, and be what is ended.
pythons=$root/build/python
if [ ! -x "$pythons/python3" ]; then
    mkdir -p "$pythons" && ln -s /usr/bin/python3 "$pythons/python3" 2>/dev/null
fi
PATH=$pythons:$PATH

count() { # count FILE: one more
    read -r tap <"$tallies/$1"
    tap=$((tap + 1))
    echo "$tap" >"$tallies/$1"
}

ok() { # ok DESCRIPTION
    count .run
    echo "ok $tap - $1"
}

not_ok() { # not_ok DESCRIPTION [WHAT HAPPENED]
    count .failed
    count .run
    echo "not ok $tap - $1"
    [ -z "${2:-}" ] || printf '%s\n' "$2" | sed 's/^/# /'
    [ -z "${MUTANT:-}" ] || exit 1 # tests/mutants: one is enough
}

check() { # check DESCRIPTION COMMAND...: the command succeeds
    what=$1
    shift
    if "$@" >"$work/check.out" 2>&1; then
        ok "$what"
    else
        not_ok "$what" "exit $? of: $*
$(tail -n 20 "$work/check.out")"
    fi
}

# expect STATUS DESCRIPTION COMMAND...: exactly that exit status; output in $work/out, err
expect() {
    want=$1
    what=$2
    shift 2
    "$@" >"$work/out" 2>"$work/err"
    got=$?
    if [ "$got" = "$want" ]; then
        ok "$what"
    else
        not_ok "$what" "exit $got, expected $want: $*
$(tail -n 10 "$work/out" "$work/err")"
    fi
}

# until_said WORDS COMMAND...: ends it once it says so, or has ended; output in $work/out. It has no
# standard input.
until_said() {
    words=$1
    shift
    beside "$@" >"$work/out" 2>&1
    sayer=$beside
    wait_until sh -c 'grep -qF -- "$1" "$2" || ! kill -0 "$3"' - "$words" "$work/out" "$sayer"
    kill "$sayer" 2>/dev/null
    wait "$sayer" 2>/dev/null
    forget_pid "$sayer"
}

equal() { # equal DESCRIPTION GOT EXPECTED
    if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "got '$2', expected '$3'"; fi
}

contains() { # contains DESCRIPTION FILE FIXED_STRING
    if grep -qF -- "$3" "$2"; then
        ok "$1"
    else
        not_ok "$1" "no '$3' in: $(head -c 2000 "$2")"
    fi
}

take_tap() { # take_tap FILE: the TAP lines of another program, as ours
    while IFS= read -r line; do
        case $line in
        'ok '*) ok "${line#ok * - }" ;;
        'not ok '*) not_ok "${line#not ok * - }" ;;
        *) printf '%s\n' "$line" ;;
        esac
    done <"$1"
}

finish() { # the last line of every scenario
    echo "1..$(cat "$tallies/.run")"
    [ "$(cat "$tallies/.failed")" = 0 ]
    exit $?
}

# One limit for all: it only says when to give up what will never come. A machine may be slow.
wait_until() { # wait_until COMMAND...: polls until it succeeds, for $WAIT seconds at most
    read -r uptime _ </proc/uptime # no process for each poll
    deadline=$((${uptime%.*} + ${WAIT:-120}))
    until "$@" 2>/dev/null; do
        read -r uptime _ </proc/uptime
        [ "${uptime%.*}" -lt "$deadline" ] || { echo "# waited in vain: $*"; return 1; }
        sleep 0.05
    done
}

# The caller redirects the output: `beside COMMAND >FILE`. The shell empties FILE before the process
# begins, so whoever waits for a line there does not read what an earlier process wrote. With
# `COMMAND >FILE &` the new process empties it, at a time that nobody knows.
beside() { # beside COMMAND...: in the background; ended with the scenario; sets $beside (pid)
    "$@" &
    beside=$!
    pids="$pids $beside"
}

# Daemons and witnesses that are started while FAULTS names a file meet the faults that it lists
# (tests/tools/fault.c).
faulty() {
    if [ -n "${FAULTS:-}" ]; then
        exec env LD_PRELOAD="$root/build/release/tools/fault.so" FAULTS="$FAULTS" \
            ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" "$@"
    fi
    exec "$@"
}

# Not one of those that the kernel gives to whoever asks for any (from 32768 on,
# ip_local_port_range): a process that ends and comes back to its port would find another there,
# once in many runs. Each is given once in a run of tests/run.sh, as nobody listens there yet when
# another scenario asks.
own_port() { # prints a port on which nobody listens
    mkdir -p "$root/build/ports" || return
    while :; do
        port=$((15000 + $(od -An -N2 -tu2 /dev/urandom) % 17000))
        listener=":$(printf %04X $port) 0*:0000 0A"
        grep -q "$listener" /proc/net/tcp /proc/net/tcp6 2>/dev/null && continue
        mkdir "$root/build/ports/$port" 2>/dev/null && break
    done
    echo $port
}

start_daemon() { # start_daemon DIR [OPTION...]: sets $daemon (pid) and $url
    data=$1
    shift
    beside faulty "$bin/bitacorad" run --dir "$data" --listen "${LISTEN:-127.0.0.1:$(own_port)}" \
        "$@" >"$work/daemon.out" 2>>"$work/daemon.err"
    daemon=$beside
    if ! wait_until grep -q '^listening on ' "$work/daemon.out"; then
        echo "# the daemon did not start: $(tail -n 5 "$work/daemon.err")"
        return 1
    fi
    url=$(sed -n 's/^listening on //p' "$work/daemon.out" | head -n 1)
}

# A copy of a log's folder is not run: its mark is not there, or says more (docs/INTERFACES.md, 27).
# Where the copy is the point:
start_copy() { # start_copy DIR [OPTION...]: as start_daemon; writes a new mark
    start_daemon "$@" --no-mark
}

forget_pid() { # forget_pid PID: it has ended and was waited for
    pids=$(for p in $pids; do [ "$p" = "$1" ] || printf '%s ' "$p"; done)
}

stop_daemon() { # SIGTERM, and its exit status
    kill -TERM "$daemon"
    wait "$daemon"
    status=$?
    forget_pid "$daemon"
    return $status
}

kill_daemon() { # SIGKILL: no time to tidy up
    kill -KILL "$daemon"
    wait "$daemon" 2>/dev/null
    forget_pid "$daemon"
}

write_policy() { # write_policy FILE: for $vkey at $url
    printf 'log %s %s\nquorum none\n' "$vkey" "$url" >"$1"
}

new_log() { # new_log: keys and an empty log in $work/data; sets $vkey and $registrar
    registrar=$("$bin/bitacora" keygen registrar.example.mx --out "$work/registrar.key") || return 1
    vkey=$("$bin/bitacorad" init --dir "$work/data" --origin log.example.mx/test \
        --registrar "$registrar") || return 1
}

# enrol NAME ROLE AUTHORITY [LEVEL]: makes $work/NAME.key with slashes as '-', and enrols it
enrol() {
    file=$work/$(printf '%s' "$1" | tr / -).key
    enrolled=$("$bin/bitacora" keygen "$1" --out "$file") || return 1
    "$bin/bitacora" enroll --policy "$work/policy" --key "$work/registrar.key" --vkey "$enrolled" \
        --role "$2" --authority "$3" --level "${4:-federal}" >/dev/null 2>"$work/enrol.err" ||
        { cat "$work/enrol.err"; return 1; }
}

# Records as submit reads them. request HOLDER N: N requests; warrant REF, in force whenever this
# runs; response HOLDER.
warrant() {
    printf '{"kind":"warrant","ref":"%s","matter":"criminal","used_by":["mx.fgr"],' "$1"
    printf '"categories":["traffic_retained","subscriber"],"holders":["mx.telco"],'
    printf '"window":{"from":"2026-01-01T00:00:00.000Z","until":"2126-01-01T00:00:00.000Z"}}\n'
}

request() {
    i=0
    while [ $i -lt "$2" ]; do
        printf '{"kind":"request","authority":"mx.fgr","function":"prosecution","level":"federal",'
        printf '"holder":"%s","source":"subscriber_db","categories":["subscriber"],' "$1"
        printf '"basis":"CNPP-303","warrant":{"ref":"CJF-1/2026"},'
        printf '"purpose":{"code":"criminal_investigation"},"persons":1,'
        printf '"case":{"scheme":"FGR_CI","number":"FED/%d"}}\n' $i
        i=$((i + 1))
    done
}

response() {
    printf '{"kind":"response","holder":"%s","outcome":"full",' "$1"
    printf '"received_at":"2026-11-01T10:00:00.000Z","answered_at":"2026-11-01T12:00:00.000Z",'
    printf '"records":3}\n'
}

# A whole small log: a judge, an official, a data holder, and 40 entries by default.
# small_log [ENTRIES [OPTION...]]: starts the daemon, sets $vkey, $url, writes $work/policy
small_log() {
    small_entries=${1:-40}
    [ $# = 0 ] || shift
    new_log && start_daemon "$work/data" "$@" && write_policy "$work/policy" || return 1
    enrol judge.example.mx/j1 judge cjf.juzgado1 &&
        enrol fgr.example.mx/a.lopez requester mx.fgr &&
        enrol telco.example.mx/desk holder mx.telco || return 1
    warrant CJF-1/2026 | submit judge.example.mx-j1 || return 1
    request mx.telco $((small_entries - 6)) | submit fgr.example.mx-a.lopez || return 1
    response mx.telco | submit telco.example.mx-desk
}

# submit KEYNAME [OPTION...]: records on standard input; openings are kept where --private says
submit() {
    name=$1
    shift
    case " $* " in *' --private '*) ;; *) set -- --without-private "$@" ;; esac
    "$bin/bitacora" submit --policy "$work/policy" --key "$work/$name.key" "$@" - \
        >"$work/submit.out" 2>"$work/submit.err" || { tail -n 5 "$work/submit.err"; return 1; }
}

# Logs of the second writer (tests/interop/cases.py), the same every time: made once for all that
# read them, and anew when the writer changed. Nobody may alter them: 03-second-writer compares
# them.
second_writer() { # sets $cases, a folder with one for each case
    cases=$(cat "$root"/tests/interop/*.py | sha256sum | cut -c 1-16)
    cases=$root/build/second-writer/$cases
    mkdir -p "${cases%/*}"
    flock "$cases.lock" sh -c '
        [ ! -d "$1" ] || exit 0
        rm -rf "$1.part"
        /usr/bin/python3 "$2" "$1.part" >"$1.out" 2>&1 && mv "$1.part" "$1"' \
        - "$cases" "$root/tests/interop/cases.py"
}

# Witnesses: start_witness NAME [OPTION...] runs one on $work/NAME.key and $work/NAME.state; another
# state folder or port by STATE and LISTEN. Sets $witness (pid) and $witness_url.
new_witness() { # new_witness NAME: its key, and a policy for it that names the log of $vkey
    "$bin/bitacora" keygen "$1.example.mx" --out "$work/$1.key" --witness >"$work/$1.vkey" ||
        return 1
    printf 'log %s\nquorum none\n' "$vkey" >"$work/$1.policy"
}

start_witness() {
    name=$1
    shift
    mkdir -p "${STATE:-$work/$name.state}"
    beside faulty "$bin/bitacora" witness --key "$work/$name.key" --policy "$work/$name.policy" \
        --listen "${LISTEN:-127.0.0.1:$(own_port)}" --state "${STATE:-$work/$name.state}" "$@" \
        >"$work/$name.out" 2>>"$work/$name.err"
    witness=$beside
    if ! wait_until grep -q '^listening on ' "$work/$name.out"; then
        echo "# the witness did not start: $(tail -n 5 "$work/$name.err")"
        return 1
    fi
    witness_url=$(sed -n 's/^listening on //p' "$work/$name.out" | head -n 1)
}

# start_signer [OPTION...]: on $work/signer.key and $work/signer.state; sets $signer
start_signer() {
    beside faulty "$bin/bitacorad" signer --key "$work/signer.key" --socket "$work/signer.sock" \
        --state "$work/signer.state" "$@" >"$work/signer.out" 2>>"$work/signer.err"
    signer=$beside
    wait_until grep -q '^listening on ' "$work/signer.out" ||
        { echo "# the signer did not start: $(tail -n 5 "$work/signer.err")"; return 1; }
}

end_pid() { # end_pid PID: SIGTERM, and waited for
    kill "$1"
    wait "$1" 2>/dev/null
    forget_pid "$1"
}

# Certificates for TLS, by openssl: an authority, and what it issues. $work/NAME.pem,
# $work/NAME.crt-key.
authority() { # authority NAME
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$1" \
        -keyout "$work/$1.crt-key" -out "$work/$1.pem" 2>/dev/null
}

# certificate NAME AUTHORITY [EXTENSION [DAYS]]: by default of 127.0.0.1; DAYS below 0: expired
certificate() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$1" \
        -keyout "$work/$1.crt-key" -out "$work/$1.csr" 2>/dev/null || return 1
    printf '%s\n' "${3:-subjectAltName=IP:127.0.0.1}" >"$work/$1.ext"
    openssl x509 -req -in "$work/$1.csr" -CA "$work/$2.pem" -CAkey "$work/$2.crt-key" \
        -CAcreateserial -days "${4:-30}" -extfile "$work/$1.ext" -out "$work/$1.pem" 2>/dev/null
}

free_ports() { # free_ports N: prints N ports, for programs that cannot choose one by themselves
    for _ in $(seq "$1"); do own_port; done
}
