//! What is the same each time that a command is typed.

/// Units of time, which are one with the numbers before them.
const UNITS: [&str; 5] = ["ms", "s", "min", "h", "d"];

/// A line with numbers, times and addresses replaced.
pub fn shape(line: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in line.split_whitespace() {
        let bare = word.trim_end_matches([',', ':', ';']);
        let mark = &word[bare.len()..];
        let kind = match words.last_mut() {
            Some(before) if before == "NUMBER" && UNITS.contains(&bare) => {
                words.pop();
                "TIME"
            }
            _ if is_address(bare) => "ADDRESS",
            _ if is_number(bare) => "NUMBER",
            _ => bare,
        };
        if kind == "TIME" && words.last().is_some_and(|before| before == "TIME") {
            words.pop();
        }
        words.push([kind, mark].concat());
    }
    words.join(" ")
}

fn is_address(word: &str) -> bool {
    let parts: Vec<_> = word.split(':').collect();
    let is_byte = |part: &&str| part.len() == 2 && u8::from_str_radix(part, 16).is_ok();
    parts.len() == 6 && parts.iter().all(is_byte)
}

fn is_number(word: &str) -> bool {
    word.parse::<f64>().is_ok()
}
