//! Types what the documentation has its readers type, on a machine of the kind that it speaks of.

mod situations;
mod typing;

use std::path::Path;

use super::tell_host;
use super::world::World;
use clap::CommandFactory;
use macveil::cli::Arguments;
use macveil_testkit::documented::{Command, Conduct, Fate, Rows, Situation, commands};
use macveil_testkit::record::Fact;

/// The pages, and the files that they mention.
const PROJECT: &str = "/lab/project";

impl World {
    pub fn follow_documentation(&mut self) -> Result<(), String> {
        let shell = typing::Shell::open(&self.folder)?;
        let mut problems = Vec::new();
        let mut situation = Situation::Connected;
        let all = to_be_typed();
        let count = all.len();
        for (command, conduct) in all {
            if conduct.situation != situation {
                self.leave(situation, &shell)?;
                situation = conduct.situation;
                self.enter(situation, &shell)?;
            }
            tell_host(&format!("typed {}", command.place()));
            shell.note(&format!("{}: {}", command.place(), command.text))?;
            if let Err(problem) = shell.follow(&command, &conduct) {
                problems.push(format!("{}: `{}` {problem}", command.place(), command.text));
            }
            self.tidy(situation, &shell)
                .map_err(|problem| format!("after {}: {problem}", command.place()))?;
        }
        self.leave(situation, &shell)?;
        self.note(Fact::Measured(format!("{count} commands typed")));
        if problems.is_empty() {
            Ok(())
        } else {
            Err(problems.join("; "))
        }
    }
}

/// One situation after the other, and each command once in it.
fn to_be_typed() -> Vec<(Command, Conduct)> {
    let rows = Rows::read();
    let mut all: Vec<(Command, Conduct)> = Vec::new();
    for command in commands(Path::new(PROJECT), Arguments::command()) {
        let Fate::Typed(conduct) = rows.fate(&command) else {
            continue;
        };
        let is_again = |(before, its): &(Command, Conduct)| {
            before.bare() == command.bare() && *its == conduct && command.shown.is_empty()
        };
        let builds_upon = conduct.situation == Situation::OtherMachine;
        if builds_upon || !all.iter().any(is_again) {
            all.push((command, conduct));
        }
    }
    // What is shown is what a machine says on which nothing else has happened yet.
    all.sort_by_key(|(command, conduct)| (conduct.situation, command.shown.is_empty()));
    all
}
