#!/bin/sh
# libbitacora as those use it who have only what `make install` put there: into an empty root, found
# by pkg-config, linked shared and static, from C and C++; the examples in docs/examples run from
# there; what it exports; and its ABI.
. "$(dirname "$0")/../lib.sh"

stage=$work/root
prefix=/usr
export PKG_CONFIG_SYSROOT_DIR="$stage" PKG_CONFIG_PATH="$stage$prefix/lib/pkgconfig"
cc=${CC:-cc}
strict='-std=c11 -pedantic -Wall -Wextra -Werror'

make_in_root() { make --no-print-directory -s -C "$root" "$@"; }
flags() { pkg-config "$@" libbitacora; }
# What is installed runs with what is installed, and nothing of the tree it was built in.
installed() { env LD_LIBRARY_PATH="$stage$prefix/lib" "$@"; }
# shellcheck disable=SC2046,SC2086
compile() { $cc $strict "$root/docs/examples/$1.c" $(flags --cflags --libs) -o "$work/$1"; }

# ---- installing ----------------------------------------------------------------------------------
check 'installs into an empty root' make_in_root install DESTDIR="$stage" PREFIX="$prefix"
for file in bin/bitacora bin/bitacorad include/bitacora.h lib/libbitacora.a lib/libbitacora.so.1 \
    lib/libbitacora.so lib/pkgconfig/libbitacora.pc share/doc/bitacora/LIBRARY.md \
    share/doc/bitacora/examples/gate.c; do
    check "$file is there" test -s "$stage$prefix/$file"
done
equal 'nothing outside the prefix' "$(ls "$stage")" usr
check 'no path of the staging folder is in what was installed' \
    sh -c '! grep -rl -- "$1" "$1"' - "$stage"
for program in bitacora bitacorad; do
    expect 0 "the installed $program runs" installed "$stage$prefix/bin/$program" --version
    equal 'and is of the version of the library' "$(head -n 1 "$work/out")" "$program $(flags --modversion)"
done
equal 'the soname' "$(readelf -d "$stage$prefix/lib/libbitacora.so" | sed -n 's/.*soname: \[\(.*\)\]/\1/p')" libbitacora.so.1

# ---- what is seen of it --------------------------------------------------------------------------
nm -D --defined-only "$stage$prefix/lib/libbitacora.so.1" | awk '{print $3}' >"$work/shared"
nm -g --defined-only "$stage$prefix/lib/libbitacora.a" | awk 'NF == 3 {print $3}' | sort >"$work/static"
equal 'the shared library exports bitacora_* alone' "$(grep -cv '^bitacora_' "$work/shared")" 0
equal 'the static one, too' "$(grep -cv '^bitacora_' "$work/static")" 0
sed 's/@.*//' "$work/shared" | grep -v '^bitacora_0$' | sort >"$work/names"
equal 'both the same' "$(comm -3 "$work/names" "$work/static")" ''
sed -n 's/^BITACORA_API//p; s/^ *\(bitacora_[a-z_]*(\)/ \1/p' "$stage$prefix/include/bitacora.h" |
    grep -o 'bitacora_[a-z_0-9]*(' | tr -d '(' | sort -u >"$work/declared"
equal 'every exported function stands in the header' "$(comm -23 "$work/names" "$work/declared")" ''
expect 0 'the ABI is that of the last recorded version, and perhaps more' make_in_root abi
version=$(sed -n 's/^#define BITACORA_VERSION_M[A-Z]* //p; s/^#define BITACORA_VERSION_PATCH //p' "$stage$prefix/include/bitacora.h" | tr '\n' . | sed 's/\.$//')
equal 'header and .pc file are of one version' "$version" "$(flags --modversion)"
equal 'which the name of the file has' "$(readlink "$stage$prefix/lib/libbitacora.so.1")" "libbitacora.so.$version"
equal 'and, its MAJOR, the symbols' "$(sed -n 's/.*@@*//p' "$work/shared" | grep -v '^$' | sort -u | tr '\n' ' ')" "bitacora_${version%%.*} "
# Whoever adds a function has more to do than that: CONTRIBUTING.md.
unnamed() { # unnamed FILE...: of the names on standard input those that stand in none of the files
    while read -r name; do grep -qw -- "$name" "$@" || echo "$name"; done
}
equal 'every exported function is in the recorded ABI (make abi-record)' "$(unnamed "$root/tests/abi/libbitacora.abi" <"$work/names")" ''
equal 'is called by a unit test or an example' \
    "$(unnamed "$root"/tests/unit/proto/lib/*.[ch] "$root"/docs/examples/*.c "$root"/docs/examples/*.py <"$work/names")" ''
tr '\n' ' ' <"$stage$prefix/include/bitacora.h" | grep -o 'BITACORA_MUST_USE *bitacora_result *bitacora_[a-z_0-9]*(' |
    grep -o 'bitacora_[a-z_0-9]*($' | tr -d '(' | sort >"$work/judging"
equal 'all that judge or make something are known' "$([ "$(wc -l <"$work/judging")" -ge 25 ] && echo yes)" yes
equal 'and stand in LIBRARY.md' "$(unnamed "$root/docs/LIBRARY.md" <"$work/judging")" ''
equal 'as does every result' "$(grep -o '^ *BITACORA_[A-Z]* = -*[0-9],* *[/][*]' "$stage$prefix/include/bitacora.h" | grep -o 'BITACORA_[A-Z]*' |
    head -n 8 | unnamed "$root/docs/LIBRARY.md")" ''

# ---- the header ----------------------------------------------------------------------------------
printf '#include <bitacora.h>\nint main(void) { return bitacora_version_number() != BITACORA_VERSION_NUMBER; }\n' >"$work/one.c"
# shellcheck disable=SC2046,SC2086
check 'the header compiles as strict C11' $cc $strict "$work/one.c" $(flags --cflags --libs) -o "$work/one"
check 'and is of the version of the library' installed "$work/one"
cp "$work/one.c" "$work/one.cc"
# shellcheck disable=SC2046
check 'and as C++, of any year' "${CXX:-c++}" -std=c++98 -pedantic -Wall -Wextra -Werror "$work/one.cc" $(flags --cflags --libs) -o "$work/onecc"
check 'which links, too' installed "$work/onecc"
equal 'it includes three headers of C' "$(grep '^#include' "$stage$prefix/include/bitacora.h" | sort | tr '\n' ' ')" \
    '#include <stdbool.h> #include <stddef.h> #include <stdint.h> '

# Who links the shared library needs none of what it is made of: no headers, no .pc files.
alone() { env PKG_CONFIG_LIBDIR="$stage$prefix/lib/pkgconfig" PKG_CONFIG_PATH= pkg-config "$@" libbitacora; }
equal 'shared linking asks for no other library' "$(alone --libs 2>&1 | tr ' ' '\n' | grep -v '^-L' | grep .)" -lbitacora
expect 0 'nor do its headers' alone --cflags
equal 'static linking names them' "$(alone --static --libs 2>&1 | tr ' ' '\n' | grep -v '^-L' | grep . | sort | tr '\n' ' ')" \
    '-lbitacora -lcrypto -ljansson -lsodium -lyajl -pthread '

# A program may have functions of its own that are called as those inside.
printf '#include <bitacora.h>\nint buf_add(void);\nint buf_add(void) { return 0; }\nint json_strict(void);\nint json_strict(void) { return 0; }\nint main(void)\n{\n    bitacora_context *c;\n    if (bitacora_context_new(&c) != BITACORA_PROVEN)\n        return 1;\n    bitacora_context_free(c);\n    return buf_add() + json_strict();\n}\n' >"$work/clash.c"
# shellcheck disable=SC2046,SC2086
check 'the static library clashes with no name of the program' \
    $cc $strict "$work/clash.c" $(flags --cflags) "$stage$prefix/lib/libbitacora.a" \
    $(flags --static --libs | tr ' ' '\n' | grep -v bitacora) -o "$work/clash"
check 'and runs' "$work/clash"

# ---- a log ---------------------------------------------------------------------------------------
check 'a log' small_log 10
check 'another official' enrol fgr.example.mx/b.ruiz requester mx.fgr
receipts=$work/receipts
sent() { # sent KEYNAME: a record on standard input; sets $receipt and $ref
    "$bin/bitacora" submit --policy "$work/policy" --key "$work/$1.key" --without-private --receipts "$receipts" --json - \
        >"$work/sent" 2>"$work/sent.err" || return 1
    receipt=$receipts/$(jq -r .index "$work/sent").tlog-proof
    ref=$(jq -c '{entry:.index,hash}' "$work/sent")
}
warrant CJF-1/2026 >"$work/w"
sent judge.example.mx-j1 <"$work/w"
equal 'a warrant' $? 0
warrant=$receipt
request mx.telco 1 | jq -c --argjson w "$ref" '.warrant+=$w' >"$work/r"
sent fgr.example.mx-a.lopez <"$work/r"
equal 'a request under it' $? 0
asked=$receipt
echo "$ref" >"$work/asked.ref"

# ---- the gate ------------------------------------------------------------------------------------
check 'gate.c compiles against what is installed' compile gate
check 'present.c, too' compile present
gate() { installed "$work/gate" "$@"; }
present() { installed "$work/present" "$work/policy" "$work/$1.key" "$2" "$3" >"$4"; }
check 'the official presents his request' present fgr.example.mx-a.lopez "$asked" mx.telco "$work/note"
expect 0 'and is let in' gate "$work/policy" mx.telco "$asked" "$work/note"
contains 'by name' "$work/out" 'let in: fgr.example.mx/a.lopez, of mx.fgr'
equal 'the scope is what the request says' "$(sed -n 's/^scope: //p' "$work/out" | jq -c .categories)" '["subscriber"]'
contains 'and it says that nothing but the receipt was judged' "$work/err" 'the warrant, revocations, ratifications and closings were NOT judged'
expect 0 'and under the warrant' gate "$work/policy" mx.telco "$asked" "$work/note" "$warrant"
contains 'which is then judged' "$work/err" 'by the receipt alone: revocations, ratifications and closings were NOT judged'
expect 1 'a receipt without a presentation is no credential' gate "$work/policy" mx.telco "$asked" /dev/null
contains 'and the code says so' "$work/out" '[presentation]'
expect 2 'another one cannot present it' present fgr.example.mx-b.ruiz "$asked" mx.telco "$work/note.b"
contains 'as the key is not that of the request' "$work/err" '[presentation]'
expect 1 'another holder lets nobody in with it' gate "$work/policy" mx.banco "$asked" "$work/note"
contains 'as he is not asked' "$work/out" '[holder]'
sed 's/mx.telco/mx.telca/' "$work/note" >"$work/note.altered"
expect 1 'an altered presentation is refused' gate "$work/policy" mx.telco "$asked" "$work/note.altered"
expect 1 'the receipt of a warrant is none of a request' gate "$work/policy" mx.telco "$warrant" "$work/note"
contains 'and is called what it is' "$work/out" "[kind]"
expect 1 'a warrant that the request does not cite does not cover it' gate "$work/policy" mx.telco "$asked" "$work/note" "$asked"

sed -n 's/^extra //p' "$asked" | base64 -d | sed 's|FED/0|FED/1|' | base64 -w 0 >"$work/extra"
sed "s|^extra .*|extra $(cat "$work/extra")|" "$asked" >"$work/altered"
expect 1 'an altered receipt is refused' gate "$work/policy" mx.telco "$work/altered" "$work/note"
contains 'as its proof fails' "$work/out" '[receipt]'
"$bin/bitacora" keygen other.example.mx/log --out "$work/other.key" >"$work/other.vkey" 2>/dev/null
printf 'log %s\nquorum none\n' "$(cat "$work/other.vkey")" >"$work/foreign"
expect 3 'of a log that the policy does not name nothing is decided' gate "$work/foreign" mx.telco "$asked" "$work/note"
contains 'and nobody let in' "$work/out" 'not let in: undecided'
new_witness w
printf 'log %s\nwitness w %s\nquorum w\n' "$vkey" "$(cat "$work/w.vkey")" >"$work/witnessed"
expect 3 'without the policy'"'"'s witness nothing is decided, either' gate "$work/witnessed" mx.telco "$asked" "$work/note"
contains 'and the code says so' "$work/out" '[quorum]'
expect 3 'a file that is no receipt is undecided' gate "$work/policy" mx.telco "$work/policy" "$work/note"
expect 2 'a policy that is none is a matter of usage' gate "$asked" mx.telco "$asked" "$work/note"
contains 'and the line is named' "$work/out" '[policy]'
expect 1 'in Spanish' env GATE_LANG=es LD_LIBRARY_PATH="$stage$prefix/lib" "$work/gate" "$work/policy" mx.banco "$asked" "$work/note"
contains 'the sentence is in Spanish' "$work/out" '[holder] la solicitud se dirige a otra institución'

# ---- the gate that knows the log, as `bitacora gate` does ------------------------------------------
check 'gate_log.c compiles' compile gate_log
knows() { # knows: whether it lets the request in, by the log as it is now
    "$bin/bitacora" mirror --policy "$work/policy" "$work/mirror" >"$work/mirror.out" 2>&1 || return 9
    installed "$work/gate_log" "$work/policy" mx.telco "$work/mirror" "$asked" "$work/note" subscriber bank
}
in_python() { # in_python [URL]
    BITACORA_LIBRARY="$stage$prefix/lib/libbitacora.so.1" /usr/bin/python3 \
        "$stage$prefix/share/doc/bitacora/examples/bitacora.py" decide "$work/policy" mx.telco "$asked" "$work/note" "$@"
}
of_request() { # of_request KEY MEMBERS: what is said of the request
    echo "$2" | jq -c --argjson r "$asked_ref" '.request=$r' | sent "$1"
}
asked_ref=$(jq -c . "$work/asked.ref")
expect 0 'it is let in' knows
equal 'to what it asks for' "$(tail -n 2 "$work/out" | tr '\n' ' ')" 'subscriber: yes bank: no '
expect 0 'in Python, too' in_python "$url"
equal 'to the same' "$(jq -c .given "$work/out")" '["subscriber"]'
equal 'by all of the log' "$(cat "$work/err")" ''
equal 'of no person, of any time' "$(jq -c '[.person,.from,.until]' "$work/out")" '[null,null,null]'
expect 3 'without the log it is not decided' in_python
contains 'and Python says what was not judged' "$work/err" 'the warrant, revocations, ratifications and closings were NOT judged'
expect 0 'but for who says so' in_python --receipt-alone
expect 2 'and says nothing else' in_python --receipt
expect 0 'it cites a warrant that the log holds' in_python "$url" --require-warrant
check 'an oversight body' enrol vigila.example.mx oversight mx.vigilancia
cp "$asked" "$work/first.proof"
cp "$work/note" "$work/first.note"
request mx.telco 1 | jq -c '.categories=["bank"] | .basis="LIC-142" | del(.warrant) | .subjects=[{type:"curp",value:"GOMC850315HDFRRR07"}] |
    .data_window={from:"2026-02-01T06:00:00.000Z",until:"2026-03-01T06:00:00.000Z"}' >"$work/r"
"$bin/bitacora" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --private "$work/private" --receipts "$receipts" --json - \
    <"$work/r" >"$work/sent" 2>"$work/sent.err"
equal 'a request for a person, without a warrant' $? 0
asked=$receipts/$(jq -r 'select(.index).index' "$work/sent").tlog-proof
check 'an opening' "$bin/bitacora" disclose --policy "$work/policy" --private "$work/private" --out "$work/opening" "$asked"
"$bin/bitacora" present --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --holder mx.telco --opening "$work/opening" \
    "$asked" >"$work/note"
expect 0 'presented with it' in_python "$url"
equal 'is let in for that person and time' "$(jq -c '[.person,.from,.until]' "$work/out")" \
    '[{"type":"curp","value":"GOMC850315HDFRRR07"},"2026-02-01T06:00:00.000Z","2026-03-01T06:00:00.000Z"]'
expect 0 'in C, too' knows
equal 'for the same' "$(sed -n '2,3p' "$work/out" | tr '\n' ' ')" 'of: curp GOMC850315HDFRRR07 from 1769925600000 until 1772344800000 '
expect 1 'and not where a warrant is required' in_python "$url" --require-warrant
contains 'as is said' "$work/err" '[warrant] this gate lets in only requests under a warrant'
asked=$work/first.proof
cp "$work/first.note" "$work/note"
check 'a judge refuses to ratify it' of_request judge.example.mx-j1 '{"kind":"ratification","result":"refused"}'
expect 1 'then it is not' knows
contains 'as he did' "$work/out" '[ratification]'
expect 1 'in Python, too' in_python "$url"
expect 0 'the receipt alone does not show that' gate "$work/policy" mx.telco "$asked" "$work/note"
check 'he ratifies it' of_request judge.example.mx-j1 '{"kind":"ratification","result":"total"}'
expect 0 'then it is let in' knows
"$bin/bitacora" export --policy "$work/policy" --kind enroll 2>/dev/null |
    jq -c '.record | select(.name == "fgr.example.mx/a.lopez") | {kind:"revoke",vkey,reason:"left_office"}' | sent registrar
expect 1 'and not when its key is revoked' knows
contains 'as that is' "$work/out" '[revoked]'
expect 1 'in Python, too' in_python "$url"
contains 'which says so' "$work/err" '[revoked]'

# ---- removing it ---------------------------------------------------------------------------------
printf 'mine\n' >"$stage$prefix/share/doc/bitacora/mine"
check 'is removed' make_in_root uninstall DESTDIR="$stage" PREFIX="$prefix"
equal 'altogether, and nothing else' "$(find "$stage" -type f -o -type l)" "$stage$prefix/share/doc/bitacora/mine"
check 'into a folder of documents that others use, too' make_in_root install DESTDIR="$stage" PREFIX="$prefix" DOCDIR="$prefix/share/doc"
check 'is removed from there' make_in_root uninstall DESTDIR="$stage" PREFIX="$prefix" DOCDIR="$prefix/share/doc"
equal 'and others keep theirs' "$(find "$stage" -type f -o -type l)" "$stage$prefix/share/doc/bitacora/mine"
check 'goes to another LIBDIR' make_in_root install DESTDIR="$stage" PREFIX=/opt/b LIBDIR=/opt/b/lib64
equal 'which pkg-config knows' "$(env -u PKG_CONFIG_SYSROOT_DIR PKG_CONFIG_PATH="$stage/opt/b/lib64/pkgconfig" pkg-config --variable=libdir libbitacora)" /opt/b/lib64

finish
