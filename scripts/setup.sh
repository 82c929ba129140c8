#!/usr/bin/env bash
# Installs what voxprior needs on Debian 12. The only place where packages are named.
#
#   scripts/setup.sh            what building, the demo and the tests need
#   scripts/setup.sh --bench    also what bench/ compares with
#   scripts/setup.sh --list     print the packages and install nothing
set -euo pipefail
cd "$(dirname "$0")/.."

build=(
  build-essential clang-14 lld-14 cmake ninja-build ccache  # clang builds in half of GCC's time: LibTorch's precompiled header costs it a quarter
  libtorch-dev libgloo-dev libopenblas0-openmp            # without openblas0-openmp LibTorch multiplies matrices 30 times slower
  libinsighttoolkit5-dev libdcmtk-dev libopenjp2-7-dev pkg-config libboost-program-options-dev
  libismrmrd-dev libhdf5-dev libpugixml-dev
  libpng-dev zlib1g-dev libeigen3-dev nlohmann-json3-dev libtomlplusplus-dev
  libsqlite3-dev libcpp-httplib-dev           # the DICOM node: its queue, its /metrics
)
command -v npm >/dev/null || build+=(npm)     # for the viewer, below; a machine with another Node.js keeps it
tests=(libgtest-dev libgmock-dev dcm2niix dicom3tools dcmtk orthanc openssl chromium slurmctld slurmd slurm-client munge)
tests+=(libclang-rt-14-dev python3)           # tests/fuzz
bench=(python3-dipy python3-nibabel dcmtk dcm2niix time bart plastimatch python3-skimage python3-pil)

packages=("${build[@]}" "${tests[@]}")
case "${1:-}" in
  "") ;;
  --bench) packages+=("${bench[@]}") ;;
  --list) printf '%s\n' "${packages[@]}"; exit 0 ;;
  *) echo "setup.sh: unknown option $1; --bench or --list" >&2; exit 2 ;;
esac

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -ne 0 ]; then
  as_root=()
  if [ "$(id -u)" -ne 0 ]; then as_root=(sudo); fi
  echo "installing: ${missing[*]}"
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

# NiiVue, the viewer in the pages of `voxprior report`: version and hash are in package-lock.json. Nothing else needs it, so that a
# machine without a way to npm builds all the same; pages then have pictures only, and say so.
viewer=workflows/report/viewer
if ! cmp -s $viewer/package-lock.json $viewer/node_modules/.installed-lock; then
  echo "installing: NiiVue"
  if npm ci --prefix $viewer --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error; then
    cp $viewer/package-lock.json $viewer/node_modules/.installed-lock
  else
    echo "setup.sh: NiiVue could not be installed from npm: pages of voxprior report will have no viewer" >&2
  fi
fi
