//! Any text is read or rejected, without a panic.

use proptest::prelude::*;

use super::read;
use crate::config::Problem;

const FILE: &str = include_str!("../../../contrib/macveil.toml");

/// Whether every problem has a position in the file.
fn has_positions(text: &str) -> bool {
    let Err(errors) = read(text) else {
        return true;
    };
    let lines = text.split('\n').count();
    let mut positions = errors.problems().iter().filter_map(Problem::position);
    positions.all(|position| (1..=lines).contains(&position.line)) && !errors.to_string().is_empty()
}

proptest! {
    #[test]
    fn any_text_has_positions(text in "(\\PC|[\n\t\"'\\[\\]={}#\\\\]){0,80}") {
        prop_assert!(has_positions(&text));
    }

    #[test]
    fn any_value_has_positions(key in "[a-z-]{1,12}", value in "\\PC{0,12}") {
        let section = "[[network]]\nssid = 'é'\n";
        let bare = format!("{section}{key} = {value}\n");
        let quoted = format!("{section}{key} = '{value}'");
        prop_assert!(has_positions(&bare));
        prop_assert!(has_positions(&quoted));
    }

    #[test]
    fn mutated_documented_file_has_positions(
        at in any::<prop::sample::Index>(), cut in 0..40_usize, put in "\\PC{0,3}",
    ) {
        let file: Vec<char> = FILE.chars().collect();
        let at = at.index(file.len());
        let end = (at + cut).min(file.len());
        let text: String = file[..at].iter().copied().chain(put.chars()).chain(file[end..].iter().copied()).collect();
        prop_assert!(has_positions(&text));
    }
}
