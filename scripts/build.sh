#!/usr/bin/env bash
# Installs the packages and builds everything into build/release. Called by demo.sh and test.sh; may be called again.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
cmake --preset release
cmake --build --preset release
