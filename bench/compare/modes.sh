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
"$here/mode-volumes.sh" "$out" $set_of
cp "$here/$config.toml" "$here"/diffusion.toml "$here"/r3gan.toml "$here"/alpha-wgan-gp.toml "$out"
resume=; [ -e "$out/report/comparison.toml" ] && resume=--resume
exec "$voxprior" compare "$out/$config.toml" --out "$out/report" $resume "$@"
