#!/usr/bin/env bash
# Installs the packages and builds into build/release: everything, or the targets named as arguments.
# Called by demo.sh and test.sh; may be called again.
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
cmake --preset release
cmake --build --preset release ${1:+--target "$@"}
