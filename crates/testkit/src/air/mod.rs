//! What was on the air, read from a capture. Shares no code with macveil: it
//! is the evidence that macveil is judged by.

mod capture;
mod elements;
mod frame;
mod mac;
mod radiotap;

pub use capture::Capture;
pub use elements::Element;
pub(crate) use elements::elements_from;
pub use frame::{Frame, Kind};
pub use mac::Mac;
