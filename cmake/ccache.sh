#!/bin/sh
# The compiler behind ccache. A precompiled header of LibTorch has 320 MB, and ccache would read all of it for each file that uses it,
# which takes as long as compiling the file. It reads the header's .sum instead, which is written here: what went into it.
set -eu
export CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime  # else it refuses files with such a header
export CCACHE_PCH_EXTSUM=1
ccache "$@"
output=
for word; do
  [ "${previous:-}" != -o ] || output=$word
  previous=$word
done
case $output in *.gch) ;; *) exit 0 ;; esac
for word; do  # the same command, as far as the preprocessor
  shift
  if [ "${skip:-}" ]; then skip=; continue; fi
  case $word in -o | -MF | -MT) skip=1 ;; -MD) ;; *) set -- "$@" "$word" ;; esac
done
{ echo "$*"; "$@" -E -P -dD; } | sha256sum > "$output.sum"
