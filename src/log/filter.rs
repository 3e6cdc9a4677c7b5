//! Which events are logged.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;

pub(super) const DEFAULT: LevelFilter = LevelFilter::INFO;
/// The most that libraries log unless a directive names them: what they log in detail can identify
/// networks, and hides macveil's own lines.
const MAX_OF_LIBRARIES: LevelFilter = LevelFilter::WARN;

/// Reads a list of directives with commas between: a level for all of macveil, or `target=level`. A target
/// is a module path and includes all modules below it. The longest one that fits applies.
pub(super) fn parse(directives: &str) -> Result<Targets, String> {
    let mut own = DEFAULT;
    let mut targets = Vec::new();
    let parts = directives.split(',').map(str::trim);
    for part in parts.filter(|part| !part.is_empty()) {
        match part.split_once('=') {
            Some((target, word)) => targets.push((target.trim(), level(word.trim())?)),
            None => own = level(part)?,
        }
    }
    Ok(at(own).with_targets(targets))
}

pub(super) fn at(own: LevelFilter) -> Targets {
    Targets::new()
        .with_default(own.min(MAX_OF_LIBRARIES))
        .with_target("macveil", own)
}

fn level(word: &str) -> Result<LevelFilter, String> {
    // tracing takes an empty text for `error`.
    let word = word.to_ascii_lowercase();
    let known = Some(&word).filter(|word| !word.is_empty());
    known.and_then(|word| word.parse().ok()).ok_or_else(|| {
        format!("{word:?} is not a level: use off, error, warn, info, debug or trace")
    })
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn an_empty_filter_is_info() {
        let targets = parse("").unwrap();
        assert!(targets.would_enable("macveil::daemon", &Level::INFO));
        assert!(!targets.would_enable("macveil::daemon", &Level::DEBUG));
    }

    #[test]
    fn a_level_applies_to_macveil_and_libraries_stay_at_warn() {
        let targets = parse("debug").unwrap();
        assert!(targets.would_enable("macveil::daemon", &Level::DEBUG));
        assert!(targets.would_enable("macveil_core::machine", &Level::DEBUG));
        assert!(!targets.would_enable("zbus::connection", &Level::INFO));
        assert!(targets.would_enable("zbus::connection", &Level::WARN));
        let targets = parse("error").unwrap();
        assert!(!targets.would_enable("zbus::connection", &Level::WARN));
    }

    #[test]
    fn a_directive_applies_to_its_target_only() {
        let targets = parse("warn, macveil::platform=debug,zbus=trace").unwrap();
        assert!(targets.would_enable("macveil::platform::netlink", &Level::DEBUG));
        assert!(!targets.would_enable("macveil::daemon", &Level::INFO));
        assert!(targets.would_enable("zbus", &Level::TRACE));
    }

    #[test]
    fn an_unknown_level_is_an_error() {
        for directives in ["loud", "macveil::daemon", "macveil=", "macveil=a=b"] {
            assert!(parse(directives).is_err(), "{directives}");
        }
        assert_eq!(
            parse("loud").unwrap_err(),
            "\"loud\" is not a level: use off, error, warn, info, debug or trace"
        );
    }
}
