#!/bin/sh
# packaging/debian, without building a package (make deb does; make deb-test tries them): each file that
# is installed goes into exactly one package, users and folders go with their units, settings that are
# shipped are taken, what packages need and export is what the project does.
. "$(dirname "$0")/../lib.sh"

debian=$root/packaging/debian
stage=$work/stage
multiarch=usr/lib/x86_64-linux-gnu
check 'installed as into a package' make -s -C "$root" install DESTDIR="$stage" PREFIX=/usr LIBDIR="/$multiarch" \
    UNITDIR=/lib/systemd/system BIN="$bin"
rm "$stage/usr/share/doc/bitacora/LICENSE"
install -D -m 644 "$root/packaging/bitacorad.conf" "$stage/etc/bitacora/bitacorad.conf"

contains 'the README says where the examples are' "$stage/usr/share/doc/bitacora/README.md" 'maps=/usr/share/doc/bitacora/examples'
wrong_links() { # wrong_links PAGE...: "PAGE: TARGET" of each link that leads nowhere; whether there are more than ten
    PYTHONPATH=$root/tests/tools /usr/bin/python3 -B -c 'import sys, page_facts
for page in sys.argv[2:]:
    for target in page_facts.wrong_links(page, sys.argv[1]):
        print(page + ": " + target)
print("pages:", len(sys.argv) > 12)' "$stage" "$@"
}
equal 'links of the pages that are installed lead somewhere' \
    "$(wrong_links "$stage"/usr/share/doc/bitacora/*.md "$stage"/usr/share/doc/bitacora/examples/README.md)" 'pages: True'

# ---- each file in one package --------------------------------------------------------------------
(cd "$stage" && find . ! -type d | sed 's|^./||' | sort) >"$work/all"
for list in "$debian"/*.install; do
    while read -r pattern; do
        # shellcheck disable=SC2086
        (cd "$stage" && find $pattern ! -type d 2>/dev/null) | sort >"$work/these"
        [ -s "$work/these" ] || not_ok "$(basename "$list"): $pattern is something" 'it matches nothing that is installed'
        cat "$work/these" >>"$work/packed.raw"
    done <"$list"
done
grep -E '^usr/share/(man|bash-completion|zsh)/' "$work/all" >>"$work/packed.raw" # by name: debian/rules
sort "$work/packed.raw" >"$work/packed"
equal 'none is in two' "$(uniq -d "$work/packed")" ''
equal 'none is left out' "$(sort -u "$work/packed" | comm -3 "$work/all" -)" ''
for example in $(cat "$debian/bitacorad.examples"); do check "$example is an example" test -n "$(ls "$root/$example")"; done
for file in rules tests/demo tests/library; do check "$file can be run" test -x "$debian/$file"; done

# ---- users and folders ---------------------------------------------------------------------------
for package in bitacora bitacorad; do
    sed -n 's/^u \([^ ]*\) .*/\1/p' "$root/packaging/systemd/$package.sysusers" | sort >"$work/users"
    awk '$1 == "d" { print $4; print $5 }' "$root/packaging/systemd/$package.tmpfiles" | grep -v '^root$' | sort -u >"$work/owners"
    equal "folders of $package are its users'" "$(cat "$work/owners")" "$(cat "$work/users")"
    pattern=$(sed -n 's|^lib/systemd/system/||p' "$debian/$package.install")
    # shellcheck disable=SC2086
    equal "so are its units" "$(cd "$root/packaging/systemd" && cat $pattern | sed -n 's/^User=//p' | sort -u)" "$(cat "$work/users")"
done
equal 'no folder has an age, after which what is in it is deleted' "$(awk '$1 != "#" && $1 == "d" && $6 != "-"' "$root"/packaging/systemd/*.tmpfiles)" ''
equal 'nothing is removed by a script' "$(grep -lE '\brm\b|deluser|userdel' "$debian"/*.postrm "$debian"/*.prerm "$debian"/*.postinst 2>/dev/null)" ''

# ---- settings ------------------------------------------------------------------------------------
check 'a log' new_log
expect 0 'settings that are shipped are taken' "$bin/bitacorad" run --check --dir "$work/data" --config "$root/packaging/bitacorad.conf"
# Those that wait behind a # are settings, too: refused for want of files alone.
sed 's/^#\([a-z_]* = \)/\1/' "$root/packaging/bitacorad.conf" | awk -F' = ' '/^[a-z]/ && seen[$1]++ { next } { print }' >"$work/conf"
"$bin/bitacorad" run --check --dir "$work/data" --config "$work/conf" >"$work/out" 2>"$work/err"
equal 'and those that are not in force' "$(grep -c '/conf:' "$work/err")" 0
check 'of which there are some' test "$(grep -c '^[a-z]' "$work/conf")" -gt 5

# ---- what they need and export -------------------------------------------------------------------
version=$(sed -n 's/^#define BITACORA_VERSION_M[A-Z]* //p; s/^#define BITACORA_VERSION_PATCH //p' "$root/proto/lib/bitacora.h" | paste -sd.)
nm -D --defined-only "$stage/$multiarch/libbitacora.so" | awk '{ print $3 }' | sed 's/@.*//' | sort >"$work/exported"
sed -n 's/^ \([a-z_0-9]*\)@.*/\1/p' "$debian/libbitacora1.symbols" | sort >"$work/symbols"
equal 'each symbol of the library is in debian/libbitacora1.symbols' "$(comm -3 "$work/exported" "$work/symbols")" ''
sed -n 's/.*@bitacora_[0-9]* //p' "$debian/libbitacora1.symbols" | sort -u >"$work/since"
equal 'none since a version that is yet to come' "$({ cat "$work/since"; echo "$version"; } | sort -V | tail -n 1)" "$version"
equal 'under its soname' "$(head -n 1 "$debian/libbitacora1.symbols" | cut -d' ' -f1)" \
    "$(readelf -d "$stage/$multiarch/libbitacora.so" | sed -n 's/.*soname: \[\(.*\)\]/\1/p')"
sed -n 's/^build="\(.*\)"/\1/p' "$root/tests/deps.sh" | head -n 1 | tr ' ' '\n' | grep -vE '^(gcc|libc6-dev|make)$' | sort >"$work/deps"
sed -n '/^Build-Depends/,/^[A-Z][^u]/p' "$debian/control" | sed -n 's/^ \([a-z0-9.+-]*\).*/\1/p' | sort >"$work/wanted"
equal 'what building needs, they ask for' "$(comm -23 "$work/deps" "$work/wanted")" ''
equal 'the newest change is not of a version that is yet to come' \
    "$({ sed -n '1s/.*(\(.*\)).*/\1/p' "$debian/changelog"; echo "$version"; } | sort -V | tail -n 1)" "$version"
finish
