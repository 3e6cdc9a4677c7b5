//! What to do about a refusal.

use rustix::io::Errno;

/// What can be done about an errno; `None` where nobody knows.
pub(super) fn remedy(errno: Option<i32>) -> Option<&'static str> {
    let errno = Errno::from_raw_os_error(errno?);
    let known = [
        (
            Errno::PERM,
            "run this as root (sudo), or with the capability CAP_NET_ADMIN",
        ),
        (
            Errno::ACCESS,
            "run this as root (sudo), or with the capability CAP_NET_ADMIN",
        ),
        (
            Errno::BUSY,
            "something is using the card: end its connection (wpa_cli terminate, a bridge, a virtual machine) and try again",
        ),
        (
            Errno::ADDRNOTAVAIL,
            "the driver does not take such an address: try --bia, or --ending to keep the vendor part",
        ),
        (
            Errno::INVAL,
            "the driver does not take such an address: with a second interface on the same radio only the last bits may differ, so try --ending",
        ),
        (Errno::OPNOTSUPP, "this driver cannot change the address"),
        (
            Errno::NOTUNIQ,
            "another interface that is up has this address: take another",
        ),
        (
            Errno::ADDRINUSE,
            "another interface that is up has this address: take another",
        ),
        (
            Errno::RFKILL,
            "the radio is blocked: `rfkill unblock wifi`, or its switch",
        ),
        (Errno::NODEV, "the interface has gone meanwhile"),
    ];
    let entry = known.into_iter().find(|(known, _)| *known == errno);
    entry.map(|(_, remedy)| remedy)
}
