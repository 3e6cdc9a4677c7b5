//! Changes on a simulated link.

use rustix::io::Errno;

use super::change::{Change, LinkControl, change};
use macveil_core::machine::{How, KernelError, Link};
use macveil_core::types::Mac;

const OLD: Mac = Mac([0x00, 0x1b, 0x77, 1, 2, 3]);
const NEW: Mac = Mac([0x06, 0x11, 0x22, 0x33, 0x44, 0x55]);
const SET: &str = "set the address";
const UP: &str = "bring the link up";

const fn link(address: Mac, up: bool) -> Link {
    Link {
        address,
        up,
        carrier: false,
    }
}

fn refusal(step: &'static str, errno: Errno) -> KernelError {
    KernelError {
        step,
        errno: Some(errno),
        reason: errno.to_string(),
    }
}

/// A link whose driver has faults.
struct FaultyLink {
    link: Link,
    /// Accepts an address without using it.
    ignores: bool,
    /// Sets the address, but returns an error.
    errs: bool,
    /// Reverts to the old address when the link comes up.
    reverts: bool,
    /// Refuses each address with this error.
    refuses: Option<Errno>,
    /// Does not come up with this address.
    stays_down_with: Option<Mac>,
}

impl FaultyLink {
    fn new(up: bool) -> Self {
        Self {
            link: link(OLD, up),
            ignores: false,
            errs: false,
            reverts: false,
            refuses: None,
            stays_down_with: None,
        }
    }

    fn take(&mut self, address: Mac) -> Result<(), KernelError> {
        if let Some(errno) = self.refuses {
            return Err(refusal(SET, errno));
        }
        if !self.ignores {
            self.link.address = address;
        }
        if self.errs {
            return Err(refusal(SET, Errno::NFILE));
        }
        Ok(())
    }
}

impl LinkControl for FaultyLink {
    fn read(&mut self) -> Result<Link, KernelError> {
        Ok(self.link)
    }

    fn set_address(&mut self, address: Mac, how: How) -> Result<Link, KernelError> {
        match how {
            How::Cycle => {
                self.link.up = false;
                self.take(address)?;
                self.bring_up()
            }
            How::WhileDown => {
                assert!(!self.link.up, "the link is up");
                self.take(address).map(|()| self.link)
            }
            How::Live => panic!("unexpected live change"),
        }
    }

    fn bring_up(&mut self) -> Result<Link, KernelError> {
        if self.stays_down_with == Some(self.link.address) {
            return Err(refusal(UP, Errno::NOTUNIQ));
        }
        self.link.up = true;
        if self.reverts {
            self.link.address = OLD;
        }
        Ok(self.link)
    }
}

fn changed(card: &mut FaultyLink) -> Change {
    let before = card.link;
    change(card, before, NEW)
}

#[test]
fn change_keeps_the_link_up_or_down() {
    for up in [true, false] {
        let mut card = FaultyLink::new(up);
        assert_eq!(changed(&mut card), Change::Done(link(NEW, up)));
    }
}

#[test]
fn ignored_or_reverted_address_is_ineffective() {
    for up in [true, false] {
        let mut card = FaultyLink {
            ignores: true,
            ..FaultyLink::new(up)
        };
        assert_eq!(changed(&mut card), Change::Ineffective(link(OLD, up)));
    }
    let mut card = FaultyLink {
        reverts: true,
        ..FaultyLink::new(true)
    };
    assert_eq!(changed(&mut card), Change::Ineffective(link(OLD, true)));
}

#[test]
fn error_with_changed_address_is_done() {
    for up in [true, false] {
        let mut card = FaultyLink {
            errs: true,
            ..FaultyLink::new(up)
        };
        assert_eq!(changed(&mut card), Change::Done(link(NEW, up)));
    }
}

#[test]
fn refusal_restores_the_link() {
    for up in [true, false] {
        let mut card = FaultyLink {
            refuses: Some(Errno::BUSY),
            ..FaultyLink::new(up)
        };
        let expected = Change::Refused {
            refusal: refusal(SET, Errno::BUSY),
            now: Some((link(OLD, up), true)),
        };
        assert_eq!(changed(&mut card), expected);
    }
}

#[test]
fn link_that_stays_down_is_restored_with_old_address() {
    let mut card = FaultyLink {
        stays_down_with: Some(NEW),
        ..FaultyLink::new(true)
    };
    let expected = Change::Refused {
        refusal: refusal(UP, Errno::NOTUNIQ),
        now: Some((link(OLD, true), true)),
    };
    assert_eq!(changed(&mut card), expected);
}

#[test]
fn failed_restoration_is_reported() {
    let mut card = FaultyLink {
        refuses: Some(Errno::OPNOTSUPP),
        stays_down_with: Some(OLD),
        ..FaultyLink::new(true)
    };
    let change = changed(&mut card);
    let now = Some((link(OLD, false), false));
    assert_eq!(
        change,
        Change::Refused {
            refusal: refusal(SET, Errno::OPNOTSUPP),
            now
        }
    );
}
