//! The pages, and the commands on them.

use std::fs;
use std::path::Path;

/// In addition to `docs`.
const PAGES: [&str; 4] = [
    "README.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "contrib/README.md",
];

/// In the examples of `--help`: what separates a command from its explanation.
const COLUMN: &str = "   ";

/// What stands between backticks and begins with one of these is to be typed, unless it is the name alone.
const PROGRAMS: [&str; 23] = [
    "apt",
    "bitbake",
    "cargo",
    "chgrp",
    "ethtool",
    "ip",
    "iw",
    "iwctl",
    "journalctl",
    "macveil",
    "make",
    "modprobe",
    "networkctl",
    "nmcli",
    "python3",
    "systemctl",
    "systemd-analyze",
    "tcpdump",
    "tests/arm64/run.sh",
    "udevadm",
    "update-initramfs",
    "wpa_cli",
    "wpa_supplicant",
];

/// Fenced blocks in these are to be typed; others are settings, answers and pictures.
const SHELLS: [&str; 3] = ["sh", "shell", "console"];

pub struct Page {
    /// Its path in the project.
    pub name: String,
    pub lines: Vec<Line>,
}

pub struct Line {
    /// From one.
    pub number: usize,
    pub text: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Prose,
    /// Indented by four blanks or more.
    Indented,
    /// Between fences that say that it is to be typed.
    Shell,
    /// Between any other fences, and fences.
    Fenced,
}

/// Something to be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub page: String,
    pub line: usize,
    /// As it stands there.
    pub text: String,
    /// What the page shows of its output.
    pub shown: Vec<String>,
    /// It stands in a block of its own, not within a sentence.
    pub is_block: bool,
}

impl Command {
    pub fn place(&self) -> String {
        format!("{}:{}", self.page, self.line)
    }

    /// Without who types it and what is said of it.
    pub fn bare(&self) -> &str {
        let text = without_comment(&self.text).trim();
        text.strip_prefix("sudo ").unwrap_or(text)
    }
}

pub fn pages(project: &Path) -> Vec<Page> {
    let docs = fs::read_dir(project.join("docs")).expect("the folder of pages");
    let docs = docs.map(|entry| entry.expect("a page").file_name());
    let docs = docs.map(|name| format!("docs/{}", name.to_string_lossy()));
    let is_page = |name: &String| Path::new(name).extension().is_some_and(|it| it == "md");
    let mut names: Vec<_> = docs.filter(is_page).collect();
    names.sort();
    names.splice(..0, PAGES.map(str::to_owned));
    let read = |name: String| {
        let text = fs::read_to_string(project.join(&name)).expect("a text");
        Page::new(&name, &text)
    };
    names.into_iter().map(read).collect()
}

/// The commands that readers type, in the order of the pages.
pub fn commands(project: &Path, mut macveil: clap::Command) -> Vec<Command> {
    let pages = pages(project);
    let mut commands: Vec<_> = pages.iter().flat_map(Page::commands).collect();
    macveil.build();
    add_examples(&macveil, &mut commands);
    commands
}

/// The examples of `--help`, of a command and its subcommands: indented lines below a heading.
fn add_examples(command: &clap::Command, commands: &mut Vec<Command>) {
    let page = format!("{} --help", command.get_bin_name().unwrap_or_default());
    let help = command.get_after_long_help().or(command.get_after_help());
    let help = help.map(ToString::to_string).unwrap_or_default();
    let mut is_example = false;
    for (line, text) in (1..).zip(help.lines()) {
        match text.strip_prefix("  ") {
            Some(text) if is_example => commands.push(Command {
                page: page.clone(),
                line,
                text: text.split(COLUMN).next().unwrap_or(text).to_owned(),
                shown: Vec::new(),
                is_block: true,
            }),
            _ => is_example = text == "Examples:",
        }
    }
    for subcommand in command.get_subcommands() {
        add_examples(subcommand, commands);
    }
}

impl Page {
    pub fn new(name: &str, text: &str) -> Self {
        let mut fence = None;
        let mut before = (true, Kind::Prose);
        let mut lines = Vec::new();
        for (number, text) in (1..).zip(text.lines()) {
            let is_blank = text.trim().is_empty();
            let kind = match (text.trim_start().strip_prefix("```"), fence) {
                (Some(language), None) => {
                    fence = Some(if SHELLS.contains(&language) {
                        Kind::Shell
                    } else {
                        Kind::Fenced
                    });
                    Kind::Fenced
                }
                (Some(_), Some(_)) => {
                    fence = None;
                    Kind::Fenced
                }
                (None, Some(kind)) => kind,
                (None, None)
                    if text.starts_with("    ") && (before.0 || before.1 == Kind::Indented) =>
                {
                    Kind::Indented
                }
                (None, None) => Kind::Prose,
            };
            before = (is_blank, kind);
            lines.push(Line {
                number,
                text: text.to_owned(),
                kind,
            });
        }
        Self {
            name: name.to_owned(),
            lines,
        }
    }

    /// All that it has its readers type, in its order.
    pub fn commands(&self) -> Vec<Command> {
        let mut commands = Vec::new();
        for block in self.lines.chunk_by(|one, next| one.kind == next.kind) {
            match block.first().map(|line| line.kind) {
                Some(Kind::Prose) => commands.extend(self.of_prose(block)),
                Some(Kind::Indented | Kind::Shell) => commands.extend(self.of_block(block)),
                _ => {}
            }
        }
        commands
    }

    fn command(&self, line: usize, text: &str, is_block: bool) -> Command {
        Command {
            page: self.name.clone(),
            line,
            text: text.trim().to_owned(),
            shown: Vec::new(),
            is_block,
        }
    }

    /// Where there are prompts, what follows each command is its output.
    fn of_block(&self, block: &[Line]) -> Vec<Command> {
        let margin = |line: &Line| line.text.len() - line.text.trim_start().len();
        let margin = block.iter().map(margin).min().unwrap_or(0);
        let has_prompts = block
            .iter()
            .any(|line| line.text.trim_start().starts_with("$ "));
        let mut commands: Vec<Command> = Vec::new();
        if !has_prompts && block.first().is_some_and(|line| is_data(&line.text)) {
            return commands;
        }
        for line in block {
            let text = line.text.get(margin..).unwrap_or_default();
            match (text.strip_prefix("$ "), commands.last_mut()) {
                (Some(text), _) => commands.push(self.command(line.number, text, true)),
                (None, Some(command)) if has_prompts => command.shown.push(text.to_owned()),
                _ => commands.push(self.command(line.number, text, true)),
            }
        }
        commands
    }

    fn of_prose(&self, lines: &[Line]) -> Vec<Command> {
        let mut commands = Vec::new();
        for paragraph in paragraphs(lines) {
            let spans = spans(paragraph);
            let typed = spans.iter().filter(|(_, span)| is_typed(span));
            commands.extend(typed.map(|(line, span)| self.command(*line, span, false)));
        }
        commands
    }

    /// Where a paragraph begins in which backticks do not match.
    pub fn open_span(&self) -> Option<usize> {
        let prose = self.lines.chunk_by(|one, next| one.kind == next.kind);
        let prose = prose.filter(|block| block.iter().all(|line| line.kind == Kind::Prose));
        let mut all = prose.flat_map(paragraphs);
        let count = |line: &Line| line.text.matches('`').count();
        let open = all.find(|it| it.iter().map(count).sum::<usize>() % 2 == 1)?;
        Some(open.first()?.number)
    }
}

/// Each row of a table is one.
fn paragraphs(prose: &[Line]) -> impl Iterator<Item = &[Line]> {
    let ends = |line: &Line| line.text.trim().is_empty() || line.text.starts_with('|');
    prose.chunk_by(move |one, next| !ends(one) && !ends(next))
}

/// What stands between backticks, which may go over the end of a line, and the line where it begins.
fn spans(paragraph: &[Line]) -> Vec<(usize, String)> {
    let mut spans: Vec<(usize, String)> = Vec::new();
    let mut is_inside = false;
    for line in paragraph {
        for (number, part) in line.text.split('`').enumerate() {
            is_inside ^= number > 0;
            match spans.last_mut() {
                Some((_, span)) if is_inside && number == 0 => {
                    span.push(' ');
                    span.push_str(part.trim_start());
                }
                _ if is_inside => spans.push((line.number, part.to_owned())),
                _ => {}
            }
        }
    }
    spans
}

fn is_typed(span: &str) -> bool {
    let words = span.split(' ').skip_while(|word| is_assignment(word));
    let mut words = words.skip_while(|word| *word == "sudo");
    let is_program = words.next().is_some_and(|word| PROGRAMS.contains(&word));
    is_program && words.next().is_some()
}

/// Of a file that is to be written, by its first line.
fn is_data(line: &str) -> bool {
    line.trim().starts_with(['[', '{', '#']) || line.split_whitespace().all(is_assignment)
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map(|(name, _)| name);
    name.is_some_and(|name| {
        name.chars()
            .all(|it| it.is_ascii_alphanumeric() || it == '_')
    })
}

/// A hash begins a comment where a word could begin, outside quotes.
fn without_comment(text: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        match quote {
            Some(end) if end == character => quote = None,
            None if matches!(character, '\'' | '"') => quote = Some(character),
            None if character == '#' && before == ' ' => return text.get(..at).unwrap_or(text),
            _ => {}
        }
        before = character;
    }
    text
}
