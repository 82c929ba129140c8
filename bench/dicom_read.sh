#!/usr/bin/env bash
# How fast a CT series is read: voxprior's reader alone (no output) and `voxprior convert DIR out.nii` beside `dcm2niix -z n` on the
# same files, 300 slices of 512 x 512, explicit little endian, made from a real series by repeating its slices at new positions.
# Prints a Markdown table. BUILD/bin holds voxprior and dicom_read (bench/build.sh).
#
#   bench/dicom_read.sh --ct FOLDER [--build FOLDER] [--slices N] [--repeats N] [--out FOLDER]
#
# FOLDER holds one axial CT series, equally spaced; the series made of it is kept in --out and used again. The run with the least
# processor time counts, the programs taking turns: on a machine that does other work, wall seconds say how busy it was.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)

ct="" build="$root/build/bench" slices=300 repeats=5 out="$root/build/bench/results"
# shellcheck source=bench/options.sh
source "$root/bench/options.sh"
read_options "ct build slices repeats out" "" - "$@"
[ -n "$ct" ] || { echo "dicom_read.sh: --ct FOLDER is missing; see --help" >&2; exit 2; }

voxprior=$(realpath "$build")/bin/voxprior

make_series() {  # copies of the slices, decompressed, each block of copies moved on along z by the height of the original
  local files=("$ct"/*) z_values step block n z source
  for source in "${files[@]}"; do
    z=$(dcmdump +P 0020,0032 "$source" | sed 's/.*\[\(.*\)\].*/\1/')
    echo "$z"
  done > positions.txt
  step=$(awk -F'\\' '{print $3}' positions.txt | sort -g | awk 'NR == 2 {print $1 - first} NR == 1 {first = $1}')
  mapfile -t z_values < positions.txt
  rm -rf series && mkdir series
  for ((n = 0; n < slices; ++n)); do
    source=$((n % ${#files[@]})) block=$((n / ${#files[@]}))
    dcmdjpls "${files[source]}" series/$n.dcm 2> /dev/null || dcmconv +te "${files[source]}" series/$n.dcm
    z=$(awk -F'\\' -v shift="$block" -v step="$step" -v count="${#files[@]}" '{printf "%s\\%s\\%.4f", $1, $2, $3 + shift * step * count}' \
      <<< "${z_values[source]}")
    dcmodify -nb -m "0020,0032=$z" -m "0008,0018=1.2.826.0.1.3680043.10.1.$((n + 1))" \
      -m "0020,000e=1.2.826.0.1.3680043.10.2" series/$n.dcm
  done
}

timed() {  # NAME COMMAND...: appends wall, user and system seconds
  local name=$1; shift
  /usr/bin/time -a -o times.txt -f "$name %e %U %S" "$@" > /dev/null 2> log.txt || { cat log.txt >&2; exit 1; }
}

mkdir -p "$out/dicom_read"
cd "$out/dicom_read"
[ -d series ] && [ "$(find series -name '*.dcm' | wc -l)" = "$slices" ] || make_series
rm -f times.txt
read -r load _ < /proc/loadavg
for ((n = 0; n < repeats; ++n)); do
  timed read sh -c 'cat series/*'
  # Each twice in a row: the second time it finds memory that was just given back, where a virtual machine may otherwise
  # have to fetch some from its host.
  for name in voxprior-read voxprior-read voxprior-convert voxprior-convert dcm2niix dcm2niix; do
    rm -rf made && mkdir made
    case $name in
      voxprior-read) timed $name "${voxprior%voxprior}dicom_read" series ;;
      voxprior-convert) timed $name "$voxprior" convert series made/out.nii ;;
      dcm2niix) timed $name dcm2niix -z n -b n -f out -o made series ;;
    esac
  done
done

bytes=$(du -cb series/*.dcm | tail -1 | cut -f1)
echo "Made by \`bench/dicom_read.sh\` on $(date -u +%F) with $("$voxprior" --version), $(dcm2niix --version | head -1)." \
  "$slices files, $((bytes / 1000000)) MB, in the page cache; the NIfTI file written is not compressed. Least processor time of $((2 * repeats)) runs;" \
  "load average of the machine before: $load on $(nproc) cores."
echo
echo "| | CPU s | of it in the program | of it in the kernel | wall s of that run |"
echo "|---|---:|---:|---:|---:|"
declare -A labels=(
  [read]="\`cat\` of all files"
  [dcm2niix]="dcm2niix: reads, writes NIfTI"
  [voxprior-read]="voxprior: reads, checks every byte's length, converts to float"
  [voxprior-convert]="\`voxprior convert\`: the same, writes NIfTI, waits until they are on disk (fsync)"
)
for name in read dcm2niix voxprior-read voxprior-convert; do
  label=${labels[$name]}
  awk -v name="$name" -v label="$label" '
    $1 == name && (!found || $3 + $4 < user + kernel) { found = 1; wall = $2; user = $3; kernel = $4 }
    END { printf "| %s | %.2f | %.2f | %.2f | %.2f |\n", label, user + kernel, user, kernel, wall }' times.txt
done
