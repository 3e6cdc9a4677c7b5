
# Names of networks, interfaces and policies, for arguments without a dash. Never files.
_macveil_offer() {
    local name
    while IFS= read -r name; do
        [[ -n $name && $name == "$cur"* ]] && COMPREPLY+=("$(printf %q "$name")")
    done
}

_macveil_values() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}
    local index words=0 kind=
    COMPREPLY=()
    if ((COMP_CWORD == 1)) || [[ $cur == -* ]]; then
        _macveil "$@"
        return
    fi
    case $prev in
        --iface) kind=interfaces ;;
        --ssid) kind=networks ;;
        --now | --hex | --json | --dry-run | --unset | --preserve | --verbose | --brief | --watch) ;;
        -*)
            _macveil "$@"
            return
            ;;
    esac
    for ((index = 2; index < COMP_CWORD; index++)); do
        [[ ${COMP_WORDS[index]} == -* ]] || ((words++))
    done
    if [[ -z $kind ]]; then
        case $command,$words in
            policy,0 | trust,0 | reroll,0 | explain,0) kind=networks ;;
            policy,1 | set,1) kind=policies ;;
            status,0 | scan,0 | rotate,0 | pause,0 | resume,0 | events,0 | networks,0 | doctor,0 | set,0)
                kind=interfaces
                ;;
            audit,* | import,* | help,*)
                _macveil "$@"
                return
                ;;
        esac
    fi
    case $kind in
        networks) _macveil_offer < <(macveil networks --names 2>/dev/null) ;;
        interfaces) _macveil_offer < <(cd /sys/class/net && printf '%s\n' *) ;;
        policies) _macveil_offer < <(printf '%s\n' permanent preserve random stable stable-ssid) ;;
    esac
}

complete -F _macveil_values macveil
