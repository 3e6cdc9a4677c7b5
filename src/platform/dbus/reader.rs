//! Values as D-Bus writes them (D-Bus Specification, "Marshaling").

/// Variants within variants: nobody we listen to has more than one.
const DEEPEST: u8 = 8;

/// What is left to be read of a message's body, or of its header's fields.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    all: &'a [u8],
    at: usize,
    depth: u8,
}

/// A value, as far as it is of interest to anybody here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// A text, or an object's path.
    Text(&'a str),
    Truth(bool),
    Other,
}

impl<'a> Reader<'a> {
    /// `all` begins at a multiple of eight bytes, which alignment is about.
    pub(super) const fn new(all: &'a [u8]) -> Self {
        Self {
            all,
            at: 0,
            depth: 0,
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.at >= self.all.len()
    }

    pub(super) fn align(&mut self, to: usize) -> Option<()> {
        let at = self.at.next_multiple_of(to);
        (at <= self.all.len()).then(|| self.at = at)
    }

    fn skip(&mut self, count: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(count)?;
        let skipped = self.all.get(self.at..end)?;
        self.at = end;
        Some(skipped)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.skip(1)?.first().copied()
    }

    /// A number of 32 bits.
    pub(crate) fn number(&mut self) -> Option<u32> {
        self.align(4)?;
        let (bytes, _) = self.skip(4)?.split_first_chunk()?;
        Some(u32::from_ne_bytes(*bytes))
    }

    pub(super) fn length(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    /// A text, or an object's path.
    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let length = self.length()?;
        self.terminated(length)
    }

    pub(super) fn signature(&mut self) -> Option<&'a str> {
        let length = self.byte()?.into();
        self.terminated(length)
    }

    fn terminated(&mut self, length: usize) -> Option<&'a str> {
        let text = self.skip(length)?;
        (self.byte()? == 0).then(|| std::str::from_utf8(text).ok())?
    }

    /// Reads an array whose elements begin at multiples of `alignment`, one at a time.
    #[cfg(any(feature = "iwd", test, fuzzing))]
    pub(crate) fn array(
        &mut self,
        alignment: usize,
        mut element: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        let length = self.length()?;
        self.align(alignment)?;
        let elements = self.skip(length)?;
        // They are aligned as the array is, to eight bytes at most.
        let begin = (self.at - elements.len()) % 8;
        let mut within = Reader {
            all: self.all.get(self.at - elements.len() - begin..self.at)?,
            at: begin,
            depth: self.depth,
        };
        while !within.is_empty() {
            within.align(alignment)?;
            element(&mut within)?;
        }
        Some(())
    }

    /// Properties with their names: `a{sv}`.
    #[cfg(any(feature = "iwd", test, fuzzing))]
    pub(crate) fn properties(
        &mut self,
        mut property: impl FnMut(&'a str, Value<'a>),
    ) -> Option<()> {
        self.array(8, |entry| {
            let name = entry.text()?;
            property(name, entry.variant()?);
            Some(())
        })
    }

    fn variant(&mut self) -> Option<Value<'a>> {
        let kind = self.signature()?;
        self.value(kind)
    }

    /// One value of the type that `kind` begins with.
    pub(super) fn value(&mut self, kind: &str) -> Option<Value<'a>> {
        let kind = kind.as_bytes();
        match kind.first()? {
            b's' | b'o' => self.text().map(Value::Text),
            b'b' => Some(Value::Truth(self.number()? == 1)),
            b'v' => {
                self.depth = self.depth.checked_add(1).filter(|it| *it < DEEPEST)?;
                self.variant()?;
                self.depth -= 1;
                Some(Value::Other)
            }
            _ => {
                self.pass(kind)?;
                Some(Value::Other)
            }
        }
    }

    /// Skips a value that nobody wants. Of arrays the length is known, so only structures are looked into.
    fn pass(&mut self, kind: &[u8]) -> Option<()> {
        let (first, inner) = kind.split_first()?;
        let size = match first {
            b'y' => 1,
            b'n' | b'q' => 2,
            b'i' | b'u' | b'h' => 4,
            b'x' | b't' | b'd' => 8,
            b'g' => return self.signature().map(|_| ()),
            b'a' => {
                let length = self.length()?;
                self.align(alignment(*inner.first()?))?;
                return self.skip(length).map(|_| ());
            }
            b'(' => {
                self.align(8)?;
                let mut rest = inner;
                while *rest.first()? != b')' {
                    let (one, others) = rest.split_at_checked(complete(rest)?)?;
                    self.value(std::str::from_utf8(one).ok()?)?;
                    rest = others;
                }
                return Some(());
            }
            _ => return None,
        };
        self.align(size)?;
        self.skip(size).map(|_| ())
    }
}

const fn alignment(kind: u8) -> usize {
    match kind {
        b'y' | b'g' | b'v' => 1,
        b'n' | b'q' => 2,
        b'x' | b't' | b'd' | b'(' | b'{' => 8,
        _ => 4,
    }
}

/// The length of the first complete type of a signature.
fn complete(kind: &[u8]) -> Option<usize> {
    let arrays = kind.iter().take_while(|&&byte| byte == b'a').count();
    let mut open = 0_usize;
    for (index, byte) in kind.iter().enumerate().skip(arrays) {
        match byte {
            b'(' | b'{' => open += 1,
            b')' | b'}' => open = open.checked_sub(1)?,
            _ => {}
        }
        if open == 0 {
            return Some(index + 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::testing::Body;
    use super::*;

    #[test]
    fn properties_are_read_and_what_is_of_no_interest_is_passed_over() {
        let body = Body::default().properties(|them| {
            them.property("Name", "s", |it| it.text("wlan0"))
                .property("Powered", "b", |it| it.number(1))
                .property("Modes", "as", |it| {
                    it.array(4, |all| all.text("ad-hoc").text("ap"))
                })
                .property("Signal", "(nay)", |it| {
                    it.align(8)
                        .raw(&(-3_i16).to_ne_bytes())
                        .array(1, |all| all.raw(b"xyz"))
                })
                .property("Network", "o", |it| it.text("/net"))
                .property("Wrapped", "v", |it| it.signature("t").align(8).raw(&[7; 8]))
                .property("Last", "b", |it| it.number(0))
        });
        let body = body.bytes();
        let mut read = Vec::new();
        let mut reader = Reader::new(&body);
        reader
            .properties(|name, value| read.push((name, value)))
            .unwrap();
        assert_eq!(
            read,
            [
                ("Name", Value::Text("wlan0")),
                ("Powered", Value::Truth(true)),
                ("Modes", Value::Other),
                ("Signal", Value::Other),
                ("Network", Value::Text("/net")),
                ("Wrapped", Value::Other),
                ("Last", Value::Truth(false)),
            ]
        );
        assert!(reader.is_empty());
    }

    #[test]
    fn arrays_within_arrays_keep_their_alignment() {
        let body = Body::default().text("x").array(8, |all| {
            all.text("/a")
                .array(4, |inner| inner.text("one").text("three"))
        });
        let body = body.bytes();
        let mut reader = Reader::new(&body);
        let mut read = Vec::new();
        assert_eq!(reader.text(), Some("x"));
        reader
            .array(8, |entry| {
                read.push(entry.text()?);
                entry.array(4, |inner| {
                    read.push(inner.text()?);
                    Some(())
                })
            })
            .unwrap();
        assert_eq!(read, ["/a", "one", "three"]);
    }

    #[test]
    fn variants_without_end_are_refused() {
        let endless = b"\x01v\0".repeat(20);
        assert_eq!(Reader::new(&endless).variant(), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>, kind in "[a-z(){}]{0,12}") {
            let _ = Reader::new(&bytes).value(&kind);
            let _ = Reader::new(&bytes).properties(|_, _| {});
        }
    }
}
