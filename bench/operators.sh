#!/bin/bash
# bench/operators.sh: the time of our measurement operators, then of the peers' on the same sizes (Debian packages bart,
# plastimatch and python3-skimage). Build first: bench/build.sh. Compare processor times (user + sys) on a busy machine.
set -euo pipefail
threads=${1:-2}
program=$(realpath "$(dirname "$0")/../build/bench/bin/operators_speed")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
export OMP_NUM_THREADS=$threads

"$program" "$threads"

echo
echo "BART: conjugate gradients on 160 x 192 x 160 with 8 coils; an iteration is a tenth of the difference of the two"
bart zeros 4 160 192 160 8 zeros
bart noise zeros kspace
bart ones 4 160 192 160 8 maps
for iterations in 1 11; do
  TIMEFORMAT="$iterations iterations: user %U sys %S clock %R"
  time bart pics -l2 -r0.01 -w1 -i"$iterations" kspace maps image >/dev/null
done

echo
echo "scikit-image: iradon, 512 x 512 from 360 views of 729"
/usr/bin/python3 - <<'PYTHON'
import time
import numpy as np
from skimage.transform import iradon
sinogram = np.random.rand(729, 360).astype(np.float32)
for _ in range(2):
    start = time.process_time()
    iradon(sinogram, theta=np.arange(360) * 0.5, output_size=512, filter_name="hann", circle=True)
    seconds = time.process_time() - start
print(f"processor {seconds:.2f} s")
PYTHON

echo
echo "plastimatch: fdk, 128^3 from 180 views of 128 x 192, the whole process with reading and writing"
plastimatch synth --pattern sphere --radius 50 --dim 128 --spacing 1.5 --output sphere.mha >/dev/null
mkdir views
plastimatch drr -a 180 -N 2 -r "128 192" -z "288 432" --sad 600 --sid 900 -t pfm -i uniform -O views/view sphere.mha >/dev/null
TIMEFORMAT="user %U sys %S clock %R"
time plastimatch fdk -I views -O fdk.mha -r "128 128 128" -z "192 192 192" >/dev/null
