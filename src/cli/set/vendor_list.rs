//! `--list`: the known vendors.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use super::Args;
use crate::cli::failure::{Failure, NO};
use crate::protocol::to_json;
use crate::tools::vendors::{VendorListError, VendorLists, from_file, installed};

pub(super) fn lists(args: &Args) -> Result<VendorLists, VendorListError> {
    match &args.vendor_list {
        Some(file) => from_file(file),
        None => installed(Path::new("/")),
    }
}

#[derive(serde::Serialize)]
struct Entry {
    prefix: String,
    vendor: String,
}

/// Lists the vendors whose name or prefix contains the keyword. Exits with status 1 if there is none.
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
            entries.push(Entry {
                prefix,
                vendor: name.to_owned(),
            });
        } else {
            writeln!(out, "{prefix}  {name}")?;
        }
    }
    if args.json {
        writeln!(out, "{}", to_json(&entries))?;
    }
    Ok(if any {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(NO)
    })
}
