#!/usr/bin/env bash
# Noise as scanners make it: Rician noise that is correlated or varies over the volume is added to a clean volume and removed by
# voxprior, which is told nothing: once as it comes, and once as if it were white and even (--spectrum white --sigma-map none),
# with the sigma that is then found. Prints a Markdown table on stdout.
#
#   bench/noise_kinds.sh                      the brain of testdata/, noise of 9 %
#   bench/noise_kinds.sh VOLUME...            other volumes; every row is their mean
#
#   --percent P        noise in percent of the 99.5th percentile of the non-zero voxels
#   --kinds "A B"      of: white zero-filled hamming hann partial-fourier middle side gfactor
#   --model NAME|FILE  default: mri-t1
#   --dipy             also DIPY's NLMEANS, which is given the true sigma of every voxel (minutes a row)
#   --build FOLDER     an existing build to use, instead of building into build/bench
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

percent=9 kinds="white zero-filled hamming hann partial-fourier middle side gfactor" model=mri-t1 build="" dipy="" volumes=()
# shellcheck source=bench/options.sh
source "$root/bench/options.sh"
read_options "percent kinds model build" "dipy" volumes "$@"
[ ${#volumes[@]} -gt 0 ] || volumes=("$root/testdata/brain_t1_sub-41.nii.gz")
find_build
find_model

options_of() {
  case "$1" in
    white) ;;
    zero-filled) echo "--kept 0.7,0.7,1" ;;
    hamming) echo "--kept 0.7,0.7,1 --window hamming" ;;
    hann) echo "--window hann" ;;
    partial-fourier) echo "--partial 0.7" ;;
    middle) echo "--spread middle --range 4" ;;
    side) echo "--spread side --range 8" ;;
    gfactor) echo "--spread gfactor --acceleration 4" ;;
    *) echo "noise_kinds.sh: no kind of noise is called '$1'; see --help" >&2; exit 2 ;;
  esac
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
field() { /usr/bin/python3 -c 'import json, sys; r = json.load(open(sys.argv[1])); print(eval(sys.argv[2], {"r": r}))' "$1" "$2"; }
psnr() {  # psnr TEST: against the noise-free scan
  "$voxprior" evaluate "$folder/reference.nii" "$1" --json "$folder/score.json" --overwrite --progress none > /dev/null
  field "$folder/score.json" 'r["cases"][0]["psnr_db"]'
}
remove() {  # remove OUT OPTIONS...: prints the decibels reached and the sigma found
  local out=$1; shift
  "$voxprior" denoise "$folder/noisy.nii" "$folder/$out.nii" --model "$model_file" --progress none --overwrite "$@" > /dev/null 2>&1
  echo "$(psnr "$folder/$out.nii") $(field "$folder/$out.voxprior.json" 'r["noise"]["sigma"]')"
}
with_dipy() {
  [ -n "$dipy" ] || { echo nan; return; }
  "$root/bench/dipy_nlmeans.py" nlmeans-map "$folder/noisy.nii" "$folder/dipy.nii" "$folder/map.nii" rician >&2
  psnr "$folder/dipy.nii"
}

"$root/bench/made_by.py" "$made_by" "$voxprior" "$model_file"
echo
echo "| noise | made by \`add-noise --kind rician --percent $percent\` and | noisy, dB | as white and even, dB | as it is, dB | sigma | found as white | found |${dipy:+ DIPY, dB |}"
echo "|---|---|---:|---:|---:|---:|---:|---:|${dipy:+---:|}"
for kind in $kinds; do
  options=$(options_of "$kind")
  for volume in "${volumes[@]}"; do
    echo "$(date +%H:%M:%S) $kind $(basename "$volume")" >&2
    # shellcheck disable=SC2086  # the options are split at blanks on purpose
    "$voxprior" add-noise "$volume" "$folder/noisy.nii" --kind rician --percent "$percent" --seed 1 --overwrite \
      --reference "$folder/reference.nii" --noise-map "$folder/map.nii" $options > /dev/null
    echo "$(psnr "$folder/noisy.nii") $(remove white --spectrum white --sigma-map none) $(remove auto)" \
         "$(field "$folder/noisy.voxprior.json" 'r["noise"]["sigma"]') $(with_dipy)"
  done | awk -v kind="$kind" -v options="$options" -v dipy="$dipy" '
    { for (i = 1; i <= 7; ++i) sum[i] += $i }
    END { printf "| %s | %s | %.2f | %.2f | **%.2f** | %.1f | %.1f | %.1f |",
          kind, options == "" ? "" : "`" options "`", sum[1] / NR, sum[2] / NR, sum[4] / NR, sum[6] / NR, sum[3] / NR, sum[5] / NR
          if (dipy) printf " %.2f |", sum[7] / NR
          print "" }'
done
