//! What the documentation tells people to type can be typed, and where it leads to is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clap::Parser;
use clap::error::ErrorKind;
use macveil::cli::Arguments;

use macveil_testkit::documented::{self, Kind};

/// A line of a page.
struct Line {
    page: String,
    number: usize,
    text: String,
    /// It is to be typed, or was.
    is_code: bool,
}

impl Line {
    fn place(&self) -> String {
        format!("{}:{}", self.page, self.number)
    }

    /// What stands between backticks, if the line is prose.
    fn spans(&self) -> Vec<&str> {
        if self.is_code {
            return vec![&self.text];
        }
        self.text.split('`').skip(1).step_by(2).collect()
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn lines() -> Vec<Line> {
    let pages = documented::pages(root()).into_iter();
    let lines = pages.flat_map(|page| {
        page.lines.into_iter().map(move |line| Line {
            page: page.name.clone(),
            number: line.number,
            text: line.text,
            is_code: line.kind != Kind::Prose,
        })
    });
    lines.collect()
}

/// The commands of a line as a shell takes it apart: words by blanks outside quotes, without comments.
fn commands(line: &str) -> Vec<Vec<String>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<String> = None;
    let mut quote = None;
    for character in line.trim().trim_start_matches("$ ").chars().chain([' ']) {
        match (quote, character) {
            (Some(end), it) if it == end => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, '#') if word.is_none() => break,
            (None, ' ' | '|' | ';' | '>' | '<') => {
                let ended = word.take();
                let ends_command = character != ' ' || ended.as_deref() == Some("&&");
                let words = commands.last_mut().unwrap();
                words.extend(ended.filter(|it| it != "&&"));
                if ends_command {
                    commands.push(Vec::new());
                }
            }
            (_, it) => word.get_or_insert_default().push(it),
        }
    }
    for words in &mut commands {
        let is_prefix = |word: &String| word == "sudo" || word.contains('=');
        let prefixes = words.iter().take_while(|word| is_prefix(word)).count();
        words.drain(..prefixes);
    }
    commands
}

fn of_program<'a>(lines: &'a [Line], program: &str) -> Vec<(&'a Line, Vec<String>)> {
    let mut found = Vec::new();
    for line in lines {
        for span in line.spans() {
            let commands = commands(span).into_iter();
            let wanted = commands.filter(|words| words.first().is_some_and(|it| it == program));
            found.extend(wanted.map(|words| (line, words)));
        }
    }
    found
}

#[test]
fn a_line_is_taken_apart_as_a_shell_does() {
    assert_eq!(
        commands("$ sudo A=b make x && macveil set wlan0 'a b' | jq # why"),
        [
            vec!["make", "x"],
            vec!["macveil", "set", "wlan0", "a b"],
            vec!["jq"]
        ]
    );
    assert_eq!(commands("x#y ''"), [vec!["x#y", ""]]);
}

#[test]
fn every_command_of_macveil_can_be_typed() {
    let lines = lines();
    let commands = of_program(&lines, "macveil");
    assert!(commands.len() > 100, "{}", commands.len());
    let mut wrong = Vec::new();
    for (line, words) in commands {
        let error = Arguments::try_parse_from(&words).err();
        let kind = error.as_ref().map(clap::Error::kind);
        let is_name_only = !line.is_code
            && matches!(
                kind,
                Some(
                    ErrorKind::MissingRequiredArgument
                        | ErrorKind::MissingSubcommand
                        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
                )
            );
        let is_help = matches!(
            kind,
            Some(ErrorKind::DisplayHelp | ErrorKind::DisplayVersion)
        );
        if let Some(error) = error.filter(|_| !is_name_only && !is_help) {
            let why = error.to_string();
            let why = why.lines().next().unwrap_or_default().to_owned();
            wrong.push(format!("{}: {}: {why}", line.place(), words.join(" ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn everything_that_is_to_be_made_has_a_rule() {
    let makefile = fs::read_to_string(root().join("Makefile")).unwrap();
    let rules: BTreeSet<_> = makefile
        .lines()
        .filter_map(|line| Some(line.split_once(':')?.0))
        .collect();
    let lines = lines();
    let commands = of_program(&lines, "make");
    assert!(commands.len() > 10, "{}", commands.len());
    for (line, words) in commands {
        let target = words.get(1).map_or("test", String::as_str);
        assert!(rules.contains(target), "{}: make {target}", line.place());
    }
}

#[test]
fn every_story_that_is_named_is_there() {
    let lines = lines();
    let mut named = 0;
    for line in &lines {
        let words: Vec<_> = line.text.split([' ', '`', ')', ',']).collect();
        for pair in words.windows(2) {
            if let ["--story", story] = pair
                && story.chars().all(|it| it.is_ascii_lowercase() || it == '-')
                && !story.is_empty()
            {
                let kinds = ["tests/scenarios", "tests/bench/stories"];
                let is_there =
                    |kind: &&str| root().join(kind).join(format!("{story}.story")).exists();
                assert!(kinds.iter().any(is_there), "{}: {story}", line.place());
                named += 1;
            }
        }
    }
    assert!(named > 1, "{named}");
}

#[test]
fn every_link_leads_somewhere() {
    let lines = lines();
    let mut followed = 0;
    for line in lines.iter().filter(|line| !line.is_code) {
        for link in line.text.split("](").skip(1) {
            let target = link.split(')').next().unwrap_or_default();
            let path = target.split('#').next().unwrap_or_default();
            if target.contains("://") || path.is_empty() {
                continue;
            }
            let here = Path::new(&line.page).parent().unwrap();
            assert!(
                root().join(here).join(path).exists(),
                "{}: {target}",
                line.place()
            );
            followed += 1;
        }
    }
    assert!(followed > 50, "{followed}");
}
