//! Text formats of wpa_supplicant. All input is hostile: any bytes, truncated anywhere.

use base16ct::mixed;
use macveil_core::types::{Mac, Ssid};

/// Decodes text from `printf_encode` (`src/utils/common.c`, 2.10) into raw bytes.
///
/// Like wpa_supplicant's own `printf_decode`, it drops the backslash and letter of an invalid escape.
pub(super) fn printf_decode(text: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first == b'\\' {
            rest = decode_escape(tail, &mut decoded);
        } else {
            decoded.push(*first);
        }
    }
    decoded
}

fn decode_escape<'a>(text: &'a [u8], decoded: &mut Vec<u8>) -> &'a [u8] {
    let [letter, rest @ ..] = text else {
        return text;
    };
    match letter {
        b'\\' | b'"' => decoded.push(*letter),
        b'n' => decoded.push(b'\n'),
        b'r' => decoded.push(b'\r'),
        b't' => decoded.push(b'\t'),
        b'e' => decoded.push(0x1b),
        b'x' => {
            if let Some((digits, rest)) = rest.split_at_checked(2)
                && let Ok(byte) = mixed::decode_vec(digits)
            {
                decoded.extend(byte);
                return rest;
            }
        }
        _ => {}
    }
    rest
}

/// An SSID as events, `STATUS` and `BSS` show it.
pub(super) fn printf_ssid(text: &[u8]) -> Option<Ssid> {
    Ssid::new(&printf_decode(text))
}

/// An SSID as `GET_NETWORK <id> ssid` shows it.
pub(crate) fn config_ssid(text: &[u8]) -> Option<Ssid> {
    Ssid::new(&config_string(text)?)
}

/// A string as `GET_NETWORK` shows it: quoted if printable, else in hexadecimal
/// (`wpa_config_write_string`, config.c, 2.10).
pub(super) fn config_string(text: &[u8]) -> Option<Vec<u8>> {
    match text {
        [b'"', quoted @ .., b'"'] => Some(quoted.to_vec()),
        _ => mixed::decode_vec(text).ok(),
    }
}

/// The lines of an answer, without line breaks.
pub(super) fn lines(answer: &[u8]) -> impl Iterator<Item = &[u8]> {
    answer
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
}

/// The value of the first `key=value` line. Later ones could be part of a value.
pub(super) fn field<'a>(answer: &'a [u8], key: &str) -> Option<&'a [u8]> {
    lines(answer).find_map(|line| line.strip_prefix(key.as_bytes())?.strip_prefix(b"="))
}

/// A decimal number without other characters.
pub(super) fn number<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    str::from_utf8(text).ok()?.parse().ok()
}

/// An address in `MACSTR` form without other characters.
pub(super) fn mac(text: &[u8]) -> Option<Mac> {
    const LENGTH: usize = "00:00:00:00:00:00".len();
    (text.len() == LENGTH)
        .then(|| str::from_utf8(text).ok()?.parse().ok())
        .flatten()
}

/// The first line, shortened and escaped for logs.
pub(super) fn excerpt(answer: &[u8]) -> String {
    const MAX_BYTES: usize = 64;
    let line = lines(answer).next().unwrap_or_default();
    let shown = line.get(..MAX_BYTES).unwrap_or(line);
    shown.escape_ascii().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printf_encoded_text_is_decoded() {
        let cases: [(&[u8], &[u8]); 8] = [
            (b"plain 'quoted'", b"plain 'quoted'"),
            (b"caf\\xc3\\xa9", "café".as_bytes()),
            (b"a\\\\b\\\"c\\e\\n\\r\\t", b"a\\b\"c\x1b\n\r\t"),
            (b"\\x00\\x00", b"\0\0"),
            (b"raw \xff", b"raw \xff"),
            (b"cut\\", b"cut"),
            (b"cut\\x", b"cut"),
            (b"odd\\x4g\\q", b"odd4g"),
        ];
        for (text, expected) in cases {
            assert_eq!(printf_decode(text), expected, "{}", text.escape_ascii());
        }
    }

    #[test]
    fn configured_ssid_is_parsed() {
        let ssid = |bytes: &[u8]| Ssid::new(bytes);
        assert_eq!(config_ssid(b"\"Home\""), ssid(b"Home"));
        assert_eq!(config_ssid(b"\"a\"b\\x\""), ssid(b"a\"b\\x"));
        assert_eq!(config_ssid(b"\"\""), ssid(b""));
        assert_eq!(config_ssid(b"c3a9"), ssid(&[0xc3, 0xa9]));
        assert_eq!(config_ssid(b"c3a"), None);
        assert_eq!(config_ssid(b"\""), None);
        assert_eq!(config_ssid(b"FAIL"), None);
        assert_eq!(config_ssid(&[b'0'; 66]), None);
    }

    #[test]
    fn first_line_of_a_key_is_used() {
        let answer = b"ssid=x\nwpa_state=COMPLETED\nid_str=\nwpa_state=SCANNING\n";
        assert_eq!(field(answer, "wpa_state"), Some(&b"COMPLETED"[..]));
        assert_eq!(field(answer, "id_str"), Some(&b""[..]));
        assert_eq!(field(answer, "id"), None);
    }

    #[test]
    fn excerpt_is_one_short_escaped_line() {
        assert_eq!(excerpt(b"FAIL\n"), "FAIL");
        assert_eq!(excerpt(b""), "");
        assert_eq!(excerpt(b"\x1b[2J\nsecond"), "\\x1b[2J");
        assert_eq!(excerpt(&[b'a'; 500]).len(), 64);
    }

    proptest::proptest! {
        #[test]
        fn random_text_causes_no_panic(text: Vec<u8>) {
            let _ = (printf_ssid(&text), config_ssid(&text), excerpt(&text));
            let _ = (field(&text, "a"), number::<u32>(&text), mac(&text));
        }

        #[test]
        fn hexadecimal_ssid_is_decoded(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..=32)) {
            proptest::prop_assert_eq!(config_ssid(base16ct::lower::encode_string(&bytes).as_bytes()), Ssid::new(&bytes));
        }
    }
}
