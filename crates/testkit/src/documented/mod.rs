//! What the documentation has its readers type: the commands on its pages, and the table of those that
//! need more than the others. The lab types them (`tests/lab/guest/documentation`), and `tests/manual`
//! holds pages and table against each other.

mod pages;
mod shape;
mod table;

pub use pages::{Command, Kind, Line, Page, commands, pages};
pub use shape::shape;
pub use table::{Conduct, End, Fate, Row, Rows, Situation};
