//! Names of vendors for people, and the list of them all.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use super::Args;
use crate::cli::failure::{Failure, NO};
use crate::json::Json;
use crate::tools::vendors::{VendorListError, VendorLists, Vendors, from_file, installed};
use macveil_core::types::Mac;

pub(super) fn lists(args: &Args) -> Result<VendorLists, VendorListError> {
    match &args.vendor_list {
        Some(file) => from_file(file),
        None => installed(Path::new("/")),
    }
}

/// Whose some addresses are; nothing is known where there is no list.
#[derive(Debug, Default)]
pub(super) struct Names(Option<Vendors>);

impl Names {
    pub(super) fn of(addresses: &[Mac], lists: Option<&VendorLists>) -> Self {
        Self(lists.map(|lists| lists.vendors_of(addresses)))
    }

    /// The address, and whose it is if that is known.
    pub(super) fn describe(&self, address: Mac) -> String {
        match self.vendor(address) {
            Some(vendor) => format!("{address} ({vendor})"),
            None if address.is_local() => format!("{address} (locally administered)"),
            None if self.0.is_none() => address.to_string(),
            None => format!("{address} (unknown vendor)"),
        }
    }

    pub(super) fn vendor(&self, address: Mac) -> Option<&str> {
        self.0.as_ref()?.name(address)
    }
}

/// Lists the vendors whose line has the keyword. Exits with status 1 if there is none.
pub(super) fn list(args: &Args, keyword: &str, out: &mut impl Write) -> Result<ExitCode, Failure> {
    let lists = lists(args).map_err(|error| Failure::cannot("cannot list vendors", error))?;
    let vendors = lists.vendors();
    let keyword = keyword.to_lowercase();
    let found = vendors
        .iter()
        .map(|(prefix, name)| (prefix.to_string(), name))
        .filter(|(prefix, name)| {
            prefix.contains(&keyword) || name.to_lowercase().contains(&keyword)
        });
    let mut any = false;
    let mut entries = Vec::new();
    for (prefix, name) in found {
        any = true;
        if args.json {
            entries.push(Json::Object(vec![
                ("prefix", Json::text(prefix)),
                ("vendor", Json::text(name)),
            ]));
        } else {
            writeln!(out, "{prefix}  {name}")?;
        }
    }
    if args.json {
        writeln!(out, "{}", Json::List(entries))?;
    }
    Ok(if any {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(NO)
    })
}
