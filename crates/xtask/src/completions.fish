complete -c macveil -f
complete -c macveil -n "__fish_seen_subcommand_from policy trust reroll explain" -f -a "(macveil networks --names 2>/dev/null)"
complete -c macveil -n "__fish_seen_subcommand_from policy set" -f -a "permanent preserve random stable stable-ssid"
complete -c macveil -n "__fish_seen_subcommand_from status scan rotate pause resume events networks doctor set" -f -a "(__fish_print_interfaces)"
complete -c macveil -n "__fish_seen_subcommand_from audit" -F
complete -c macveil -n "__fish_macveil_using_subcommand help" -a "COMMANDS"
