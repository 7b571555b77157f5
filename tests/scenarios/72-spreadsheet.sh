#!/bin/sh
# Spreadsheets: what import csv makes of the files that they export, by the maps that ship as examples and by
# small ones; each mistake is told with its place, value and what would be right, and then nothing is printed.
. "$(dirname "$0")/../lib.sh"

import() { "$bin/bitacora" import csv "$@"; }
head='Núm.;Empresa;Tipo de dato;Fundamento;Finalidad;Carpeta de investigación;CURP;Teléfono;Desde;Hasta;Plazo;Mandamiento;Observaciones'
good='1;Teléfonos del Sur;Datos del usuario o suscriptor;CNPP 303;Búsqueda de una persona desaparecida;FED/1;GOMC850315HDFRRR07;55 1234 5678;01/02/2026;30/06/2026;15/12/2026 14:30;CJF-1/2026;"ver ""oficio"";
y su anexo"'
map=$root/docs/examples/requests.map
latin() { iconv -f utf-8 -t windows-1252; }

# ---- what spreadsheets export ----------------------------------------------------------------------
sed 's/55 1234 5678/+52 55 1234 5678/' >"$work/utf8.csv" <<END
$head
$good

;;;;;;;;;;;;
2;Banco Norte;Datos bancarios, subscriber;art. 303 cnpp;prosecution;;MARP800101MDFRTR03;;21-nov-26;;;;
END
sed -i 's/21-nov-26//' "$work/utf8.csv"
latin <"$work/utf8.csv" >"$work/latin.csv"
expect 0 'the example, as Excel writes it: Windows-1252, semicolons, quotes with lines in them' import --map "$map" "$work/latin.csv"
cp "$work/out" "$work/records"
equal 'words are codes, a day is the day of its zone, the last one counts' "$(head -n 1 "$work/records" | jq -c '[.holder,.categories,.basis,.purpose.code,.data_window,.term]')" \
    '["mx.telco",["subscriber"],"CNPP-303","missing_person",{"from":"2026-02-01T06:00:00.000Z","until":"2026-07-01T06:00:00.000Z"},"2026-12-15T20:30:00.000Z"]'
equal 'people are normalised' "$(head -n 1 "$work/records" | jq -c .subjects)" '[{"type":"curp","value":"GOMC850315HDFRRR07"},{"type":"phone","value":"+525512345678"}]'
equal 'what a row has nothing of is not there, nor what all rows have of it' "$(tail -n 1 "$work/records" | jq -c '[.case,.data_window,.term,.warrant,.categories]')" '[null,null,null,null,["bank","subscriber"]]'
equal 'rows without anything count for nothing' "$(wc -l <"$work/records")" 2
variant() { # variant DESCRIPTION SETTING... : the file on standard input, by the example's map with other settings, is the same
    what=$1
    shift
    cat >"$work/v.csv"
    cp "$map" "$work/v.map"
    for s; do sed -i "s/^${s%%=*}=.*/$s/" "$work/v.map"; done
    import --map "$work/v.map" "$work/v.csv" >"$work/out" 2>"$work/err"
    equal "$what" "$? $(cmp "$work/out" "$work/records" && echo same)" '0 same'
}
(printf '\357\273\277' && sed 's/$/\r/' "$work/utf8.csv") | variant 'with a byte order mark and CRLF' 'encoding = utf-8'
(echo 'sep=;' && cat "$work/utf8.csv") | variant 'with a line sep=;' 'encoding = utf-8'
tr '\n' '\r' <"$work/utf8.csv" | variant 'with CR alone' 'encoding = utf-8'
python3 - "$work/utf8.csv" <<'END' >"$work/tab.csv"
import csv, sys
csv.writer(sys.stdout, delimiter='\t').writerows(csv.reader(open(sys.argv[1], newline=''), delimiter=';'))
END
variant 'with tabs' 'encoding = utf-8' 'separator = tab' <"$work/tab.csv"
sed 's/ó/o\xcc\x81/g' "$work/utf8.csv" | variant 'with accents as a Macintosh writes them' 'encoding = utf-8'
sed '1s/.*/\U&/' "$work/utf8.csv" | variant 'with titles in capitals' 'encoding = utf-8'

refused() { # refused STATUS DESCRIPTION WORDS: the file $work/v.csv, by the map $work/v.map
    expect "$1" "$2" import --map "$work/v.map" "$work/v.csv"
    contains "… $2: it says so" "$work/err" "$3"
    equal "… $2: nothing is printed" "$(wc -c <"$work/out")" 0
}
cp "$map" "$work/v.map"
iconv -t utf-16 "$work/utf8.csv" >"$work/v.csv"
refused 2 'UTF-16' 'v.csv:1: this is UTF-16'
cp "$work/utf8.csv" "$work/v.csv"
sed -i 's/^encoding.*/encoding = utf-8/' "$work/v.map"
printf 'x\0\n' >>"$work/v.csv"
refused 2 'a zero byte' 'zero byte'
cp "$work/latin.csv" "$work/v.csv"
refused 2 'Windows-1252 that nobody told of' 'the byte FA is not UTF-8'
printf '%s\n1;"Tel"x;a\n' "$head" >"$work/v.csv"
refused 2 'a quote where none may stand' 'v.csv:2: a quote stands where none may'
printf '%s\n1;"Tel\n2;\n' "$head" >"$work/v.csv"
refused 2 'a quote that is not closed' 'v.csv:2: a quote is opened here'
cp "$work/utf8.csv" "$work/v.csv"
sed -i 's/^separator.*/separator = comma/' "$work/v.map"
refused 2 'another separator' 'is the separator another?'
printf '%s\n1;a\n' "$head" >"$work/v.csv"
refused 2 'another separator, without quotes' 'is the separator not comma?'

cp "$map" "$work/v.map"
sed -i 's/^encoding.*/encoding = utf-8/' "$work/v.map"
{ head -n 1 "$work/utf8.csv"; echo '1;Banco Norte;bank;CNPP-303;prosecution;;;;;;;;a;b'; } >"$work/v.csv"
refused 3 'a separator in a cell without quotes' 'the row has more cells than there are titles'

# ---- cells, one by one: a small map ------------------------------------------------------------------
cell() { # cell MEMBER VALUE [SETTING…]: the value that becomes of it, or what is said
    member=$1 value=$2
    shift 2
    { printf '%s\n' 'kind = request' 'dates = d/m/y' 'until = included' 'zone = America/Tijuana' "$@"
        printf '%s\n' '[every]' 'authority = mx.fgr' 'level = federal' 'function = police' 'persons = 1' 'holder = mx.telco' \
            'source = other' 'categories = bank' 'basis = OTHER' 'purpose.code = other' 'case.scheme = FUB' 'case.number = 1' 'data_window.from = 2020-01-01'
        printf '[columns]\n%s = X\n' "$member"; } | awk -v m="$member" '/^\[columns/ {c = 1} c || index($0, m " =") != 1' >"$work/c.map"
    case $member in data_window.until) ;; *) sed -i '/^data_window/d' "$work/c.map" ;; esac
    printf 'X\n"%s"\n' "$value" >"$work/c.csv"
    if import --map "$work/c.map" "$work/c.csv" >"$work/c.out" 2>"$work/c.err"; then
        jq -c ".${member%%.*}" "$work/c.out"
    else
        sed -n 's/^bitacora: [^:]*: *//p; ' "$work/c.err" | head -n 1
    fi
}
is() { equal "$1 «$2»" "$(cell "$1" "$2")" "$3"; }
says() { # says MEMBER VALUE WORDS
    cell "$1" "$2" >"$work/said"
    contains "$1 «$2»" "$work/said" "$3"
}
is term '21/11/2026' '"2026-11-22T08:00:00.000Z"'
is term '21-nov-2026 2:30 p. m.' '"2026-11-21T22:30:00.000Z"'
is term '21 de noviembre de 2026 12:05 a.m.' '"2026-11-21T08:05:00.000Z"'
is term '2026-11-21' '"2026-11-22T08:00:00.000Z"'
is term '2026-11-01T01:30-07:00' '"2026-11-01T08:30:00.000Z"'
is term '2026-11-01 01:30:15Z' '"2026-11-01T01:30:15.000Z"'
is data_window.until '28/02/2024' '{"from":"2020-01-01T08:00:00.000Z","until":"2024-02-29T08:00:00.000Z"}'
says term '01/11/2026 01:30' 'that time occurs twice: clocks of America/Tijuana were put back'
says term '08/03/2026 02:30' 'that time does not exist: clocks of America/Tijuana were put forward'
for t in 31/02/2026 11/21/2026 21/11 21/11/2026x 2026-13-01 '21/11/2026 25:00' '21/11/2026 13:00 pm' 0/1/2026 '2026-01-01T00:00-25:00' '9999-12-31'; do
    says term "$t" "\"$t\": "
done
says term '21/11/26' 'four digits'
says term 45987 'counts days'
says term '45987,5' 'counts days'
is subjects.curp 'gomc850315hdfrrr07' '[{"type":"curp","value":"GOMC850315HDFRRR07"}]'
says subjects.curp 'GOMC850315HDFRRR00' 'check digit'
says subjects.account '6,46010E+17' 'rounded this number'
is automated 'VERDADERO' true
is automated 'Sí' true
is automated 'no' false
says data_window.until '31/12/2018' 'this ends before it begins'
says automated 'quizá' 'neither yes nor no'
is basis 'CNPP 303' '"CNPP-303"'
is basis 'art. 303 del CNPP' '"CNPP-303"'
is basis 'Art. 142 LIC' '"LIC-142"'
is basis 'LGMDFP, artículo 12 bis' '"LGMDFP-12BIS"'
is basis '190 de la lftr' '"LFTR-190"'
is function 'Fiscalía' '"prosecution"'
says basis 'LFCD 16' 'did you mean LFCDO-16 (LFCDO, art. 16)?'
for t in LSNIIMSP-25 'Art. 142 CFF' 'Art. 142' 'LFTR 182' 'art. 16 LSN'; do # another article, or another law
    cell basis "$t" >"$work/said"
    contains "basis «$t»" "$work/said" 'not one of the words'
    if grep -q 'did you mean' "$work/said"; then not_ok "… is not guessed: $(cat "$work/said")"; else ok '… is not guessed'; fi
done
contains 'the rules of the log may be others' "$work/c.err" '--ruleset FILE'
"$bin/bitacora" ruleset --newest --print >"$work/newest.json"
sed -i 's/^"art. 16 LSN"$/"Art. 25 LSNIIMSP"/' "$work/c.csv"
expect 0 'by the rules of the log' import --map "$work/c.map" "$work/c.csv" --ruleset "$work/newest.json"
equal 'its code is one' "$(jq -r .basis "$work/out")" LSNIIMSP-25
says persons '3.5' 'not a whole number'
says persons '-1' 'not a whole number'
is categories 'contenido de comunicaciones, en vivo' '["comms_content_live"]'
is categories 'bank;Datos Fiscales' '["bank","fiscal"]'
says categories 'datos bancaros' 'did you mean bank (bank data)?'
says categories 'bank;gossip' '"gossip": not one of the words'
says holder 'Teléfonos del Sur' 'not a code'
says case.number 'GOMC850315HDFRRR07' 'name a person in the clear'
says case.number "$(printf '%257s' x | tr ' ' x)" 'too long'
says case.number 'a​b' 'case.number'
is case.number '  a   b ' '{"scheme":"FUB","number":"a b"}'

# ---- the map: each mistake with its line ------------------------------------------------------------
printf 'Empresa,Fecha\nx,1/2/2026\n' >"$work/m.csv"
map_says() { # map_says WORDS LINE...: a map of these lines is refused, and that is said
    words=$1
    shift
    printf '%s\n' "$@" >"$work/m.map"
    import --map "$work/m.map" "$work/m.csv" >"$work/out" 2>"$work/err"
    equal "map «$*»: $words" "$? $(grep -cF -- "$words" "$work/err")" '2 1'
}
map_says 'which kind of record is a row?' '# nothing'
map_says 'm.map:1: kind = requets: one of enroll' 'kind = requets'
map_says 'did you mean request?' 'kind = requets'
map_says 'kind is there twice: see line 1' 'kind = request' 'kind = enroll'
map_says 'm.map:2: zon: no such setting (did you mean zone?)' 'kind = request' 'zon = UTC'
map_says 'no such time zone (did you mean America/Mexico_City?)' 'kind = request' 'zone = Mexico_City'
map_says 'm.map:2: zone: nothing stands behind the =' 'kind = request' 'zone ='
map_says 'dates = d.m.y: one of d/m/y' 'kind = request' 'dates = d.m.y'
map_says '[colums]: no such section: did you mean [columns]?' 'kind = request' '[colums]' 'x = y'
map_says "a request has no member 'holdr' that a cell can be: did you mean holder?" 'kind = request' '[columns]' 'holdr = Empresa'
map_says "'at' is written by submit" 'kind = request' '[columns]' 'at = Fecha'
map_says 'm.map:4: holder is there twice: see line 3' 'kind = request' '[columns]' 'holder = Empresa' 'holder = Fecha'
map_says 'm.map:3: no column has the title "Empresas": did you mean "Empresa"?' 'kind = request' '[columns]' 'holder = Empresas'
map_says 'there is no column 3: the file has 2' 'kind = request' '[columns]' 'holder = (3)'
map_says 'column 2 (B) "Fecha" is not in the map' 'kind = request' '[columns]' 'holder = Empresa'
map_says 'a request needs basis (legal basis)' 'kind = request' '[columns]' 'holder = Empresa'
map_says 'in which time zone are its times (Fecha)?' 'kind = request' '[columns]' 'term = Fecha'
map_says 'how are its dates written (Fecha)?' 'kind = request' '[columns]' 'term = Fecha'
map_says 'does a day that something ends with (Fecha) belong to it?' 'kind = request' '[columns]' 'term = Fecha'
map_says 'what does "Tel" mean?' 'kind = request' '[words holder]' 'Tel ='
map_says 'before the sections' '[columns]' 'kind = request'
map_says 'a line is NAME = VALUE' 'kind = request' 'columns'
map_says 'subjects.type and subjects.value need each other' 'kind = request' '[columns]' 'subjects.type = Empresa'
printf 'Empresa,Empresa\n' >"$work/m.csv"
map_says '2 columns have the title "Empresa"' 'kind = request' '[columns]' 'holder = Empresa'

# ---- keys ---------------------------------------------------------------------------------------------
key=$("$bin/bitacora" keygen ana.example.mx --out "$work/ana.key")
{ printf 'Nombre;Clave pública;Papel;Institución;Nivel;Función;Vigencia;Correo\n'
    printf 'Ana López;%s;Solicitante;mx.fgr;federal;fiscalía;31/12/2099;a@example.mx\n' "$key"
    printf 'Otra;%s;requestor;Fiscalía General;federal;;;b@example.mx\n' "$key"
    printf 'Tercera;%s;Juez;mx.x;estatal;;;\n' "$(sed -n 1p "$work/ana.key")"; } >"$work/keys.csv"
expect 3 'people with mistakes' import --map "$root/docs/examples/enrolments.map" "$work/keys.csv"
contains 'a role that is none: the one that was meant' "$work/err" '"requestor": not one of the words that may stand here; did you mean requester (requesting official)?'
contains 'the roles, in words' "$work/err" 'oversight body'
contains 'a key that is there twice, with the row' "$work/err" 'this stands in row 2, too'
contains 'a private key' "$work/err" 'PRIVATE key'
if grep -q 'PRIVATE+KEY' "$work/err"; then not_ok 'is not shown'; else ok 'is not shown'; fi
contains 'how many, in how many rows' "$work/err" 'mistakes: 4, in rows: 2; nothing was printed'
expect 3 'for programs' import --map "$root/docs/examples/enrolments.map" "$work/keys.csv" --json
equal 'each is an object' "$(jq -c 'select(.meant)|[.error,.line,.row,.column,.title,.member,.value,.meant,(.allowed|length)]' "$work/out")" \
    '["cell",3,3,3,"Papel","role","requestor","requester",6]'
sed -i '3,4d' "$work/keys.csv"
expect 0 'and without' import --map "$root/docs/examples/enrolments.map" "$work/keys.csv"
equal 'its name is that of the key' "$(jq -c '[.kind,.name,.role,.function,.display,.until]' "$work/out")" '["enroll","ana.example.mx","requester","prosecution","Ana López","2100-01-01T06:00:00.000Z"]'

# ---- a first map ----------------------------------------------------------------------------------------
expect 0 'a first map is suggested' import --suggest "$work/latin.csv"
cp "$work/out" "$work/first.map"
for line in 'kind = request' 'encoding = windows-1252' 'separator = semicolon' 'zone =' 'until =' 'holder = Empresa' 'categories = Tipo de dato' \
    'data_window.until = Hasta' 'subjects.curp = CURP' 'term = Plazo' 'warrant.ref = Mandamiento' 'authority =' 'case.scheme =' 'Banco Norte ='; do
    check "… with «$line»" grep -qxF "$line" "$work/first.map"
done
check '… with the order of dates that the file shows' grep -qx 'dates = d/m/y' "$work/first.map"
expect 2 'it is refused as it is' import --map "$work/first.map" "$work/latin.csv"
contains 'with what is to be completed' "$work/err" 'zone: nothing stands behind the ='
sed 's|^zone =$|zone = America/Mexico_City|; s/^until =$/until = included/; s/^authority =$/authority = mx.fgr/; s/^level =$/level = federal/
    s/^function =$/function = prosecution/; s/^source =$/source = subscriber_db/; s/^case.scheme =$/case.scheme = FGR_CI/
    s/^art. 303 cnpp =$/& CNPP-303/; s/^Teléfonos del Sur =$/& mx.telco/; s/^Banco Norte =$/& mx.banco/' "$work/first.map" >"$work/own.map"
expect 0 'and taken when it is' import --map "$work/own.map" "$work/latin.csv"
check 'it says what the example says' cmp "$work/out" "$work/records"
"$bin/bitacora" import csv --suggest - <"$work/latin.csv" >"$work/piped.map" 2>"$work/err"
equal 'from standard input it is the same' "$(sed 1d "$work/piped.map" | diff - "$work/first.map" | grep -c '^[<>] [^#]')" 0
printf 'Clave pública,Papel,Nombre,Institución\nk,Juez,Ana,cjf\n' >"$work/people.csv"
expect 0 'of people, too' import --suggest "$work/people.csv"
contains '… whose names are for readers' "$work/out" 'display = Nombre'
{
    printf 'Clave pública,Papel,Nombre,Institución\nk,Juez,Ana Pérez,Fiscalía General\nk2,Solicitante,Luis Gil,FISCALIA GENERAL\n'
    printf 'k3,Solicitnate,Eva Ruiz,Fiscalía General\nk4,Jueza,Eva Ruiz,Fiscalía Genral\n'
} >"$work/people.csv"
expect 0 'where an institution has several names' import --suggest "$work/people.csv"
equal '… they are its people’s, which no record gets' "$(sed -n '/^\[ignored\]/,/^Nombre/p' "$work/out" | tail -n 1) $(grep -c '^display =' "$work/out")" 'Nombre 0'
contains '… which is said' "$work/out" '# names of persons?'
equal 'what people call roles is known, but for what is mistyped' "$(sed -n '/^\[words role\]/,/^$/p' "$work/out" | grep '=$')" 'Solicitnate ='
contains '… with what was meant' "$work/out" '# rows: 1; perhaps requester'
equal 'a name stands once, whatever its case' "$(grep -ci '^fiscal.a general =$' "$work/out")" 1
sed 's/^zone =$/zone = UTC/; s/^until =$/until = included/; s/^Solicitnate =$/& requester/; s/^level =$/level = federal/; s/^\(Fiscal.*\) =$/\1 = mx.fgr/i' "$work/out" >"$work/people.map"
sed '2s/^k,/,/' "$work/people.csv" >"$work/keyless.csv"
import --map "$work/people.map" "$work/keyless.csv" >"$work/none" 2>"$work/err2"
contains 'what a key is, is said as whoever fills in a sheet knows it' "$work/err2" 'what keygen printed on that person'
contains '… and one that is nearly another is said to be' "$work/out" '# rows: 1; nearly "Fiscalía General"'
printf 'Institución,Fundamento,Carpeta\nBanco Norte,Art. 142 LIC,1\nBanco Norte,Art. 25 LSNIIMSP,2\n' >"$work/either.csv"
expect 0 'who asks or who is asked' import --suggest "$work/either.csv"
contains '… is not guessed' "$work/out" 'this may be `authority`'
check '… nor given' grep -qx 'authority =' "$work/out"
check '… to either' grep -qx 'holder =' "$work/out"
check 'no law is guessed' grep -qx 'Art. 25 LSNIIMSP =' "$work/out"
contains 'which rules these are' "$work/out" 'the log may pin others: --policy POLICY asks it'
equal 'a citation needs no line' "$(grep -c 'Art. 142' "$work/out")" 0
sed '1s/Carpeta/Autoridad/' "$work/either.csv" >"$work/holder.csv"
expect 0 'beside who asks' import --suggest "$work/holder.csv"
check '… it is who is asked' grep -qx 'holder = Institución' "$work/out"
sed '1s/Carpeta/Empresa/' "$work/either.csv" >"$work/asker.csv"
expect 0 'beside who is asked' import --suggest "$work/asker.csv"
check '… it is who asks' grep -qx 'authority = Institución' "$work/out"
: >"$work/nothing.csv"
expect 2 'an empty file' import --map "$work/own.map" "$work/nothing.csv"
contains '… is named' "$work/err" 'nothing.csv is empty'
odd=$work/$(printf 'hoja\361.csv')
sed '2s/;/;gossip/2' "$work/latin.csv" >"$odd"
expect 3 'mistakes in a file whose name is no UTF-8' import --json --map "$work/own.map" "$odd"
equal '… are told' "$(jq -r .file "$work/out" | sort -u | sed 's|.*/||')" 'hoja?.csv'
expect 2 'neither map nor suggestion' import "$work/latin.csv"
expect 2 'another format' "$bin/bitacora" import cvs
contains 'the one that was meant' "$work/err" 'did you mean csv?'

# ---- many mistakes ----------------------------------------------------------------------------------------
{ echo "$head" && seq 1 250 | sed 's/.*/&;Banco Norte;gossip &;CNPP-303;prosecution;;;;;;;;/'; } >"$work/v.csv"
cp "$map" "$work/v.map"
sed -i 's/^encoding.*/encoding = utf-8/' "$work/v.map"
refused 3 'two hundred mistakes are told' 'and 50 more mistakes'
equal 'no more' "$(grep -c '"gossip [0-9]*"' "$work/err")" 200
sed -i 's/gossip [0-9]*/gossip/' "$work/v.csv"
refused 3 'the same in each row' '"gossip" is wrong in 247 more rows of column 3: 5, 6, 7, 8, 9, 10, 11, 12, …'
equal 'is told three times' "$(grep -c '"gossip":' "$work/err")" 3
contains 'and counted' "$work/err" 'mistakes: 250, in rows: 250; nothing was printed'
import --json --map "$work/v.map" "$work/v.csv" >"$work/out" 2>"$work/err"
equal 'programs are told of each row' "$(wc -l <"$work/out")" 200
finish
