//! Scalable vector graphics, as text. Lengths are tenths of a pixel, so that none has a fraction.

use std::fmt::Write as _;

/// A picture in the making.
#[derive(Debug, Default)]
pub(super) struct Svg(pub(super) String);

/// Where something is, from the upper left corner.
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

    /// Lines from each point to the next.
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

    /// The title is what is shown when somebody points at it.
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

    /// What may be in XML 1.0 (section 2.2), and begins no markup.
    pub(super) fn escaped(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '&' => self.0.push_str("&amp;"),
                '"' => self.0.push_str("&quot;"),
                '\u{fffe}' | '\u{ffff}' => self.0.push('\u{fffd}'),
                it if it.is_control() => self.0.push('\u{fffd}'),
                it => self.0.push(it),
            }
        }
    }
}
