//! macveil(1): the text of contrib/man around a section for each command.

use std::io;

use clap::Command;
use clap_mangen::Man;

const BEGINNING: &str = include_str!("../../../contrib/man/beginning.man");
const END: &str = include_str!("../../../contrib/man/end.man");

pub(crate) fn render(command: Command) -> io::Result<String> {
    // `--help` of each command would repeat the same line.
    let mut command = command
        .disable_help_flag(true)
        .disable_help_subcommand(true);
    command.build();
    let mut page = format!("{BEGINNING}.SH COMMANDS\n");
    for subcommand in command.get_subcommands() {
        describe(subcommand, &mut page)?;
    }
    Ok(page + END)
}

/// `clap_mangen` writes a page for each command: its headings become paragraphs of a section here.
fn describe(command: &Command, page: &mut String) -> io::Result<()> {
    let man = Man::new(command.clone());
    let mut text = Vec::new();
    man.render_description_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_options_section(&mut text)?;
    man.render_extra_section(&mut text)?;
    let name = command.get_bin_name().unwrap_or(command.get_name());
    page.extend([".SS ", name, "\n"]);
    let beginning = page.len();
    let mut is_new_paragraph = false;
    for line in String::from_utf8_lossy(&text).lines() {
        if line.starts_with(".SH ") {
            // None is needed after `.SS` and before `.TP`.
            is_new_paragraph = page.len() > beginning;
        } else if !is_preamble(line) {
            if is_new_paragraph && line != ".TP" {
                page.push_str(".PP\n");
            }
            is_new_paragraph = false;
            page.extend([line.trim_end(), "\n"]);
        }
    }
    for subcommand in command.get_subcommands() {
        describe(subcommand, page)?;
    }
    Ok(())
}

/// `clap_mangen` repeats it before each section; beginning.man has it once.
fn is_preamble(line: &str) -> bool {
    line.starts_with(r".ie \n(.g") || line.starts_with(r".el .ds")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use macveil::cli::Arguments;

    use super::*;

    #[test]
    fn page_has_every_command_and_flag() {
        let page = render(Arguments::command()).unwrap();
        let command = Arguments::command();
        for subcommand in command.get_subcommands() {
            let name = subcommand.get_name();
            let (_, section) = page.split_once(&format!(".SS macveil {name}\n")).unwrap();
            let section = section.split(".SS ").next().unwrap();
            let flags = subcommand.get_arguments();
            for flag in flags.filter_map(|argument| argument.get_long()) {
                let flag = format!("\\-\\-{}", flag.replace('-', "\\-"));
                assert!(section.contains(&flag), "{name} {flag}");
            }
        }
    }

    #[test]
    fn page_has_one_preamble_and_no_empty_paragraph() {
        let page = render(Arguments::command()).unwrap();
        assert!(!page.contains(".PP\n.TP\n") && !page.contains(".PP\n.PP\n"));
        assert_eq!(page.matches(".ds Aq \\(aq").count(), 1);
    }
}
