#!/bin/bash
# What bash offers for the last word of a command line, a line each, in order.
# usage: complete.bash FILE WORD...   (FILE: the completion; the last WORD is what is typed so far)
source "$1" || exit 2
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
# Readline breaks words at =, too.
for ((i = 0; i < ${#COMP_WORDS[@]}; i++)); do
    case ${COMP_WORDS[i]} in
    --*=*)
        word=${COMP_WORDS[i]}
        COMP_WORDS=("${COMP_WORDS[@]:0:i}" "${word%%=*}" = "${word#*=}" "${COMP_WORDS[@]:i+1}")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) ;;
    esac
done
export COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
how=$(complete -p "$1") || exit 2
function=${how#*-F }
COMPREPLY=()
"${function%% *}" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\n' "${COMPREPLY[@]}" | sort
