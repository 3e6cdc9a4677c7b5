//! Errors of the configuration, as faults of the protocol.

use crate::protocol::{Fault, FaultKind, Mistake};

#[test]
fn wrong_configuration_gives_a_mistake_for_each_line() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("macveil.toml");
    std::fs::write(&file, "[device]\non-exit = 'kep'\n").unwrap();
    let errors = crate::config::load(Some(&file)).unwrap_err();
    let fault = Fault::from(&errors);
    assert_eq!(fault.kind, FaultKind::Configuration);
    assert_eq!(fault.message, errors.to_string());
    assert_eq!(
        fault.mistakes,
        [Mistake {
            file: file.display().to_string(),
            line: Some(2),
            column: Some(11),
            message: "`kep` is not valid: use one of keep, restore".to_owned(),
            meant: Some("did you mean `keep`?".to_owned()),
        }]
    );
}
