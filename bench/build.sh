#!/usr/bin/env bash
# Installs the peers and builds voxprior and the programs of bench/ into build/bench.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh --bench
cmake -G Ninja -S . -B build/bench -DCMAKE_BUILD_TYPE=Release -DVOXPRIOR_BENCH=ON -DVOXPRIOR_TESTS=OFF
cmake --build build/bench --target voxprior itk_denoise operators_speed recon_quality throughput dicom_read
