//! Keys and passwords that authentication and association frames name.

use super::{Identifier, Statement, mld_address};
use crate::tools::audit::bytes::u16_at;
use crate::tools::audit::elements::{Element, Elements};

const OPEN: u16 = 0;
const FAST_TRANSITION: u16 = 2;
const SAE: u16 = 3;
const COMMIT: u16 = 1;
/// Algorithm, transaction, status.
const FIXED: usize = 6;
const EXTENSION: u8 = 255;
const PASSWORD_ID: u8 = 33;

/// Reads the body of an authentication frame.
pub(super) fn authentication(body: &[u8], tell: &mut impl FnMut(Statement)) {
    let (Some(algorithm), Some(transaction)) = (u16_at(body, 0), u16_at(body, 2)) else {
        return;
    };
    let begin = match (algorithm, transaction) {
        (OPEN | FAST_TRANSITION, _) => Some(FIXED),
        (SAE, COMMIT) => end_of_commit(body),
        _ => None,
    };
    let Some(content) = begin.and_then(|begin| body.get(begin..)) else {
        return;
    };
    for element in Elements(content) {
        if let Some(mld) = mld_address(element) {
            tell(Statement::IsLinkOf(mld));
        }
        match (element.id, element.body) {
            (Element::RSN, body) => keys(body, tell),
            (EXTENSION, [PASSWORD_ID, identifier @ ..]) => {
                tell(Statement::Has(Identifier::PasswordId(identifier.into())));
            }
            _ => {}
        }
    }
}

/// Where the elements of an SAE commit begin: after the group, scalar and element. A token that is not in an element
/// hides them.
fn end_of_commit(body: &[u8]) -> Option<usize> {
    /// Bytes of a coordinate, for the groups that are in use.
    const SIZES: [(u16, usize); 3] = [(19, 32), (20, 48), (21, 66)];
    let group = u16_at(body, FIXED)?;
    let (_, size) = SIZES.into_iter().find(|(number, _)| *number == group)?;
    Some(FIXED + 2 + 3 * size)
}

/// The keys that an RSN element names (IEEE 802.11-2020, 9.4.2.24).
pub(super) fn keys(body: &[u8], tell: &mut impl FnMut(Statement)) {
    const VERSION_AND_GROUP: usize = 6;
    const CAPABILITIES: usize = 2;
    const SUITE: usize = 4;
    let after_list = |at: usize| Some(at + 2 + SUITE * usize::from(u16_at(body, at)?));
    let keys = after_list(VERSION_AND_GROUP)
        .and_then(after_list)
        .and_then(|at| body.get(at + CAPABILITIES..)?.split_first_chunk());
    let Some((count, keys)) = keys else {
        return;
    };
    let count = usize::from(u16::from_le_bytes(*count));
    for key in keys.as_chunks().0.iter().take(count) {
        tell(Statement::Has(Identifier::Key(*key)));
    }
}
