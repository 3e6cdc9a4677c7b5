#!/usr/bin/env python3
"""An independent reimplementation of macveil's stable addresses, and a table of cases made by it.

It shares nothing with the Rust code but the description: NetworkManager's published behaviour (1.4 and
later), and the additions that are macveil's own: ${PERIOD:...}, `time: ...`, origins chosen by the hash,
stable-binding, stable-security, slap, generations, and wires without a UUID.

    generate.py            writes table.tsv beside this file
    generate.py --check    says whether table.tsv is what would be written
"""

import base64
import hashlib
import re
import sys
from datetime import datetime, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent
TABLE = HERE / "table.tsv"
CASES = 480
COLUMNS = [
    "policy", "stable_id", "uuid", "ssid", "ifname", "key", "machine", "boot", "permanent", "initial",
    "current", "mask", "binding", "slap", "security", "generation", "time", "zone",
    # what comes of it
    "type", "id", "address",
]
PASSPHRASE = {"psk": "passphrase", "sae": "passphrase"}
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
MONDAY = 4 * 86400  # 1970-01-05


def mac_bytes(text):
    return bytes(int(byte, 16) for byte in re.split("[:-]", text))


def mac_text(data):
    return ":".join(f"{byte:02x}" for byte in data)


def host_id(key, machine):
    if key.startswith(b"nm-v2:") and len(key) >= 38:
        return hashlib.sha256(b"%d " % len(key) + key + machine.encode()).digest()
    assert len(key) >= 16
    return key


def escape(data):
    """nm_utils_buf_utf8safe_escape with control characters escaped."""
    out = ""
    while data:
        for length in range(1, 5):
            try:
                character = data[:length].decode("utf-8")
                break
            except UnicodeDecodeError:
                character = None
        if character is None:
            out += f"\\{data[0]:03o}"
            data = data[1:]
            continue
        if character == "\\":
            out += "\\\\"
        elif ord(character) < 0x20 or ord(character) == 0x7F:
            out += f"\\{ord(character):03o}"
        else:
            out += character
        data = data[length:]
    return out


def clock(case):
    """The latest that the local clock has shown, in seconds."""
    zone = case["zone"]
    if zone == "UTC":
        shown = lambda moment: moment
    else:
        with open(HERE / "zones" / f"{zone}.tzif", "rb") as file:
            info = ZoneInfo.from_file(file)

        def shown(moment):
            local = datetime.fromtimestamp(moment, timezone.utc).astimezone(info)
            return moment + int(local.utcoffset().total_seconds())

    now = case["time"]
    # Clocks are changed at whole minutes.
    minutes = range(now - now % 60, now - 26 * 3600, -60)
    return max([shown(now)] + [shown(minute - 1) for minute in minutes])


def seconds(length):
    return int(length[:-1]) * UNITS[length[-1]]


def connection(case):
    if case["uuid"] is not None:
        return case["uuid"]
    if case["ssid"] is not None:
        return "s:" + escape(case["ssid"])
    return "w:"


def network_ssid(case):
    if case["ssid"] is not None:
        return "s:" + escape(case["ssid"])
    if case["uuid"] is not None:
        return "c:" + case["uuid"]
    return "w:"


def expand(text, case):
    """The text with values filled in, whether there was any pattern, or None for a random id."""
    values = {
        "CONNECTION": lambda: connection(case),
        "BOOT": lambda: case["boot"],
        "DEVICE": lambda: case["ifname"],
        "MAC": lambda: (case["permanent"] or "").upper(),
        "NETWORK_SSID": lambda: network_ssid(case),
    }
    out, found, position = "", False, 0
    while position < len(text):
        if text[position] != "$":
            out += text[position]
            position += 1
            continue
        rest = text[position:]
        if rest.startswith("${RANDOM}"):
            return None
        pattern = re.match(r"\$\{(CONNECTION|BOOT|DEVICE|MAC|NETWORK_SSID)\}", rest)
        period = re.match(r"\$\{PERIOD:([0-9]+[smhdw])\}", rest)
        if pattern or period:
            found = True
            if pattern:
                whole, value = pattern.group(0), values[pattern.group(1)]()
            else:
                number = (clock(case) - MONDAY) // seconds(period.group(1))
                whole, value = period.group(0), str(number)
            out += f"{whole}={len(value.encode())}{{{value}}}"
            position += len(whole)
        elif rest.startswith("$$"):
            out += "$$"
            position += 2
        else:
            out += "$"
            position += 1
    return out, found


def effective_id(case):
    if case["policy"] == "stable-ssid":
        text = "${NETWORK_SSID}"
    else:
        text = case["stable_id"]
    if text is None or text == "default${CONNECTION}":
        return 0, connection(case)
    schedule = re.fullmatch(r"time: ([0-9-]+ [0-9:]+) ([0-9]+[smhdw])", text)
    if schedule:
        anchor = datetime.strptime(schedule.group(1), "%Y-%m-%d %H:%M:%S")
        anchor = int(anchor.replace(tzinfo=timezone.utc).timestamp())
        number = str((clock(case) - anchor) // seconds(schedule.group(2)))
        name = connection(case)
        expanded = f"{text}={len(number)}{{{number}}}${{CONNECTION}}={len(name.encode())}{{{name}}}"
        found = True
    else:
        expanded, found = expand(text, case)
    if not found:
        return 1, text
    digest = hashlib.sha1(expanded.encode()).digest()
    return 2, base64.b64encode(digest).decode()[:27]


def address(case):
    kind, identity = effective_id(case)
    key = host_id(case["key"], case["machine"])
    bound = {"interface": case["ifname"], "card": (case["permanent"] or "").upper(), "host": ""}
    data = bytes([kind]) + len(key).to_bytes(4, "big") + key
    data += bound[case["binding"]].encode() + b"\0" + identity.encode() + b"\0"
    if case["security"]:
        data += f"security={PASSPHRASE.get(case['security'], case['security'])}".encode() + b"\0"
    if case["generation"]:
        data += b"generation=%d\0" % case["generation"]
    digest = hashlib.sha256(data).digest()
    out = bytearray(digest[:6])
    out[0] |= 2
    if case["slap"] == "aai":
        out[0] &= 0xF3
    if case["mask"]:
        words = case["mask"].split()
        keep, origins = mac_bytes(words[0]), words[1:]
        if not origins:
            origin = case["initial"]
        else:
            origin = origins[int.from_bytes(digest[6:14], "big") % len(origins)]
            origin = case["current"] if origin == "preserve" else origin
        origin = mac_bytes(origin)
        out = bytearray(a & ~m & 0xFF | o & m for a, m, o in zip(out, keep, origin))
    out[0] &= 0xFE
    text = mac_text(out)
    refused = text == "00:00:00:00:00:00" or text == case["permanent"]
    return kind, identity, "refused" if refused else text


class Chance:
    """The same numbers with every Python."""

    def __init__(self):
        self.count = 0

    def number(self, below):
        self.count += 1
        digest = hashlib.sha256(b"case %d" % self.count).digest()
        return int.from_bytes(digest, "big") % below

    def one_of(self, items):
        return items[self.number(len(items))]

    def data(self, length):
        return bytes(self.number(256) for _ in range(length))

    def mac(self):
        return mac_text(self.data(6))


IDS = [
    None, None, "default${CONNECTION}", "stable-1", "a$$${BOOT}", "$${CONNECTION}", "${CONNECTION}",
    "${NETWORK_SSID}", "x${NETWORK_SSID}y${DEVICE}", "${BOOT}/${MAC}", "${CONNECTION}${BOOT}${DEVICE}",
    "${UNKNOWN}", "${${CONNECTION}", "Café ${DEVICE} ☕", "${NETWORK_SSID}/${PERIOD:24h}",
    "${CONNECTION}${PERIOD:7d}", "${PERIOD:90m}", "${NETWORK_SSID}${PERIOD:12h}${PERIOD:2w}",
    "time: 2016-08-22 6:00:00 7d", "time: 2017-03-26 2:30:00 1d", "time: 2030-01-01 0:00:00 36h",
]
UUIDS = [None, None, "123e4567-e89b-12d3-a456-426655440000", "00000000-0000-0000-0000-000000000000"]
SSIDS = [
    b"Home", b"foo\n", b"SSID(\x82)", "Café ☕".encode(), b"a\\b", b"\0\0", b"\xff" * 32, b"x" * 32,
    b"\xed\xa0\x80", b"\xf0\x9f\x92", b"\x7f ~", None,
]
IFNAMES = ["wlan0", "wlp2s0", "eth0", "a", "wlxdeadbeef0123"]
KEYS = [
    b"0123456789abcdef", b"0123456789abcdef\n", b"nm-v2:" + b"A" * 31, b"nm-v2:" + b"A" * 32,
    b"nm-v2:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", bytes(range(64)),
]
MACHINES = ["", "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"]
BOOTS = ["d0ef1e0e-5a0c-4c2b-9d5c-7a1d6d3f2a10", "5b6ab3f7-4b0e-4f7c-8a53-0c7c0e1d2f3a"]
MASKS = [
    None, None, None, "FF:FF:FF:00:00:00", "02:00:00:00:00:00", "02:00:00:00:00:00 00:00:00:00:00:00",
    "FE:FF:FF:00:00:00 68:F7:28:00:00:00", "0:0:0:ff:ff:ff preserve", "ff-ff-0-0-0-0 1-2-3-4-5-6 preserve",
    "FE:FF:FF:00:00:00 68:F7:28:00:00:00 00:0C:29:00:00:00 00:50:56:00:00:00", "ff:ff:ff:ff:ff:ff",
    "FF:FF:FF:FF:FF:FF 00:00:00:00:00:00", "fc:0:0:0:0:0 0:0:0:0:0:0 4:0:0:0:0:0 8:0:0:0:0:0 c:0:0:0:0:0",
]
ZONES = ["UTC", "Berlin", "New_York", "Lord_Howe", "Apia", "Casablanca", "Kathmandu"]
TIMES = [
    0, 1471838400, 1477785599, 1477787400, 1477789200, 1477791000, 1477890000, 1490490000, 1490491800,
    1325239199, 1325239200, 1582934400, 1583020800, 2000000000, 4090000000, 4118000000,
]


def make_case(chance):
    case = {
        "policy": "stable-ssid" if chance.number(4) == 0 else "stable",
        "stable_id": chance.one_of(IDS),
        "uuid": chance.one_of(UUIDS),
        "ssid": chance.one_of(SSIDS) if chance.number(2) else chance.data(1 + chance.number(32)),
        "ifname": chance.one_of(IFNAMES),
        "key": chance.one_of(KEYS),
        "machine": chance.one_of(MACHINES),
        "boot": chance.one_of(BOOTS),
        "permanent": chance.mac() if chance.number(5) else None,
        "current": chance.mac(),
        "mask": chance.one_of(MASKS),
        "binding": chance.one_of(["interface", "interface", "card", "host"]),
        "slap": chance.one_of(["any", "any", "aai"]),
        "security": chance.one_of([None, None, "open", "owe", "wep", "psk", "sae", "eap"]),
        "time": chance.one_of(TIMES) + (chance.number(86400) if chance.number(2) else 0),
        "zone": chance.one_of(ZONES),
        "generation": chance.one_of([0, 0, 0, 1, 2, 40, 18446744073709551615]),
    }
    case["initial"] = chance.mac() if case["permanent"] is None or chance.number(3) == 0 else case["permanent"]
    if case["policy"] == "stable-ssid":
        case["stable_id"] = None
    if case["permanent"] is None and case["binding"] == "card":
        case["binding"] = "host"
    return case


def cell(value):
    if value is None or value == "":
        return "-"
    return value.hex() if isinstance(value, bytes) else str(value)


def table():
    chance = Chance()
    lines = ["\t".join(COLUMNS)]
    for _ in range(CASES):
        case = make_case(chance)
        case["type"], case["id"], case["address"] = address(case)
        lines.append("\t".join(cell(case[column]) for column in COLUMNS))
    return "\n".join(lines) + "\n"


def self_test():
    """NetworkManager's own vectors."""
    for kind, mask, expected in [
        (0, None, "06:0d:cd:0c:9e:2c"),
        (1, None, "c6:ae:a9:9a:76:09"),
        (0, "FF:FF:FF:00:00:00", "00:23:45:0c:9e:2c"),
        (0, "02:00:00:00:00:00 00:00:00:00:00:00", "04:0d:cd:0c:9e:2c"),
    ]:
        case = dict.fromkeys(COLUMNS)
        case.update(policy="stable", ifname="eth0", key=b"key1", machine="", binding="interface",
                    slap="any", initial="01:23:45:67:89:ab", mask=mask,
                    uuid="stable-1" if kind == 0 else None,
                    stable_id="stable-1" if kind == 1 else None)
        global host_id
        real, host_id = host_id, lambda key, machine: key
        assert address(case) == (kind, "stable-1", expected), (kind, mask)
        host_id = real
    case = {"policy": "stable-ssid", "ssid": b"foo\n", "uuid": None}
    assert effective_id(case) == (2, "wqLBg0FtOnCi7yYQKGDUj6CDixc")


if __name__ == "__main__":
    self_test()
    if sys.argv[1:] == ["--check"]:
        sys.exit(0 if TABLE.read_text() == table() else f"{TABLE} is not what {__file__} writes")
    TABLE.write_text(table())
