#!/bin/sh
# Diffusion against GANs on brains of 4 mm: docs/diffusion-vs-gan.md.
#   bench/compare/brains.sh BRAINS OUT [options of compare]     BRAINS: skull-stripped volumes on one grid of 2 mm
# Every third subject is held out; volumes are averaged over blocks of 2x2x2 voxels.
set -eu
here=$(dirname "$0")
voxprior=${VOXPRIOR:-voxprior}
brains=$1; out=$2; shift 2
mkdir -p "$out/train" "$out/holdout"
n=0
for file in "$brains"/*.nii.gz; do
  n=$((n + 1))
  part=train; [ $((n % 3)) -ne 0 ] || part=holdout
  [ -e "$out/$part/$(basename "$file")" ] || python3 "$here/halve.py" "$file" "$out/$part/$(basename "$file")"
done
cp "$here/brains.toml" "$out"
cp "$here"/brain-*.toml "$out"
resume=; [ -e "$out/report/comparison.toml" ] && resume=--resume
exec "$voxprior" compare "$out/brains.toml" --out "$out/report" $resume "$@"
