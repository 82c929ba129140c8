#!/bin/sh
# Volumes of known modes to train on (8000) and held out (150), unless they are there.
#   bench/compare/mode-volumes.sh OUT balanced|rare
set -eu
voxprior=${VOXPRIOR:-voxprior}
for part in train:8000:0 holdout:150:1; do
  name=${part%%:*}; rest=${part#*:}
  [ -e "$1/$name/modes.json" ] ||
    "$voxprior" simulate modes "$1/$name" --frequencies "$2" --size 16 --count "${rest%:*}" --seed "${rest#*:}"
done
