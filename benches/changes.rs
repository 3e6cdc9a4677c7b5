//! How long it takes to change an interface's address: by bare netlink calls, as the daemon does it, and by
//! the commands that people use. For root, on an interface that no other program uses:
//!
//! `cargo bench --bench changes -- INTERFACE ROUNDS [COMMAND_MACVEIL]`
//!
//! Prints a line a change: the way, and its nanoseconds. `make bench` runs it in a guest.

#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a benchmark reads the clock and prints what it found"
)]

use std::error::Error;
use std::fs;
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use macveil::platform::netlink::Links;
use macveil_core::machine::{How, LinkStep};
use macveil_core::types::Mac;
use neli::consts::socket::{Msg, NlFamily};
use neli::socket::NlSocket;
use neli::utils::Groups;

type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Until what the change before has set going in the kernel is over.
const QUIET: Duration = Duration::from_millis(100);
const TICK: Duration = Duration::from_millis(4);
const GOLDEN: f64 = 0.618_034;
/// From here on a change on a live link cannot hang the machine.
const LIVE_SINCE: (u32, u32) = (6, 7);

fn main() -> Outcome {
    // `cargo bench` adds a word of its own.
    let words: Vec<_> = std::env::args().filter(|it| it != "--bench").collect();
    let [_, name, rounds, rest @ ..] = words.as_slice() else {
        return Err("an interface and a number of rounds are needed".into());
    };
    let mut bench = Bench {
        macveil: rest.first().map_or("macveil", String::as_str).to_owned(),
        bare: Bare::of(name)?,
        links: Links::open()?,
        name: name.clone(),
    };
    bench.command("ip", &["link", "set", name, "up"])?;
    let mut ways = vec!["netlink", "bounce", "ip", "macchanger", "macveil"];
    if release()? >= LIVE_SINCE {
        ways.push("live");
    }
    // Each round in every way once, so that whatever disturbs one disturbs all.
    let ways = ways
        .iter()
        .cycle()
        .take(ways.len() * rounds.parse::<usize>()?);
    for (number, way) in (1_u16..).zip(ways) {
        let [high, low] = number.to_be_bytes();
        let address = Mac([0x06, 0xbe, 0, 0, high, low]);
        // The kernel waits for ticks: at no fixed time between two of them.
        sleep(QUIET + TICK.mul_f64(f64::from(number) * GOLDEN % 1.0));
        let begin = Instant::now();
        bench.change(way, address)?;
        let took = begin.elapsed().as_nanos();
        bench.expect(way, address)?;
        println!("{way} {took}");
    }
    Ok(())
}

struct Bench {
    name: String,
    macveil: String,
    bare: Bare,
    links: Links,
}

impl Bench {
    fn change(&mut self, way: &str, address: Mac) -> Outcome {
        match way {
            "netlink" => self.bare.bounce(address),
            "bounce" => self.as_the_daemon(address, How::Cycle),
            "live" => self.as_the_daemon(address, How::Live),
            "macveil" => self.command(&self.macveil, &["set", &self.name, &address.to_string()]),
            "macchanger" => self.between("macchanger", &["-m", &address.to_string(), &self.name]),
            _ => self.between(
                "ip",
                &["link", "set", &self.name, "address", &address.to_string()],
            ),
        }
    }

    fn as_the_daemon(&mut self, address: Mac, how: How) -> Outcome {
        let mut link = self.links.set_address(self.bare.ifindex, address, how);
        if link.is_ok() && how == How::Cycle {
            link = self.links.carry_out(self.bare.ifindex, LinkStep::BringUp);
        }
        let link = link.map_err(|refusal| format!("{refusal:?}"))?;
        ensure(link.up, || "the link is down".to_owned())
    }

    fn between(&self, program: &str, words: &[&str]) -> Outcome {
        self.command("ip", &["link", "set", &self.name, "down"])?;
        self.command(program, words)?;
        self.command("ip", &["link", "set", &self.name, "up"])
    }

    fn command(&self, program: &str, words: &[&str]) -> Outcome {
        let status = Command::new(program)
            .args(words)
            .stdout(Stdio::null())
            .status();
        let status = status.map_err(|error| format!("{program}: {error}"))?;
        ensure(status.success(), || {
            format!("{program} {words:?} on {} failed", self.name)
        })
    }

    /// A way that does nothing would be the fastest.
    fn expect(&self, way: &str, address: Mac) -> Outcome {
        let now = fs::read_to_string(format!("/sys/class/net/{}/address", self.name))?;
        ensure(now.trim() == address.to_string(), || {
            format!("{way} left {}, not {address}", now.trim())
        })
    }
}

fn ensure(holds: bool, problem: impl FnOnce() -> String) -> Outcome {
    if holds {
        return Ok(());
    }
    Err(problem().into())
}

fn release() -> Outcome<(u32, u32)> {
    let text = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let mut numbers = text.split('.').map_while(|part| part.parse().ok());
    Ok((
        numbers.next().unwrap_or_default(),
        numbers.next().unwrap_or_default(),
    ))
}

/// What `ip link set` sends, from one process on one socket.
struct Bare {
    socket: NlSocket,
    ifindex: u32,
}

impl Bare {
    /// `RTM_NEWLINK`, `IFLA_ADDRESS`, `IFF_UP`, `NLM_F_REQUEST | NLM_F_ACK`.
    const NEW_LINK: u16 = 16;
    const ADDRESS: u16 = 1;
    const UP: u32 = 1;
    const FLAGS: u16 = 5;
    /// `nlmsghdr` and `ifinfomsg`.
    const HEADERS: u32 = 32;

    fn of(name: &str) -> Outcome<Self> {
        let ifindex = fs::read_to_string(format!("/sys/class/net/{name}/ifindex"))?;
        Ok(Self {
            socket: NlSocket::connect(NlFamily::Route, None, Groups::empty())?,
            ifindex: ifindex.trim().parse()?,
        })
    }

    fn bounce(&self, address: Mac) -> Outcome {
        // Ten bytes of attribute, and two of padding.
        let mut attribute = Vec::from([10, 0]);
        attribute.extend(Self::ADDRESS.to_ne_bytes());
        attribute.extend(address.0);
        attribute.extend([0, 0]);
        self.carry_out(0, Self::UP, &[])?;
        self.carry_out(0, 0, &attribute)?;
        self.carry_out(Self::UP, Self::UP, &[])
    }

    /// One request with its answer: flags, and which of them change.
    fn carry_out(&self, flags: u32, changed: u32, attributes: &[u8]) -> Outcome {
        let length = Self::HEADERS + u32::try_from(attributes.len())?;
        let mut request = Vec::new();
        request.write_all(&length.to_ne_bytes())?;
        for number in [Self::NEW_LINK, Self::FLAGS, 1, 0, 0, 0] {
            request.write_all(&number.to_ne_bytes())?;
        }
        // Family and device type are left open.
        for number in [0, self.ifindex, flags, changed] {
            request.write_all(&number.to_ne_bytes())?;
        }
        request.write_all(attributes)?;
        self.socket.send(request, Msg::empty())?;
        let mut answer = [0; 4096];
        self.socket.recv(answer.as_mut_slice(), Msg::empty())?;
        let mut code = [0; 4];
        answer.get(16..).unwrap_or_default().read_exact(&mut code)?;
        match i32::from_ne_bytes(code) {
            0 => Ok(()),
            code => Err(std::io::Error::from_raw_os_error(-code).into()),
        }
    }
}
