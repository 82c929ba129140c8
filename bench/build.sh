#!/usr/bin/env bash
# Installs the peers and builds voxprior and the programs of bench/ into build/bench.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh --bench
cmake --preset bench
cmake --build --preset bench
