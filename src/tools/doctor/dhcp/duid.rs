//! Stored DUIDs (RFC 8415, 11): those of type 1 and 3 contain a link-layer address.

use macveil_core::types::Mac;

/// Bytes of a DUID as dhcpcd writes it: `00:01:00:01:...`.
pub(super) fn of_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let bytes = text.trim_ascii().split(':');
    bytes
        .map(|byte| {
            u8::from_str_radix(byte, 16)
                .ok()
                .filter(|_| byte.len() == 2)
        })
        .collect()
}

/// Bytes of a DUID as dhclient writes it: `"\000\001..."` with octal escapes, or hexadecimal with colons.
pub(super) fn of_lease_file(text: &str) -> Option<Vec<u8>> {
    const KEYWORD: &str = "default-duid";
    let after = text.get(text.rfind(KEYWORD)? + KEYWORD.len()..)?;
    let after = after.trim_ascii_start();
    let Some(quoted) = after.strip_prefix('"') else {
        return of_hexadecimal(after.split(';').next()?);
    };
    let mut bytes = Vec::new();
    let mut characters = quoted.bytes();
    loop {
        match characters.next()? {
            b'"' => return Some(bytes),
            b'\\' => {
                let first = characters.next()?;
                if !(b'0'..=b'7').contains(&first) {
                    bytes.push(first);
                    continue;
                }
                let digits = [first, characters.next()?, characters.next()?];
                let value = std::str::from_utf8(&digits).ok()?;
                bytes.push(u8::from_str_radix(value, 8).ok()?);
            }
            byte => bytes.push(byte),
        }
    }
}

/// Whether a DUID is derived from an address: DUID-LLT or DUID-LL.
pub(super) fn has_link_address(duid: &[u8]) -> bool {
    matches!(duid, [0, 1 | 3, ..])
}

pub(super) fn contains(duid: &[u8], address: Mac) -> bool {
    duid.windows(address.0.len())
        .any(|bytes| bytes == address.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn duid_is_read_as_clients_write_it() {
        let expected = [0, 1, 0, 1, 0x2d, 0x22, 0x5c, 0x78, 0, 0x16];
        for text in [
            "default-duid \"\\000\\001\\000\\001-\\\"\\\\x\\000\\026\";\n",
            "lease {}\ndefault-duid 00:01:00:01:2d:22:5c:78:00:16;\n",
        ] {
            assert_eq!(
                of_lease_file(text).as_deref(),
                Some(&expected[..]),
                "{text}"
            );
        }
        assert_eq!(
            of_hexadecimal("00:01:00:01:2d:22:5c:78:00:16\n").unwrap(),
            expected
        );
        assert_eq!(of_hexadecimal("00:1"), None);
        assert_eq!(of_lease_file("default-duid \"\\0"), None);
        assert!(has_link_address(&expected) && !has_link_address(&[0, 2, 0, 0]));
        assert!(contains(&[9, 0, 1, 2, 3, 4, 5], Mac([0, 1, 2, 3, 4, 5])));
    }
}
