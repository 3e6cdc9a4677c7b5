//! The lab types what the documentation has its readers type (`documented.story`). Here the pages and the
//! table of what is typed otherwise, or elsewhere, are held against each other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};
use macveil::cli::Arguments;

use crate::options::Options;
use macveil_testkit::documented::{self, Command, Fate, Kind, Page, Rows, pages, shape};

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn commands() -> Vec<Command> {
    documented::commands(project(), Arguments::command())
}

fn of_page(text: &str) -> Vec<(usize, String, Vec<String>)> {
    let commands = Page::new("page", text).commands().into_iter();
    commands
        .map(|command| (command.line, command.text, command.shown))
        .collect()
}

#[test]
fn commands_are_found_wherever_they_stand() {
    let page = "\
Say `macveil status`, `macveil`, or `sudo systemctl
restart iwd`; `A=1 make x` too.

    $ macveil scan   # look
    wlan0: one
      two
    $ ip link

    sudo ls

    name=value

```toml
macveil = 1
```
```sh
macveil check
```
| `macveil set wlan0 -r` | `ip a` |
";
    let one = |line, text: &str| (line, text.to_owned(), Vec::new());
    let shown = ["wlan0: one", "  two"].map(str::to_owned).to_vec();
    assert_eq!(
        of_page(page),
        [
            one(1, "macveil status"),
            one(1, "sudo systemctl restart iwd"),
            one(2, "A=1 make x"),
            (4, "macveil scan   # look".to_owned(), shown),
            one(7, "ip link"),
            one(9, "sudo ls"),
            one(17, "macveil check"),
            one(19, "macveil set wlan0 -r"),
            one(19, "ip a"),
        ]
    );
}

#[test]
fn a_command_is_known_without_what_is_said_of_it() {
    let bare = |text: &str| {
        let page = format!("\n    {text}\n");
        let commands = Page::new("page", &page).commands();
        commands.first().map(|it| it.bare().to_owned())
    };
    assert_eq!(bare("sudo a b   # why").as_deref(), Some("a b"));
    assert_eq!(bare("a 'b # c' d#e").as_deref(), Some("a 'b # c' d#e"));
}

#[test]
fn numbers_times_and_addresses_are_no_part_of_a_shape() {
    assert_eq!(
        shape("  wlan0: 2 masks, for 9 min 56 s: 02:00:00:00:01:0a, -30 dBm"),
        "wlan0: NUMBER masks, for TIME: ADDRESS, NUMBER dBm"
    );
}

#[test]
fn every_row_of_the_table_is_about_a_command() {
    let rows = Rows::read();
    let commands = commands();
    assert!(commands.len() > 150, "{}", commands.len());
    let of_help = commands.iter().filter(|it| it.page.ends_with("--help"));
    assert!(of_help.count() > 40);
    let used: BTreeSet<_> = commands.iter().filter_map(|it| rows.position(it)).collect();
    let idle = (0..rows.0.len()).filter(|at| !used.contains(at));
    let idle: Vec<_> = idle.map(|at| &rows.0[at].commands).collect();
    assert!(idle.is_empty(), "no page has {idle:?}");
    for row in &rows.0 {
        for text in &row.commands {
            let is_it = |it: &Command| match text.strip_suffix('*') {
                Some(beginning) => it.bare().starts_with(beginning),
                None => it.bare() == text,
            };
            assert!(commands.iter().any(is_it), "no page has {text:?}");
        }
    }
}

#[test]
fn what_is_run_elsewhere_is_run_there() {
    for row in Rows::read().0 {
        if let Fate::RunBy { file, words } = row.fate {
            let text = fs::read_to_string(project().join(&file)).expect(&file);
            assert!(text.contains(&words), "{file} has no {words:?}");
        }
    }
}

/// So no command is passed over because it is taken for a part of a sentence.
#[test]
fn what_is_only_named_cannot_be_typed() {
    let rows = Rows::read();
    for command in commands() {
        let mut words = command.bare().split_whitespace();
        if words.next() != Some("macveil") {
            continue;
        }
        let words = ["macveil"].into_iter().chain(words);
        let error = Arguments::try_parse_from(words).err();
        let is_short = matches!(
            error.map(|error| error.kind()),
            Some(
                ErrorKind::MissingRequiredArgument
                    | ErrorKind::MissingSubcommand
                    | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
            )
        );
        let is_named = !command.is_block && rows.fate(&command) == Fate::OnlyNamed;
        assert_eq!(is_named, is_short, "{}: {}", command.place(), command.text);
    }
}

#[test]
fn commands_stand_only_in_fences_marked_as_such() {
    for page in pages(project()) {
        for line in page.lines.iter().filter(|line| line.kind == Kind::Fenced) {
            let first = line.text.split_whitespace().next().unwrap_or_default();
            let is_typed = ["$", "sudo", "macveil", "make", "cargo", "ip", "iw"].contains(&first);
            assert!(!is_typed, "{}:{}: {}", page.name, line.number, line.text);
        }
    }
}

#[test]
fn every_span_of_code_is_closed() {
    for page in pages(project()) {
        assert_eq!(page.open_span(), None, "{}", page.name);
    }
}

#[test]
fn the_lab_understands_what_it_is_asked_for() {
    let mut asked = 0;
    for command in commands() {
        let Some((_, arguments)) = command.bare().split_once("cargo test --test lab -- ") else {
            continue;
        };
        let arguments: Vec<_> = arguments.split(' ').map(str::to_owned).collect();
        if let Err(problem) = Options::parse(&arguments) {
            panic!("{}: {problem}", command.place());
        }
        asked += 1;
    }
    assert!(asked > 3, "{asked}");
}
