"""Transmitters in a capture of hwsim0, read without macveil's help."""

import struct
from dataclasses import dataclass

HEADER = 24
RADIOTAP = 127
DATA = 2
TO_DISTRIBUTION_SYSTEM = 0x01
FROM_DISTRIBUTION_SYSTEM = 0x02
# Frame control, duration, and the two addresses that every frame but an acknowledgement has.
WITH_TRANSMITTER = 16


@dataclass
class Frame:
    transmitter: str
    is_data_of_station: bool


def frames(path):
    """Those that name their transmitter."""
    data = path.read_bytes()
    order = "<" if data[:4] == b"\xd4\xc3\xb2\xa1" else ">"
    if struct.unpack_from(order + "I", data, 20)[0] != RADIOTAP:
        raise ValueError(f"{path}: not radiotap")
    at = HEADER
    while at + 16 <= len(data):
        length = struct.unpack_from(order + "I", data, at + 8)[0]
        packet = data[at + 16 : at + 16 + length]
        at += 16 + length
        frame = packet[struct.unpack_from("<H", packet, 2)[0] :]
        if len(frame) >= WITH_TRANSMITTER:
            yield read(frame)


def read(frame):
    kind = frame[0] >> 2 & 3
    direction = frame[1] & (TO_DISTRIBUTION_SYSTEM | FROM_DISTRIBUTION_SYSTEM)
    return Frame(frame[10:16].hex(":"), kind == DATA and direction == TO_DISTRIBUTION_SYSTEM)
