#!/usr/bin/env bash
# Denoising against peers: noise of known kind and strength is added to clean volumes, voxprior (which is told nothing)
# and the peers (which are given the true noise level) remove it, and all are judged against the clean volume.
# Prints Markdown tables on stdout and writes every single result to OUT/results.csv.
#
#   bench/denoise.sh                                  one brain of testdata/, noise of 3, 5, 9 and 15 %, both kinds
#   bench/denoise.sh --data FOLDER --subjects 4       the first four .nii and .nii.gz volumes of a folder
#
#   --levels "3 5 9 15"         noise in percent of the 99.5th percentile of the non-zero voxels
#   --kinds "gaussian rician"   distribution of the noise
#   --methods "voxprior ..."    which programs to run (all results in OUT are shown); itk-patch-based takes most of the time,
#                               itk-bilateral can be added
#   --model NAME|FILE           for voxprior (default: mri-t1)
#   --out FOLDER                where results lie (default: build/bench/results); what exists is not measured again, but a new
#                               model or a rebuilt voxprior is
#   --build FOLDER              an existing build to use, instead of building into build/bench
#   --keep                      keep the denoised volumes
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

data="" subjects=0 levels="3 5 9 15" kinds="gaussian rician" model=mri-t1 out="$root/build/bench/results" build="" keep=no
methods="voxprior itk-curvature-anisotropic-diffusion itk-curvature-flow itk-median itk-patch-based dipy-nlmeans dipy-ascm"
# shellcheck source=bench/options.sh
source "$root/bench/options.sh"
read_options "data subjects levels kinds methods model out build" "keep" - "$@"
find_build
find_model

if [ -n "$data" ]; then
  mapfile -t volumes < <(find "$data" -maxdepth 1 \( -name '*.nii' -o -name '*.nii.gz' \) | LC_ALL=C sort)
else
  volumes=("$root/testdata/brain_t1_sub-41.nii.gz")
fi
[ "$subjects" -gt 0 ] && volumes=("${volumes[@]:0:$subjects}")
[ ${#volumes[@]} -gt 0 ] || { echo "denoise.sh: $data: holds no .nii or .nii.gz volume" >&2; exit 3; }

# Results of voxprior are named by the model and the program that made them, so that neither can be mistaken.
edition=$(cat "$model_file" "$voxprior" "$build/bin/libvoxprior_compute.so" | sha256sum | cut -c1-12)

log() { echo "$(date +%H:%M:%S) $*" >&2; }
base_name() { basename "$(basename "$1" .gz)" .nii; }
sigma_of() { /usr/bin/python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["noise"]["sigma"])' "$1"; }
file_of() { if [ "$1" = voxprior ]; then echo "voxprior-$edition"; else echo "$1"; fi; }

# measured COST.json COMMAND...: runs it and notes seconds, memory, and how busy the machine was before.
measured() {
  local cost=$1 load; shift
  read -r load _ < /proc/loadavg
  /usr/bin/time -o "$cost" -f "{\"wall_s\": %e, \"user_s\": %U, \"system_s\": %S, \"peak_kb\": %M, \"load_before\": $load}" \
    "$@" > "${cost%.json}.log" 2>&1 || { tail -n 5 "${cost%.json}.log" >&2; echo "denoise.sh: failed: $*" >&2; exit 1; }
}

# run_method METHOD NOISY OUT SIGMA KIND COST.json
run_method() {
  case "$1" in
    voxprior) measured "$6" "$voxprior" denoise "$2" "$3" --model "$model" --progress none --overwrite ;;
    itk-*) measured "$6" "$build/bin/itk_denoise" "${1#itk-}" "$2" "$3" "$4" "$5" ;;
    dipy-*) measured "$6" "$root/bench/dipy_nlmeans.py" "${1#dipy-}" "$2" "$3" "$4" "$5" ;;
    *) echo "denoise.sh: no method is called '$1'" >&2; exit 2 ;;
  esac
}

score() { "$voxprior" evaluate "$1" "$2" --json "$3" --overwrite --progress none > /dev/null; }

# one_case VOLUME KIND LEVEL: the noisy volume once, then every method on it.
one_case() {
  local clean=$1 kind=$2 level=$3 folder method file sigma
  folder="$out/$(base_name "$clean")/$kind-$level"
  mkdir -p "$folder"
  if [ ! -f "$folder/noisy.score.json" ]; then
    "$voxprior" add-noise "$clean" "$folder/noisy.nii" --kind "$kind" --percent "$level" --seed 1 --overwrite > /dev/null
    score "$clean" "$folder/noisy.nii" "$folder/noisy.score.json"
  fi
  sigma=$(sigma_of "$folder/noisy.voxprior.json")
  for method in $methods; do
    file="$folder/$(file_of "$method")"
    [ -f "$file.score.json" ] && continue
    log "$(base_name "$clean") $kind $level %: $method"
    run_method "$method" "$folder/noisy.nii" "$file.nii" "$sigma" "$kind" "$file.cost.json"
    score "$clean" "$file.nii" "$file.score.json"
    [ "$keep" = yes ] || rm "$file.nii"
  done
}

# no_harm VOLUME: the clean volume through voxprior.
no_harm() {
  local folder file
  folder="$out/$(base_name "$1")/clean"
  file="$folder/voxprior-$edition"
  [ -f "$file.change.json" ] && return
  mkdir -p "$folder"
  log "$(base_name "$1") clean: voxprior"
  measured "$file.cost.json" "$voxprior" denoise "$1" "$file.nii" --model "$model" --progress none --overwrite
  "$root/bench/change.py" "$1" "$file.nii" > "$file.change.part"
  mv "$file.change.part" "$file.change.json"
  [ "$keep" = yes ] || rm "$file.nii"
}

names=()
for volume in "${volumes[@]}"; do
  names+=("$(base_name "$volume")")
  for kind in $kinds; do
    for level in $levels; do one_case "$volume" "$kind" "$level"; done
  done
  case " $methods " in *" voxprior "*) no_harm "$volume" ;; esac
done

"$root/bench/made_by.py" "$made_by" "$voxprior" "$model_file"
echo
# shellcheck disable=SC2086  # the lists are split at blanks on purpose
"$root/bench/results.py" "$out" --edition "$edition" --volumes "${names[@]}" --kinds $kinds --levels $levels
