# What the READMEs have of a machine, for tests/tools/run_page.py: sourced by its bash. Programs run
# on the day that the READMEs are of, in the language of PAGE_LANG, below $home; all of them end
# with the shell. Needs $root, $bin, $home.
# shellcheck shell=bash

unset LC_ALL NO_PROXY no_proxy http_proxy https_proxy XDG_STATE_HOME BITACORA_POLICY BITACORA_ZONE
export LANG=$PAGE_LANG LC_CTYPE=C.UTF-8 TZ=UTC HOME=$home
export BITACORA_LIBRARY=$root/build/lib/libbitacora.so
day=$(date -u -d 2026-11-30T16:00:00Z +%s)
CLOCK_OFFSET=$((day - $(date +%s)))

# In the background the program is the process itself, so that it can be told, and ended.
on_that_day() { # on_that_day PROGRAM...
    set -- env LD_PRELOAD="$root/build/release/tools/start_clock.so" CLOCK_OFFSET="$CLOCK_OFFSET" \
        ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0" "$@"
    if [ "$BASHPID" = $$ ]; then "$@"; else exec "$@"; fi
}
bitacora() { on_that_day "$bin/bitacora" "$@"; }
bitacorad() { on_that_day "$bin/bitacorad" "$@"; }
python3() { on_that_day /usr/bin/python3 "$@"; }

end_all() {
    local all
    all=$(jobs -p)
    # shellcheck disable=SC2086
    [ -z "$all" ] || kill $all 2>/dev/null
    wait
}
trap end_all EXIT
