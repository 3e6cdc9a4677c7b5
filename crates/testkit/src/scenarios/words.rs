//! A line of a story as words, quoted texts and the two marks between them.

/// One word of a line; `Quoted` holds any bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word<'a> {
    Plain(&'a str),
    Quoted(Vec<u8>),
    Comma,
    Colon,
}

pub fn split(line: &str) -> Result<Vec<Word<'_>>, String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        rest = next_word(rest, &mut words)?.trim_start();
    }
    Ok(words)
}

fn next_word<'a>(text: &'a str, words: &mut Vec<Word<'a>>) -> Result<&'a str, String> {
    if let Some(rest) = text.strip_prefix('"') {
        let (bytes, rest) = quoted(rest)?;
        words.push(Word::Quoted(bytes));
        return Ok(rest);
    }
    for (mark, word) in [(',', Word::Comma), (':', Word::Colon)] {
        if let Some(rest) = text.strip_prefix(mark) {
            words.push(word);
            return Ok(rest);
        }
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    // A mark belongs to a word only inside it, as in a hardware address.
    let word = text[..end].trim_end_matches([',', ':']);
    words.push(Word::Plain(word));
    Ok(&text[word.len()..])
}

/// The bytes up to the closing quote, and what follows it.
/// Escapes: `\"`, `\\` and `\xNN`.
fn quoted(text: &str) -> Result<(Vec<u8>, &str), String> {
    let mut bytes = Vec::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Ok((bytes, &text[at + 1..])),
            '\\' => match chars.next() {
                Some((_, 'x')) => {
                    let digits: String = chars.by_ref().take(2).map(|(_, c)| c).collect();
                    let byte = u8::from_str_radix(&digits, 16)
                        .map_err(|_| format!("\\x{digits} is not a byte"))?;
                    bytes.push(byte);
                }
                Some((_, c @ ('"' | '\\'))) => bytes.push(c as u8),
                other => return Err(format!("unknown escape {other:?}")),
            },
            c => bytes.extend(c.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
    Err("a quote is not closed".to_owned())
}
