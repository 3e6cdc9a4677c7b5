//! Reads gzip (RFC 1952), for /proc/config.gz.

use std::io::Read;

use flate2::read::DeflateDecoder;

/// How a file of `gzip -n` begins, with which the kernel is built: without the name and other fields. The time and the
/// origin follow.
const HEADER: &[u8] = &[0x1f, 0x8b, 8, 0];
const TIME_AND_ORIGIN: usize = 6;

/// The content of a file of `gzip -n`; `None` if it is not valid or has more than `max` bytes.
///
/// The checksum is not compared: its tables would be a fiftieth of `make small`, and the kernel reads no disk for this.
pub(super) fn gunzip(file: &[u8], max: usize) -> Option<Vec<u8>> {
    let limit = u64::try_from(max).ok()?.checked_add(1)?;
    let (_, compressed) = file
        .strip_prefix(HEADER)?
        .split_at_checked(TIME_AND_ORIGIN)?;
    let mut content = Vec::new();
    let mut decoder = DeflateDecoder::new(compressed).take(limit);
    decoder.read_to_end(&mut content).ok()?;
    (content.len() <= max).then_some(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `gzip -n`: of a text with repetitions, and of "a\n".
    const REPEATED: &str = "1f8b08000000000002036dd72d6e4331140561ded5f8f8dfa02852ab90bc82f2ac23bb8f0aab197ad1dce8c59f7dbb1e5ff7efe7f5f37bbf1ecff2f9fab8fd9b04938a49c3a463323099982c4c3626878512cdea303bec0ec3c3f2303d6c0fe3c3facafa2abf39eb2beb2beb2beb2beb2beb2beb2beb1beb1beb9b7c32ac6fac6fac6fac6fac6fac6facefacefacefaceff2c5b3beb3beb3beb3beb3beb37eb07eb07eb07eb07ec81f96f583f583f583f583f593f593f593f593f593f553ce1bd64fd64fd64fd62fd62fd62fd62fd62fd62fd62f392e59bf58bf58bf59bf59bf59bf59bf59bf59bf59bfe5b467fd66fd61fd61fd61fd61fd61fd61fd61fd61fd11ac4c2be1aa885745c02a225611b28a985504ad226a1561abc81ecaaeec61f09abc46afd96bf89abec6aff81b0138d5ee0fb287181c4138a27084e188c31188231247288e589c661721d943388e781c0139227284e488c91194232a47584eb71b9dec213247688ed81cc139a27384e788cf11a0234267d8d554f610a4234a47988e381d813a227584ea88d511ac33ed8e2d7b88d711b0236247c88e981d413ba27684ed88db59f658903d84ee88dd11bc237a47f88ef81d013c227884f06c7bf5c81ea27884f188e311c8239247288f581ec13ca2798e3ddffef67803e6cdfd3d320f0000";
    const SHORT: &str = "1f8b08000000000002034be4020007a1eadd02000000";

    #[test]
    fn compressed_text_is_read() {
        let hex = |text: &str| base16ct::lower::decode_vec(text.as_bytes()).unwrap();
        assert_eq!(gunzip(&hex(SHORT), 100).as_deref(), Some(&b"a\n"[..]));
        let lines = (0..200).map(|number| format!("CONFIG_OPTION_{number}=y\n"));
        let text = lines.collect::<String>();
        let file = hex(REPEATED);
        assert_eq!(gunzip(&file, 10_000).as_deref(), Some(text.as_bytes()));
        assert_eq!(gunzip(&file, 1000), None);
        for end in 0..file.len() - 8 {
            assert_eq!(gunzip(file.get(..end).unwrap(), 10_000), None);
        }
    }
}
