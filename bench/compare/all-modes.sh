#!/bin/sh
# Does diffusion find every mode, given half an hour of one core? docs/diffusion-vs-gan.md.
#   bench/compare/all-modes.sh OUT [--rare]
set -eu
here=$(dirname "$0")
voxprior=${VOXPRIOR:-voxprior}
case ${2:-} in
  '') set_of=balanced ;;
  --rare) set_of=rare ;;
  *) echo "$0: '$2' is not --rare" >&2; exit 2 ;;
esac
mkdir -p "$1/model" "$1/samples"
MODES=$(cd "$1" && pwd); export MODES
"$here/mode-volumes.sh" "$MODES" $set_of
resume=; [ -e "$MODES/run/checkpoint.safetensors" ] && resume=--resume
"$voxprior" train diffusion "$here/all-modes.toml" --out "$MODES/run" $resume --threads 1
cp "$MODES/run/model.safetensors" "$MODES/model/coarse.safetensors"
"$voxprior" synth "$MODES/samples" --model "$MODES/model" --count 2000 --seed 0 --resume --threads 1
"$voxprior" evaluate "$MODES/holdout" "$MODES/samples" --modes
