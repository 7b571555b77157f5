#!/bin/sh
# README.md and README.es.md: their commands are run, in their order and language; what they print
# is what each says; both have the same commands. Pictures and recordings in docs/pictures are of the
# pages that these commands make, and of what they print. PICTURES=write (make pictures) makes those
# anew that are not.
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2046
set -- $(free_ports 6)
export work bin root home PAGE_LANG
run() { # run README LANGUAGE PORT PORT PORT
    home=$work/$2
    mkdir "$home"
    printf '127.0.0.1:%s\t127.0.0.1:%s\n' 8420 "$3" 8421 "$4" 8422 "$5" >"$work/map"
    printf '/usr/local/share/doc/bitacora/examples\t%s\n' "$root/docs/examples" >>"$work/map"
    /usr/bin/python3 "$root/tests/tools/run_page.py" "$root/$1" "$root/tests/tools/readme_machine.sh" \
        "$work/map" --record "$work/$2.json" ${SHOW:+--show} >"$work/tap" 2>"$work/tap.err"
    status=$?
    take_tap "$work/tap"
    equal "all of $1 was run" \
        "$status $(grep -c '^1\.\.' "$work/tap") $(tail -n 3 "$work/tap.err")" '0 1 '
}
PAGE_LANG=en_US.UTF-8
run README.md en "$1" "$2" "$3"
PAGE_LANG=es_MX.UTF-8
run README.es.md es "$4" "$5" "$6"

judged() { # judged DESCRIPTION PROGRAM...: a program that prints TAP
    what=$1
    shift
    /usr/bin/python3 "$@" >"$work/tap" 2>"$work/tap.err"
    take_tap "$work/tap"
    equal "$what" "$(grep -c '^1\.\.' "$work/tap") $(tail -n 3 "$work/tap.err")" '1 '
}
[ "$(cat "$work/.failed")" = 0 ] || PICTURES= # of what went wrong there is no picture
for language in en es; do
    judged "the recording was looked at: $language" "$root/tests/pages/recording.py" \
        "$work/$language.json" "$root/docs/pictures/jobs.$language" ${PICTURES:+--write}
done
judged 'the pictures were looked at' "$root/tests/pages/pictures.py" "$work" "$root/docs/pictures" \
    "$root/build/pictures" ${PICTURES:+--write}
judged 'both were compared' "$root/tests/tools/check_readme.py" "$root" "$bin"
judged 'GUIDE was compared, too' "$root/tests/tools/check_pairs.py" "$root" GUIDE
finish
