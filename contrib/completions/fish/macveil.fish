# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_macveil_global_optspecs
    string join \n h/help V/version
end

function __fish_macveil_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_macveil_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_macveil_using_subcommand
    set -l cmd (__fish_macveil_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c macveil -n "__fish_macveil_needs_command" -s h -l help -d 'Print help'
complete -c macveil -n "__fish_macveil_needs_command" -s V -l version -d 'Print version'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "run" -d 'Protect the Wi-Fi cards of this machine until told to stop (the daemon)'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "status" -d 'Say what each interface is doing, and what cannot be kept'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "check" -d 'Validate the configuration'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "explain" -d 'Say which address a network would get, and why'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "generate" -d 'Print an address; needs no privilege'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "import" -d 'Take over NetworkManager\'s settings, so that every address stays the same'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "set" -d 'Change an interface\'s address once'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "policy" -d 'Show or set which address a network gets'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "trust" -d 'Use the card\'s own address in a network'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "reroll" -d 'Give a network another address'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "scan" -d 'Scan all channels now, masked, and say which networks were heard'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "rotate" -d 'Take another mask now, and other addresses where chance or time chooses them'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "pause" -d 'Neither scan nor join anything until resumed; the card stays protected'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "resume" -d 'End a pause'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "events" -d 'Say what happens from now on, a line each, until interrupted or until the daemon ends'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "audit" -d 'Say whether a capture of the air gives stations away'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "doctor" -d 'Say what kernel, driver, supplicant and everything around them can and cannot keep'
complete -c macveil -n "__fish_macveil_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c macveil -n "__fish_macveil_using_subcommand run" -l config -d 'Read this configuration instead of /etc/macveil/macveil.toml and its drop-ins' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand run" -s h -l help -d 'Print help'
complete -c macveil -n "__fish_macveil_using_subcommand status" -l socket -d 'The daemon\'s socket (default: `control` in the runtime-dir of the configuration)' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand status" -l watch -d 'Go on saying it until interrupted; in JSON, a line for each change'
complete -c macveil -n "__fish_macveil_using_subcommand status" -l json -d 'Answer in JSON, as docs/control-socket.md has it'
complete -c macveil -n "__fish_macveil_using_subcommand status" -s h -l help -d 'Print help'
complete -c macveil -n "__fish_macveil_using_subcommand check" -l config -d 'Check this file alone instead of /etc/macveil/macveil.toml and its drop-ins' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand check" -l json -d 'Answer in JSON'
complete -c macveil -n "__fish_macveil_using_subcommand check" -s h -l help -d 'Print help'
complete -c macveil -n "__fish_macveil_using_subcommand explain" -l iface -d 'The interface (default: the first one that macveil manages)' -r
complete -c macveil -n "__fish_macveil_using_subcommand explain" -l permanent -d 'The permanent address of a card that is not in this machine' -r
complete -c macveil -n "__fish_macveil_using_subcommand explain" -l bssid -d 'The BSS, for rules that ask for it' -r
complete -c macveil -n "__fish_macveil_using_subcommand explain" -l security -d 'How the network is joined: open, owe, wep, psk, sae, eap' -r
complete -c macveil -n "__fish_macveil_using_subcommand explain" -l id-str -d 'The network\'s `id_str` in the configuration of wpa_supplicant' -r
complete -c macveil -n "__fish_macveil_using_subcommand explain" -l at -d 'When the association would begin (default: now): local time, or `@SECONDS` since 1970' -r
complete -c macveil -n "__fish_macveil_using_subcommand explain" -l config -d 'Read this configuration alone instead of /etc/macveil/macveil.toml and its drop-ins' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand explain" -l wire -d 'There is no name, because the interface is none of Wi-Fi\'s'
complete -c macveil -n "__fish_macveil_using_subcommand explain" -l hex -d 'The name is in hexadecimal'
complete -c macveil -n "__fish_macveil_using_subcommand explain" -l json -d 'Answer in JSON'
complete -c macveil -n "__fish_macveil_using_subcommand explain" -s h -l help -d 'Print help'
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l ssid -d 'The network\'s name' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l ssid-hex -d 'The network\'s name in hexadecimal' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l uuid -d 'The connection\'s UUID' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l stable-id -d 'What `stable` is derived from' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l ifname -d 'The interface\'s name' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l key-file -d 'The file of the key' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l host-id -d 'What is hashed for the key, in place of a file and the machine' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l machine-id -d 'The machine\'s identity (default: this machine\'s; empty: none)' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l boot-id -d 'The boot\'s identity (default: this boot\'s)' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l permanent -d 'The card\'s permanent address' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l initial -d 'The address that the card had at first (default: the permanent one)' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l current -d 'The address that the card has (default: the initial one)' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l mask -d 'Bits that are not left to chance: MASK [ADDRESS|preserve]...' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l binding -d 'What else a stable address hangs on: interface, card, host' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l security -d 'Make a stable address hang on how the network is joined: open, owe, wep, psk, sae, eap' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l slap -d 'The quadrant of the local address space: any, aai' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l generation -d 'How often the stable address was renewed (`rotate`, `macveil reroll`)' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l at -d 'When the association begins: `2016-08-22 6:00:00` in local time, or `@SECONDS` since 1970' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l zone -d 'The local time\'s zone, a file of /usr/share/zoneinfo (default: this machine\'s)' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l count -d 'How many addresses to print' -r
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l wire -d 'There is neither name nor UUID, because it is a wire'
complete -c macveil -n "__fish_macveil_using_subcommand generate" -l json -d 'Answer in JSON'
complete -c macveil -n "__fish_macveil_using_subcommand generate" -s h -l help -d 'Print help'
complete -c macveil -n "__fish_macveil_using_subcommand import; and not __fish_seen_subcommand_from networkmanager help" -s h -l help -d 'Print help'
complete -c macveil -n "__fish_macveil_using_subcommand import; and not __fish_seen_subcommand_from networkmanager help" -f -a "networkmanager" -d 'Take over NetworkManager\'s profiles, defaults and key, so that every address stays the same'
complete -c macveil -n "__fish_macveil_using_subcommand import; and not __fish_seen_subcommand_from networkmanager help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c macveil -n "__fish_macveil_using_subcommand import; and __fish_seen_subcommand_from networkmanager" -l root -d 'Work on the system whose files are below this directory' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand import; and __fish_seen_subcommand_from networkmanager" -l nm-version -d 'NetworkManager\'s version (default: that of its plug-ins; else the newest)' -r
complete -c macveil -n "__fish_macveil_using_subcommand import; and __fish_seen_subcommand_from networkmanager" -l unset-policy -d 'What NetworkManager did where neither profile nor configuration says a policy (default: preserve, before 1.6 permanent)' -r
complete -c macveil -n "__fish_macveil_using_subcommand import; and __fish_seen_subcommand_from networkmanager" -l dry-run -d 'Write nothing; print what would be written'
complete -c macveil -n "__fish_macveil_using_subcommand import; and __fish_seen_subcommand_from networkmanager" -l replace-key -d 'Let NetworkManager\'s key replace another one that macveil has made already'
complete -c macveil -n "__fish_macveil_using_subcommand import; and __fish_seen_subcommand_from networkmanager" -l json -d 'Answer in JSON'
complete -c macveil -n "__fish_macveil_using_subcommand import; and __fish_seen_subcommand_from networkmanager" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c macveil -n "__fish_macveil_using_subcommand import; and __fish_seen_subcommand_from help" -f -a "networkmanager" -d 'Take over NetworkManager\'s profiles, defaults and key, so that every address stays the same'
complete -c macveil -n "__fish_macveil_using_subcommand import; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c macveil -n "__fish_macveil_using_subcommand set" -s m -l mac -d 'This address' -r
complete -c macveil -n "__fish_macveil_using_subcommand set" -s l -l list -d 'Only list the vendors that are known (whose name or prefix has KEYWORD in it)' -r
complete -c macveil -n "__fish_macveil_using_subcommand set" -l mask -d 'Bits of `random` and `stable` that are kept: MASK [ADDRESS|preserve]..., from the permanent address (or the current one, where there is none) unless addresses are given' -r
complete -c macveil -n "__fish_macveil_using_subcommand set" -l stable-id -d 'What `stable` is derived from' -r
complete -c macveil -n "__fish_macveil_using_subcommand set" -l ssid -d 'The network\'s name for `stable-ssid`' -r
complete -c macveil -n "__fish_macveil_using_subcommand set" -l binding -d 'What else a stable address hangs on: interface, card, host' -r
complete -c macveil -n "__fish_macveil_using_subcommand set" -l key-file -d 'The file of the key for stable addresses' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand set" -l vendor-list -d 'Read vendors from this file instead of what the distribution has' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand set" -s p -l permanent -d 'The address that the card came with'
complete -c macveil -n "__fish_macveil_using_subcommand set" -s r -l random -d 'A random address'
complete -c macveil -n "__fish_macveil_using_subcommand set" -s e -l ending -d 'A random address that keeps the vendor part, the first three bytes, of the current one'
complete -c macveil -n "__fish_macveil_using_subcommand set" -s a -l another -d 'A random address of another vendor of the same kind: on a radio, one that makes Wi-Fi cards'
complete -c macveil -n "__fish_macveil_using_subcommand set" -s A -l any -d 'A random address of any vendor'
complete -c macveil -n "__fish_macveil_using_subcommand set" -s s -l show -d 'Only say which addresses the interface has'
complete -c macveil -n "__fish_macveil_using_subcommand set" -s b -l bia -d 'With a random address: pretend that it is burnt in (U/L bit clear)'
complete -c macveil -n "__fish_macveil_using_subcommand set" -s f -l force -d 'Do it even if macveil or NetworkManager manages the interface'
complete -c macveil -n "__fish_macveil_using_subcommand set" -l json -d 'Answer in JSON'
complete -c macveil -n "__fish_macveil_using_subcommand set" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c macveil -n "__fish_macveil_using_subcommand policy" -l config -d 'Show the rules of this configuration file; having no drop-ins, it can only be edited by hand' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand policy" -l root -d 'Change the configuration of a system below this directory; no daemon is told but that of --socket' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand policy" -l socket -d 'The daemon\'s socket (default: `control` in the runtime-dir of the configuration)' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand policy" -l unset -d 'Remove what this command has set'
complete -c macveil -n "__fish_macveil_using_subcommand policy" -l hex -d 'The name is in hexadecimal'
complete -c macveil -n "__fish_macveil_using_subcommand policy" -l now -d 'If the network is connected, connect again under its new address at once'
complete -c macveil -n "__fish_macveil_using_subcommand policy" -l json -d 'Answer in JSON'
complete -c macveil -n "__fish_macveil_using_subcommand policy" -s h -l help -d 'Print help'
complete -c macveil -n "__fish_macveil_using_subcommand trust" -l root -d 'Change the configuration of a system below this directory; no daemon is told but that of --socket' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand trust" -l socket -d 'The daemon\'s socket (default: `control` in the runtime-dir of the configuration)' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand trust" -l preserve -d 'The address that the card had when macveil first saw it, in place of its permanent one'
complete -c macveil -n "__fish_macveil_using_subcommand trust" -l hex -d 'The name is in hexadecimal'
complete -c macveil -n "__fish_macveil_using_subcommand trust" -l now -d 'If the network is connected, connect again under its new address at once'
complete -c macveil -n "__fish_macveil_using_subcommand trust" -l json -d 'Answer in JSON'
complete -c macveil -n "__fish_macveil_using_subcommand trust" -s h -l help -d 'Print help'
complete -c macveil -n "__fish_macveil_using_subcommand reroll" -l socket -d 'The daemon\'s socket (default: `control` in the runtime-dir of the configuration)' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand reroll" -l hex -d 'The name is in hexadecimal'
complete -c macveil -n "__fish_macveil_using_subcommand reroll" -l now -d 'If it is connected, connect again under the new address at once'
complete -c macveil -n "__fish_macveil_using_subcommand reroll" -l json -d 'Answer in JSON'
complete -c macveil -n "__fish_macveil_using_subcommand reroll" -s h -l help -d 'Print help'
complete -c macveil -n "__fish_macveil_using_subcommand scan" -l socket -d 'The daemon\'s socket (default: `control` in the runtime-dir of the configuration)' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand scan" -l json -d 'Answer in JSON, as docs/control-socket.md has it'
complete -c macveil -n "__fish_macveil_using_subcommand scan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c macveil -n "__fish_macveil_using_subcommand rotate" -l socket -d 'The daemon\'s socket (default: `control` in the runtime-dir of the configuration)' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand rotate" -l json -d 'Answer in JSON, as docs/control-socket.md has it'
complete -c macveil -n "__fish_macveil_using_subcommand rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c macveil -n "__fish_macveil_using_subcommand pause" -l for -d 'Resume by itself after so long: a number and one of s, m, h, d, w' -r
complete -c macveil -n "__fish_macveil_using_subcommand pause" -l socket -d 'The daemon\'s socket (default: `control` in the runtime-dir of the configuration)' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand pause" -l json -d 'Answer in JSON, as docs/control-socket.md has it'
complete -c macveil -n "__fish_macveil_using_subcommand pause" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c macveil -n "__fish_macveil_using_subcommand resume" -l socket -d 'The daemon\'s socket (default: `control` in the runtime-dir of the configuration)' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand resume" -l json -d 'Answer in JSON, as docs/control-socket.md has it'
complete -c macveil -n "__fish_macveil_using_subcommand resume" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c macveil -n "__fish_macveil_using_subcommand events" -l socket -d 'The daemon\'s socket (default: `control` in the runtime-dir of the configuration)' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand events" -l json -d 'Answer in JSON, as docs/control-socket.md has it'
complete -c macveil -n "__fish_macveil_using_subcommand events" -s h -l help -d 'Print help'
complete -c macveil -n "__fish_macveil_using_subcommand audit" -l permanent -d 'A card\'s own address, which must not be heard at all. With any, other addresses as vendors give them are only noted' -r
complete -c macveil -n "__fish_macveil_using_subcommand audit" -l assigned -d 'An address of a network, which must not be heard in scans; those that associate are known' -r
complete -c macveil -n "__fish_macveil_using_subcommand audit" -l svg -d 'Draw a picture, too: what each address sent when, and what leaked' -r -F
complete -c macveil -n "__fish_macveil_using_subcommand audit" -l json -d 'Answer in JSON'
complete -c macveil -n "__fish_macveil_using_subcommand audit" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c macveil -n "__fish_macveil_using_subcommand doctor" -l json -d 'Answer in JSON'
complete -c macveil -n "__fish_macveil_using_subcommand doctor" -l try -d 'Try whether the driver takes another address, and give the card back its own'
complete -c macveil -n "__fish_macveil_using_subcommand doctor" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "run" -d 'Protect the Wi-Fi cards of this machine until told to stop (the daemon)'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "status" -d 'Say what each interface is doing, and what cannot be kept'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "check" -d 'Validate the configuration'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "explain" -d 'Say which address a network would get, and why'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "generate" -d 'Print an address; needs no privilege'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "import" -d 'Take over NetworkManager\'s settings, so that every address stays the same'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "set" -d 'Change an interface\'s address once'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "policy" -d 'Show or set which address a network gets'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "trust" -d 'Use the card\'s own address in a network'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "reroll" -d 'Give a network another address'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "scan" -d 'Scan all channels now, masked, and say which networks were heard'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "rotate" -d 'Take another mask now, and other addresses where chance or time chooses them'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "pause" -d 'Neither scan nor join anything until resumed; the card stays protected'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "resume" -d 'End a pause'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "events" -d 'Say what happens from now on, a line each, until interrupted or until the daemon ends'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "audit" -d 'Say whether a capture of the air gives stations away'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "doctor" -d 'Say what kernel, driver, supplicant and everything around them can and cannot keep'
complete -c macveil -n "__fish_macveil_using_subcommand help; and not __fish_seen_subcommand_from run status check explain generate import set policy trust reroll scan rotate pause resume events audit doctor help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c macveil -n "__fish_macveil_using_subcommand help; and __fish_seen_subcommand_from import" -f -a "networkmanager" -d 'Take over NetworkManager\'s profiles, defaults and key, so that every address stays the same'
