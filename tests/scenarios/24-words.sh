#!/bin/sh
# What a newcomer reads: --help of every command and every kind of record, in both languages; what refusals
# say, and what is said before something is done that cannot be taken back.
. "$(dirname "$0")/../lib.sh"

client=$bin/bitacora
lacks() { # lacks DESCRIPTION FILE FIXED_STRING
    if grep -qF -- "$3" "$2"; then not_ok "$1" "'$3' in: $(head -c 2000 "$2")"; else ok "$1"; fi
}
row() { # row PATTERN: those lines of the output, with those in which they go on
    sed ':a; N; $!ba; s/\n     \+/ /g' "$work/out" | grep -E -- "$1" | tr -s ' '
}

# ---- help ----------------------------------------------------------------------------------------
expect 0 'help' "$client" --help
commands=$(sed -n 's/^  bitacora \([a-z0-9-]*\) .*/\1/p' "$work/out" | uniq)
columns=$(awk '{ gsub(/[\200-\277]/, "") } length > most { most = length } END { print most }' "$work/out")
check 'within 80 columns' test "$columns" -le 80
equal 'of as many commands as there are' "$(echo "$commands" | wc -l)" 31
# What both programs say of their commands comes from the forms that they parse by.
daemon=$bin/bitacorad
expect 0 'help of the daemon' "$daemon" --help
daemon_commands=$(sed -n 's/^  bitacorad \([a-z0-9-]*\) .*/\1/p' "$work/out" | uniq)
columns=$(awk '{ gsub(/[\200-\277]/, "") } length > most { most = length } END { print most }' "$work/out")
check 'within 80 columns' test "$columns" -le 80
equal 'names its commands' "$(echo "$daemon_commands" | paste -sd' ')" 'init run index fsck signer backup restore freeze rotate'
expect 0 'also -h' "$daemon" -h
every_option=$(for c in $commands; do "$client" "$c" --help; done | sed -n 's/^  --\([a-z0-9-]*\).*/\1/p' | sort -u)
check 'there are many options' test "$(echo "$every_option" | wc -l)" -gt 50
daemon_options=$(for c in $daemon_commands; do "$daemon" "$c" --help; done | sed -n 's/^  --\([a-z0-9-]*\).*/\1/p' | sort -u)
check 'and of the daemon' test "$(echo "$daemon_options" | wc -l)" -gt 10
newline='
'
is_own() { # is_own OPTION: one of $options
    case $newline$options$newline in *"$newline$1$newline"*) ;; *) return 1 ;; esac
}
begins_own() { # begins_own WORD: one of $options begins with it, and goes on
    case $newline$options in *"$newline$1"[a-z0-9-]*) ;; *) return 1 ;; esac
}
# An option is the command's if it is not called unknown. `new` takes any other for a member; and a
# beginning that no other option of the command has is as good as the whole name.
accepts() { # accepts PROGRAM COMMAND OPTION
    if [ "$2" = new ] || begins_own "$3"; then
        is_own "$3"
    else
        case $("$1" "$2" --lang en "--$3" x=y --help 2>&1) in *'no such option here'*) return 1 ;; esac
    fi
}
every=${EVERY:-11}
other=0
forms_of() { # forms_of PROGRAM COMMAND...: whether each command takes what its help explains
    program=$1
    shift
    for c in "$@"; do
        expect 0 "$c --help" "$program" "$c" --help
        options=$(sed -n 's/^  --\([a-z0-9-]*\).*/\1/p' "$work/out")
        silent=$(row '^  --' | grep -vcE '^ --[a-z0-9-]+( [^ ]+)?( needed)? [a-z]')
        equal 'each option has its line' "$silent" 0
        for o in $(grep -oE -- '--[a-z0-9-]+' "$work/out" | sort -u | tr -d '\n' | sed 's/--/ /g'); do
            is_own "$o" || not_ok "$c --$o is in the synopsis and is not explained"
        done
        for o in $every_option $daemon_options; do
            # Of the options that are not the command's own, a sample: EVERY=1 tries all.
            if ! is_own "$o"; then
                other=$((other + 1))
                [ $((other % every)) = 0 ] || continue
            fi
            accepts "$program" "$c" "$o" && accepted=yes || accepted=no
            is_own "$o" && explained=yes || explained=no
            [ "$accepted" = "$explained" ] ||
                not_ok "$c --$o: accepted: $accepted; explained: $explained"
        done
        starts=$(grep '^  --' "$work/out" | sed -E 's/^(  --[a-z0-9-]+( [^ ]+)? *(needed)? *).*/\1/' | awk '{print length}' | sort -u | wc -l)
        equal 'the lines are aligned' "$starts" 1
        cp "$work/out" "$work/help"
        expect 0 'the same by -h' "$program" "$c" -h
        check 'it is' cmp "$work/help" "$work/out"
        expect 0 'in Spanish, too' "$program" --lang es "$c" --help
        lacks 'with Spanish placeholders' "$work/out" ' FILE' # $SSL_CERT_FILE is none
    done
}
# shellcheck disable=SC2086
forms_of "$client" $commands
# shellcheck disable=SC2086
forms_of "$daemon" $daemon_commands
for c in $commands; do
    expect 0 'also by the word help' "$client" help "$c"
done
expect 0 'what is needed is marked' "$client" revoke --help
equal 'with what it takes and means' "$(row '^  --policy ')" ' --policy POLICY needed file: which log and which witnesses are trusted'
expect 0 'and help beside operands is help' "$client" import ts103120 --help
expect 0 'also before them' "$client" keygen --help somebody.example.mx
expect 2 'beside options that would have done something it is a mistake' "$client" keygen x --out "$work/x" --help
check 'nothing was done' test ! -e "$work/x"
expect 2 'verify, above all, has not verified' "$client" verify --policy "$work/policy" --help "$work/receipt"
equal 'and does not look as if' "$(cat "$work/out")" ''
expect 2 'none is no command' "$client"
expect 2 'help that could not be written' sh -c "'$client' --help --lang de >/dev/full"
expect 3 'was not given' sh -c "'$client' --help >/dev/full"

# ---- a word that is nearly one -------------------------------------------------------------------
meant() { # meant WORD PROGRAM ARGUMENT...: the word that is asked about; and no long list
    word=$1
    shift
    expect 2 "a mistake: $*" "$@"
    contains 'what was meant is asked' "$work/err" "did you mean $word?"
    check 'in six lines at most' test "$(wc -l <"$work/err")" -le 6
}
meant verify "$client" verfy
meant --policy "$client" verify --polcy=x "$work/receipt"
meant request "$client" new requst --policy "$work/policy" --key "$work/none"
meant warrant "$client" schema warant
somebody=$("$client" keygen somebody.example.mx --out "$work/somebody.key")
meant '--role requester' "$client" enroll --policy "$work/policy" --key "$work/none" --vkey "$somebody" --role requestor \
    --authority mx.fgr --level federal
meant backup "$daemon" bakcup
meant --config "$daemon" run --dir "$work/data" --confg=x
expect 2 'no word like it' "$client" frobnicate
equal 'asks nothing, and says where they are' "$(cat "$work/err")" 'bitacora: no such command: frobnicate
bitacora: bitacora --help lists all commands'

# ---- version -------------------------------------------------------------------------------------
for program in bitacora bitacorad; do
    expect 0 "$program --version" "$bin/$program" --version
    version=$(sed -n "1s/^$program //p" "$work/out")
    check 'is three numbers' sh -c "echo '$version' | grep -qE '^[0-9]+[.][0-9]+[.][0-9]+$'"
    expect 0 'also as JSON' "$bin/$program" --version --json
    equal 'which says the same' "$(jq -r '.program + " " + .version' "$work/out")" "$program $version"
    equal 'all that is linked is named' "$(jq -c '[.libraries|to_entries[]|select(.value|test("^[0-9]+[.][0-9]"))]|length' "$work/out")" \
        "$([ "$program" = bitacora ] && echo 7 || echo 8)"
    equal 'and the formats' "$(jq -r '.formats.record + ", " + .formats.receipt' "$work/out")" 'bitacora/v1, c2sp.org/tlog-proof@v1'
    expect 2 'with anything else it is a mistake' "$bin/$program" --version --verbose
done
equal 'both are of one version' "$("$bin/bitacora" --version | sed -n '1s/.* //p')" "$("$bin/bitacorad" --version | sed -n '1s/.* //p')"

# ---- language ------------------------------------------------------------------------------------
expect 0 'the language before help' "$client" --lang es --help
contains 'says RECIBO' "$work/out" 'RECIBO…'
cp "$work/out" "$work/spanish"
expect 0 'and behind it' "$client" --help --lang=es
check 'is the same' cmp "$work/spanish" "$work/out"
expect 0 'and before a command' "$client" --lang es ruleset
expect 2 'whose mistakes are said in it' "$client" --lang es keygen x
contains 'hace falta' "$work/err" 'hace falta --out'
expect 2 'no other language' "$client" --lang fr --help
expect 2 'nor none' "$client" --lang

# ---- kinds ---------------------------------------------------------------------------------------
expect 0 'new --help' "$client" new --help
kinds=$(sed -n '/KIND, of which/,$s/^    \([a-z_][a-z_]*\) .*/\1/p' "$work/out")
equal 'names all kinds but genesis' "$(echo "$kinds" | wc -l)" 19
for k in $kinds; do
    expect 0 "new $k --help" "$client" new "$k" --help
    "$client" schema "$k" | jq -r '.properties|keys[]' | grep -vxE 'id|at|under|kind' | sort >"$work/members"
    sed -n "/signed by/,\$s/^  --\([a-z0-9_]*\).*/\1/p" "$work/out" | sort -u >"$work/told"
    check 'tells all its members' cmp "$work/members" "$work/told"
done
expect 0 'of a request' "$client" new request --help
equal 'a code' "$(row '--basis')" ' --basis CODE needed legal basis'
equal 'what is in a member' "$(row '--case.number')" ' --case.number TEXT needed in case the number, as it is written there'
equal 'what the enrolment says' "$(row '--level')" " --level CODE as enrolled its signer's \`level\`"
equal 'a person' "$(row '--subjects')" ' --subjects TYPE=VALUE… whose data'
contains 'the codes there are' "$work/out" 'criminal_investigation'
equal 'what a time without a zone is of' "$(tr -s ' \n' ' ' <"$work/out" | grep -o 'without the Z it is .* in UTC')" \
    'without the Z it is of --zone, else of $BITACORA_ZONE, else in UTC'
expect 0 'of a ratification, in Spanish' "$client" --lang es new ratification --help
equal 'words and a reference' "$(row '--(request|result|categories)')" ' --request ASIENTO necesario cuál
 --result total|partial|refused necesario cómo
 --categories CÓDIGO,… las ratificadas (caben junto a cualquier resultado)'

# ---- the daemon ----------------------------------------------------------------------------------
for c in $daemon_commands; do
    expect 2 'what it needs' "$daemon" "$c" --lang=es
    contains 'is said in Spanish' "$work/err" "bitacorad $c: hace falta --"
    contains 'with how it is called' "$work/err" "  bitacorad $c "
    expect 2 'an option that it has not' "$daemon" "$c" --nothing
    contains 'is named' "$work/err" "bitacorad $c: --nothing: no such option here"
done
expect 2 'what is no option' "$daemon" run --dir "$work/none" nobody
contains 'is named, too' "$work/err" 'nobody: it takes options only'
init() { "$daemon" init --dir "$work/none" "$@"; }
expect 2 'one thing that is needed' init --origin o
contains 'is named' "$work/err" '--registrar is needed'
expect 2 'a skew out of bounds' init --origin o --registrar x --skew 86401
contains 'is named with its value' "$work/err" '--skew 86401: it must be 1 to 86400 seconds'
expect 2 'an origin that cannot be one' init --origin 'O o' --registrar x
contains 'is, too' "$work/err" '--origin O o: it must be'
expect 2 'a file in the place of a public key' init --origin o --registrar "$work/registrar.vkey"
contains 'is told from one' "$work/err" '--registrar, number 1: not NAME+ID+KEY: it takes what keygen prints'
expect 2 'nor a private key' init --origin o --registrar 'PRIVATE+KEY+a+00000000+AAAA'
lacks 'is repeated' "$work/err" 'PRIVATE+KEY+a'
expect 2 'and an address that is too long' "$daemon" run --dir "$work/none" --listen "$(printf %0300d 0):1"
contains 'and it' "$work/err" '0000:1: it must be HOST:PORT'
expect 0 'run tells the settings' "$daemon" run --help
equal 'with their defaults' "$(row ' deadline ')" ' deadline = 30 seconds after which an answer is given up (504)'
told=$(sed -n 's/^  \([a-z_]*\) *= .*/\1/p' "$work/out" | sort)
equal 'all of them' "$told" "$(sed -n 's/^    X(\([a-z_]*\), .*/\1/p' "$root/daemon/host/config.h" | sort)"
# Each is taken with its default, and refused beyond its bounds by name: so it is that setting.
setting() { # setting LINE: what `run` says of a file with that line
    echo "$1" >"$work/config"
    "$daemon" run --lang en --dir "$work/none" --config "$work/config" 2>&1
}
sed -n 's/^  \([a-z_]* *= [^ ]*\) .*/\1/p' "$work/out" >"$work/settings"
equal 'there are many settings' "$(wc -l <"$work/settings")" "$(echo "$told" | wc -w)"
while read -r line; do
    name=${line%% *}
    said=$(setting "$line")
    equal "$name: its default is taken" "$(echo "$said" | grep -c "$work/config")" 0
    said=$(setting "$name = $(printf '%05000d' 0)") # no number, no word of a choice, too long a text
    is="$name is \(a whole number from\|one of\|[A-Z:]*, at most [0-9]* bytes\)"
    equal 'and what is none refused' "$(echo "$said" | grep -c "config:1: $name = 0*: $is")" 1
done <"$work/settings"
equal 'others are not' "$(setting 'nothing = 1' | grep -c 'config:1: nothing = 1: there is no such setting')" 1
expect 2 'beside other options help is a mistake' "$bin/bitacorad" run --dir "$work/none" --help
equal 'and no result' "$(cat "$work/out")" ''
expect 2 'no other language' "$bin/bitacorad" --lang fr --help

# ---- what cannot be taken back -------------------------------------------------------------------
check 'a log' small_log 12
before=$(curl -s "$url/checkpoint" | sed -n 2p)
new=$("$client" keygen new.example.mx --out "$work/new.key")
enroll() { # enroll [OPTION...]: that key
    "$client" enroll --policy "$work/policy" --key "$work/registrar.key" --vkey "$new" --role requester \
        --authority mx.fgr --level federal "$@"
}
expect 2 'an enrolment that ends before it begins' enroll --from 2098-01-01 --until 2097-01-01
expect 2 'or as it begins' enroll --from 2098-01-01 --until 2098-01-01
contains 'is refused as such' "$work/err" '--until must be later than --from'
expect 2 'one that has ended already' enroll --until 2020-01-01
contains 'too' "$work/err" 'is in the past'
for command in 'enroll --role judge --authority x --level federal' 'revoke --reason other'; do
    # shellcheck disable=SC2086
    expect 2 'a private key in the place of a public one' "$client" $command --policy "$work/policy" \
        --key "$work/registrar.key" --vkey "$(cat "$work/new.key")"
    contains 'is said to be spent' "$work/err" 'this is a PRIVATE key'
    lacks 'and not repeated' "$work/err" "$(cut -d+ -f5- "$work/new.key")"
done
equal 'nothing of that was signed' "$(curl -s "$url/checkpoint" | sed -n 2p)" "$before"
expect 0 'the key can still be enrolled' enroll --from 2097-01-01 --until 2098-01-01
lacks 'without a warning' "$work/err" 'WARNING'
chmod 640 "$work/registrar.key"
expect 3 'a key that others can read works' enroll
contains 'but with a warning' "$work/err" "chmod 600 $work/registrar.key"
chmod 600 "$work/registrar.key"

# ---- refusals ------------------------------------------------------------------------------------
revoke() { "$client" revoke --policy "$work/policy" --key "$work/registrar.key" --vkey "$new" "$@"; }
expect 3 'a reason that there is not' revoke --reason robada
contains 'those that there are' "$work/err" 'reason (key_compromise, left_office, superseded, other)'
expect 3 'in Spanish' revoke --reason robada --lang es
contains 'the same words' "$work/err" "un miembro no tiene la forma que docs/FORMATS.md le da: 'reason (key_compromise, "
judge=judge.example.mx-j1
request mx.telco 1 | sed 's/CNPP-303/CNPP-33/' >"$work/code"
official=$work/fgr.example.mx-a.lopez.key
expect 3 'a code that there is not' "$client" submit --check --policy "$work/policy" --key "$official" "$work/code"
contains 'asks for the one that is like it' "$work/err" "did you mean CNPP-303"
check 'in six lines' test "$(wc -l <"$work/err")" -le 6
request mx.telco 1 | sed 's/criminal_investigation/xyzzyxyzzy/' >"$work/code"
expect 3 'one like no other' "$client" submit --check --lang es --policy "$work/policy" --key "$official" "$work/code"
contains 'is named' "$work/err" "'purpose.code: xyzzyxyzzy' no es un código"
lacks 'and nothing is asked' "$work/err" 'quiso decir'
warrant X | sed 's/2026-01-01T/2026-1-1T/' >"$work/window"
warrant X | sed 's/"ref":"X",//; s/"kind"/"origin":"X","kind"/' >"$work/origin"
request mx.telco 1 | sed 's/"persons":1/"persons":1,"term":"tomorrow"/' >"$work/term"
expect 3 'a window in another form' "$client" submit --policy "$work/policy" --key "$work/$judge.key" "$work/window"
contains 'its form' "$work/err" 'window (from < until, YYYY-MM-DDTHH:MM:SS.mmmZ)'
expect 3 'a time in another form' "$client" submit --policy "$work/policy" \
    --key "$work/fgr.example.mx-a.lopez.key" "$work/term"
contains 'its form, too' "$work/err" 'term (YYYY-MM-DDTHH:MM:SS.mmmZ)'
expect 3 'a member called like a cause' "$client" submit --lang es --policy "$work/policy" --key "$work/$judge.key" "$work/origin"
contains 'is said as it is' "$work/err" "'origin'"
stop_daemon

# ---- import --------------------------------------------------------------------------------------
messages=$root/tests/vectors/ts103120
expect 0 'a message' "$client" import ts103120 "$messages/interception.json" --set level=federal
contains 'what it did not say' "$work/err" \
    'LITaskObject a6c9e2f4-71b3-4f0d-8e15-6d2b9c3a7f10: not said, filled in (see --set): function=other source=other basis=NONE_STATED purpose={"code":"other"}'
contains 'of each record' "$work/err" 'matter=other categories=["other"]'
lacks 'not what was set' "$work/err" level=
said=$(tr ' ' '\n' <"$work/err" | grep -cxE '[a-z_]+=[^=]+')
invented=$(jq -c 'to_entries[]|select(.value=="other" or .value==["other"] or .value=="NONE_STATED" or .value=={"code":"other"})' "$work/out" | wc -l)
equal 'all of it' "$said" "$invented"

# ---- in the language that was asked for, wherever the option stands --------------------------------
expect 2 'what is no option of new' "$client" new request --lang es --policy "$work/policy" --nothing
contains 'is said in Spanish' "$work/err" 'falta su valor'
expect 2 'and before --lang' "$client" audit --nothing --lang=es
contains 'it is, too' "$work/err" 'aquí no existe esa opción'
printf '{"x":\n}' >"$work/garbage"
expect 2 'what is no ruleset file' "$client" audit --lang es --policy "$work/policy" --ruleset "$work/garbage"
contains 'is said without the words of a library' "$work/err" 'línea 2: no es JSON'
expect 2 'a file that cannot be made' "$client" keygen --lang es somebody.example.mx --out "$work/none/x"
contains 'is said without those of the system' "$work/err" 'no existe el archivo o la carpeta'
expect 2 'by the daemon, too' "$bin/bitacorad" run --lang es --dir "$work/none"
contains '… in Spanish' "$work/err" 'no existe el archivo o la carpeta'
finish
