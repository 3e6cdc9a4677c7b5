//! Corpora of fuzz targets, and mutations of them.

pub mod capture;
mod corpus;
mod mutation;
mod short;

pub use short::run;
