#!/bin/sh
# People are told of requests for their data: whom by when, letters with what the log says, that it was done, and
# what may be told to whoever asks. What a judge deferred shows to nobody, in nothing.
. "$(dirname "$0")/../lib.sh"

p="--policy $work/policy"
judge=judge.example.mx-j1 official=fgr.example.mx-a.lopez holder=telco.example.mx-desk
watch=$work/vigila.example.mx.key other=$work/vieja.example.mx.key
ana=GOMC850315HDFRRR07 eva=MARP800101MDFRTR03 max=BOXW310820HNERXN09
luis=OXNO991231MOCPNZ00 nobody=ZUOO991231MOCPPQ98 lost=XAZZ991231XZSZZZ98
letters=$work/letters

# ---- making a log --------------------------------------------------------------------------------
today() { today=$(date +%s); } # from which days are counted, also when midnight has passed meanwhile
day() { date -u -d "@$((today + $1 * 86400))" +%Y-%m-%dT%H:%M:%S.000Z; }
submitted() { # submitted KEY [OPTION...]: a record on standard input; sets $last, remembers its leaf hash
    key=$1
    shift
    # shellcheck disable=SC2086
    "$bin/bitacora" submit $p --without-private --key "$work/$key.key" --json "$@" - >"$work/sent.out" 2>"$work/sent.err" ||
        { echo "# $(cat "$work/sent.err")"; return 1; }
    last=$(jq -r .index "$work/sent.out")
    jq -r .hash "$work/sent.out" >"$work/hash.$last"
}
ref() { printf '{"entry":%s,"hash":"%s"}' "$1" "$(cat "$work/hash.$1")"; }
request_of() { # request_of MEMBERS [TYPE=VALUE...]: sets $last
    more=$1
    shift
    list=
    for who in "$@"; do list="$list${list:+,}{\"type\":\"${who%%=*}\",\"value\":\"${who#*=}\"}"; done
    printf '{"kind":"request","authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"call_records","categories":["traffic_retained","subscriber"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation"},"persons":1%s%s}\n' \
        "$more" "${list:+,\"subjects\":[$list]}" >"$work/request"
    submitted $official --to "${to:-$to_watch}" <"$work/request"
}
answered() { # answered ENTRY OUTCOME
    printf '{"kind":"response","holder":"mx.telco","request":%s,"outcome":"%s","received_at":"%s"}\n' \
        "$(ref "$1")" "$2" "$(day 0)" >"$work/response"
    submitted $holder <"$work/response"
}
deferred() { # deferred ENTRY UNTIL
    printf '{"kind":"deferral","request":%s,"until":"%s","reason":"ongoing_investigation"}\n' "$(ref "$1")" "$2" >"$work/deferral"
    submitted $judge <"$work/deferral"
}
people() { # those whom the log needs; $to_watch and $to_other are the entries of the oversight keys
    enrol judge.example.mx/j1 judge cjf.juzgado1 && enrol fgr.example.mx/a.lopez requester mx.fgr &&
        enrol telco.example.mx/desk holder mx.telco && enrol vigila.example.mx oversight mx.vigilancia &&
        enrol vieja.example.mx oversight mx.otra
}

# It began 40 days ago, by clocks that are late.
cat >"$work/late.c" <<'END'
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *t)
{
    long failed = syscall(SYS_clock_gettime, clock, t);
    if (failed == 0 && clock == CLOCK_REALTIME)
        t->tv_sec -= 40 * 86400;
    return (int)failed;
}
END
check 'clocks that are 40 days late' "${CC:-cc}" -shared -fPIC -o "$work/late.so" "$work/late.c"
export LD_PRELOAD="$work/late.so" ASAN_OPTIONS=verify_asan_link_order=0
today
check 'a log' new_log
check 'its daemon' start_daemon "$work/data"
write_policy "$work/policy"
check 'people are enrolled' people
to_watch=$(curl -s "$url/v1/find?role=oversight" | jq '.entries[0]')
to_other=$(curl -s "$url/v1/find?role=oversight" | jq '.entries[1]')
"$bin/bitacora" ruleset --print | jq '.version="notify" | .notify_days=10' >"$work/rules.json"
# shellcheck disable=SC2086
check 'a ruleset with ten days for notices' "$bin/bitacora" pin $p --key "$work/registrar.key" "$work/rules.json"
printf '{"kind":"warrant","ref":"CJF-7/<b>","matter":"criminal","used_by":["mx.fgr"],"categories":["traffic_retained","subscriber"],"window":{"from":"2026-01-01T00:00:00.000Z","until":"2036-01-01T00:00:00.000Z"}}\n' >"$work/warrant"
submitted $judge <"$work/warrant"
warrant=$last
request_of ',"warrant":{"ref":"CJF-7/<b>"},"case":{"scheme":"FGR_CI","number":"FED/<script>alert(1)</script>&1"},"data_window":{"from":"2026-01-05T00:00:00.000Z","until":"2026-02-06T00:00:00.000Z"}' curp=$ana
overdue=$last
answered "$overdue" full
transfer() { # transfer AUTHORITY ENTRY...
    authority=$1 list=
    shift
    for e in "$@"; do list="$list${list:+,}$(ref "$e")"; done
    printf '{"kind":"transfer","requests":[%s],"recipient":{"country":"US","authority":"%s"},"instrument":"MLAT <1991>"}\n' "$list" "$authority" >"$work/transfer"
    submitted $official <"$work/transfer"
}
transfer us.doj "$overdue" "$overdue"
request_of '' curp=$eva phone=+525512345678
ended=$last
answered "$ended" direct_access
transfer us.dea "$ended" "$overdue" "$ended"
unset LD_PRELOAD
today
stop_daemon
check 'today' start_daemon "$work/data"
write_policy "$work/policy"
deferred "$ended" "$(day -1)"
request_of ',"ground":"kidnapping"' curp=$ana curp=$luis
due=$last
answered "$due" partial
printf '{"kind":"ratification","request":%s,"result":"partial","categories":["subscriber"]}\n' "$(ref "$due")" >"$work/ratification"
submitted $judge <"$work/ratification"
request_of '' curp=$max phone=+525587654321
hidden=$last
answered "$hidden" full
deferred "$hidden" "$(day 30)"
request_of ',"notify":{"after":"9999-12-31T00:00:00.000Z"}' curp=$max
hidden2=$last
answered "$hidden2" full
to=$to_other
request_of '' curp=$ana
foreign=$last
answered "$foreign" full
to=
request_of '' curp=$lost
erased=$last
answered "$erased" full
blob=$(curl -s "$url/v1/receipts/$erased" | sed -n 's/^extra //p' | base64 -d | grep -a -m 1 '^{' | jq -r '.subjects[0].sealed')
printf '{"kind":"erasure","blob":"%s","order":"%s"}\n' "$blob" "$(cat "$work/hash.0" 2>/dev/null || head -c 32 /dev/zero | base64)" >"$work/erasure"
submitted $judge <"$work/erasure"
request_of '' curp=$ana
unanswered=$last
request_of ''
unnamed=$last
answered "$unnamed" full

notify() { # notify WHAT [OPTION...]
    # shellcheck disable=SC2086
    "$bin/bitacora" notify "$@" $p --key "$watch"
}
rows() { jq -c "[.notices[]|select(.state==\"$1\")|.entry]" "$work/out"; }
row() { jq -c ".notices[]|select(.entry==$1)|$2" "$work/out"; }

# ---- due -----------------------------------------------------------------------------------------
expect 0 'whom to tell' notify due --json
equal 'what is overdue' "$(rows overdue)" "[$overdue]"
equal 'by 30 days: ten after the answer' "$(row "$overdue" .days)" -30
equal 'what is due' "$(rows due)" "[$ended,$due,$foreign,$erased,$unnamed]"
equal 'after a deferral that ended yesterday the ten days begin there' "$(row "$ended" .days)" 8
equal 'without one, with the answer' "$(row "$due" .days)" 9
equal 'what is deferred stands apart' "$(rows deferred)" "[$hidden,$hidden2]"
equal 'a deadline past the year 9999 is its end' "$(row "$hidden2" .deadline)" '"9999-12-31T23:59:59.999Z"'
equal 'and is not opened' "$(row "$hidden" .sealed)" null
equal 'sealed to another key: whose' "$(row "$foreign" '[.sealed.foreign,.sealed_to]')" '[1,["vieja.example.mx"]]'
equal 'erased by order, which is no failure' "$(row "$erased" '.sealed|[.opened,.erased,.unread]')" '[0,1,0]'
equal 'a request that names nobody' "$(row "$unnamed" .identifiers)" 0
equal 'all together' "$(jq -c .sealed "$work/out")" '{"opened":5,"erased":1,"foreign":1,"unread":0,"other":0}'
# shellcheck disable=SC2086
"$bin/bitacora" audit $p --json --all >"$work/audit" 2>/dev/null
equal 'the audit’s R18 finds the same overdue' \
    "$(jq -c 'select(.rule == "R18" and .result == "finding") | .entry' "$work/audit")" "$overdue"
expect 0 'for people' notify due --lang es
contains 'the overdue' "$work/out" 'con retraso: 1'
contains 'and not before when' "$work/out" "no antes de $(day 30 | cut -c 1-10)"
equal 'nobody is named' "$(cat "$work/out" "$work/err" | grep -c -e $ana -e $eva -e $luis -e 5255)" 0
expect 2 'a key that is not enrolled for oversight' "$bin/bitacora" notify due $p --key "$work/$official.key"
expect 2 'an option of another part' notify due --type curp
expect 2 'no such part' notify who

# ---- letters -------------------------------------------------------------------------------------
expect 0 'letters are written' notify due --out "$letters" --json
equal 'each in two languages, as text and page' "$(jq .letters "$work/out")" 20
equal 'of what is due and can be opened' "$(cd "$letters" && ls ./*.es.txt | tr '\n' ' ')" \
    "$(for l in "$overdue-1" "$ended-1" "$ended-2" "$due-1" "$due-2"; do printf './%s.es.txt\n' $l; done | sort | tr '\n' ' ')"
equal 'the folder is its owner’s' "$(stat -c %a "$letters")" 700
equal 'as are the letters' "$(stat -c %a "$letters"/*.txt "$letters"/*.html | sort -u)" 600
check 'receipts go with them' "$bin/bitacora" verify $p "$letters/$overdue.tlog-proof" "$letters/$due.tlog-proof"
equal 'not of what is deferred' "$(find "$letters" -name "$hidden*" | wc -l)" 0
equal 'nor does any letter name whom it does not concern' "$(grep -l $max "$letters"/* | wc -l)" 0
flat() { tr -s ' \n' ' ' <"$1" >"$work/flat"; }
flat "$letters/$overdue-1.es.txt"
for fact in "CURP: $ana" 'Autoridad mx.fgr' 'procuración de justicia' 'federal' 'datos de tráfico conservados' \
    'desde el 5 de enero de 2026' 'hasta el 6 de febrero de 2026' 'investigación de un delito' 'CNPP, art. 303' \
    "CJF-7/<b>, dado por el juzgado cjf.juzgado1, asiento $warrant" 'Contestó mx.telco' 'se entregó todo' \
    'a us.doj (país: US)' 'MLAT <1991>' 'FED/<script>alert(1)</script>&1' "Asiento $overdue" \
    "$(cat "$work/hash.$overdue")" 'log.example.mx/test' "$overdue.tlog-proof" 'amparo' 'rectifique' \
    'no asesoría jurídica' 'Órgano que le escribe mx.vigilancia' 'Domicilio ____' 'Teléfono ____'; do
    contains "the letter in Spanish: $fact" "$work/flat" "$fact"
done
equal 'a transfer is there once, however often its list names the request' \
    "$(grep -o -e 'a us.doj (' -e 'a us.dea (' "$work/flat" | tr '\n' ' ')" 'a us.doj ( a us.dea ( '
flat "$letters/$due-2.en.txt"
for fact in "CURP (population registry code): $luis" 'kidnapping' 'ratified in part, by the court cjf.juzgado1' \
    'Data that the judge ratified subscriber data What' \
    'a part was handed over' 'not legal advice' 'none is named' 'no such transfer'; do
    contains "another, in English: $fact" "$work/flat" "$fact"
done
equal 'which does not name the other person' "$(grep -c $ana "$letters/$due-2.en.txt")" 0
flat "$letters/$ended-2.en.txt"
for fact in '+525512345678' 'Passed on to others to us.dea (country: US)' 'direct access' 'ordered by the court cjf.juzgado1' 'ongoing investigation'; do
    contains "after a deferral: $fact" "$work/flat" "$fact"
done
page=$letters/$overdue-1.es.html
contains 'the page says its language' "$page" '<html lang="es-MX">'
contains 'the other one, too' "$letters/$overdue-1.en.html" '<html lang="en">'
contains 'what the log says is escaped' "$page" 'FED/&lt;script&gt;alert(1)&lt;/script&gt;&amp;1'
equal 'all of it' "$(grep -c -e '<script' -e 'CJF-7/<b>' -e 'MLAT <' "$page")" 0
contains 'it is addressed' "$page" "CURP: $ana"
printf '# of the body\r\naddress: Av. <i>Juárez</i> 5, 06010 Ciudad de México\r\n\r\ntelephone: 55 1234 5678' >"$work/contact"
check 'letters are written again in their place' notify due --out "$letters" --contact "$work/contact"
contains 'with the address of the body' "$letters/$overdue-1.es.txt" 'Av. <i>Juárez</i> 5, 06010 Ciudad de México'
contains 'on the page as text' "$page" '<dd>Av. &lt;i&gt;Juárez&lt;/i&gt; 5, 06010 Ciudad de México</dd>'
contains 'and its telephone' "$letters/$overdue-1.en.txt" '55 1234 5678'
equal 'nothing is left to fill in' "$(grep -c ____ "$page")" 0
equal 'no letter tells anybody to type a command' "$(grep -l -e 'bitacora ' -e '--' "$letters"/*.html | wc -l) $(grep -c 'bitacora ' "$letters"/*.txt | grep -cv ':0$')" '0 0'
contains 'the receipt is a link to the file beside it' "$page" "<a href=\"./$overdue.tlog-proof\">"
equal 'which is there' "$(ls "$letters/$overdue.tlog-proof")" "$letters/$overdue.tlog-proof"
refused_contact() { # refused_contact DESCRIPTION TEXT SAYS
    printf "$2" >"$work/contact"
    expect 2 "$1" notify due --out "$letters" --contact "$work/contact"
    contains '… is said' "$work/err" "$3"
}
refused_contact 'a contact without a telephone' 'address: x\n' 'telephone: '
refused_contact 'of another key' 'address: x\nphone: 5\n' 'line 2: the key is none of office, address, telephone'
refused_contact 'with a key twice' 'address: x\naddress: y\n' 'line 2: the key stands there twice'
refused_contact 'with a key alone' 'address:  \ntelephone: 5\n' 'line 1: the text has 1 to 300 bytes'
refused_contact 'with something hidden' 'address: a\342\200\256b\ntelephone: 5\n' 'line 1: the text has'
refused_contact 'without a colon' 'hello\n' 'line 1: a line is KEY: TEXT, and KEY one of office, address, telephone'
rm "$work/contact"
expect 2 'that is not there' notify due --out "$letters" --contact "$work/contact"
expect 2 'without letters' notify due --contact "$work/contact"
contains '… is said, too' "$work/err" 'say --out'
mkdir "$work/open" && chmod 755 "$work/open"
expect 2 'not where others can read' notify due --out "$work/open"
equal 'nothing is there' "$(find "$work/open" -type f | wc -l)" 0

# ---- find ----------------------------------------------------------------------------------------
expect 0 'a person asks' notify find --type curp --value "$(echo $ana | tr A-Z a-z)" --receipts "$work/r" --json
equal 'and is told of what may be told' "$(jq -c '[.requests[].entry]' "$work/out")" "[$overdue,$due,$unanswered]"
equal 'who, what for, by which law' "$(jq -c '.requests[0]|[.authority,.holder,.purpose,.basis,.warrant_entry,.outcome]' "$work/out")" \
    "[\"mx.fgr\",\"mx.telco\",\"criminal_investigation\",\"CNPP-303\",$warrant,\"full\"]"
equal 'with receipts' "$(cd "$work/r" && ls | sort -n | tr '\n' ' ')" "$overdue.tlog-proof $due.tlog-proof $unanswered.tlog-proof "
check 'that are good' "$bin/bitacora" verify $p "$work/r/$overdue.tlog-proof" "$work/r/$due.tlog-proof" "$work/r/$unanswered.tlog-proof"
echo "$ana" >"$work/value"
from_file() { notify find --type curp --value - --lang en <"$work/value"; }
expect 0 'the identifier may come from a file' from_file
contains 'which is told in words' "$work/out" 'requests that may be told: 3'
contains 'with what came of it' "$work/out" 'a part was handed over'
equal 'the identifier is not repeated' "$(cat "$work/out" "$work/err" | grep -c "$ana")" 0
for lang in en es; do
    for json in --json --lang; do
        for who in $max $nobody; do
            rm -rf "$work/none"
            # shellcheck disable=SC2046
            notify find --type curp --value "$who" $([ $json = --json ] && echo --json --lang $lang || echo --lang $lang) \
                --receipts "$work/none" >"$work/find.$who" 2>&1
            echo "exit $?, $(find "$work/none" -type f | wc -l) receipts" >>"$work/find.$who"
        done
        check "deferred is as if it were not there ($lang, $json)" cmp "$work/find.$max" "$work/find.$nobody"
    done
done
contains 'which is an answer' "$work/find.$max" 'exit 0, 0 receipts'
contains 'and says what it does not mean' "$work/find.$max" 'lo aplazado nunca se muestra'
notify find --type phone --value +525587654321 >"$work/find.max" 2>&1
notify find --type phone --value +525500000000 >"$work/find.nobody" 2>&1
check 'so it is for telephones' cmp "$work/find.max" "$work/find.nobody"
expect 0 'an identifier that was erased' notify find --type curp --value $lost --json
equal 'is counted over the log, whoever asks' "$(jq -c '[.requests,.subjects,.sealed]' "$work/out")" \
    '[[],9,{"opened":7,"erased":1,"foreign":1,"unread":0,"other":0}]'
mkdir "$work/asked"
beside "$root/build/release/tools/answer" "$work/asked" - >"$work/port"
mute=$beside
wait_until test -s "$work/port"
# shellcheck disable=SC2086
"$bin/bitacora" notify find $p --key "$watch" --type curp --value $ana --log "http://127.0.0.1:$(cat "$work/port")" >/dev/null 2>&1 &
asking=$!
pids="$pids $asking"
check 'whoever lists processes' wait_until grep -q '\*\*\*\*' "/proc/$asking/cmdline"
equal 'does not read whom it is about' "$(grep -c "$ana" "/proc/$asking/cmdline")" 0
end_pid "$asking"
end_pid "$mute"
expect 2 'what cannot be an identifier' notify find --type curp --value GOMC850315HDFRRR08
expect 2 'a type that nobody knows' notify find --type crup --value $ana
expect 2 'no value' notify find --type curp

# ---- sent ----------------------------------------------------------------------------------------
expect 2 'while it is deferred nobody is told' notify sent --means post "$hidden"
contains 'till when' "$work/err" "nobody may be told before $(day 30 | cut -c 1-10)"
expect 2 'nor before notify.after' notify sent --means post "$hidden2"
expect 2 'only of requests' notify sent --means post "$warrant"
expect 2 'nor where nothing was handed over' notify sent --means post "$unanswered"
contains 'which is said' "$work/err" 'nothing to tell'
expect 3 'of an entry that is not there' notify sent --means post 4096
expect 2 'by means that the ruleset knows' notify sent --means pigeon "$overdue"
expect 2 'not in the future' notify sent --means post --delivered 2099-01-01 "$overdue"
expect 2 'nor before the request' notify sent --means post --delivered 2020-01-01 "$overdue"
expect 2 'one that is deferred stops all' notify sent --means post "$due" "$hidden"
expect 2 'in any order' notify sent --means post "$hidden" "$due"
expect 2 'as does one twice' notify sent --means post "$due" "$due"
expect 0 'of all that nothing was sent' notify due --json
equal 'as is to be seen' "$(rows overdue)$(rows due)" "[$overdue][$ended,$due,$foreign,$erased,$unnamed]"
expect 0 'two people were told' notify sent --means in_person --delivered "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" --receipts "$work/r" --json "$overdue" "$due"
equal 'what the policy does not protect against is said once' "$(grep -c 'quorum none' "$work/err")" 1
equal 'two entries' "$(jq -r .status "$work/out" | tr '\n' ' ')" 'appended appended '
notice=$(jq -r 'select(.line==1)|.index' "$work/out")
notice_id=$(jq -r 'select(.line==1)|.id' "$work/out")
check 'with their receipts' "$bin/bitacora" verify $p "$work/r/$notice.tlog-proof"
expect 0 'then' notify due --json
equal 'they are gone from the list' "$(rows overdue)$(rows due)" "[][$ended,$foreign,$erased,$unnamed]"
expect 2 'nobody is told twice' notify sent --means post "$overdue"
contains 'the entry that says so' "$work/err" "entry $notice says already"
expect 0 'whoever asks' notify find --type curp --value $ana --json
equal 'learns of the notice' "$(jq -c '.requests[0].notice' "$work/out")" "$notice"
# shellcheck disable=SC2086
"$bin/bitacora" audit $p --json --all >"$work/audit" 2>/dev/null
equal 'the audit: told, though late; the other in time' \
    "$(jq -c 'select(.rule == "R18" and (.entry=='"$overdue"' or .entry=='"$due"')) | [.entry,.result,.causes]' "$work/audit" | tr '\n' ' ')" \
    "[$overdue,\"finding\",[\"PERSON_TOLD_LATE\"]] [$due,\"pass\",[]] "

# Two at a time: the id is the same, so the log takes one. What the slower one sends is held back until the other is done.
vkey_watch=$(curl -s "$url/v1/receipts/$to_watch" | sed -n 's/^extra //p' | base64 -d | grep -a -m 1 '^{' | jq -r .vkey)
hex=$({
    printf 'bitacora/v1 notice-id\n'
    echo "$vkey_watch" | cut -d + -f 3- | base64 -d | tail -c 32
    base64 -d <"$work/hash.$overdue"
} | sha256sum)
variant=$(printf %x $((0x$(echo "$hex" | cut -c 17) & 3 | 8)))
equal 'the id is that of key and request' "$notice_id" \
    "$(echo "$hex" | sed -E "s/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*/\\1-\\2-8\\3-$variant\\4-\\5/")"
cat >"$work/slow.py" <<'PY'
# Passes requests on to the log of port argv[1]; what is posted waits for the file argv[2].go.
import http.client, http.server, os, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def log_message(self, *_): pass
    def do_GET(self):
        body = self.rfile.read(int(self.headers.get('Content-Length', 0)))
        log = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]))
        log.request(self.command, self.path, body or None, {k: v for k, v in self.headers.items() if k != 'Host'})
        answer = log.getresponse()
        told = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name != 'Date': self.send_header(name, value)
        self.end_headers()
        self.wfile.write(told)
    def do_POST(self):
        open(sys.argv[2] + '.looked', 'w').close()
        end = time.time() + 600
        while not os.path.exists(sys.argv[2] + '.go') and time.time() < end: time.sleep(.02)
        self.do_GET()
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
PY
beside /usr/bin/python3 "$work/slow.py" "${url##*:}" "$work/slow" >"$work/slow.port" 2>/dev/null
server=$beside
wait_until test -s "$work/slow.port"
# shellcheck disable=SC2086
beside "$bin/bitacora" notify sent $p --log "http://127.0.0.1:$(cat "$work/slow.port")" --key "$watch" --means post --json "$ended" \
    >"$work/slow.out" 2>"$work/slow.err"
slow=$beside
check 'one has looked' wait_until test -e "$work/slow.looked"
expect 0 'another is faster' notify sent --means post --json "$ended"
faster=$(jq -r .index "$work/out")
: >"$work/slow.go"
wait $slow
equal 'and the slower is refused' "$? $(jq -r .error "$work/slow.out")" '3 id'
forget_pid $slow
end_pid $server
contains 'in words' "$work/slow.err" "a notice of entry $ended by this key is in the log already: entry $faster"
equal 'the log has one' "$(curl -s "$url/v1/find?id=$(jq -r .id "$work/out")" | jq -c .entries)" "[$faster]"

# ---- a key that was superseded, a service that has lost or refuses -------------------------------
expect 0 'the other body, about its own' "$bin/bitacora" notify find $p --key "$other" --type curp --value $ana --json
equal 'and nothing else' "$(jq -c '[[.requests[].entry],.sealed.opened,.sealed.foreign]' "$work/out")" "[[$foreign],1,7]"
# shellcheck disable=SC2086
vkey_other=$(curl -s "$url/v1/receipts/$to_other" | sed -n 's/^extra //p' | base64 -d | grep -a -m 1 '^{' | jq -r .vkey)
# shellcheck disable=SC2086
"$bin/bitacora" revoke $p --key "$work/registrar.key" --vkey "$vkey_other" --reason superseded >/dev/null 2>&1
expect 3 'a key that was revoked is given nothing' "$bin/bitacora" notify find $p --key "$other" --type curp --value $ana
contains 'which is said' "$work/err" 'could not be had'
expect 0 'but may open what its successor reads' "$bin/bitacora" notify find $p --key "$other" --reader "$watch" --type curp --value $ana --json
equal 'the same' "$(jq -c '[.requests[].entry]' "$work/out")" "[$foreign]"
hex=$(curl -s "$url/v1/receipts/$due" | sed -n 's/^extra //p' | base64 -d | grep -a -m 1 '^{' | jq -r '.subjects[1].sealed' | base64 -d | od -An -v -tx1 | tr -d ' \n')
rm -f "$(find "$work/data/blobs/kept" -name "*$(printf %s "$hex" | cut -c 5-)*")"
expect 3 'a blob that is missing without an order' notify find --type curp --value $ana --json
equal 'is counted' "$(jq -c '.sealed.unread' "$work/out")" 1
equal 'what else there is, is told' "$(jq -c '[.requests[].entry]' "$work/out")" "[$overdue,$due,$unanswered]"

# A signer that seals something else than it commits to.
subject() { curl -s "$url/v1/receipts/$1" | sed -n 's/^extra //p' | base64 -d | grep -a -m 1 '^{' | jq -c '.subjects[0]'; }
request mx.telco 1 | jq -c --argjson a "$(subject "$overdue")" --argjson b "$(subject "$ended")" \
    'del(.warrant)|.subjects=[$a+{commit:$b.commit}]' >"$work/request"
submitted $official <"$work/request"
false_one=$last
expect 1 'what is sealed is not what is committed to' notify find --type curp --value $ana --json
equal 'that is counted' "$(jq -c .sealed.other "$work/out")" 1
contains 'the entry is named' "$work/err" "entry $false_one, subject 1: NOT what the record commits to"
equal 'it is nobody’s' "$(jq -c '[.requests[].entry]' "$work/out")" "[$overdue,$due,$unanswered]"
"$bin/bitacora" notify find $p --key "$watch" --type curp --value $nobody --json >"$work/out" 2>/dev/null
equal 'and the same is said to all' "$? $(jq -c .sealed.other "$work/out")" '1 1'

# ---- a log that is not proven --------------------------------------------------------------------
sed 's/^log \([^ ]*\) .*/log \1/' "$work/policy" >"$work/nowhere"
expect 2 'where is the log?' "$bin/bitacora" notify due --policy "$work/nowhere" --key "$watch"
expect 1 'another genesis' notify find --type curp --value $ana --json --genesis "$(head -c 32 /dev/zero | base64)"
equal 'nothing is shown' "$(jq -c '[.ok,.requests]' "$work/out")" '[false,null]'
expect 1 'nor any letter written' notify due --out "$work/l2" --genesis "$(head -c 32 /dev/zero | base64)"
equal 'none' "$(find "$work/l2" 2>/dev/null | wc -l)" 0
stop_daemon

# ---- with witnesses ------------------------------------------------------------------------------
first=$work
work=$first/witnessed
mkdir "$work"
p="--policy $work/policy"
watch=$work/vigila.example.mx.key
policy_of() { # policy_of FILE: two witnesses, both of them
    {
        printf 'log %s %s\n' "$vkey" "$url"
        for w in w1 w2; do printf 'witness %s %s %s\n' $w "$(cat "$work/$w.vkey")" "$(cat "$work/$w.url")"; done
        printf 'group g 2 w1 w2\nquorum g\n'
    } >"$1"
}
url=
new_log
for w in w1 w2; do new_witness $w && start_witness $w && echo "$witness_url" >"$work/$w.url" && echo "$witness" >"$work/$w.pid"; done
policy_of "$work/served"
start_daemon "$work/data" --policy "$work/served"
policy_of "$work/policy"
people
to_watch=$(curl -s "$url/v1/find?role=oversight" | jq '.entries[0]') to=
request_of '' curp=$ana
asked=$last
answered "$asked" full
letters=$work/letters
notify due --out "$letters" --json >"$work/out" 2>"$work/err"
echo "$? $(jq -r .letters "$work/out")" >"$work/due"
notify find --type curp --value $ana --receipts "$work/r" --json >"$work/out" 2>"$work/err"
echo "$? $(jq -c '[.requests[].entry]' "$work/out")" >"$work/find"
request_of '' curp=$eva
told=$last
answered "$told" full
curl -s "$url/v1/receipts/0" >"$work/old"
request_of '' curp=$luis
answered "$last" full
both() { # both FILE OPTION...: what is said of ana, and of nobody, into FILE.ana, FILE.nobody
    file=$1
    shift
    for who in ana nobody; do
        eval "value=\$$who"
        { notify find --type curp --value "$value" "$@"; echo $?; } >"$work/$file.$who" 2>&1
    done
}

# A service that does not show its newest checkpoint, or an old one for it.
printf 'HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' >"$work/no"
{
    printf 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %s\r\nConnection: close\r\n\r\n' "$(wc -c <"$work/old")"
    cat "$work/old"
} >"$work/older"
for lie in no older; do
    mkdir "$work/asked.$lie"
    beside env DENY='v1/receipts/0 ' GETS_TO=${url##*:} "$root/build/release/tools/answer" "$work/asked.$lie" "$work/$lie" >"$work/port.$lie"
    liar=$beside
    wait_until test -s "$work/port.$lie"
    log=http://127.0.0.1:$(cat "$work/port.$lie")
    notify due --log "$log" --out "$work/l.$lie" --json >"$work/out" 2>"$work/err"
    echo "$? $(jq -c '[.findings[0].code,.notices]' "$work/out") $(find "$work/l.$lie" 2>/dev/null | wc -l)" >"$work/$lie.due"
    both "$lie.find" --log "$log" --json
    notify sent --log "$log" --means post --json "$told" >"$work/out" 2>"$work/err"
    echo "$? $(jq -c '[.findings[0].code,.status]' "$work/out")" >"$work/$lie.sent"
    end_pid $liar
done

# A witness stands still: what the log takes now is witnessed later, and withholds at once.
kill -STOP "$(cat "$work/w1.pid")"
printf '{"kind":"deferral","request":%s,"until":"%s","reason":"ongoing_investigation"}\n' "$(ref "$asked")" "$(day 30)" >"$work/deferral"
# shellcheck disable=SC2086
"$bin/bitacora" submit $p --key "$work/$judge.key" --json --no-wait "$work/deferral" >"$work/out" 2>"$work/err"
echo "$? $(jq -r .size "$work/out")" >"$work/deferral.sent"
size=$(jq -r .size "$work/out")
both newer
both newer.json --json
notify due --out "$work/l4" --json >"$work/out" 2>"$work/err"
echo "$? $(row "$asked" '[.state,.not_before[0:10],.letters]') $(row "$told" .state) $(cd "$work/l4" && ls ./"$asked"* 2>/dev/null | wc -l) $(cd "$work/l4" && ls ./"$told"* | wc -l)" >"$work/newer.due"
notify sent --means post --no-wait "$asked" >"$work/out" 2>"$work/newer.err"
echo "$? $(curl -s "$url/v1/receipts/0" | sed -n '/^log.example/{n;p;}')" >"$work/newer.sent"
notify sent --means post --no-wait --json "$told" >"$work/out" 2>"$work/err"
echo "$? $(jq -c '[.status,.size]' "$work/out")" >"$work/newer.told"
notice=$(jq -r .index "$work/out")
notify sent --means post --no-wait --json "$told" >"$work/out" 2>"$work/again.err"
echo "$? $(curl -s "$url/v1/receipts/0" | sed -n '/^log.example/{n;p;}')" >"$work/newer.again"
notify due --json >"$work/out" 2>"$work/newer.told.err"
echo "$? $(row "$told" .state)" >"$work/newer.told.due"
kill -CONT "$(cat "$work/w1.pid")"
curl -s "$url/v1/receipts/$notice?wait=witnessed" >"$work/out"
notify sent --means post "$told" >"$work/out" 2>"$work/err"
echo "$? $(grep -c "entry $notice says already" "$work/err")" >"$work/witnessed.told"
both later --json
for w in w1 w2; do end_pid "$(cat "$work/$w.pid")"; done
printf 'witness w3 %s\nquorum w3\n' "$("$bin/bitacora" keygen w3.example.mx --out "$work/w3.key" --witness)" |
    sed "1i log $vkey $url" >"$work/lacking"
notify() { # notify WHAT [OPTION...]: by another policy
    "$bin/bitacora" notify "$@" --policy "$work/lacking" --key "$watch"
}
notify due --out "$work/l3" --json >"$work/out" 2>"$work/err"
echo "$? $(jq -r '.findings[0].code' "$work/out") $(find "$work/l3" 2>/dev/null | wc -l)" >"$work/lack"
witnessed=$work
work=$first
equal 'with witnesses letters are written' "$(cat "$witnessed/due")" '0 4'
equal 'and people answered' "$(cat "$witnessed/find")" "0 [$asked]"
equal 'with witnessed receipts' "$(grep -c '^— w' "$witnessed/letters/$asked.tlog-proof" "$witnessed/r/$asked.tlog-proof" | sed 's/.*://' | tr '\n' ' ')" '2 2 '
check 'as their verifier wants' "$bin/bitacora" verify --policy "$witnessed/policy" "$witnessed/letters/$asked.tlog-proof"
for lie in no older; do
    code=unreadable
    [ $lie = no ] || code=stale
    equal "$lie newest checkpoint: no list, no letter" "$(cat "$witnessed/$lie.due")" "3 [\"$code\",null] 0"
    check 'whoever asks, nothing' cmp "$witnessed/$lie.find.ana" "$witnessed/$lie.find.nobody"
    equal 'undecided' "$(tail -n 1 "$witnessed/$lie.find.ana")" 3
    equal 'and nothing is sent' "$(cat "$witnessed/$lie.sent")" "3 [\"$code\",null]"
done
equal 'a deferral that is not witnessed' "$(cat "$witnessed/deferral.sent")" "3 $size"
check 'is as if the request were not there' cmp "$witnessed/newer.ana" "$witnessed/newer.nobody"
equal 'which is an answer' "$(tail -n 1 "$witnessed/newer.ana")" 0
check 'for programs, too' cmp "$witnessed/newer.json.ana" "$witnessed/newer.json.nobody"
equal 'it withholds the letter, of the other there is one' "$(cat "$witnessed/newer.due")" "0 [\"deferred\",\"$(day 30 | cut -c 1-10)\",null] \"due\" 0 5"
equal 'and the notice: nothing came into the log' "$(cat "$witnessed/newer.sent")" "3 $size"
contains 'because of what' "$witnessed/newer.err" "a deferral that is newer than the checkpoint that was verified says that nobody may be told before $(day 30 | cut -c 1-10)"
equal 'a notice that is not witnessed' "$(cat "$witnessed/newer.told")" "3 [\"appended\",$((size + 1))]"
equal 'is not given twice' "$(cat "$witnessed/newer.again")" "3 $((size + 1))"
contains 'in words' "$witnessed/again.err" "entry $notice, newer than the checkpoint that was verified, says already that the person was told"
equal 'who was told is not to be told' "$(cat "$witnessed/newer.told.due")" '0 '
contains 'which is said, too' "$witnessed/newer.told.err" "entry $told is not listed: entry $notice"
equal 'once it is witnessed it is as ever' "$(cat "$witnessed/witnessed.told")" '2 1'
check 'as is the deferral' cmp "$witnessed/later.ana" "$witnessed/later.nobody"
equal 'without its quorum a log is not proven: no letter' "$(cat "$witnessed/lack")" '3 quorum 0'
finish
