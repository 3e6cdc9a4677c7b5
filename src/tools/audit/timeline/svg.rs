//! Writes SVG as text. Lengths are integers, in tenths of a pixel.

use std::fmt::Write as _;

/// The document as written so far.
#[derive(Debug, Default)]
pub(super) struct Svg(pub(super) String);

/// A rectangle; the origin is the upper left corner.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) x: u64,
    pub(super) y: u64,
    pub(super) width: u64,
    pub(super) height: u64,
}

impl Svg {
    pub(super) fn rectangle(&mut self, class: &str, place: Place, title: &str) {
        self.open("rect", class);
        for (name, number) in [
            ("x", place.x),
            ("y", place.y),
            ("width", place.width),
            ("height", place.height),
        ] {
            self.number(name, number);
        }
        self.close("rect", title);
    }

    pub(super) fn text(&mut self, class: &str, (x, y): (u64, u64), text: &str) {
        self.open("text", class);
        self.number("x", x);
        self.number("y", y);
        self.0.push('>');
        self.escaped(text);
        self.0.push_str("</text>\n");
    }

    /// A line through all points.
    pub(super) fn path(&mut self, class: &str, points: &[(u64, u64)], title: &str) {
        self.open("polyline", class);
        self.0.push_str(" points=\"");
        for (x, y) in points {
            let _ = write!(self.0, "{x},{y} ");
        }
        self.0.push('"');
        self.close("polyline", title);
    }

    fn open(&mut self, element: &str, class: &str) {
        self.0.push('<');
        self.0.push_str(element);
        self.0.push_str(" class=\"");
        self.0.push_str(class);
        self.0.push('"');
    }

    fn number(&mut self, name: &str, number: u64) {
        let _ = write!(self.0, " {name}=\"{number}\"");
    }

    /// Closes an element with a title, which browsers show as a tooltip.
    fn close(&mut self, element: &str, title: &str) {
        if title.is_empty() {
            self.0.push_str("/>\n");
            return;
        }
        self.0.push_str("><title>");
        self.escaped(title);
        self.0.push_str("</title></");
        self.0.push_str(element);
        self.0.push_str(">\n");
    }

    /// Escapes markup and replaces characters that XML 1.0 forbids (section 2.2).
    pub(super) fn escaped(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '&' => self.0.push_str("&amp;"),
                '"' => self.0.push_str("&quot;"),
                '\u{fffe}' | '\u{ffff}' => self.0.push('\u{fffd}'),
                other if other.is_control() => self.0.push('\u{fffd}'),
                other => self.0.push(other),
            }
        }
    }
}
