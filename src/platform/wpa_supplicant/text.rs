//! How wpa_supplicant writes things down. All of it is hostile input: any bytes, cut anywhere.

use data_encoding::HEXLOWER_PERMISSIVE;
use macveil_core::types::{Mac, Ssid};

/// Reads text that `printf_encode` (`src/utils/common.c`, 2.10) wrote back into raw bytes.
///
/// As its counterpart `printf_decode` does, an escape that is none loses its backslash and letter.
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
                && let Ok(byte) = HEXLOWER_PERMISSIVE.decode(digits)
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
pub(super) fn config_ssid(text: &[u8]) -> Option<Ssid> {
    Ssid::new(&config_string(text)?)
}

/// A string as `GET_NETWORK` shows it: quoted if it is printable, else in hexadecimal
/// (`wpa_config_write_string`, config.c, 2.10).
pub(super) fn config_string(text: &[u8]) -> Option<Vec<u8>> {
    match text {
        [b'"', quoted @ .., b'"'] => Some(quoted.to_vec()),
        _ => HEXLOWER_PERMISSIVE.decode(text).ok(),
    }
}

/// The lines of an answer, without their ends.
pub(super) fn lines(answer: &[u8]) -> impl Iterator<Item = &[u8]> {
    answer
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
}

/// The value of the first `key=value` line. Later ones could have been put there by a value.
pub(super) fn field<'a>(answer: &'a [u8], key: &str) -> Option<&'a [u8]> {
    lines(answer).find_map(|line| line.strip_prefix(key.as_bytes())?.strip_prefix(b"="))
}

/// A number in decimal, with nothing around it.
pub(super) fn number<T: std::str::FromStr>(text: &[u8]) -> Option<T> {
    str::from_utf8(text).ok()?.parse().ok()
}

/// An address in `MACSTR` form with nothing around it.
pub(super) fn mac(text: &[u8]) -> Option<Mac> {
    const LENGTH: usize = "00:00:00:00:00:00".len();
    (text.len() == LENGTH)
        .then(|| str::from_utf8(text).ok()?.parse().ok())
        .flatten()
}

/// The first line, shortened and without anything that could disturb a log.
pub(super) fn excerpt(answer: &[u8]) -> String {
    const LONGEST: usize = 64;
    let line = lines(answer).next().unwrap_or_default();
    let shown = line.get(..LONGEST).unwrap_or(line);
    shown.escape_ascii().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undoes_printf_encode() {
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
    fn reads_configured_ssids() {
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
    fn believes_the_first_line_of_a_key() {
        let answer = b"ssid=x\nwpa_state=COMPLETED\nid_str=\nwpa_state=SCANNING\n";
        assert_eq!(field(answer, "wpa_state"), Some(&b"COMPLETED"[..]));
        assert_eq!(field(answer, "id_str"), Some(&b""[..]));
        assert_eq!(field(answer, "id"), None);
    }

    #[test]
    fn an_excerpt_is_one_short_harmless_line() {
        assert_eq!(excerpt(b"FAIL\n"), "FAIL");
        assert_eq!(excerpt(b""), "");
        assert_eq!(excerpt(b"\x1b[2J\nsecond"), "\\x1b[2J");
        assert_eq!(excerpt(&[b'a'; 500]).len(), 64);
    }

    proptest::proptest! {
        #[test]
        fn survives_anything(text: Vec<u8>) {
            let _ = (printf_ssid(&text), config_ssid(&text), excerpt(&text));
            let _ = (field(&text, "a"), number::<u32>(&text), mac(&text));
        }

        #[test]
        fn hexadecimal_is_read_back(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..=32)) {
            proptest::prop_assert_eq!(config_ssid(HEXLOWER_PERMISSIVE.encode(&bytes).as_bytes()), Ssid::new(&bytes));
        }
    }
}
