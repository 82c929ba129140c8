#!/usr/bin/env bash
# The compiler behind ccache. Names below the source folder count as relative, so that another clone finds what this one compiled.
# A precompiled header holds absolute names and is made anew in each clone; ccache reads its .sum instead of its hundreds of megabytes:
# the command and what every file in it says.
set -euo pipefail
root=${0%/cmake/ccache.sh}

case " $* " in
  *" -emit-pch "* | *" c++-header "*)
    "$@"
    arguments=("$@")
    for ((i = 0; i < $#; ++i)); do
      case ${arguments[i]} in -o) output=${arguments[i + 1]} ;; -MF) dependencies=${arguments[i + 1]} ;; esac
    done
    { echo "${*//$root/}"; sed 's/^[^ ]*: //; s/\\$//' "$dependencies" | xargs cat; } | sha256sum > "$output.sum"
    ;;
  *)
    export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
    export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime  # else it refuses files with such a header
    export CCACHE_PCH_EXTSUM=1
    exec ccache "${@/#$PWD\//}"  # ccache does not know that what follows -Xclang is a name
    ;;
esac
