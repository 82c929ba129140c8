#!/usr/bin/env bash
# A DICOM series through `denoise` and back: the derived series is validated beside its source, compared with it slice by
# slice, and shown.
#
#   bench/dicom_there_and_back.sh IN_FOLDER OUT_FOLDER [--model NAME|FILE] [--series N|UID] [--build FOLDER]
#
# Leaves in OUT_FOLDER: derived/ (the series), preview.png (before, after, residual), report.md (also on stdout).
# Needs dciodvfy and dcentvfy (dicom3tools), dcmdump (dcmtk). Exit code 1 when a check fails.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
[ $# -ge 2 ] || { sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"; exit 2; }
source_folder=$1 out=$2
shift 2
build="$root/build/release" model=auto choices=()
while [ $# -gt 0 ]; do
  case "$1" in
    --model) model=$2; shift 2 ;;
    --series) choices=(--series "$2"); shift 2 ;;
    --build) build=$2; shift 2 ;;
    *) echo "dicom_there_and_back.sh: unknown option $1" >&2; exit 2 ;;
  esac
done
mkdir -p "$out"
failed=0
check() {  # what, whether it holds
  if [ "$2" = yes ]; then echo "- $1: yes"; else echo "- $1: **NO**"; failed=1; fi
}
# Messages of dciodvfy without what differs from file to file.
errors_of() {  # dciodvfy exits with 1 for a file in error, and so does xargs
  find "$1" -type f ! -name '*.json' -print0 | { xargs -0 -n1 dciodvfy 2>&1 || true; } | { grep '^Error' || true; } | sort -u
}
tag_of() { dcmdump +P "$2" -q "$1" 2>/dev/null | sed -n 's/^[^[]*\[\([^]]*\)\].*/\1/p' | sed -n 1p; }
positions_of() { find "$1" -type f ! -name '*.json' -print0 | xargs -0 dcmdump +P 0020,0032 -q | sed -n 's/.*\[\(.*\)\].*/\1/p' | sort; }

start=$(date +%s.%N)
"$build/bin/voxprior" denoise "$source_folder" "$out/derived" --model "$model" "${choices[@]}" --preview "$out/preview.png" --overwrite \
  --progress none >"$out/denoise.log"
seconds=$(echo "$(date +%s.%N) - $start" | bc)

# One series is written as files in the folder itself, several as a folder each: this script is for one.
first=$(find "$out/derived" -type f ! -name '*.json' | sort | sed -n 1p)
original=$(find "$source_folder" -type f | sort | sed -n 1p)
{
  echo "# $(basename "$source_folder") through \`denoise\` and back"
  echo
  sed 's/^/    /' "$out/denoise.log"
  echo
  echo "$(find "$out/derived" -type f ! -name '*.json' | wc -l) instances in ${seconds%.*} s."
  echo
  same=yes
  for attribute in StudyInstanceUID FrameOfReferenceUID PatientID StudyDate Modality; do
    [ "$(tag_of "$original" $attribute)" = "$(tag_of "$first" $attribute)" ] || same=no
  done
  check "the derived series lies in the study, patient and frame of reference of its source" $same
  check "it has a SeriesInstanceUID of its own" "$([ "$(tag_of "$original" SeriesInstanceUID)" != "$(tag_of "$first" SeriesInstanceUID)" ] && echo yes || echo no)"
  positions_of "$source_folder" >"$out/positions.source"
  positions_of "$out/derived" >"$out/positions.derived"
  check "every slice has the position of a source slice, as written" "$(cmp -s "$out/positions.source" "$out/positions.derived" && echo yes || echo no)"
  errors_of "$source_folder" >"$out/errors.source"
  errors_of "$out/derived" >"$out/errors.derived"
  new=$(comm -13 "$out/errors.source" "$out/errors.derived" | wc -l)
  check "dciodvfy: no error line that the source has not ($(wc -l <"$out/errors.source") kinds in the source, $(wc -l <"$out/errors.derived") here)" "$([ "$new" = 0 ] && echo yes || echo no)"
  comm -13 "$out/errors.source" "$out/errors.derived" | sed 's/^/    /'
  find "$source_folder" "$out/derived" -type f ! -name '*.json' | sort >"$out/files.both"
  find "$source_folder" -type f | sort >"$out/files.source"
  dcentvfy -f "$out/files.source" >"$out/entities.source" 2>&1 || true
  dcentvfy -f "$out/files.both" >"$out/entities.both" 2>&1 || true
  check "dcentvfy over source and derived files together says no more than over the source" "$([ "$(wc -l <"$out/entities.both")" -le "$(wc -l <"$out/entities.source")" ] && echo yes || echo no)"
} | tee "$out/report.md"
grep -q '\*\*NO\*\*' "$out/report.md" && failed=1
exit $failed
