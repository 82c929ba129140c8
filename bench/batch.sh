#!/usr/bin/env bash
# Many scans: `voxprior batch` against a shell loop over `voxprior denoise`, its memory with few and with many scans, and a
# run that finds everything done. Prints a Markdown table.
#
#   bench/batch.sh [--count N] [--threads N] [--model NAME|FILE] [--out FOLDER] [--build FOLDER]
#
# The scans are the two crops of testdata/ with Rician noise, each of its own seed. The results of batch and loop are compared
# byte for byte.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

count=40 threads=$(nproc) model=mri-t1 out="$root/build/bench/results" build=""
# shellcheck source=bench/options.sh
source "$root/bench/options.sh"
read_options "count threads model out build" "" - "$@"
find_build
find_model

rm -rf "$out/batch"
mkdir -p "$out/batch"/{in,loop}
cd "$out/batch"
crops=(brain_t1_crop head_t1_crop)
for ((n = 0; n < count; n++)); do
  "$voxprior" add-noise "$root/testdata/${crops[n % 2]}.nii.gz" "in/$(printf %03d "$n").nii.gz" --kind rician --percent 9 --seed "$n" > /dev/null
done
rm in/*.voxprior.json
mkdir few
for ((n = 0; n < count / 4; n++)); do ln "in/$(printf %03d "$n").nii.gz" few/; done

options=(--model "$model_file" --threads "$threads" --progress none)
loop() { for scan in in/*.nii.gz; do "$voxprior" denoise "$scan" "loop/${scan#in/}" "${options[@]}"; done > loop.log 2>&1; }
# timed NAME COMMAND...: seconds, CPU seconds and peak memory go to NAME.cost
timed() { local name=$1; shift; /usr/bin/time -o "$name.cost" -f "%e %U %S %M" "$@" > "$name.log" 2>&1; }

read -r load _ < /proc/loadavg
start=$(date +%s.%N) start_cpu=$(awk '{print $16 + $17}' /proc/$$/stat)
loop
end=$(date +%s.%N) end_cpu=$(awk '{print $16 + $17}' /proc/$$/stat)
timed many "$voxprior" batch in many "${options[@]}"
timed few "$voxprior" batch few few_out "${options[@]}"
timed again "$voxprior" batch in many "${options[@]}"

for scan in loop/*.nii.gz; do cmp "$scan" "many/${scan#loop/}" >&2 || { echo "batch.sh: batch and denoise differ" >&2; exit 1; }; done

read -r many_s many_user many_system many_kb < many.cost
read -r few_s few_user few_system few_kb < few.cost
read -r again_s again_user again_system again_kb < again.cost
"$root/bench/made_by.py" "$made_by" "$voxprior" "$model_file"
echo "Load average of the machine before the runs: $load. The volumes of batch and loop were the same byte for byte."
echo
LC_ALL=C awk -v n="$count" -v s="$start" -v e="$end" -v c0="$start_cpu" -v c1="$end_cpu" -v hz="$(getconf CLK_TCK)" \
  -v m="$many_s" -v mc="$(echo "$many_user + $many_system" | bc)" -v mk="$many_kb" \
  -v f="$few_s" -v fc="$(echo "$few_user + $few_system" | bc)" -v fk="$few_kb" \
  -v a="$again_s" -v ac="$(echo "$again_user + $again_system" | bc)" -v ak="$again_kb" 'BEGIN {
  print "| | scans | wall s | CPU s | peak MB | loop / this, wall | loop / this, CPU |"
  print "|---|---:|---:|---:|---:|---:|---:|"
  printf "| shell loop over `voxprior denoise` | %d | %.1f | %.1f | | 1 | 1 |\n", n, e - s, (c1 - c0) / hz
  printf "| `voxprior batch` | %d | %.1f | %.1f | %.0f | %.2f | %.2f |\n", n, m, mc, mk / 1000, (e - s) / m, (c1 - c0) / hz / mc
  printf "| `voxprior batch`, a quarter of the scans | %d | %.1f | %.1f | %.0f | | |\n", int(n / 4), f, fc, fk / 1000
  printf "| the same command when all is done | %d | %.2f | %.2f | %.0f | | |\n", n, a, ac, ak / 1000
}'
