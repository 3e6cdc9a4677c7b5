//! `NetworkManager`'s escaping of bytes as text (`nm_utils_buf_utf8safe_escape`).

use std::fmt::Write;

/// Keeps valid UTF-8; doubles `\`; writes control characters below 0x20, 0x7f and bytes outside valid
/// UTF-8 as `\ooo`.
pub(super) fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\\' => text.push_str("\\\\"),
                '\0'..='\x1f' | '\x7f' => push_octal(&mut text, u32::from(character)),
                other => text.push(other),
            }
        }
        for &byte in chunk.invalid() {
            push_octal(&mut text, u32::from(byte));
        }
    }
    text
}

fn push_octal(text: &mut String, byte: u32) {
    // Writing to a string cannot fail.
    let _ = write!(text, "\\{byte:03o}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_match_network_manager() {
        for (bytes, text) in [
            (&b"foo\n"[..], "foo\\012"),
            (b"SSID(\x82)", "SSID(\\202)"),
            (b"a\\b \x7f", "a\\\\b \\177"),
            ("Café ☕".as_bytes(), "Café ☕"),
            (b"\0", "\\000"),
            (b"\xf0\x9f\x92", "\\360\\237\\222"),
        ] {
            assert_eq!(escape(bytes), text);
        }
    }
}
