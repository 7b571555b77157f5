#!/bin/sh
# What programs that read the sources say of them: the layout, the format, three analyzers, and the
# scripts' own. Every one must be silent. What is suppressed stands with its reason in .clang-tidy, in
# tests/check/cppcheck.txt, or beside the line.
# usage: tests/check.sh [STAGE...]   (default: all of them)
set -u
cd "$(dirname "$0")/.." || exit 2
all='layout format clang cppcheck tidy analyzer shell python javascript'
jobs=$(nproc 2>/dev/null || echo 2)
logs=build/check
mkdir -p "$logs/cppcheck"

sources() { find proto daemon client -name '*.[ch]' | sort; }
make_quiet() { make --no-print-directory -j"$jobs" "$@"; }

layout() { tests/layout.py; }

format() { # generated tables have "clang-format off" in them
    find proto daemon client tests docs -name '*.[ch]' | sort | xargs clang-format --dry-run --Werror
}

clang() { make_quiet CC=clang warnings warnings-tests; } # `make test` asks it of the programs alone

cppcheck_all() {
    cppcheck --quiet --std=c11 --language=c -D_GNU_SOURCE -I. --library=gnu \
        --enable=warning,performance,portability --inline-suppr -j"$jobs" \
        --include=tests/check/cppcheck.h --suppressions-list=tests/check/cppcheck.txt \
        --cppcheck-build-dir="$logs/cppcheck" --error-exitcode=1 proto daemon client
}

tidy() { make_quiet -k tidy; }
analyzer() { make_quiet -k analyzed; }

# Left out: SC1091, SC2034, SC2154 (what is sourced is looked at by itself, and shares variables);
# SC2010, SC2038, SC2046, SC2115 (the names of files are the test's own); SC2043, SC2120 (a list of
# one, a function that may take more); SC2218 (notify() of 30 is defined twice); SC1007 (CDPATH= cd is
# meant); SC1111, SC1112 (typographic quotes in what is looked for); SC3045 (dash has ulimit -v, -d).
shell() {
    left_out=SC1091,SC2034,SC2154,SC2010,SC2038,SC2046,SC2115,SC2043,SC2120,SC2218,SC1007,SC1111,SC1112,SC3045
    # Which bash alone sources; --shell goes before what a file says.
    by_bash="tests/tools/machine.sh tests/tools/readme_machine.sh tests/tools/gate_machine.sh"
    find tests .ci -name '*.sh' | grep -v '^tests/tools/.*machine\.sh$' | sort |
        xargs shellcheck --shell=sh --severity=warning --exclude=$left_out &&
        shellcheck --shell=bash --severity=warning --exclude=$left_out $by_bash
}

python() { find tests docs packaging -name '*.py' | sort | xargs pyflakes3; }

# ESLint from npm, at the versions of its package-lock.json, below build/eslint.
javascript() {
    mkdir -p build/eslint && cp tests/check/eslint/* build/eslint || return 1
    [ -n "$(find build/eslint/installed -newer tests/check/eslint/package-lock.json 2>/dev/null)" ] || {
        (cd build/eslint && npm ci --ignore-scripts --no-audit --no-fund) && touch build/eslint/installed || return 1
    }
    build/eslint/node_modules/.bin/eslint --config build/eslint/eslint.config.mjs client/page tests/browser
}

failed=0
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $all
for stage in "$@"; do
    case " $all " in
    *" $stage "*) ;;
    *) echo "usage: $0 [$all]" >&2; exit 2 ;;
    esac
    begin=$(date +%s)
    case $stage in cppcheck) run=cppcheck_all ;; *) run=$stage ;; esac
    if $run >"$logs/$stage.log" 2>&1; then
        echo "ok - $stage ($(($(date +%s) - begin)) s)"
    else
        echo "not ok - $stage ($(($(date +%s) - begin)) s)"
        grep -v '^make' "$logs/$stage.log" | head -n 100 | sed 's/^/#   /'
        failed=1
    fi
done
exit $failed
