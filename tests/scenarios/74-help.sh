#!/bin/sh
# What everybody meets before anything works: help within 80 columns, a policy by BITACORA_POLICY, errors
# as JSON, colours, suggestions.
. "$(dirname "$0")/../lib.sh"

client=$bin/bitacora
daemon=$bin/bitacorad
export LC_ALL=C.UTF-8
unset BITACORA_POLICY NO_COLOR
lacks() { # lacks DESCRIPTION FILE FIXED_STRING
    if grep -qF -- "$3" "$2"; then not_ok "$1" "'$3' in: $(head -c 2000 "$2")"; else ok "$1"; fi
}

# ---- width ---------------------------------------------------------------------------------------
expect 0 'what the client takes, as JSON' "$client" --help --json
cp "$work/out" "$work/client.json"
expect 0 'and the daemon' "$daemon" --help --json
cp "$work/out" "$work/daemon.json"
commands=$(jq -r '.commands[].name' "$work/client.json")
daemon_commands=$(jq -r '.commands[].name' "$work/daemon.json")
kinds=$(jq -r '.commands[]|select(.name=="new")|.forms[0][]|select(.name=="KIND")|.words[]' "$work/client.json")
for language in en es; do
    {
        "$client" --lang $language --help
        "$daemon" --lang $language --help
        for c in $commands; do "$client" --lang $language "$c" -h; done
        for k in $kinds; do "$client" --lang $language new "$k" -h; done
        for c in $daemon_commands; do "$daemon" --lang $language "$c" -h; done
    } >"$work/help.$language"
    check "$language: there is much help" test "$(wc -l <"$work/help.$language")" -gt 1000
    wide=$(LC_ALL=C awk '{ t = $0; gsub(/[\200-\277]/, "", t) } length(t) > 80' "$work/help.$language")
    equal "$language: all of it within 80 columns" "$wide" ''
done
equal 'exit codes are in it' "$(sed -n '/^Exit:/,/^$/p' "$work/help.en" | grep -c '^  [0-4]  ')" 8
contains 'and variables' "$work/help.es" 'BITACORA_POLICY'
contains '… of time zones' "$work/help.es" 'BITACORA_ZONE, TZ'

# ---- as JSON -------------------------------------------------------------------------------------
equal 'each command has forms, options and words in both languages' \
    "$(jq '[.commands[]|select((.forms|length)>0 and (.options|length)>2 and .summary.en!="" and .summary.es!="")]|length' "$work/client.json")" \
    "$(echo "$commands" | wc -l)"
equal 'roles are listed' "$(jq -r '.commands[]|select(.name=="enroll")|.options[]|select(.name=="role")|.words|join(" ")' "$work/client.json")" \
    'registrar judge requester holder oversight auditor'
equal 'a file is one' "$(jq -r '.commands[]|select(.name=="replay")|.options[]|select(.name=="policy")|[.takes,.needed]|join(" ")' "$work/client.json")" 'file true'
equal 'settings of the daemon are there, with bounds' \
    "$(jq -c '.settings[]|select(.name=="timeout")|[.default,.least,.most,.reloaded]' "$work/daemon.json")" '[30,1,3600,true]'
expect 0 'of one command' "$client" verify --help --json
equal 'it alone' "$(jq -r '.commands|map(.name)|join(" ")' "$work/out")" verify
expect 0 "likewise of the daemon's" "$daemon" fsck --json --help
equal '… that command alone' "$(jq -r '.program, .commands[].name' "$work/out" | paste -sd' ')" 'bitacorad fsck'

# ---- a policy by the environment -----------------------------------------------------------------
key=$("$client" keygen log.example.mx --out "$work/log.key")
printf 'log %s http://127.0.0.1:1\nquorum none\n' "$key" >"$work/policy"
expect 2 'without a policy' "$client" replay
contains 'both ways are named' "$work/err" '--policy is needed, or the environment'
expect 2 'one that is not there' env BITACORA_POLICY="$work/none" "$client" replay
contains 'is named' "$work/err" "the policy $work/none could not be read"
contains 'and where it came from' "$work/err" "the policy is $work/none, by BITACORA_POLICY"
expect 3 'one that is there' env BITACORA_POLICY="$work/policy" "$client" replay --json
equal 'is taken' "$(jq -r .origin "$work/out")" log.example.mx
expect 3 'an option beats it' env BITACORA_POLICY="$work/none" "$client" replay --policy "$work/policy"
lacks 'and nothing is said of it' "$work/err" BITACORA_POLICY
expect 2 'an empty one is none' env BITACORA_POLICY= "$client" --lang es replay
contains 'in Spanish, too' "$work/err" 'o BITACORA_POLICY en el entorno'

# ---- errors as JSON ------------------------------------------------------------------------------
echo junk >"$work/junk"
json() { # json STATUS CODE COMMAND...: the last object on standard output says what went wrong
    want=$1 code=$2
    shift 2
    expect "$want" "$1 ${2:-}: $code" "$client" "$@" --json
    equal 'is said as JSON' "$(tail -n 1 "$work/out" | jq -r '[.error.code, (.error.message|length>0), (.ok==null or .ok==false or .proves==false)]|map(tostring)|join(" ")' 2>&1)" "$code true true"
    [ "$1" = verify-evidence ] || check 'and for people' test -s "$work/err"
}
takes_policy=$(jq -r '.commands[]|select(.options|any(.name=="policy"))|.name' "$work/client.json")
check 'many commands take a policy' test "$(echo "$takes_policy" | wc -l)" -gt 15
for c in $commands; do
    json 2 usage "$c" --no-such-option
done
filled() { # filled COMMAND: an operand and all options that it needs, but --policy
    case $1 in
    notify) echo due ;;
    report) echo --from 2026-01 --to 2026-02 ;;
    warrant) echo check X ;;
    receipt) echo "show $work/junk" ;;
    answer) echo --warrant X ;;
    import) echo csv --map "$work/junk" "$work/junk" ;;
    show) echo 0 ;;
    new) echo request ;;
    enroll) echo --key "$work/log.key" --vkey "$key" --role judge --authority x --level federal ;;
    revoke) echo --key "$work/log.key" --vkey "$key" --reason other ;;
    disclose) echo --key "$work/log.key" "$work/junk" ;;
    pin) echo "$root/proto/rulesets/$(ls "$root/proto/rulesets" | head -n 1)" ;;
    verify | open | confront | verify-evidence | submit | present) echo "$work/junk" ;;
    mirror) echo "$work/mirror" ;;
    esac
    jq -r --arg c "$1" --arg key "$work/log.key" --arg vkey "$key" '.commands[]|select(.name==$c)|.options[]|select(.needed and .name!="policy" and (.name=="key" and ($c=="disclose" or $c=="enroll" or $c=="revoke")|not))|
        "--\(.name) " + ({key:$key,vkey:$vkey,role:"judge",reason:"other",listen:"127.0.0.1:0"}[.name] // "x")' "$work/client.json"
}
for c in $takes_policy; do
    case $c in witness) continue ;; esac # has its own, below
    # shellcheck disable=SC2046
    json 2 policy "$c" --policy "$work/none" $(filled "$c")
done
for c in replay audit signers mirror show warrant report; do
    # shellcheck disable=SC2046
    json 3 unreadable "$c" --policy "$work/policy" $(filled "$c")
done
json 3 unreadable answer --policy "$work/policy" --warrant X
json 3 unreadable notify due --policy "$work/policy" --key "$work/log.key"
json 3 evidence verify-evidence --policy "$work/policy" "$work/junk"
json 3 receipt verify --policy "$work/policy" "$work/junk"
for c in replay audit mirror answer access; do
    # shellcheck disable=SC2046
    json 2 key "$c" --policy "$work/policy" --key "$work/junk" $(filled "$c" | sed 's/^--key .*//')
done
json 2 key key show "$work/junk"
json 2 ruleset ruleset "$work/junk"
json 2 usage frobnicate
json 2 usage replay
expect 2 'without --json' "$client" replay --policy "$work/none"
equal 'standard output is empty' "$(cat "$work/out")" ''
expect 2 'a line of it in Spanish' "$client" --lang es replay --policy "$work/none" --json
equal 'says so in JSON' "$(jq -r .error.message "$work/out")" "no se pudo leer la política $work/none: no existe"

# A log that answers nothing but 404: no record is judged by it.
mkdir "$work/nothing"
beside python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$work/nothing" >"$work/server.out" 2>"$work/server.err"
check 'a server that is no log' wait_until grep -q 'port [1-9]' "$work/server.out"
printf 'log %s http://127.0.0.1:%s\nquorum none\n' "$key" "$(sed 's/.*port \([0-9]*\).*/\1/' "$work/server.out")" >"$work/nothing.policy"
echo '{"kind":"extension"}' >"$work/one"
json 3 'HTTP 404' submit --policy "$work/nothing.policy" --key "$work/log.key" "$work/one"
equal 'behind the line of the record, which is as it was' "$(head -n 1 "$work/out" | jq -c '[.line,.error]')" '[1,"HTTP 404"]'
json 3 'HTTP 404' submit --check --policy "$work/nothing.policy" --key "$work/log.key" "$work/one"
json 3 'HTTP 404' new extension --policy "$work/nothing.policy" --key "$work/log.key"
for c in enroll revoke pin; do
    # shellcheck disable=SC2046
    expect 3 "$c" "$client" "$c" --policy "$work/nothing.policy" --json $(filled "$c")
    equal 'the last object says it, too' "$(tail -n 1 "$work/out" | jq -r '[.ok, (.error|keys|join(" ")), (.error.code|IN("HTTP 404","missing","unreadable"))]|map(tostring)|join(",")' 2>&1)" 'null,code message,true'
done

said() { # said STATUS OK CODE COMMAND...: the daemon's only object
    want=$1 ok=$2 code=$3
    shift 3
    expect "$want" "bitacorad $*" "$daemon" "$@" --json
    equal 'is said as JSON' "$(jq -sc '[length, .[0].ok, .[0].error.code, (.[0].error.message|length>0)]' "$work/out" 2>&1)" "[1,$ok,\"$code\",true]"
    check 'and for people' test -s "$work/err"
}
for c in $daemon_commands; do
    [ "$c" = signer ] || said 2 null usage "$c" --no-such-option
done
said 2 null usage frobnicate
said 2 null usage fsck --dir "$work/none"
said 2 null usage backup --dir "$work/none" --to "$work/backup"
equal 'how a command is called is not part of it' "$("$daemon" fsck --json 2>"$work/err" | jq -r .error.message)" '--dir is needed'
equal 'in Spanish' "$("$daemon" --lang es fsck --json 2>"$work/err" | jq -r .error.message)" 'hace falta --dir'
expect 2 'without --json' "$daemon" fsck --dir "$work/none"
equal 'standard output is empty, too' "$(cat "$work/out")" ''
registrar=$("$client" keygen registrar.example.mx --out "$work/registrar.key")
expect 0 'a log' "$daemon" init --dir "$work/data" --origin log.example.mx --registrar "$registrar"
expect 0 'that is sound' "$daemon" fsck --dir "$work/data" --json
equal 'a result is the only object' "$(jq -sc '[length, .[0].ok, .[0].error]' "$work/out")" '[1,true,null]'
expect 0 'a backup' "$daemon" backup --dir "$work/data" --to "$work/backup" --json
equal 'is one, too' "$(jq -sc '[length, .[0].size, .[0].error]' "$work/out")" '[1,1,null]'
head -c 8192 /dev/zero | tr '\\0' x | dd of="$work/data/store/data.mdb" conv=notrunc 2>/dev/null
said 1 false bad backup --dir "$work/data" --to "$work/backup2"
expect 1 'damage that was found' "$daemon" fsck --dir "$work/data" --json
equal 'is a result, and the only object' "$(jq -sc '[length, .[0].ok, (.[0].findings|length>0), .[0].error]' "$work/out")" '[1,false,true,null]'

# ---- suggestions ---------------------------------------------------------------------------------
expect 2 'a severity that there is not' "$client" audit --policy "$work/policy" --fail-on hihg
contains 'the one that is like it' "$work/err" 'did you mean --fail-on high?'
expect 2 'a line of a report that there is not' "$client" report --policy "$work/policy" --from 2026-01 --to 2026-02 --by authorty
contains 'the one that is like it, too' "$work/err" 'did you mean --by authority?'
check 'in six lines' test "$(wc -l <"$work/err")" -le 6

# ---- colours -------------------------------------------------------------------------------------
on_terminal() { # on_terminal COMMAND...: its output on a terminal, with escapes as ^[
    script -qec "$*" /dev/null </dev/null | sed 's/\x1b/^[/g'
}
replay="$client replay --policy $work/policy --lang en"
TERM=xterm on_terminal "$replay" >"$work/colour"
contains 'on a terminal a verdict has a colour' "$work/colour" '^[[33mundecided^[[0m [unreadable]'
NO_COLOR=1 TERM=xterm on_terminal "$replay" >"$work/colour"
contains 'not with NO_COLOR' "$work/colour" 'undecided [unreadable]'
NO_COLOR='' TERM=xterm on_terminal "$replay" >"$work/colour"
contains 'but if that is empty' "$work/colour" '^[[33mundecided'
TERM=dumb on_terminal "$replay" >"$work/colour"
contains 'not on one that knows none' "$work/colour" 'undecided [unreadable]'
lacks 'no escape at all' "$work/colour" '^['
TERM=xterm $replay >"$work/colour" 2>&1
lacks 'and never elsewhere' "$work/colour" "$(printf '\033')"
finish
