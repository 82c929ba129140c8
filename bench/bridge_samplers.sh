#!/usr/bin/env bash
# The samplers of a bridge against plain regression, on a clean MR volume with Rician noise: the tables in docs/bridge.md.
#
#   bench/bridge_samplers.sh MODEL REF PERCENT OUT_FOLDER
#
# MODEL is a file of `train bridge` (bench/bridge_t1.toml), PERCENT the noise. Prints a line for each sampler: PSNR, SSIM,
# NRMSE, peak, voxels, and the three figures of texture (docs/evaluate.md). The volumes stay in OUT_FOLDER.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
[ $# -eq 4 ] || { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
model=$1 ref=$2 percent=$3 out=$4
voxprior="$root/build/release/bin/voxprior"
mkdir -p "$out"
noisy=$out/noisy.nii
"$voxprior" add-noise "$ref" "$noisy" --kind rician --percent "$percent" --seed 7 --overwrite > "$out/log"

compare() {  # name, file
  "$voxprior" evaluate "$ref" "$2" --texture | awk -v name="$1" 'NR == 2 { $1 = name; print }'
}

compare noisy "$noisy"
for run in one-step:1 process:3 process:5 process:10 drift-fixed:3 drift-fixed:5 drift-fixed:10 \
           drift-implied:2 drift-implied:3 drift-implied:5 drift-implied:10 indi:3 i2sb:3 i2sb:5 i2sb:10; do
  sampler=${run%:*} steps=${run#*:} file=$out/${run/:/-}.nii
  "$voxprior" denoise "$noisy" "$file" --model "$model" --sampler "$sampler" --steps "$steps" --overwrite \
    --progress none >> "$out/log"
  compare "$sampler-$steps" "$file"
done
