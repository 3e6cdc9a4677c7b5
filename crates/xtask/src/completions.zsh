_macveil_networks() {
    local -a names=("${(@f)$(macveil networks --names 2>/dev/null)}")
    compadd -a names
}

_macveil_interfaces() {
    local -a names=(/sys/class/net/*(N:t))
    compadd -a names
}
