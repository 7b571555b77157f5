#!/bin/sh
# A request presented to its data holder: by its own key alone, with the opening of one person of it
# and of nobody else; and what libbitacora's gate says of it.
. "$(dirname "$0")/../lib.sh"

p="--policy $work/policy"
judge=$work/judge.example.mx-j1.key
official=$work/fgr.example.mx-a.lopez.key
ana=GOMC850315HDFRRR07
eva=MARP800101MDFRTR03
max=BOXW310820HNERXN09

subjects() { # subjects CURP...: a member
    list=
    for curp in "$@"; do list="$list${list:+,}{\"type\":\"curp\",\"value\":\"$curp\"}"; done
    printf '"subjects":[%s]' "$list"
}
submitted() { # submitted KEY [OPTION...]: a record on standard input; $work/last is its receipt
    key=$1
    shift
    # shellcheck disable=SC2086
    "$bin/bitacora" submit $p --key "$key" --receipts "$work/receipts" --json "$@" - >"$work/sent" 2>"$work/sent.err" ||
        { cat "$work/sent.err"; return 1; }
    echo "$work/receipts/$(jq -r 'select(.index)|.index' "$work/sent").tlog-proof" >"$work/last"
}
present() { # shellcheck disable=SC2086
    "$bin/bitacora" present $p "$@"
}
disclosed() { # shellcheck disable=SC2086 # disclosed PRIVATE N RECEIPT FILE
    "$bin/bitacora" disclose $p --private "$1" --subject "$2" --out "$4" "$3"
}

check 'a log' small_log 10
check 'an oversight body, to seal to' enrol vigila.example.mx oversight mx.vigilancia
check 'another official of the same authority' enrol fgr.example.mx/b.ruiz requester mx.fgr
request mx.telco 1 | submitted "$official" --without-private
equal 'is sent' $? 0
plain=$(cat "$work/last")
request mx.telco 1 | jq -c ". + {persons:2} + {$(subjects $ana $eva)}" | submitted "$official" --private "$work/r1"
equal 'and one that names two persons' $? 0
two=$(cat "$work/last")
request mx.telco 1 | jq -c ". + {$(subjects $max)}" | submitted "$official" --private "$work/r2"
equal 'and one that names another' $? 0
other=$(cat "$work/last")
check 'the opening of the first person' disclosed "$work/r1" 1 "$two" "$work/ana"
check 'and of the other' disclosed "$work/r2" 1 "$other" "$work/max"

# ---- what is printed -----------------------------------------------------------------------------
expect 0 'it is presented' present --key "$official" --holder mx.telco "$plain"
equal 'a note of two lines, an empty one, and a signature' "$(wc -l <"$work/out")" 4
equal 'which says what it is' "$(head -n 1 "$work/out")" 'bitacora/v1 presentation'
sed -n 2p "$work/out" >"$work/line"
equal 'for whom' "$(jq -r .holder "$work/line")" mx.telco
equal 'of which entry' "$(jq .request.entry "$work/line")" "$(basename "$plain" .tlog-proof)"
equal 'and names nobody' "$(jq -r 'keys|join(" ")' "$work/line")" 'at holder origin request'
cp "$work/out" "$work/note"
# shellcheck disable=SC2086
"$bin/bitacora" verify $p "$work/note" >"$work/verified" 2>&1
equal 'it is no receipt' $? 3
contains '… but a presentation' "$work/verified" 'note is a presentation: the gate takes it'
# shellcheck disable=SC2086
"$bin/bitacora" receipt show $p "$work/note" >"$work/verified" 2>&1
contains '… shown as one, too' "$work/verified" 'This is a presentation, not a receipt'
expect 0 'one person is presented' present --key "$official" --holder mx.telco --opening "$work/ana" "$two"
equal 'by the commitment that the request has' "$(sed -n 2p "$work/out" | jq -r .subject)" \
    "$(sed -n 's/^extra //p' "$two" | base64 -d | grep -a -m 1 '^{' | jq -r '.subjects[0].commit')"
equal 'the opening follows' "$(sed -n 5p "$work/out" | base64 -d | tail -c +33 | tr -d '\0' | grep -ac "$ana")" 1
equal 'and names the person nowhere in the clear' "$(grep -c "$ana" "$work/out")" 0
expect 0 'as JSON' present --json --key "$official" --holder mx.telco --opening "$work/ana" "$two"
equal 'with what it holds' "$(jq -c '[.holder,.subject,(.presentation|startswith("bitacora/v1 presentation"))]' "$work/out")" '["mx.telco",true,true]'

# ---- what is not ---------------------------------------------------------------------------------
refused() { # refused STATUS WORDS DESCRIPTION ARGUMENT...
    status=$1
    words=$2
    what=$3
    shift 3
    expect "$status" "$what" present "$@"
    contains 'and says why' "$work/err" "$words"
    equal 'and prints nothing' "$(wc -c <"$work/out")" 0
}
refused 2 'only its own key presents it' 'another official does not present it' \
    --key "$work/fgr.example.mx-b.ruiz.key" --holder mx.telco "$plain"
refused 1 'the entry does not commit to what the opening says' 'an opening of somebody whom the request does not name' \
    --key "$official" --holder mx.telco --opening "$work/max" "$two"
refused 1 'the entry does not commit to what the opening says' 'an opening for a request that names nobody' \
    --key "$official" --holder mx.telco --opening "$work/ana" "$plain"
refused 3 'this is not an opening' 'a file that is no opening' \
    --key "$official" --holder mx.telco --opening "$work/policy" "$two"
refused 3 'could not be read' 'an opening that is not there' \
    --key "$official" --holder mx.telco --opening "$work/none" "$two"
refused 2 "--holder mx telco" 'a holder that is no code' \
    --key "$official" --holder 'mx telco' "$plain"
refused 3 '[receipt]' 'a file that is no receipt' --key "$official" --holder mx.telco "$work/policy"
sed -n 's/^extra //p' "$plain" | base64 -d | sed 's|FED/0|FED/1|' | base64 -w 0 >"$work/extra"
sed "s|^extra .*|extra $(cat "$work/extra")|" "$plain" >"$work/altered"
refused 1 '[receipt]' 'an altered receipt' --key "$official" --holder mx.telco "$work/altered"
warrant CJF-84/2026 | submitted "$judge" --without-private
refused 2 "of kind 'warrant'" 'a warrant' --key "$judge" --holder mx.telco "$(cat "$work/last")"
expect 0 'for another holder it is made' present --key "$official" --holder mx.banco "$plain"
contains 'and its refusal foretold' "$work/err" 'the gate of mx.banco will refuse it'
expect 0 'in Spanish' present --lang es --key "$official" --holder mx.banco "$plain"
contains 'too' "$work/err" 'la puerta de mx.banco la rechazará'

# ---- the gate of libbitacora -----------------------------------------------------------------------
# shellcheck disable=SC2086
"${CC:-cc}" -std=c11 -I"$root/proto/lib" "$root/docs/examples/gate.c" -o "$work/gate" \
    "$root/build/lib/libbitacora.a" $(pkg-config --libs libsodium jansson libcrypto yajl) -pthread
equal 'the gate of docs/examples is built' $? 0
gate() { "$work/gate" "$work/policy" mx.telco "$@"; }
present --key "$official" --holder mx.telco --opening "$work/ana" "$two" >"$work/note"
expect 0 'lets in who presents a person of his request' gate "$two" "$work/note"
expect 1 'and not with the receipt of another request' gate "$other" "$work/note"
present --key "$official" --holder mx.telco --opening "$work/max" "$other" >"$work/note.max"
{ head -n 4 "$work/note"; sed -n 5p "$work/note.max"; } >"$work/mixed"
expect 1 'nor with the opening of another person behind the note' gate "$two" "$work/mixed"
contains 'as it gives another commit' "$work/out" '[opening]'
head -n 4 "$work/note" >"$work/shut"
expect 1 'nor with a person and no opening' gate "$two" "$work/shut"
contains 'as he cannot know who that is' "$work/out" '[presentation]'
finish
