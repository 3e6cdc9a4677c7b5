//! A network block.

use std::fmt::Write as _;

/// Maximum length of a line: the buffer of `wpa_config_read_network` without newline and NUL.
const MAX_LINE: usize = 1998;

/// A network block under construction.
pub(super) struct Block {
    title: String,
    remarks: Vec<String>,
    problems: Vec<String>,
    lines: Vec<String>,
}

impl Block {
    pub(super) fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            remarks: Vec::new(),
            problems: Vec::new(),
            lines: Vec::new(),
        }
    }

    /// Sets a key. The value must not have control characters.
    pub(super) fn set(&mut self, key: &str, value: &str) {
        let line = format!("\t{key}={value}");
        if line.len() > MAX_LINE {
            self.problem(format!("{key} is too long for wpa_supplicant"));
        }
        self.lines.push(line);
    }

    pub(super) fn remark(&mut self, text: &str) {
        self.remarks.push(text.to_owned());
    }

    /// Makes the block a comment.
    pub(super) fn problem(&mut self, why: impl Into<String>) {
        self.problems.push(why.into());
    }

    pub(super) fn problems(&self) -> &[String] {
        &self.problems
    }

    pub(super) fn is_usable(&self) -> bool {
        self.problems.is_empty()
    }

    pub(super) fn written(&self) -> String {
        let mut text = String::new();
        let remarks = self.remarks.iter().chain(&self.problems);
        for remark in std::iter::once(&self.title).chain(remarks) {
            let remark = remark.replace(char::is_control, "\u{fffd}");
            let _ = writeln!(
                text,
                "{}# {remark}",
                if text.is_empty() { "\n" } else { "" }
            );
        }
        let comment = if self.is_usable() { "" } else { "#" };
        let _ = writeln!(text, "{comment}network={{");
        for line in &self.lines {
            let _ = writeln!(text, "{comment}{line}");
        }
        let _ = writeln!(text, "{comment}}}");
        text
    }
}

/// A string in quotes if it is printable ASCII, otherwise in hexadecimal; also if it has a quote, because
/// `wpa_config_get_line` takes `#` after the second quote for a comment.
pub(super) fn text_or_hex(bytes: &[u8]) -> String {
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~') && *byte != b'"';
    match std::str::from_utf8(bytes) {
        Ok(text) if !bytes.is_empty() && bytes.iter().all(is_plain) => format!("\"{text}\""),
        _ => base16ct::lower::encode_string(bytes),
    }
}
