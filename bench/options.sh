# What the scripts here share: reading their options, the build that they measure and the model. For `source`, with $root set.
# shellcheck shell=bash disable=SC2034,SC2154  # variables are those of the script

# read_options "VALUED" "FLAGS" LIST ARGUMENTS...: `--name VALUE` of one of VALUED sets the variable of that name, a flag sets its
# variable to yes, other words go to the array LIST ("-": they are refused). --help prints the comment at the top of the script.
# $made_by becomes what a table tells of the command line: no folders of this machine.
read_options() {
  local valued=" $1 " flags=" $2 " list=$3 script=${0##*/} name
  [ "$list" = - ] || local -n words=$list
  shift 3
  made_by="bench/$script"
  while [ $# -gt 0 ]; do
    name=${1#--}
    if [ "$1" = --help ]; then
      sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"
      exit 0
    elif [[ $1 == --* && $flags == *" $name "* ]]; then
      declare -g "$name=yes"
      tell_option "$name"
      shift
    elif [[ $1 == --* && $valued == *" $name "* ]]; then
      [ $# -ge 2 ] || { echo "$script: $1 needs a value; see --help" >&2; exit 2; }
      declare -g "$name=$2"
      tell_option "$name" "$2"
      shift 2
    elif [[ $1 != -* && $list != - ]]; then
      words+=("$1")
      made_by+=" ${1##*/}"
      shift
    else
      echo "$script: unknown option $1; see --help" >&2
      exit 2
    fi
  done
}

# tell_option NAME [VALUE]: appends it to $made_by.
tell_option() {
  case "$1" in
    out | build | keep) ;;
    data) made_by+=" --data $(realpath "$2" | grep -o '[^/]*/[^/]*$')" ;;
    model) made_by+=" --model ${2##*/}" ;;
    *) if [[ ${2-} == *" "* ]]; then made_by+=" --$1 \"$2\""; else made_by+=" --$1${2+ $2}"; fi ;;
  esac
}

# find_build: without --build what is in build/bench, made first. Sets $build and $voxprior.
find_build() {
  if [ -z "$build" ]; then
    build="$root/build/bench"
    "$root/bench/build.sh" >&2
  fi
  build=$(realpath "$build")
  voxprior="$build/bin/voxprior"
}

# find_model: --model names a file or a shipped model. Sets $model_file.
find_model() {
  model_file=$(realpath -m "$model")
  [ -f "$model_file" ] || model_file="$root/models/pretrained/$model.safetensors"
  [ -f "$model_file" ] && return
  echo "${0##*/}: $model: no such model in models/pretrained/ and no such file; check --model" >&2
  exit 4
}
