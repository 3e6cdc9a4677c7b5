//! What describes the command line and the configuration is held against them: the man pages and the
//! shells' completions.
//!
//! `MACVEIL_WRITE=1 cargo test --test manual` writes those that are made from the code anew.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test program: it may use files, and fail loudly"
)]

mod docs;
#[path = "../documented/mod.rs"]
mod documented;
mod followed;
mod keys;
#[path = "../lab/host/options.rs"]
#[allow(
    dead_code,
    reason = "the lab's, of which it is asked whether it understands"
)]
mod options;
mod page;

use std::env;
use std::fs;
use std::path::PathBuf;

use clap::CommandFactory;
use clap_complete::{Shell, generate};
use macveil::cli::Arguments;

fn contrib(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("contrib")
        .join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(contrib(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The file in the tree is what the code makes of it.
fn hold(path: &str, made: &str) {
    if env::var_os("MACVEIL_WRITE").is_some() {
        fs::write(contrib(path), made).unwrap();
    }
    assert!(
        read(path) == made,
        "contrib/{path} is not what the command line says; MACVEIL_WRITE=1 cargo test --test manual writes it"
    );
}

#[test]
fn completions_know_the_command_line() {
    for (shell, path) in [
        (Shell::Bash, "completions/bash/macveil"),
        (Shell::Zsh, "completions/zsh/_macveil"),
        (Shell::Fish, "completions/fish/macveil.fish"),
    ] {
        let mut made = Vec::new();
        generate(shell, &mut Arguments::command(), "macveil", &mut made);
        hold(path, &String::from_utf8(made).unwrap());
    }
}

#[test]
fn the_manual_knows_the_command_line() {
    let made = page::of(
        Arguments::command(),
        &read("man/beginning.man"),
        &read("man/end.man"),
    );
    hold("man/macveil.1", &made);
}

#[test]
fn the_manual_has_every_command_and_flag() {
    let page = read("man/macveil.1");
    let command = Arguments::command();
    for subcommand in command.get_subcommands() {
        let name = subcommand.get_name();
        let heading = format!(".SS macveil {name}\n");
        let (_, section) = page.split_once(&heading).expect(name);
        let section = section.split(".SS").next().unwrap();
        let flags = subcommand
            .get_arguments()
            .filter_map(|argument| argument.get_long());
        for flag in flags {
            let flag = format!("\\-\\-{}", flag.replace('-', "\\-"));
            assert!(section.contains(&flag), "{name} {flag}");
        }
    }
}
