//! Writes the files that packages generate from the command line:
//!
//! ```text
//! cargo run -p xtask -- man DIRECTORY          macveil.1
//! cargo run -p xtask -- completions DIRECTORY  bash/macveil, zsh/_macveil, fish/macveil.fish
//! ```

#![allow(
    clippy::disallowed_methods,
    reason = "a program that only writes files; the guard is for the pure modules of macveil"
)]

mod completions;
mod page;

use std::error::Error;
use std::fs;
use std::path::Path;

use clap::CommandFactory;
use macveil::cli::Arguments;

const USAGE: &str = "usage: cargo run -p xtask -- man|completions DIRECTORY";

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["man", directory] => man(directory.as_ref()),
        ["completions", directory] => completions::write(directory.as_ref()),
        _ => Err(USAGE.into()),
    }
}

fn man(directory: &Path) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(directory)?;
    fs::write(
        directory.join("macveil.1"),
        page::render(Arguments::command())?,
    )?;
    Ok(())
}
