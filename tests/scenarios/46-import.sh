#!/bin/sh
# What import makes of messages of TS 103 120: what a message says is what the record says, each member
# is in a record or named, what cannot be is refused, and the time it takes grows as the message does.
. "$(dirname "$0")/../lib.sh"

py=$root/tests/interop/ts103120.py
say() { # say TYPE MEMBERS: a message of one object, imported
    python3 "$py" one "$work/one.json" "$1" "$2" && "$bin/bitacora" import ts103120 "$work/one.json" >"$work/out" 2>"$work/err"
}
details() { # details TYPE [MORE]: an LDTaskObject that asks for that
    say task:LDTaskObject '{"task:RequestDetails":{"task:Type":{"common:Owner":"'"${3:-ETSI}"'","common:Name":"'"${4:-RequestType}"'","common:Value":"'"$1"'"}'"${2:-}"'}}'
}
subjects() { # subjects OWNER=NAME=VALUE...: "type value" of what becomes of these targets
    python3 "$py" formats "$work/f.json" "$@" && "$bin/bitacora" import ts103120 "$work/f.json" 2>"$work/err" |
        jq -r '.subjects[]|.type+" "+.value'
}

# ---- every member of every object ---------------------------------------------------------------
check 'a message with every member of the schema' python3 "$py" full "$work"
expect 0 'is imported' "$bin/bitacora" import ts103120 "$work/full.json"
cp "$work/out" "$work/records"
cp "$work/err" "$work/named"
check 'each member is in a record, or named' python3 "$py" judge "$work/leaves" "$work/records" "$work/named"
grep -v 'TargetIdentifierSubtype' "$work/named" >"$work/less"
python3 "$py" judge "$work/leaves" "$work/records" "$work/less" >"$work/out"
contains 'one that was not would be found' "$work/out" TargetIdentifierSubtype
equal 'all of it in five objects' "$(jq -r .kind "$work/records" | tr '\n' ' ')" 'warrant warrant request request request '
equal 'the task has the window of its Timespan' "$(jq -c 'select(.categories[0]=="comms_content_live").data_window|length' "$work/records")" 2

# ---- what is asked for ----------------------------------------------------------------------------
for t in SubscriberData:subscriber UserIdentifyingData:subscriber TrafficData:traffic_retained StoredContentData:comms_content_stored \
    SubscriberDataAndUserIdentifyingData:subscriber TrafficDataAndStoredContentData:traffic_retained,comms_content_stored Other:other; do
    details "${t%%:*}"
    equal "RequestType ${t%%:*}" "$? $(jq -r '.categories|join(",")' "$work/out")" "0 ${t#*:}"
done
contains 'what is other is named with what the message says' "$work/err" 'not mapped: RequestDetails.Type ETSI RequestType Other'
contains 'and that it was filled in' "$work/err" 'categories=["other"]'
details TrafficData '' XX
equal 'the same word of a national dictionary is another' "$(jq -r '.categories[0]' "$work/out")" other
details VINtoCommsID '' ETSI TS103976RequestType
equal 'and so is another dictionary' "$(jq -r '.categories[0]' "$work/out")" other
say doc:DocumentObject '{"doc:DocumentReference":"W-1"}'
equal 'a document that does not say that it is a warrant is none' "$? $(wc -c <"$work/out")" '3 0'

# ---- times ------------------------------------------------------------------------------------------
window() { # window FROM TO: the data_window that comes of it
    details TrafficData ',"task:StartTime":"'"$1"'","task:EndTime":"'"$2"'"'
    jq -r '.data_window|if . then .from+" "+.until else "none" end' "$work/out"
}
equal 'an offset' "$(window 2026-01-01T00:00:00-06:00 2026-01-02T00:00:00.1239+05:30)" '2026-01-01T06:00:00.000Z 2026-01-01T18:30:00.123Z'
equal 'the largest' "$(window 2026-01-01T00:00:00-23:59 2026-01-03T00:00:00Z)" '2026-01-01T23:59:00.000Z 2026-01-03T00:00:00.000Z'
for t in 2026-01-01T00:00:00-99:99 2026-01-01T00:00:00-24:00 2026-01-01T00:00:00+05:60 '2026-01-01T00:00:00+ 1:30' 2026-01-01T00:00:00+-1:30 \
    2026-01-01T00:00:00.Z 2026-01-01T00:00:00 2026-01-01T24:00:00Z 2026-02-29T00:00:00Z 0001-01-01T00:00:00+01:00 2026-01-01T00:00:00Zx; do
    equal "no time: $t" "$(window "$t" 2026-02-03T00:00:00Z)" none
    contains '… is named with its value' "$work/err" "StartTime $t: no time of RFC 3339"
done
equal 'nor one past the year 9999' "$(window 2026-01-01T00:00:00Z 9999-12-31T23:59:59-01:00)" none
equal 'a window that ends before it begins is none' "$(window 2026-02-01T00:00:00Z 2026-01-01T00:00:00Z)" none
contains '… and named' "$work/err" 'not mapped: RequestDetails.EndTime'

# ---- whom it is about -------------------------------------------------------------------------------
equal 'formats of 5G, and others' "$(subjects ETSI=GPSIMSISDN=525550001122 ETSI=GPSIMSISDN=msisdn-525550001122 ETSI=TELURI=tel:+525550001122 \
    ETSI=TELURI=TEL:+52-555-000-1122 ETSI=SUPIIMSI=334020000000001 ETSI=SUPIIMSI=imsi-334020000000001 ETSI=PEIIMEI=49015420323751 \
    ETSI=PEIIMEICheckDigit=490154203237518 ETSI=PEIIMEISV=imeisv-4901542032375101 ETSI=IMEISV=4901542032375101 ETSI=EmailAddress=a@b.example)" \
'phone +525550001122
phone +525550001122
phone +525550001122
phone +52-555-000-1122
imsi 334020000000001
imsi 334020000000001
imei 49015420323751
imei 490154203237518
imei 4901542032375101
imei 4901542032375101
email a@b.example'
equal 'another owner of the name IMEI, and what cannot be one' "$(subjects XX=IMEI=49015420323751 ETSI=IMEI=12 ETSI=SUPINAI=a@b.example \
    'ETSI=TELURI=tel:+525550001122;ext=1' ETSI=VIN=1FTYR14U22PB00001)" \
'other 49015420323751
other 12
other a@b.example
other tel:+525550001122;ext=1
other 1FTYR14U22PB00001'
contains '… is named, with its owner' "$work/err" 'FormatType XX IMEI: the subject'
equal '… and never its value' "$(grep -c '49015420323751\|PB00001' "$work/err")" 0

# ---- nothing, and too much --------------------------------------------------------------------------
jq '.Payload.RequestPayload.ActionRequests.ActionRequest|=map({ActionIdentifier,UPDATE:.CREATE})' "$work/full.json" >"$work/updates.json"
expect 3 'a message of which nothing is mapped' "$bin/bitacora" import ts103120 "$work/updates.json"
contains '… is said' "$work/err" "$work/updates.json: nothing of this message could be mapped"
expect 3 'also beside one of which all is' "$bin/bitacora" import ts103120 "$work/full.json" "$work/updates.json"
python3 "$py" targets "$work/many.json" 300
expect 0 '300 targets' "$bin/bitacora" import ts103120 "$work/many.json" --set authority=mx.fgr --set level=federal
contains '… are split, which is said' "$work/err" '300 targets: split into 2 requests'
equal 'into requests of so many' "$(jq -c '[.persons,(.subjects|length)]' "$work/out" | tr '\n' ' ')" '[200,200] [100,100] '
equal 'each with an id' "$(jq -r .id "$work/out" | sort -u | grep -c '^.\{36\}$')" 2
cp "$work/out" "$work/two"
expect 0 'again' "$bin/bitacora" import ts103120 "$work/many.json" --set authority=mx.fgr --set level=federal
check 'the same ids' cmp "$work/out" "$work/two"
check 'a log' small_log 8
enrol oversight.example.mx oversight mx.inai
check 'the log takes them' submit fgr.example.mx-a.lopez --private "$work/private" <"$work/two"
expect 0 'and replays' "$bin/bitacora" replay --policy "$work/policy"
long=$(printf '%060000d' 0)
expect 3 'a record that would be too large' "$bin/bitacora" import ts103120 "$work/many.json" --set "case={\"scheme\":\"$long\"}"
contains '… is said, not signed' "$work/err" 'would be larger than 49152 bytes'
equal '… and not printed' "$(wc -c <"$work/out")" 0
stop_daemon

printf '{"Header":\n nothing}' >"$work/garbage"
expect 3 'what is not JSON' "$bin/bitacora" import ts103120 "$work/garbage"
contains 'says where it ends' "$work/err" 'is not JSON, from line 2, character 8 on'
expect 3 'in Spanish, too' "$bin/bitacora" import --lang es ts103120 "$work/garbage"
contains '… without English' "$work/err" 'no es JSON, desde la línea 2'

# ---- how long ---------------------------------------------------------------------------------------
python3 "$py" tasks "$work/t1.json" 2000
python3 "$py" tasks "$work/t4.json" 8000
one=$(python3 "$py" cpu "$bin/bitacora" import ts103120 "$work/t1.json")
four=$(python3 "$py" cpu "$bin/bitacora" import ts103120 "$work/t4.json")
check "four times the objects, not sixteen times the time ($one s, $four s)" \
    python3 -c 'import sys; sys.exit(float(sys.argv[2]) > 8 * float(sys.argv[1]) + 0.2)' "$one" "$four"
finish
