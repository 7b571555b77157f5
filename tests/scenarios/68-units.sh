#!/bin/sh
# The units of packaging/systemd: systemd understands each, and finds it exposed to less than 2.0.
# `make install` puts them where it looks for them. (`make boot` runs them.)
. "$(dirname "$0")/../lib.sh"

command -v systemd-analyze >/dev/null || { echo '1..0 # SKIP systemd is not installed'; exit 0; }
check 'they are installed' make -s -C "$root" install PREFIX=/opt/bitacora DESTDIR="$work/root" BIN="$bin"
units=$work/root/opt/bitacora/lib/systemd/system
equal 'all of them' "$(cd "$units" && ls)" "$(cd "$root/packaging/systemd" && ls | grep -v -e sysusers -e tmpfiles)"
equal 'for the programs that were installed beside them' "$(grep -l '/usr/local' "$units"/*)" ''
mkdir "$work/verify"
for unit in "$units"/*; do # as if they were in their place, and the programs, too
    sed "s|/opt/bitacora/bin|$work/root/opt/bitacora/bin|g" "$unit" >"$work/verify/${unit##*/}"
done
for unit in "$work/verify"/*; do
    name=${unit##*/}
    case $name in *@.service) cp "$unit" "$work/verify/${name%.service}x.service"; unit=$work/verify/${name%.service}x.service ;; esac
    systemd-analyze verify --recursive-errors=no "$unit" >"$work/out" 2>&1
    equal "$name is understood" "$?/$(cat "$work/out")" 0/
    case $name in *.service) ;; *) continue ;; esac
    check "$name is exposed to less than 2.0" systemd-analyze security --no-pager --offline=yes --threshold=20 "$unit"
    # What the program gives up itself, the unit must let it.
    for call in landlock_create_ruleset landlock_restrict_self seccomp; do
        grep -q "^SystemCallFilter=.*$call" "$unit" || not_ok "$name lets it enter its sandbox" "$call"
    done
    equal "$name keeps no secret in core files" "$(grep -c '^LimitCORE=0$' "$unit")" 1
    equal "$name writes its journal in English" "$(grep -c '^Environment=LC_ALL=C.UTF-8$' "$unit")" 1
    equal "$name has a user of its own" "$(sed -n 's/^User=//p' "$unit")" "$(sed -n 's/^Group=//p' "$unit")"
    grep -qs "^u $(sed -n 's/^User=//p' "$unit") " "$work/root/opt/bitacora/lib/sysusers.d"/*.conf ||
        not_ok "$name: sysusers makes its user"
done
sed 's/^CapabilityBoundingSet=$//; s/^NoNewPrivileges=.*//; s/^System.*//; s/^Protect.*//; s/^Restrict.*//' \
    "$units/bitacorad.service" >"$work/verify/loose.service"
systemd-analyze security --no-pager --offline=yes --threshold=20 "$work/verify/loose.service" >/dev/null 2>&1 &&
    not_ok 'a unit that gives up less is found' || ok 'a unit that gives up less is found'

finish
