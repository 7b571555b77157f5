#!/usr/bin/python3
"""Writes completion for bash and zsh from what the programs say of themselves.

usage: make_completion.py BITACORA BITACORAD OUT

BITACORA and BITACORAD are the programs: their --help --json has commands, options and values. OUT
gets bash/bitacora, bash/bitacorad, zsh/_bitacora and zsh/_bitacorad.
"""
import json
import os
import re
import subprocess
import sys

ACTIONS = {"file": "_files", "folder": "_files -/", "text": " "}
BASH = r'''# Completion of %(program)s for bash. Written by packaging/completion/make_completion.py.

_%(name)s_options() { # _%(name)s_options COMMAND: its options
    case $1 in
%(options)s
    esac
}

_%(name)s_takes() { # _%(name)s_takes COMMAND OPTION: "file", "folder", "text", "words WORD..."; nothing
    case $1:$2 in
%(takes)s
    esac
}

_%(name)s_operands() { # _%(name)s_operands COMMAND: lines as of takes
    case $1 in
%(operands)s
    esac
}

_%(name)s_members() { # _%(name)s_members KIND: the members of a record of that kind
    case $1 in
%(members)s
    *) ;;
    esac
}

_%(name)s_offer() { # _%(name)s_offer CURRENT TAKES...: offers what begins as the current word does
    local cur=$1 takes=$2
    shift 2
    case $takes in
    file) compopt -o filenames 2>/dev/null; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur") ;;
    folder) compopt -o filenames 2>/dev/null; mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$cur") ;;
    words) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$*" -- "$cur") ;;
    esac
}

_%(name)s() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command='' operands=() i line takes
    COMPREPLY=()
    if [ "$cur" = = ]; then
        cur=''
    elif [ "$prev" = = ]; then
        prev=${COMP_WORDS[COMP_CWORD-2]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
        =) ;;
        -*)
            if [ -n "$(_%(name)s_takes "$command" "${COMP_WORDS[i]#--}")" ]; then
                [ "${COMP_WORDS[i+1]}" = = ] && ((i++))
                ((i++))
            fi ;;
        help) [ -n "$command" ] && operands+=(help) ;;
        *) if [ -z "$command" ]; then command=${COMP_WORDS[i]}; else operands+=("${COMP_WORDS[i]}"); fi ;;
        esac
    done
    takes=$(_%(name)s_takes "$command" "${prev#--}")
    if [ "${prev#--}" != "$prev" ] && [ -n "$takes" ]; then
        # shellcheck disable=SC2086
        _%(name)s_offer "$cur" $takes
    elif [ -z "$command" ]; then
        _%(name)s_offer "$cur" words %(commands)s help --help --version --lang --json
    elif [ "${cur#-}" != "$cur" ]; then
        # shellcheck disable=SC2046
        _%(name)s_offer "$cur" words $(_%(name)s_options "$command") $(_%(name)s_members "${operands[0]}")
    else
        while read -r line; do
            [ "${line%%%% *}" = words ] && [ ${#operands[@]} -gt 0 ] && continue
            # shellcheck disable=SC2086
            _%(name)s_offer "$cur" $line
        done < <(_%(name)s_operands "$command")
    fi
}

complete -F _%(name)s %(program)s
'''
ZSH = r'''#compdef %(program)s
# Completion of %(program)s for zsh. Written by packaging/completion/make_completion.py.

_%(name)s_commands() {
    local -a commands
    if [[ $1 == es ]]; then
        commands=(
%(commands_es)s
        )
    else
        commands=(
%(commands_en)s
        )
    fi
    _describe command commands
}

_%(name)s() {
    local curcontext=$curcontext state line language=en
    local -a common
    [[ ${LC_ALL:-${LC_MESSAGES:-$LANG}} == es* ]] && language=es
    common=('--help' '--version' '--json' '--lang=:en|es:(en es)')
    _arguments -C $common '1: :->command' '*:: :->rest' && return 0
    case $state in
    command) _%(name)s_commands $language ;;
    rest)
        curcontext=${curcontext%%:*:*}:%(program)s-$words[1]:
        case $words[1]:$language in
%(cases)s
        esac ;;
    esac
}

_%(name)s "$@"
'''


def told(program):
    return json.loads(subprocess.run([program, "--help", "--json"], check=True,
                                     stdout=subprocess.PIPE).stdout)


def takes(what):
    """How the values of an option or operand are completed; "" for an option without a value."""
    if what.get("words"):
        return "words " + " ".join(what["words"])
    return what.get("takes", "")


def operands(command):
    """What may stand there besides options: first words as they stand, then files and the like."""
    words, others = [], []
    for form in command["forms"]:
        for word in form:
            if word["is"] == "word":
                words.append(word["text"])
            elif word["is"] == "operand" and word.get("words"):
                words += word["words"]
            elif word["is"] == "operand" and word["takes"] != "text":
                others.append(word["takes"])
    unique = sorted(set(words))
    return (["words " + " ".join(unique)] if unique else []) + sorted(set(others))


def members(program, about):
    """{kind: its members as options} where a command takes them."""
    for command in about["commands"]:
        for word in (w for form in command["forms"] for w in form):
            if word.get("name") == "MEMBERS":
                kinds = [k for w in command["forms"][0] for k in w.get("words", [])]
                return {k: kind_members(program, command["name"], k) for k in kinds}
    return {}


def kind_members(program, command, kind):
    text = subprocess.run([program, command, kind, "--help"], check=True, text=True,
                          stdout=subprocess.PIPE).stdout
    own = text[text.index("\n\n", text.rindex("\n  --help")):]
    return re.findall(r"(?m)^  (--[a-z][a-z0-9_.-]*)", own)


def bash(about, kinds):
    options, values, words, common = [], [], [], {}
    for c in about["commands"]:
        options.append("    %s) echo '%s' ;;" % (c["name"],
                                                 " ".join("--" + o["name"] for o in c["options"])))
        for o in c["options"]:
            common.setdefault(o["name"], {}).setdefault(takes(o), []).append(c["name"])
        if operands(c):
            words.append("    %s) printf '%%s\\n' %s ;;" %
                         (c["name"], " ".join("'%s'" % w for w in operands(c))))
    for name, how in common.items():
        most = max(how, key=lambda t: len(how[t]))
        for text, commands in how.items():
            if text != most:
                values.append("    %s) echo '%s' ;;" % ("|".join("%s:%s" % (c, name)
                                                                 for c in commands), text))
    for name, how in common.items():
        most = max(how, key=lambda t: len(how[t]))
        if most:
            values.append("    *:%s) echo '%s' ;;" % (name, most))
    return BASH % {
        "program": about["program"], "name": about["program"],
        "options": "\n".join(options), "takes": "\n".join(values), "operands": "\n".join(words),
        "members": "\n".join("    %s) echo '%s' ;;" % (k, " ".join(m)) for k, m in kinds.items()),
        "commands": " ".join(c["name"] for c in about["commands"]),
    }


def quoted(text):
    return "'%s'" % text.replace("'", "'\\''")


def zsh_text(text):
    return re.sub(r"([\[\]:\\])", r"\\\1", text)


def zsh_option(o, language):
    text = "--" + o["name"]
    meaning = "[%s]" % zsh_text(o["meaning"][language])
    if "value" not in o:
        return quoted(text + meaning)
    action = "(%s)" % " ".join(o["words"]) if o.get("words") else ACTIONS[o["takes"]]
    return quoted("%s=%s:%s:%s" % (text, meaning, zsh_text(o["value"][language]), action))


def zsh_operands(command):
    lines = operands(command)
    words = [l[6:] for l in lines if l.startswith("words ")]
    files = [ACTIONS[l] for l in lines if not l.startswith("words ")]
    if words and files:
        first = "_alternative 'words:word:(%s)' 'files:file:%s'" % (words[0], files[0])
        return [quoted("1: :{%s}" % first), quoted("*: :%s" % files[0])]
    if words:
        return [quoted("1: :(%s)" % words[0]), quoted("*: : ")]
    return [quoted("*: :%s" % files[0])] if files else []


def zsh_case(command, kinds, language):
    rows = [zsh_option(o, language) for o in command["options"]] + zsh_operands(command)
    if any(w.get("name") == "MEMBERS" for form in command["forms"] for w in form):
        rows += [quoted("%s=: : " % m) for m in sorted({m for k in kinds.values() for m in k})]
    return "        %s:%s)\n            _arguments \\\n                %s ;;" % (
        command["name"], language, " \\\n                ".join(rows))


def zsh(about, kinds):
    lines = {language: "\n".join(
        "            " + quoted("%s:%s" % (c["name"], c["summary"][language].replace(":", "\\:")))
        for c in about["commands"]) for language in ("en", "es")}
    return ZSH % {
        "program": about["program"], "name": about["program"],
        "commands_en": lines["en"], "commands_es": lines["es"],
        "cases": "\n".join(zsh_case(c, kinds, language) for language in ("en", "es")
                           for c in about["commands"]),
    }


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    out = sys.argv[3]
    for program in sys.argv[1:3]:
        about = told(program)
        kinds = members(program, about)
        name = about["program"]
        write(os.path.join(out, "bash", name), bash(about, kinds))
        write(os.path.join(out, "zsh", "_" + name), zsh(about, kinds))


if __name__ == "__main__":
    main()
