"""Writes DER (X.690): enough for an envelope around bytes, ten times faster than building it as objects."""

from asn1crypto import core

SEQUENCE, SET, INTEGER, OCTETS, NULL = 0x30, 0x31, 0x02, 0x04, 0x05
CONTEXT = 0x80
INSIDE = 0xA0
"""Tags of a context: of a value in place of another, and around one."""


def tlv(tag: int, *parts: bytes) -> bytes:
    """A value of these parts, with its tag and its length."""
    length = sum(map(len, parts))
    if length < 0x80:
        head = bytes((tag, length))
    else:
        size = length.to_bytes((length.bit_length() + 7) // 8, "big")
        head = bytes((tag, 0x80 | len(size))) + size
    return b"".join((head, *parts))


def integer(value: int) -> bytes:
    """A whole number."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def oid(dotted: str) -> bytes:
    """An object identifier."""
    return bytes(core.ObjectIdentifier(dotted).dump())
