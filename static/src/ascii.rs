//! The classes of the C locale's characters, by which the C library reads numbers (how many processors
//! there are, for its allocator).
//!
//! Each table has an entry for -128 to 255, as `<ctype.h>` has it: what is not ASCII belongs to no class
//! and has no other case. Byte for byte what glibc 2.36 has.

const ENTRIES: usize = 384;
/// The index of the character 0.
const ZERO: usize = 128;

/// Which classes each character belongs to, a bit for each.
// SAFETY: the name and the type are glibc's.
#[unsafe(no_mangle)]
pub static _nl_C_LC_CTYPE_class: [u16; ENTRIES] = {
    let mut table = [0; ENTRIES];
    let mut character = 0;
    while character < 128 {
        table[ZERO + character as usize] = classes(character);
        character += 1;
    }
    table
};

/// Each character in lower case.
// SAFETY: the name and the type are glibc's.
#[unsafe(no_mangle)]
pub static _nl_C_LC_CTYPE_tolower: [i32; ENTRIES] = shifted(b'A', 32);

/// Each character in upper case.
// SAFETY: the name and the type are glibc's.
#[unsafe(no_mangle)]
pub static _nl_C_LC_CTYPE_toupper: [i32; ENTRIES] = shifted(b'a', -32);

/// The 26 letters from the first one on in their other case.
const fn shifted(first: u8, distance: i32) -> [i32; ENTRIES] {
    let mut table = unchanged();
    let mut letter = first as usize;
    while letter < first as usize + 26 {
        table[ZERO + letter] += distance;
        letter += 1;
    }
    table
}

/// Every byte as itself, be it taken for signed or not; -1 is the end of a file.
const fn unchanged() -> [i32; ENTRIES] {
    const END_OF_FILE: i32 = -1;
    let mut table = [0; ENTRIES];
    let mut index = 0;
    while index < ENTRIES {
        let value = index as i32 - ZERO as i32;
        table[index] = if value < END_OF_FILE { value + 256 } else { value };
        index += 1;
    }
    table
}

/// The bits of `_ISupper` to `_ISalnum` of glibc's `<ctype.h>`, where the machine is little-endian.
const fn classes(character: u8) -> u16 {
    let blank = matches!(character, b' ' | b'\t');
    let space = matches!(character, b' ' | b'\t'..=b'\r');
    let print = character.is_ascii_graphic() || character == b' ';
    (character.is_ascii_uppercase() as u16) << 8
        | (character.is_ascii_lowercase() as u16) << 9
        | (character.is_ascii_alphabetic() as u16) << 10
        | (character.is_ascii_digit() as u16) << 11
        | (character.is_ascii_hexdigit() as u16) << 12
        | (space as u16) << 13
        | (print as u16) << 14
        | (character.is_ascii_graphic() as u16) << 15
        | (blank as u16)
        | (character.is_ascii_control() as u16) << 1
        | (character.is_ascii_punctuation() as u16) << 2
        | (character.is_ascii_alphanumeric() as u16) << 3
}
