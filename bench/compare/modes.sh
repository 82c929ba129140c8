#!/bin/sh
# Diffusion against GANs on volumes of known modes: docs/diffusion-vs-gan.md.
#   bench/compare/modes.sh OUT [--rare] [options of compare]
set -eu
here=$(dirname "$0")
voxprior=${VOXPRIOR:-voxprior}
out=$1; shift
set_of=balanced; config=modes
if [ "${1:-}" = --rare ]; then set_of=rare; config=rare-modes; shift; fi
mkdir -p "$out"
for part in train:8000:0 holdout:150:1; do
  name=${part%%:*}; rest=${part#*:}
  [ -e "$out/$name/modes.json" ] ||
    "$voxprior" simulate modes "$out/$name" --frequencies $set_of --size 16 --count "${rest%:*}" --seed "${rest#*:}"
done
cp "$here/$config.toml" "$here"/diffusion.toml "$here"/r3gan.toml "$here"/alpha-wgan-gp.toml "$out"
resume=; [ -e "$out/report/comparison.toml" ] && resume=--resume
exec "$voxprior" compare "$out/$config.toml" --out "$out/report" $resume "$@"
