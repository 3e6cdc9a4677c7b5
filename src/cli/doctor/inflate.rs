//! Reads gzip (RFC 1952, RFC 1951), for /proc/config.gz.

/// Lengths and distances have up to 15 bits.
const MAX_BITS: usize = 15;
const LENGTHS: [(u16, u8); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];
const DISTANCES: [(u16, u8); 30] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];
/// The order of the code lengths of code lengths.
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// The content of a gzip file with a plain header; `None` if it is not valid or has more than `max` bytes.
pub(super) fn gunzip(file: &[u8], max: usize) -> Option<Vec<u8>> {
    let rest = file.strip_prefix(&[0x1f, 0x8b, 8, 0])?;
    let mut input = Bits {
        bytes: rest.get(6..)?,
        next: 0,
        bit: 0,
    };
    let mut output = Vec::new();
    loop {
        let is_last = input.take(1)? == 1;
        match input.take(2)? {
            0 => stored(&mut input, &mut output)?,
            1 => {
                let lengths: Vec<u8> = (0..288)
                    .map(|symbol| match symbol {
                        0..=143 | 280..=287 => 8,
                        144..=255 => 9,
                        _ => 7,
                    })
                    .collect();
                let (literals, distances) = (Code::new(&lengths), Code::new(&[5; 30]));
                compressed(&mut input, &literals, &distances, &mut output, max)?;
            }
            2 => {
                let (literals, distances) = codes(&mut input)?;
                compressed(&mut input, &literals, &distances, &mut output, max)?;
            }
            _ => return None,
        }
        if output.len() > max {
            return None;
        }
        if is_last {
            return Some(output);
        }
    }
}

struct Bits<'a> {
    bytes: &'a [u8],
    next: usize,
    bit: u8,
}

impl Bits<'_> {
    fn take(&mut self, count: u8) -> Option<u16> {
        let mut value = 0;
        for place in 0..count {
            let byte = *self.bytes.get(self.next)?;
            value |= u16::from(byte >> self.bit & 1) << place;
            self.bit += 1;
            if self.bit == 8 {
                self.bit = 0;
                self.next += 1;
            }
        }
        Some(value)
    }
}

/// A canonical Huffman code.
struct Code {
    /// How many symbols have each length.
    counts: [u16; MAX_BITS + 1],
    symbols: Vec<u16>,
}

impl Code {
    fn new(lengths: &[u8]) -> Self {
        let mut counts = [0; MAX_BITS + 1];
        let mut symbols = Vec::new();
        for (length, count) in (0..).zip(&mut counts).skip(1) {
            let of_length = (0..).zip(lengths).filter(|(_, its)| **its == length);
            for (symbol, _) in of_length {
                symbols.push(symbol);
                *count += 1;
            }
        }
        Self { counts, symbols }
    }

    fn symbol(&self, input: &mut Bits) -> Option<u16> {
        let (mut code, mut first, mut index) = (0_u32, 0_u32, 0_u32);
        for count in self.counts.iter().skip(1).copied().map(u32::from) {
            code |= u32::from(input.take(1)?);
            if let Some(offset) = code.checked_sub(first).filter(|offset| *offset < count) {
                return self
                    .symbols
                    .get(usize::try_from(index + offset).ok()?)
                    .copied();
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        None
    }
}

fn stored(input: &mut Bits, output: &mut Vec<u8>) -> Option<()> {
    if input.bit > 0 {
        input.bit = 0;
        input.next += 1;
    }
    let length = usize::from(input.take(16)?);
    input.take(16)?;
    let end = input.next.checked_add(length)?;
    output.extend_from_slice(input.bytes.get(input.next..end)?);
    input.next = end;
    Some(())
}

fn codes(input: &mut Bits) -> Option<(Code, Code)> {
    let literals = usize::from(input.take(5)?) + 257;
    let distances = usize::from(input.take(5)?) + 1;
    let count = usize::from(input.take(4)?) + 4;
    let mut lengths = [0; 19];
    for place in ORDER.iter().take(count) {
        *lengths.get_mut(*place)? = u8::try_from(input.take(3)?).ok()?;
    }
    let code = Code::new(&lengths);
    let mut lengths: Vec<u8> = Vec::new();
    while lengths.len() < literals + distances {
        let (value, times) = match code.symbol(input)? {
            16 => (*lengths.last()?, input.take(2)? + 3),
            17 => (0, input.take(3)? + 3),
            18 => (0, input.take(7)? + 11),
            length => (u8::try_from(length).ok()?, 1),
        };
        lengths.extend((0..times).map(|_| value));
    }
    let (first, rest) = lengths.split_at_checked(literals)?;
    Some((Code::new(first), Code::new(rest)))
}

fn compressed(
    input: &mut Bits,
    literals: &Code,
    distances: &Code,
    output: &mut Vec<u8>,
    max: usize,
) -> Option<()> {
    while output.len() <= max {
        let symbol = literals.symbol(input)?;
        match symbol.checked_sub(256) {
            None => output.push(u8::try_from(symbol).ok()?),
            Some(0) => return Some(()),
            Some(number) => {
                let (base, bits) = *LENGTHS.get(usize::from(number) - 1)?;
                let length = usize::from(base + input.take(bits)?);
                let (base, bits) = *DISTANCES.get(usize::from(distances.symbol(input)?))?;
                let distance = usize::from(base + input.take(bits)?);
                let start = output.len().checked_sub(distance)?;
                for place in start..start + length {
                    output.push(*output.get(place)?);
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by `gzip -n`: of a text with repetitions, and of "a\n".
    const REPEATED: &str = "1f8b08000000000002036dd72d6e4331140561ded5f8f8dfa02852ab90bc82f2ac23bb8f0aab197ad1dce8c59f7dbb1e5ff7efe7f5f37bbf1ecff2f9fab8fd9b04938a49c3a463323099982c4c3626878512cdea303bec0ec3c3f2303d6c0fe3c3facafa2abf39eb2beb2beb2beb2beb2beb2beb2beb1beb1beb9b7c32ac6fac6fac6fac6fac6fac6facefacefacefaceff2c5b3beb3beb3beb3beb3beb37eb07eb07eb07eb07ec81f96f583f583f583f583f593f593f593f593f593f553ce1bd64fd64fd64fd62fd62fd62fd62fd62fd62fd62f392e59bf58bf58bf59bf59bf59bf59bf59bf59bf59bfe5b467fd66fd61fd61fd61fd61fd61fd61fd61fd61fd11ac4c2be1aa885745c02a225611b28a985504ad226a1561abc81ecaaeec61f09abc46afd96bf89abec6aff81b0138d5ee0fb287181c4138a27084e188c31188231247288e589c661721d943388e781c0139227284e488c91194232a47584eb71b9dec213247688ed81cc139a27384e788cf11a0234267d8d554f610a4234a47988e381d813a227584ea88d511ac33ed8e2d7b88d711b0236247c88e981d413ba27684ed88db59f658903d84ee88dd11bc237a47f88ef81d013c227884f06c7bf5c81ea27884f188e311c8239247288f581ec13ca2798e3ddffef67803e6cdfd3d320f0000";
    const SHORT: &str = "1f8b08000000000002034be4020007a1eadd02000000";

    #[test]
    fn compressed_text_is_read() {
        let hex = |text: &str| data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap();
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
