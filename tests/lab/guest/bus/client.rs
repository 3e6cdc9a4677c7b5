//! A client that asks for properties and sets them, thousands of times: a program for each question would
//! take longer than what is asked about.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::SOCKET;

const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
const BUS: &str = "org.freedesktop.DBus";
const PATIENCE: Duration = Duration::from_secs(10);

/// Codes of the specification ("Message Protocol").
const CALL: u8 = 1;
const ANSWER: u8 = 2;
const ERROR: u8 = 3;
/// Header fields, and the type that each has.
const PATH: (u8, u8) = (1, b'o');
const INTERFACE: (u8, u8) = (2, b's');
const MEMBER: (u8, u8) = (3, b's');
const DESTINATION: (u8, u8) = (6, b's');
const SIGNATURE: u8 = 8;
/// Of a header, up to the fields' length.
const HEAD: usize = 16;

/// True or false, of one object.
pub struct Property {
    pub destination: &'static str,
    pub path: String,
    pub interface: &'static str,
    pub name: &'static str,
}

pub struct Client {
    stream: BufReader<UnixStream>,
    serial: u32,
}

impl Client {
    pub fn connect() -> Result<Self, String> {
        let told = |e| format!("{SOCKET}: {e}");
        let stream = UnixStream::connect(SOCKET).map_err(told)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(told)?;
        let mut stream = BufReader::new(stream);
        // As root, in hexadecimal digits of the number's digits.
        let greeting = b"\0AUTH EXTERNAL 30\r\n";
        stream.get_mut().write_all(greeting).map_err(told)?;
        let mut line = String::new();
        stream.read_line(&mut line).map_err(told)?;
        if !line.starts_with("OK ") {
            return Err(format!("the bus says {line:?}"));
        }
        stream.get_mut().write_all(b"BEGIN\r\n").map_err(told)?;
        let mut client = Self { stream, serial: 0 };
        client.call([BUS, "/org/freedesktop/DBus", BUS, "Hello"], "", &[])?;
        Ok(client)
    }

    pub fn get(&mut self, property: &Property) -> Result<bool, String> {
        let mut body = Vec::new();
        put_text(&mut body, property.interface);
        put_text(&mut body, property.name);
        let answer = self.ask(property, "Get", "ss", &body)?;
        match answer[..] {
            // A variant: its signature, and after a pad the value.
            [1, b'b', 0, 0, value, 0, 0, 0] => Ok(value == 1),
            _ => Err(format!("{} is not a boolean: {answer:?}", property.name)),
        }
    }

    pub fn set(&mut self, property: &Property, value: bool) -> Result<(), String> {
        let mut body = Vec::new();
        put_text(&mut body, property.interface);
        put_text(&mut body, property.name);
        body.extend([1, b'b', 0]);
        pad(&mut body, 4);
        body.extend(u32::from(value).to_le_bytes());
        self.ask(property, "Set", "ssv", &body).map(drop)
    }

    fn ask(
        &mut self,
        property: &Property,
        member: &str,
        signature: &str,
        body: &[u8],
    ) -> Result<Vec<u8>, String> {
        let Property {
            destination, path, ..
        } = property;
        self.call([destination, path, PROPERTIES, member], signature, body)
    }

    /// Calls a method, of a destination's object and interface, and waits for the answer's body.
    fn call(
        &mut self,
        [destination, path, interface, member]: [&str; 4],
        signature: &str,
        body: &[u8],
    ) -> Result<Vec<u8>, String> {
        self.serial += 1;
        let mut fields = Vec::new();
        let named = [
            (PATH, path),
            (INTERFACE, interface),
            (MEMBER, member),
            (DESTINATION, destination),
        ];
        for ((code, kind), value) in named {
            pad(&mut fields, 8);
            fields.extend([code, 1, kind, 0]);
            put_text(&mut fields, value);
        }
        if !signature.is_empty() {
            pad(&mut fields, 8);
            fields.extend([SIGNATURE, 1, b'g', 0, signature.len() as u8]);
            fields.extend(signature.bytes().chain([0]));
        }
        let mut message = vec![b'l', CALL, 0, 1];
        for number in [body.len() as u32, self.serial, fields.len() as u32] {
            message.extend(number.to_le_bytes());
        }
        message.extend(fields);
        pad(&mut message, 8);
        message.extend(body);
        let told = |e: std::io::Error| format!("{member} of {destination}: {e}");
        self.stream.get_mut().write_all(&message).map_err(told)?;
        loop {
            // Nothing else was asked for: the next answer is to this call.
            match self.next().map_err(told)? {
                (ANSWER, body) => return Ok(body),
                (ERROR, body) => {
                    let words = String::from_utf8_lossy(&body).into_owned();
                    return Err(format!("{member} of {destination}: {words:?}"));
                }
                _ => {}
            }
        }
    }

    /// What the next message is, and its body.
    fn next(&mut self) -> std::io::Result<(u8, Vec<u8>)> {
        let mut head = [0; HEAD];
        self.stream.read_exact(&mut head)?;
        let number = |at: usize| {
            let bytes = [head[at], head[at + 1], head[at + 2], head[at + 3]];
            u32::from_le_bytes(bytes) as usize
        };
        let mut fields = vec![0; number(12).next_multiple_of(8)];
        self.stream.read_exact(&mut fields)?;
        let mut body = vec![0; number(4)];
        self.stream.read_exact(&mut body)?;
        Ok((head[1], body))
    }
}

fn pad(bytes: &mut Vec<u8>, to: usize) {
    bytes.resize(bytes.len().next_multiple_of(to), 0);
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    pad(bytes, 4);
    bytes.extend((text.len() as u32).to_le_bytes());
    bytes.extend(text.bytes().chain([0]));
}
