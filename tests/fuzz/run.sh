#!/usr/bin/env bash
# Builds the fuzz targets with clang and runs each for some seconds, with seeds out of testdata/.
#
#   tests/fuzz/run.sh BUILD_FOLDER SECONDS [TARGET...]
#
# Inputs that found new paths stay in BUILD_FOLDER/corpus, inputs that broke something in BUILD_FOLDER/findings.
# The random seed is 1, so that a build that passed passes again; VOXPRIOR_FUZZ_SEED=0 takes another one each time.
# Exit codes: 0 nothing found, 1 something found, 77 no clang with libFuzzer here.
set -euo pipefail
source_folder=$(cd "$(dirname "$0")/../.." && pwd)
mkdir -p "$1"
build=$(cd "$1" && pwd)
seconds=$2
shift 2
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(nifti text_header raw_array dicom series safetensors)

compiler=""
for candidate in clang++-14 clang++; do
  if command -v "$candidate" >/dev/null &&
    echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' |
      "$candidate" -x c++ -fsanitize=fuzzer,address - -o "$build/probe" 2>/dev/null; then
    compiler=$candidate
    break
  fi
done
if [ -z "$compiler" ]; then
  echo "skipped: no clang with libFuzzer (scripts/setup.sh installs it)"
  exit 77
fi

cmake -G Ninja -S "$source_folder" -B "$build" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DVOXPRIOR_FUZZ=ON -DVOXPRIOR_TESTS=OFF \
  -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_C_COMPILER="${compiler/++/}" >"$build/configure.log"
nice ninja -C "$build" "${targets[@]/%/_fuzz}" >"$build/build.log" || { tail -30 "$build/build.log"; exit 1; }
python3 "$source_folder/tests/fuzz/make_seeds.py" "$source_folder/testdata" "$build/seeds"

# ITK and DCMTK are not instrumented: containers that they fill look overrun to the sanitizer.
export ASAN_OPTIONS=detect_container_overflow=0:detect_leaks=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
found=0
for target in "${targets[@]}"; do
  mkdir -p "$build/corpus/$target" "$build/findings/$target" "$build/seeds/$target"
  "$build/tests/fuzz/${target}_fuzz" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -malloc_limit_mb=1000 -max_len=65536 \
    -print_final_stats=1 -seed="${VOXPRIOR_FUZZ_SEED:-1}" -artifact_prefix="$build/findings/$target/" "$build/corpus/$target" "$build/seeds/$target" \
    >"$build/$target.log" 2>&1 || { found=1; grep -A8 "^SUMMARY" "$build/$target.log" || tail -20 "$build/$target.log"; }
  echo "$target: $(grep -o 'number_of_executed_units: [0-9]*' "$build/$target.log" || echo 'ended early'), $(find "$build/findings/$target" -type f | wc -l) findings"
done
exit $found
