//! Vendor names of addresses.

use crate::tools::vendors::{VendorLists, Vendors};
use macveil_core::types::Mac;

/// The vendors of some addresses; empty without a vendor list.
#[derive(Debug, Default)]
pub(crate) struct VendorNames(Option<Vendors>);

impl VendorNames {
    pub(crate) fn of(addresses: &[Mac], lists: Option<&VendorLists>) -> Self {
        Self(lists.map(|lists| lists.vendors_of(addresses)))
    }

    /// The address with its vendor, if known.
    pub(crate) fn describe(&self, address: Mac) -> String {
        match self.vendor(address) {
            Some(vendor) => format!("{address} ({vendor})"),
            None if address.is_local() => format!("{address} (locally administered)"),
            None if self.0.is_none() => address.to_string(),
            None => format!("{address} (unknown vendor)"),
        }
    }

    pub(crate) fn vendor(&self, address: Mac) -> Option<&str> {
        self.0.as_ref()?.name(address)
    }
}
