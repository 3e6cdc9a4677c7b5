//! Figures as something to read: tables that say where macveil is not ahead, and a chart. Pure: what is
//! measured, and how, is none of its business.

mod chart;
mod markdown;
mod table;

pub use chart::{Bar, Panel, chart};
pub use markdown::{Report, Section};
pub use table::{Column, Row, Table, Unit, number};
