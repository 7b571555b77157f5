#!/bin/sh
# packaging/grafana/bitacora.json: a model that Grafana takes, whose metrics a running daemon has, and
# whose expressions a real Prometheus parses and answers.
. "$(dirname "$0")/../lib.sh"

command -v prometheus >/dev/null || { echo '1..0 # SKIP prometheus is not installed'; exit 0; }
check 'a log' small_log 8
port=$(free_ports 1)
cat >"$work/prometheus.yml" <<END
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - {job_name: bitacora, static_configs: [{targets: ['${url#http://}']}]}
END
beside prometheus --config.file="$work/prometheus.yml" --storage.tsdb.path="$work/tsdb" --web.listen-address="127.0.0.1:$port" \
    --log.level=error >"$work/prometheus.log" 2>&1
ask() { curl -sfG "http://127.0.0.1:$port/api/v1/query" --data-urlencode "query=$1"; }
scraped() { ask 'count_over_time(bitacora_records_appended_total[1m]) >= 3 and rate(bitacora_commits_total[1m]) > 0' | jq -e '.data.result[0]'; }
rate_known() { request mx.telco 1 | submit fgr.example.mx-a.lopez && scraped; }
check 'Prometheus scrapes it' wait_until rate_known
curl -s "$url/metrics" >"$work/metrics"
/usr/bin/python3 "$root/tests/tools/check_dashboard.py" "$root/packaging/grafana/bitacora.json" \
    "$root/packaging/prometheus/bitacora.rules.yml" "$root/docs/OPERATIONS.md" "$work/metrics" "http://127.0.0.1:$port" \
    "$work/panels.yml" >"$work/tap" 2>&1
status=$?
take_tap "$work/tap"
equal 'all of it was looked at' "$(tail -n 1 "$work/tap" | cut -c 1-3)/$status" 1../0
check "promtool takes each expression" promtool check rules "$work/panels.yml"
finish
