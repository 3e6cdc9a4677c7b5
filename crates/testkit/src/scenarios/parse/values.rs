//! Numbers, times, addresses and programs.

use std::time::Duration;

use Word::{Comma, Plain as P, Quoted as Q};

use super::super::story::{Mac, Program, Subnet};
use super::super::words::Word;

pub fn program(subject: &[Word]) -> Result<Program, String> {
    match subject {
        [P("macveil")] => Ok(Program::Macveil),
        [P("wpa_supplicant")] => Ok(Program::Supplicant),
        [P("macveil"), P("and"), P("wpa_supplicant")] => Ok(Program::Both),
        _ => Err("the programs are macveil, wpa_supplicant, or both".to_owned()),
    }
}

pub fn text(bytes: &[u8]) -> Result<String, String> {
    String::from_utf8(bytes.to_vec()).map_err(|_| "not text".to_owned())
}

/// A command's words; quotes of one kind keep white space together.
pub fn shell_words(command: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut rest = command.trim_start();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('\'') {
            Some(quoted) => quoted.split_once('\'').ok_or("a quote is not closed")?,
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    Ok(words)
}

pub fn number<T: std::str::FromStr>(word: &str) -> Result<T, String> {
    word.parse()
        .map_err(|_| format!("{word:?} is no such number"))
}

pub fn duration(count: &str, unit: &str) -> Result<Duration, String> {
    let seconds = match unit {
        "s" => 1.0,
        "ms" => 0.001,
        "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(format!("{unit:?} is not s, ms, min or h")),
    };
    Ok(Duration::from_secs_f64(number::<f64>(count)? * seconds))
}

pub fn mac(word: &str) -> Result<Mac, String> {
    let bytes: Result<Vec<u8>, _> = word
        .split(':')
        .map(|part| u8::from_str_radix(part, 16))
        .collect();
    bytes
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| format!("{word:?} is not a hardware address"))
}

/// As in "10.1.2.0/24".
pub fn parse_subnet(word: &str) -> Result<Subnet, String> {
    let bytes: Option<Vec<u8>> = word
        .strip_suffix(".0/24")
        .and_then(|start| start.split('.').map(|part| part.parse().ok()).collect());
    let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
    bytes
        .map(Subnet)
        .ok_or_else(|| format!("{word:?} is not a subnet of 256 addresses"))
}

/// Quoted texts, with commas and "and" between them.
pub fn quoted_list(words: &[Word]) -> Result<Vec<String>, String> {
    words
        .iter()
        .filter(|word| !matches!(word, P("and") | Comma))
        .map(|word| match word {
            Q(bytes) => text(bytes),
            _ => Err("a list of quoted words is expected".to_owned()),
        })
        .collect()
}
