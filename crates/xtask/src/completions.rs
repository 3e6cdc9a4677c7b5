//! The completions of shells: what `clap_complete` generates, with the values that only the machine knows.
//!
//! `clap_complete` has no value of its own for networks and interfaces. Two of its kinds of values, which macveil
//! does not use, stand for them: host names for networks, user names for interfaces.

use std::error::Error;
use std::fs;
use std::path::Path;

use clap::builder::PossibleValuesParser;
use clap::{Arg, Command, CommandFactory, ValueHint};
use clap_complete::Shell;
use macveil::cli::Arguments;
use macveil_core::address::{Binding, Slap};
use macveil_core::types::{KeyMgmt, Words};

const POLICIES: [&str; 5] = ["permanent", "preserve", "random", "stable", "stable-ssid"];

/// Writes the files of bash, zsh and fish.
pub(crate) fn write(directory: &Path) -> Result<(), Box<dyn Error>> {
    for (shell, folder, name) in [
        (Shell::Bash, "bash", "macveil"),
        (Shell::Zsh, "zsh", "_macveil"),
        (Shell::Fish, "fish", "macveil.fish"),
    ] {
        let folder = directory.join(folder);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), script(shell)?)?;
    }
    Ok(())
}

fn script(shell: Shell) -> Result<String, Box<dyn Error>> {
    let mut command = completed(Arguments::command());
    let names: Vec<_> = command
        .get_subcommands()
        .map(|it| it.get_name().to_owned())
        .collect();
    let mut generated = Vec::new();
    clap_complete::generate(shell, &mut command, "macveil", &mut generated);
    let generated = String::from_utf8(generated)?;
    Ok(match shell {
        Shell::Bash => {
            let (functions, _) = generated
                .rsplit_once("\nif [[ ")
                .ok_or("no registration in the completions for bash")?;
            format!("{functions}\n{}", include_str!("completions.bash"))
        }
        Shell::Zsh => {
            let (head, functions) = generated
                .split_once("\n_macveil() {")
                .ok_or("no function in the completions for zsh")?;
            let functions = functions
                .replace("_hosts", "_macveil_networks")
                .replace("_users", "_macveil_interfaces");
            let names = include_str!("completions.zsh");
            format!("{head}\n{names}\n_macveil() {{{functions}")
        }
        _ => {
            let options = generated
                .replace(
                    "(__fish_print_hostnames)",
                    "(macveil networks --names 2>/dev/null)",
                )
                .replace("(__fish_complete_users)", "(__fish_print_interfaces)");
            let ours = include_str!("completions.fish").replace("COMMANDS", &names.join(" "));
            format!("{options}{ours}")
        }
    })
}

fn completed(command: Command) -> Command {
    command.mut_args(with_values).mut_subcommands(completed)
}

fn with_values(arg: Arg) -> Arg {
    if !arg.get_action().takes_values() {
        return arg;
    }
    match arg.get_id().as_str() {
        "ssid" => arg.value_hint(ValueHint::Hostname),
        "iface" | "interface" => arg.value_hint(ValueHint::Username),
        "policy" | "unset_policy" => arg.value_parser(PossibleValuesParser::new(POLICIES)),
        "binding" => arg.value_parser(words(Binding::WORDS)),
        "slap" => arg.value_parser(words(Slap::WORDS)),
        "security" => arg.value_parser(words(KeyMgmt::WORDS)),
        _ if arg.get_value_hint() == ValueHint::Unknown => arg.value_hint(ValueHint::Other),
        _ => arg,
    }
}

fn words<T>(words: Words<T>) -> PossibleValuesParser {
    PossibleValuesParser::new(words.iter().map(|(word, _)| *word))
}

#[cfg(test)]
mod tests {
    use std::process;

    use super::*;

    /// What bash offers for this line, whose last word is not complete. A program of this name lists two networks.
    fn offered(line: &str) -> Vec<String> {
        let script = script(Shell::Bash).unwrap();
        let session = format!(
            "macveil() {{ printf 'Home\\nMy Cafe\\n'; }}\n{script}\n\
             read -ra COMP_WORDS <<<{line:?}; [[ {line:?} == *' ' ]] && COMP_WORDS+=('')\n\
             COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n\
             _macveil_values macveil \"${{COMP_WORDS[COMP_CWORD]}}\" \"${{COMP_WORDS[COMP_CWORD-1]}}\" 2>/dev/null\n\
             printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        let output = process::Command::new("bash")
            .arg("-c")
            .arg(session)
            .output();
        let text = String::from_utf8(output.expect("bash").stdout).unwrap();
        text.lines()
            .map(str::to_owned)
            .filter(|line| !line.is_empty())
            .collect()
    }

    #[test]
    fn bash_offers_networks_quoted_for_the_shell() {
        assert_eq!(offered("macveil trust "), ["Home", "My\\ Cafe"]);
        assert_eq!(offered("macveil policy Ho"), ["Home"]);
        assert_eq!(offered("macveil reroll --now M"), ["My\\ Cafe"]);
    }

    #[test]
    fn bash_offers_policies_after_the_network() {
        assert_eq!(offered("macveil policy Home "), POLICIES);
        assert_eq!(offered("macveil policy Home st"), ["stable", "stable-ssid"]);
        assert_eq!(
            offered("macveil policy --binding "),
            ["interface", "card", "host"]
        );
    }

    #[test]
    fn bash_offers_interfaces_and_no_files() {
        assert_eq!(offered("macveil status lo"), ["lo"]);
        assert_eq!(offered("macveil explain Home --iface lo"), ["lo"]);
        assert_eq!(offered("macveil rotate no-such"), Vec::<String>::new());
        assert_eq!(offered("macveil help ru"), ["run"]);
        assert_eq!(offered("macveil import n"), ["networkmanager"]);
    }

    #[test]
    fn zsh_and_fish_ask_for_names_where_they_fit() {
        let zsh = script(Shell::Zsh).unwrap();
        assert!(zsh.contains(":_macveil_networks") && zsh.contains(":_macveil_interfaces"));
        assert!(!zsh.contains("_hosts") && !zsh.contains("_users"));
        let fish = script(Shell::Fish).unwrap();
        assert!(fish.contains("macveil networks --names"));
        assert!(!fish.contains("__fish_print_hostnames"));
        assert!(fish.contains("using_subcommand help\" -a \"run status "));
        let offers_files = fish.lines().find(|line| line.ends_with(" -r"));
        assert_eq!(offers_files, None);
    }
}
