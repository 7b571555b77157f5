#!/usr/bin/zsh -f
# What zsh offers for the last word of a command line, a line each, in order: an interactive zsh in a
# pseudo-terminal is sent the line and a tab, and says each match instead of showing it.
# usage: complete.zsh FOLDER LINE   (FOLDER: with the completions)
zmodload zsh/zpty || exit 2
zpty z zsh -f -i
inside=$(mktemp)
cat >$inside <<'INSIDE'
PROMPT=
bindkey '^M' undefined
bindkey '^J' undefined
bindkey '^I' complete-word
begin-or-end () { print -r - '=====' }
compprefuncs=( begin-or-end )
comppostfuncs=( begin-or-end exit )
zstyle ':completion:*' list-grouped false
zstyle ':completion:*' insert-tab false
compadd () {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
        builtin compadd "$@"
        return
    fi
    local -a matches
    builtin compadd -A matches "$@"
    (( $#matches )) && print -rl - "| "$^matches
    builtin compadd "$@"
}
print ready
INSIDE
zpty -w z "fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; source $inside"
while zpty -r z line; do [[ $line == ready* ]] && break; done
zpty -w -n z "$2"$'\t'
while zpty -r z line; do
    line=${line%%$'\r'*}
    [[ $line == '=====' ]] && (( seen++ ))
    [[ $line == '| '* ]] && print -r - "${line#| }"
    (( seen == 2 )) && break
done | sort -u
zpty -d z
rm -f $inside
