#!/usr/bin/env bash
# The DICOM node beside DCMTK's storescp: receiving rate on the same files, in turns; then how long an honest sender
# waits for its association while 50 others send and 100 connections stand idle.
#
#   bench/node.sh FOLDER [ROUNDS]     FOLDER: DICOM files of MR or CT, best of one series
#
# Needs dcmtk (scripts/setup.sh). Prints the rows of the table in docs/benchmarks.md.
set -euo pipefail
export TCP_NODELAY=1

folder=${1:?FOLDER of DICOM files} rounds=${2:-3}
program=${VOXPRIOR:-$(dirname "$0")/../build/release/bin/voxprior}
work=$(mktemp -d)
port=11412
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT

count=$(find "$folder" -type f | wc -l)
megabytes=$(du -sk --apparent-size "$folder" | awk '{print $1 / 1024}')
echo "$count files, $(printf %.0f "$megabytes") MB, $rounds rounds, $(nproc) cores"

wait_for_echo() { until echoscu -aec VOXPRIOR 127.0.0.1 $port 2>/dev/null; do sleep 0.05; done; }

start_storescp() {
  rm -rf "$work/store"; mkdir "$work/store"
  storescp --fork -aet VOXPRIOR +xa -od "$work/store" $port 2>/dev/null & server=$!
  wait_for_echo
}

start_node() {  # FLUSH: "instance" or "association". Nothing is computed: the series never settles.
  rm -rf "$work/spool"
  cat > "$work/node.toml" <<TOML
[node]
ae_title = "VOXPRIOR"
port = $port
spool = "$work/spool"
[limits]
disk_percent = 100
disk_free_mb = 0
connections_per_host_and_second = 1000
[series]
settle_s = 3600
flush = "$1"
[[sender]]
ae_title = "ECHOSCU"
hosts = ["127.0.0.1"]
[[sender]]
ae_title = "STORESCU"
hosts = ["127.0.0.1"]
[[destination]]
name = "nowhere"
ae_title = "NOWHERE"
host = "127.0.0.1"
port = 1
[[rule]]
name = "all"
destinations = ["nowhere"]
TOML
  "$program" node "$work/node.toml" >/dev/null 2>&1 & server=$!
  wait_for_echo
}

stop() { kill "$server"; wait "$server" 2>/dev/null || true; }

milliseconds() { echo $(($(date +%s%N) / 1000000)); }

timed_send() {
  local start; start=$(milliseconds)
  storescu -aec VOXPRIOR +sd +r 127.0.0.1 $port "$folder" >&2 || return 1
  echo $(($(milliseconds) - start))
}

could_not_send() {
  echo "node.sh: storescu cannot send $folder; it wants uncompressed files (dcmdjpeg, dcmdjpls, gdcmconv --raw)" >&2
  exit 1
}

declare -A times
for ((round = 0; round < rounds; ++round)); do
  start_storescp; took=$(timed_send) || could_not_send; times[storescp]+=" $took"; stop
  start_node association; took=$(timed_send) || could_not_send; times[association]+=" $took"; stop
  start_node instance; took=$(timed_send) || could_not_send; times[instance]+=" $took"; stop
done

median() { tr ' ' '\n' | grep . | sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
row() {
  local ms; ms=$(echo "${times[$2]}" | median)
  awk -v name="$1" -v ms="$ms" -v n="$count" -v mb="$megabytes" \
    'BEGIN {printf "| %s | %.2f | %.0f | %.0f |\n", name, ms / 1000, n / (ms / 1000), mb / (ms / 1000)}'
}
echo "| receiver | seconds | instances/s | MB/s |"
echo "|---|---:|---:|---:|"
row "storescp --fork" storescp
row "voxprior node, flush = \"association\" (default)" association
row "voxprior node, flush = \"instance\"" instance

start_node association
senders=()
for ((n = 0; n < 50; ++n)); do
  # nice: the senders of real life take their processor time from other machines
  (while nice -n 19 storescu -aec VOXPRIOR +sd +r 127.0.0.1 $port "$folder" >/dev/null 2>&1; do :; done) & senders+=($!)
done
sleep 2
running=0
for sender in "${senders[@]}"; do kill -0 "$sender" 2>/dev/null && running=$((running + 1)); done
echo "beside $running senders and 100 idle connections:"
"$(dirname "$0")"/association_wait.py $port VOXPRIOR ECHOSCU 300 100
kill "${senders[@]}" 2>/dev/null || true
stop
