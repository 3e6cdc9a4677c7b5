//! For architectures without a filter for system calls.

pub(super) fn restrict() -> Result<&'static str, String> {
    Err("macveil has no filter for this architecture".to_owned())
}
