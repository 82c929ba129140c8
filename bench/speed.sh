#!/usr/bin/env bash
# Speed: `voxprior denoise` from start to finish on a volume of 181 x 217 x 181 voxels, and one evaluation of its network as a
# share of what the same process multiplies matrices at. Prints Markdown tables. Run it on a machine with nothing else to do.
#
#   bench/speed.sh [--model NAME|FILE] [--threads N] [--repeats N] [--out FOLDER] [--build FOLDER]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

model=mri-t1 threads=$(nproc) repeats=3 out="$root/build/bench/results" build=""
# shellcheck source=bench/options.sh
source "$root/bench/options.sh"
read_options "model threads repeats out build" "" - "$@"
find_build
find_model

mkdir -p "$out/speed"
cd "$out/speed"
"$root/bench/enlarge.py" "$root/testdata/brain_t1_sub-41.nii.gz" large.nii.gz 181 217 181
"$voxprior" add-noise large.nii.gz noisy.nii.gz --kind rician --percent 9 --keep-type --overwrite > /dev/null

read -r load _ < /proc/loadavg
/usr/bin/time -o cost.txt -f "%e %U %S %M" \
  "$voxprior" denoise noisy.nii.gz denoised.nii.gz --model "$model_file" --threads "$threads" --progress none --overwrite > denoise.log
read -r wall_s user_s system_s peak_kb < cost.txt

"$root/bench/made_by.py" "$made_by" "$voxprior" "$model_file"
echo "Load average of the machine before the run: $load (below 0.5 on an idle machine)."
echo
echo "| \`voxprior denoise\`, .nii.gz to .nii.gz | threads | wall s | CPU s | peak MB |"
echo "|---|---:|---:|---:|---:|"
LC_ALL=C awk -v n="$threads" -v w="$wall_s" -v u="$user_s" -v s="$system_s" -v m="$peak_kb" \
  'BEGIN { printf "| 181 x 217 x 181 | %d | %.1f | %.1f | %.0f |\n\n", n, w, u + s, m / 1000 }'
"$build/bin/throughput" "$model_file" --threads "$threads" --repeats "$repeats"
