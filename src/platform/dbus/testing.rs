//! Messages as a bus would send them.

use super::message::Call;

const KINDS: [u8; 3] = [2, 3, 4];

/// A message's body, or the fields of its header.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body(Vec<u8>);

impl Body {
    pub(crate) fn bytes(self) -> Vec<u8> {
        self.0
    }

    pub(crate) fn align(mut self, to: usize) -> Self {
        self.0.resize(self.0.len().next_multiple_of(to), 0);
        self
    }

    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    pub(crate) fn number(self, number: u32) -> Self {
        self.align(4).raw(&number.to_ne_bytes())
    }

    pub(crate) fn text(self, text: &str) -> Self {
        let length = u32::try_from(text.len()).unwrap();
        self.number(length).raw(text.as_bytes()).raw(&[0])
    }

    pub(crate) fn signature(self, text: &str) -> Self {
        let length = u8::try_from(text.len()).unwrap();
        self.raw(&[length]).raw(text.as_bytes()).raw(&[0])
    }

    pub(crate) fn array(self, alignment: usize, fill: impl FnOnce(Self) -> Self) -> Self {
        let mut all = self.number(0);
        let place = all.0.len() - 4;
        all = all.align(alignment);
        let begin = all.0.len();
        all = fill(all);
        let length = u32::try_from(all.0.len() - begin).unwrap();
        all.0[place..place + 4].copy_from_slice(&length.to_ne_bytes());
        all
    }

    pub(crate) fn properties(self, fill: impl FnOnce(Self) -> Self) -> Self {
        self.array(8, fill)
    }

    pub(crate) fn property(self, name: &str, kind: &str, value: impl FnOnce(Self) -> Self) -> Self {
        value(self.align(8).text(name).signature(kind))
    }

    fn field(self, code: u8, kind: &str, value: impl FnOnce(Self) -> Self) -> Self {
        value(self.align(8).raw(&[code]).signature(kind))
    }
}

fn message(kind: u8, fields: Body, body: &[u8]) -> Vec<u8> {
    assert!(KINDS.contains(&kind));
    // The byte order is what calls have.
    let mut order = Vec::new();
    Call::to_bus("Hello", None).write(&mut order, 1);
    let fields = fields.bytes();
    let message = Body::default()
        .raw(&[order[0], kind, 1, 1])
        .number(u32::try_from(body.len()).unwrap())
        .number(7)
        .number(u32::try_from(fields.len()).unwrap())
        .raw(&fields)
        .align(8)
        .raw(body);
    message.bytes()
}

pub(crate) fn signal(
    sender: &str,
    path: &str,
    interface: &str,
    member: &str,
    body: &[u8],
) -> Vec<u8> {
    let fields = Body::default()
        .field(1, "o", |it| it.text(path))
        .field(8, "g", |it| it.signature("sss"))
        .field(2, "s", |it| it.text(interface))
        .field(7, "s", |it| it.text(sender))
        .field(3, "s", |it| it.text(member));
    message(4, fields, body)
}

pub(crate) fn answer(sender: &str, serial: u32, body: &[u8]) -> Vec<u8> {
    let fields = Body::default()
        .field(5, "u", |it| it.number(serial))
        .field(7, "s", |it| it.text(sender));
    message(2, fields, body)
}

#[cfg(feature = "iwd")]
pub(crate) fn error(sender: &str, serial: u32, name: &str) -> Vec<u8> {
    let fields = Body::default()
        .field(5, "u", |it| it.number(serial))
        .field(4, "s", |it| it.text(name))
        .field(7, "s", |it| it.text(sender));
    message(3, fields, &[])
}
