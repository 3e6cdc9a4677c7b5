#!/usr/bin/env python3
"""The addresses that NetworkManager gives under the settings of tests/fixtures/networkmanager.

What holds for each network was worked out by hand from the files; the address is computed here, with
nothing of the Rust code.

    networkmanager.py            writes networkmanager.tsv beside this file
    networkmanager.py --check    says whether it is what would be written
"""

import base64
import hashlib
import re
import sys
from pathlib import Path

from generate import escape, host_id, mac_bytes, mac_text

HERE = Path(__file__).parent
TREES = HERE.parent / "fixtures" / "networkmanager"
TABLE = HERE / "networkmanager.tsv"
BOOT = "d0ef1e0e-5a0c-4c2b-9d5c-7a1d6d3f2a10"
PERMANENT = "00:1c:b3:01:02:03"
INITIAL = "00:1c:b3:0a:0b:0c"
MACHINES = {
    "fedora": "0123456789abcdef0123456789abcdef",
    "debian": "fedcba9876543210fedcba9876543210",
    "ancient": "",
}
# Patterns by the version that is said to the test.
KNOWN = {
    "fedora": ["CONNECTION", "BOOT", "DEVICE", "MAC", "NETWORK_SSID"],
    "debian": ["CONNECTION", "BOOT", "DEVICE", "MAC"],
    "ancient": [],
}
UUID = "9f8c1a2e-%04x-4000-8000-%012x"
LENOVO = "FE:FF:FF:00:00:00 68:F7:28:00:00:00"
FAMILY = "02:00:00:00:00:00 00:00:00:00:00:00"
CAFE_BSS = "00:11:22:33:44:55"


def stable(uuid, stable_id=None, mask=None):
    return {"policy": "stable", "uuid": uuid, "id": stable_id, "mask": mask}


# Tree, interface, SSID (none: a cable), BSSID, what holds.
CASES = [
    ("fedora", "wlan0", b"Home", "00:00:00:00:00:01", stable(1, "${NETWORK_SSID}")),
    ("fedora", "wlan0", b"Home", CAFE_BSS, CAFE_BSS),
    ("fedora", "wlx01", b"Home", "00:00:00:00:00:01", stable(1, "${CONNECTION}/${DEVICE}", LENOVO)),
    ("fedora", "wlxbad", b"Home", "00:00:00:00:00:01", stable(1, "${NETWORK_SSID}")),
    ("fedora", "wlan0", b"\xff\x00;\n", None, stable(2, " a$$${BOOT}\\${NETWORK_SSID}")),
    ("fedora", "wlan0", b"a;b\\c ", None, stable(3, "time: 2016-08-22 6:00:00 7d")),
    ("fedora", "wlan0", b"Twin", None, stable(4)),
    ("fedora", "wlan1", b"Twin", None, stable(6, "only here")),
    ("fedora", "wlx01", b"Twin", None, stable(4, "${CONNECTION}/${DEVICE}", LENOVO)),
    ("fedora", "wlan0", b"Moved", None, "02:00:5e:00:00:01"),
    ("fedora", "eth0", None, None, stable(9, mask="FF:FF:FF:00:00:00")),
    ("fedora", "eth1", None, None, stable(10, "${CONNECTION}")),
    ("debian", "wlan0", b"Home", None, INITIAL),
    ("debian", "wlan1", b"Home", None, INITIAL),
    ("debian", "wlan2", b"Home", None, "random"),
    ("debian", "wlan3", b"Home", None, INITIAL),
    ("debian", "wlan0", b"Stable", None, stable(2, "default${CONNECTION}", FAMILY)),
    ("debian", "wlan2", b"Stable", None, stable(2, "default${CONNECTION}", FAMILY)),
    ("debian", "wlan3", b"Stable", None, stable(2)),
    ("debian", "wlan0", b"Literal", None, stable(3, "${NETWORK_SSID}", FAMILY)),
    ("debian", "wlan0", b"Half", None, stable(4, "${CONNECTION}${NETWORK_SSID}", FAMILY)),
    ("debian", "wlan0", b"Old", None, PERMANENT),
    ("ancient", "wlan0", b"Home", None, PERMANENT),
    ("ancient", "wlan0", b"Stable", None, stable(2, "${CONNECTION}")),
]


def identity(tree, ifname, ssid, uuid, text):
    """The type of the id, and what is hashed for it."""
    if text is None:
        return 0, uuid
    values = {
        "CONNECTION": uuid,
        "BOOT": BOOT,
        "DEVICE": ifname,
        "MAC": PERMANENT.upper(),
        "NETWORK_SSID": None if ssid is None else "s:" + escape(ssid),
    }
    patterns = "|".join(KNOWN[tree]) or "(?!)"
    found = False
    out = ""
    while text:
        pattern = re.match(r"\$\{(%s)\}" % patterns, text)
        if pattern:
            found = True
            value = values[pattern.group(1)]
            out += f"{pattern.group(0)}={len(value.encode())}{{{value}}}"
            text = text[pattern.end():]
        else:
            length = 2 if text.startswith("$$") else 1
            out, text = out + text[:length], text[length:]
    if not found:
        return 1, out
    return 2, base64.b64encode(hashlib.sha1(out.encode()).digest()).decode()[:27]


def address(tree, ifname, ssid, holds):
    if isinstance(holds, str):
        return holds
    number = {"fedora": 0, "debian": 0x1111, "ancient": 0x2222}[tree]
    kind, text = identity(tree, ifname, ssid, UUID % (number, holds["uuid"]), holds["id"])
    secret = (TREES / tree / "var/lib/NetworkManager/secret_key").read_bytes()
    key = host_id(secret, MACHINES[tree])
    data = bytes([kind]) + len(key).to_bytes(4, "big") + key
    data += ifname.encode() + b"\0" + text.encode() + b"\0"
    out = bytearray(hashlib.sha256(data).digest()[:6])
    out[0] |= 2
    if holds["mask"]:
        keep, *origin = holds["mask"].split()
        origin = mac_bytes(origin[0] if origin else INITIAL)
        out = bytearray(a & ~m & 0xFF | o & m for a, m, o in zip(out, mac_bytes(keep), origin))
    out[0] &= 0xFE
    return mac_text(out)


def table():
    lines = ["tree\tifname\tssid\tbssid\taddress"]
    for tree, ifname, ssid, bssid, holds in CASES:
        name = "-" if ssid is None else ssid.hex()
        lines.append("\t".join([tree, ifname, name, bssid or "-", address(tree, ifname, ssid, holds)]))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if TABLE.read_text() == table() else f"{TABLE} is not what {__file__} writes")
    TABLE.write_text(table())
