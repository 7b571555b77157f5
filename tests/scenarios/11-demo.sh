#!/bin/sh
# The demo is a test, too: it must end well in both languages, where no terminal is attached.
. "$(dirname "$0")/../lib.sh"
expect 0 'make demo tells its story' "$root/tests/demo.sh"
equal 'and catches each of ten attempts' "$(grep -cE 'exit (1|3)  ' "$work/out")" 10
export LC_ALL=es_MX.UTF-8
expect 0 'en español también' "$root/tests/demo.sh"
contains 'with the story in Spanish' "$work/out" 'Todo como debe ser'
finish
