//! macveil(1): what is written by hand around what the command line says of itself.

use std::fmt::Write;

use clap::builder::PossibleValue;
use clap::{Arg, Command};

pub fn of(mut command: Command, beginning: &str, end: &str) -> String {
    command.build();
    let mut page = beginning.to_owned();
    page.push_str(".SH COMMANDS\n");
    for subcommand in command.get_subcommands_mut() {
        describe(subcommand, &mut page);
    }
    page + end
}

fn describe(command: &mut Command, page: &mut String) {
    if command.get_name() == "help" {
        return;
    }
    let name = command.get_bin_name().unwrap_or(command.get_name());
    let _ = writeln!(page, ".SS {name}");
    let about = command.get_long_about().or(command.get_about());
    paragraphs(&about.map(ToString::to_string).unwrap_or_default(), page);
    let usage = command.render_usage().to_string();
    page.push_str(".PP\n.nf\n");
    for line in usage.trim_start_matches("Usage:").lines() {
        let _ = writeln!(page, ".B {}", escaped(line.trim()));
    }
    page.push_str(".fi\n");
    let shown = |argument: &&Arg| argument.get_id() != "help" && !argument.is_hide_set();
    for argument in command.get_arguments().filter(shown) {
        page.push_str(&option(argument));
    }
    let after = command.get_after_long_help().or(command.get_after_help());
    if let Some(after) = after {
        let _ = writeln!(page, ".PP\n.nf\n{}\n.fi", escaped(&after.to_string()));
    }
    for subcommand in command.get_subcommands_mut() {
        describe(subcommand, page);
    }
}

fn option(argument: &Arg) -> String {
    let help = argument.get_long_help().or(argument.get_help());
    let mut text = escaped(&help.map(ToString::to_string).unwrap_or_default());
    let values = argument.get_possible_values();
    let takes_value = argument.get_action().takes_values();
    if takes_value && !values.is_empty() {
        let names = values.iter().map(PossibleValue::get_name);
        let _ = write!(text, ": {}", names.collect::<Vec<_>>().join(", "));
    }
    if let [default] = argument.get_default_values()
        && takes_value
    {
        let _ = write!(text, " (default: {})", escaped(&default.to_string_lossy()));
    }
    format!(".TP\n.B {}\n{text}.\n", escaped(&spelling(argument)))
}

/// As one types it.
fn spelling(argument: &Arg) -> String {
    let value = argument
        .get_value_names()
        .filter(|_| argument.get_action().takes_values())
        .map(|names| names.join(" "));
    if argument.is_positional() {
        return value.unwrap_or_default();
    }
    let short = argument.get_short().map(|letter| format!("-{letter}"));
    let long = argument.get_long().map(|name| format!("--{name}"));
    let names = short.into_iter().chain(long).collect::<Vec<_>>();
    let value = value.map(|value| format!(" {value}"));
    names.join(", ") + &value.unwrap_or_default()
}

fn paragraphs(text: &str, page: &mut String) {
    for paragraph in text.split("\n\n") {
        let _ = write!(page, ".PP\n{}", escaped(paragraph));
        page.push_str(if paragraph.ends_with('.') {
            "\n"
        } else {
            ".\n"
        });
    }
}

/// What roff would take for its own.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\e").replace('-', "\\-");
    let line = |line: &str| {
        let own = line.starts_with(['.', '\'']);
        if own {
            format!("\\&{line}")
        } else {
            line.to_owned()
        }
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
