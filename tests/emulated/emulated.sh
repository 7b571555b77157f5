#!/bin/sh
# The accelerator of packaging/accelerator on a processor in software: bochs has AVX-512 IFMA, also
# where this machine has none. A kernel of Debian boots in it, with our programs and the plug-in,
# and runs tests/emulated/guest.sh. Crafted signatures are judged there by the lanes alone, as many
# as EMULATED_MINUTES (60) allow, and here by libsodium: the digests of signatures and verdicts must
# be the same. With EMULATED_BRIEF=1 nothing else is done. Prints TAP and figures; the last line is
# the count. Nothing of it needs root.
# usage: emulated.sh PLUGIN
set -eu
plugin=${1:?usage: emulated.sh PLUGIN}
. "$(dirname "$0")/../lib.sh"
set -eu
out=${EMULATED_OUT:-$root/build/emulated}
tools=$root/build/release/tools
minutes=${EMULATED_MINUTES:-60}
chunk=${EMULATED_CHUNK:-20000} # crafted signatures of one seed, which is one digest
both=${EMULATED_BOTH:-1000}   # those that libsodium judges in the machine, too, where it takes long
first=${EMULATED_SEED:-$(date +%s)}
mkdir -p "$out/debs"
[ -f "$plugin" ] || { echo "make emulated: $plugin is not there: make accelerator" >&2; exit 2; }

# ---- a kernel of Debian, unpacked and not installed ----------------------------------------------
package=$(apt-cache depends linux-image-cloud-amd64 |
    sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p')
if [ ! -e "$out/kernel.$package" ]; then
    echo "# fetching $package" >&2
    rm -rf "$out/unpacked" "$out"/debs/*.deb
    (cd "$out/debs" && apt-get download -q "$package" >"$out/apt.log" 2>&1) ||
        { cat "$out/apt.log" >&2; exit 2; }
    dpkg-deb -x "$out"/debs/linux-image-*.deb "$out/unpacked"
    cp "$out"/unpacked/boot/vmlinuz-* "$out/kernel.$package"
    rm -rf "$out/unpacked"
fi

# ---- a log, and a batch that its daemon will get in the machine ----------------------------------
"$tools/simulate" --plain --out "$work/sim" --entries 400 --seed 5 >/dev/null
small_log 12 2>"$work/small.err" || { tail -n 5 "$work/small.err" >&2; exit 2; }
request mx.telco 1 | submit fgr.example.mx-a.lopez --receipts "$work/receipts"
under=$(sed -n 's/^extra //p' "$work/receipts"/* | base64 -d |
    grep -a -o '"under":{[^}]*}' | head -n 1)
members='"authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco"'
members=$members',"source":"subscriber_db","categories":["subscriber"],"basis":"CNPP-303"'
members=$members',"purpose":{"code":"criminal_investigation"},"persons":1'
notes=25
i=0
while [ $i -lt $notes ]; do
    i=$((i + 1))
    id=$(cat /proc/sys/kernel/random/uuid)
    at=$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)
    printf 'bitacora/v1 request\n{"id":"%s","at":"%s",%s,%s}\n' "$id" "$at" "$under" "$members" |
        "$tools/sign_note" "$work/fgr.example.mx-a.lopez.key" >"$work/one"
    [ $i -lt $notes ] || sed -i 's/"persons":1/"persons":2/' "$work/one"
    length=$(wc -c <"$work/one")
    # shellcheck disable=SC2059
    printf "\\$(printf %o $((length / 256)))\\$(printf %o $((length % 256)))" >>"$work/batch"
    cat "$work/one" >>"$work/batch"
done
stop_daemon

# ---- the machine's files -------------------------------------------------------------------------
tree=$work/tree
mkdir -p "$tree/bin" "$tree/lib" "$tree/lib64" "$tree/test"
cp "$(command -v busybox)" "$tree/bin/busybox"
cp "$(command -v curl)" "$tree/bin/curl"
for program in "$bin"/bitacora "$bin"/bitacorad "$tools"/differential "$tools"/lanes_vectors; do
    strip -o "$tree/test/${program##*/}" "$program"
done
install -m 755 "$plugin" "$tree/test/bitacora-mb8.so"
ldd "$tree/bin/curl" "$tree"/test/* | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p' | sort -u |
    while read -r library; do cp -L "$library" "$tree/lib/"; done
cp -L /lib64/ld-linux-x86-64.so.2 "$tree/lib64/"
mkdir "$tree/test/log"
cp -r "$work/sim/policy" "$work/sim/mirror" "$tree/test/log/"
cp -r "$work/data" "$work/batch" "$root/tests/vectors/ed25519" "$tree/test/"
url=http://127.0.0.1:8080
write_policy "$tree/test/data.policy"
printf '%s\n' "SECONDS_SINCE_1970=$(date +%s)" "CHUNK=$chunk" "BOTH=$both" "FIRST=$first" \
    "BATCH_GOOD=$((notes - 1))" "BRIEF=${EMULATED_BRIEF:-}" >"$tree/test/settings"
install -m 755 "$root/tests/emulated/guest.sh" "$tree/init"
mkdir -p "$work/iso"
(cd "$tree" && find . | busybox cpio -o -H newc -R 0:0 2>/dev/null | gzip -1) >"$work/iso/initrd"
cp "$out/kernel.$package" "$work/iso/kernel"
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$work/iso/"
# What bochs 2.7 says of its processor leads this kernel astray: sizes of the states of PKU (515),
# XSAVES (323) and XSAVEC (321), for want of which it would do without AVX; and FSRM (580) without
# ERMS, with which it copies with the wrong one of its loops.
options="rdinit=/init console=ttyS0 earlyprintk=ttyS0,115200 panic=-1 random.trust_cpu=on"
options="$options mitigations=off nopti nokaslr clearcpuid=321,323,515,580"
printf '%s\n' 'default linux' 'prompt 0' 'label linux' 'kernel kernel' \
    "append initrd=initrd $options" >"$work/iso/isolinux.cfg"
xorriso -as mkisofs -quiet -o "$work/cd.iso" -b isolinux.bin -c boot.cat -no-emul-boot \
    -boot-load-size 4 -boot-info-table "$work/iso" >"$out/xorriso.log" 2>&1 ||
    { cat "$out/xorriso.log" >&2; exit 2; }
cat >"$work/bochsrc" <<END
display_library: term
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/bochs/VGABIOS-lgpl-latest
megs: 512
cpu: model=${EMULATED_CPU:-corei7_icelake_u}, count=1, ips=50000000, reset_on_triple_fault=0
clock: sync=none, time0=$(date +%s)
ata0-master: type=cdrom, path=$work/cd.iso, status=inserted
boot: cdrom
plugin_ctrl: sb16=0, es1370=0
com1: enabled=1, mode=file, dev=$out/serial
log: $out/bochs.log
panic: action=fatal
error: action=ignore
info: action=ignore
debug: action=ignore
END

# ---- the run -------------------------------------------------------------------------------------
: >"$out/serial"
started=$(date +%s)
# Its display is a terminal, which script gives it.
echo c >"$work/go" # Debian's bochs has its debugger, which waits for a command
TERM=vt100 setsid nice -n 15 script -qfec "bochs -q -f $work/bochsrc -rc $work/go" /dev/null \
    </dev/null >"$out/screen" 2>&1 &
machine=$!
pids="$pids $machine"
lives() { kill -0 "$machine" 2>/dev/null; }
shown=0
show() { # what the machine has said since
    tr -d '\r' <"$out/serial" | sed '$d' >"$work/lines"
    tail -n +$((shown + 1)) "$work/lines" | grep -E '^(ok|not ok|#|figure|seed|1\.\.)' || :
    shown=$(wc -l <"$work/lines")
}
while lives && [ $(($(date +%s) - started)) -lt $((minutes * 60)) ]; do
    sleep 5
    show
done
lives || echo "# the machine stopped by itself: $(tail -n 3 "$out/bochs.log")"
kill "$machine" 2>/dev/null || :
wait "$machine" 2>/dev/null || :
forget_pid "$machine"
tr -d '\r' <"$out/serial" >"$out/said"

# ---- libsodium's verdicts on the same signatures -------------------------------------------------
echo "# in $(((($(date +%s) - started)) / 60)) minutes of emulation; now libsodium here"
passed=$(grep -c '^ok ' "$out/said") || :
failed=$(grep -c '^not ok ' "$out/said") || :
if ! grep -q '^1\.\.' "$out/said"; then
    echo 'not ok - the machine came to its last test'
    failed=$((failed + 1))
fi
grep -E '^seed [0-9]+ exit [0-9]+: .* reached a lane, [0-9]+ differ, digest [0-9a-f]{64}$' \
    "$out/said" >"$work/seeds" || :
tried=0 reached=0 differ=0 other=0
stopped=$(grep -c '^seed [0-9]* exit [1-9]' "$out/said") || : # also by a signal, with no digest
while read -r _ seed _ _ n _ lanes _ _ _ bad _ _ digest; do
    here=$(nice -n 15 "$tools/differential" - "$n" "$seed" 1 100 libsodium |
        sed -n 's/.* digest //p')
    tried=$((tried + n)) reached=$((reached + lanes)) differ=$((differ + bad))
    [ "$here" = "$digest" ] && continue
    other=$((other + 1))
    echo "# seed $seed: $digest there, $here by libsodium"
done <"$work/seeds"
summary="$tried crafted signatures tried, $reached reached a lane, $differ differed from how they"
summary="$summary were made, $other of $(wc -l <"$work/seeds") digests from libsodium's,"
summary="$summary $stopped seeds ended otherwise"
if [ "$reached" -gt 0 ] && [ $differ = 0 ] && [ $other = 0 ] && [ "$stopped" = 0 ]; then
    echo "ok - $summary"
    passed=$((passed + 1))
else
    echo "not ok - $summary"
    failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
