"""Turns BER into a form with lengths (X.690 section 8.1.3), with content in one piece where it came in chunks.

Partners' programs write content of any size as chunks; the ASN.1 reader takes quadratic time to put them together, and
strangers decide how many there are.
"""

from orderwire.channels.as2.der import CONTEXT, INSIDE, OCTETS, tlv

MOST_VALUES = 100_000
"""Values in one structure: 20 MiB in chunks of 1,000 bytes are 21,000."""

MOST_DEPTH = 30
_CONSTRUCTED = 0x20
_CHUNKS = OCTETS | _CONSTRUCTED
_END = b"\0\0"


def definite(data: bytes, *, implicit: bool = False) -> bytes:
    """The one value at the start of the data. Raises ValueError, or IndexError where it breaks off.

    `implicit`: chunks stand right inside of a context's tag, as the content of an envelope does (RFC 5652 section 6.1).
    """
    return _Reader(data, implicit).value(0, 0)[0]


class _Reader:
    def __init__(self, data: bytes, implicit: bool):
        self._data, self._left = data, MOST_VALUES
        self._chunked = (_CHUNKS, INSIDE) if implicit else (_CHUNKS,)

    def value(self, at: int, depth: int) -> tuple[bytes, int]:
        """The value at a place, and where it ends."""
        data, start = self._data, at
        self._left -= 1
        if self._left < 0 or depth > MOST_DEPTH:
            raise ValueError("has too many values in it")
        tag, length, at = data[at], data[at + 1], at + 2
        if tag & 0x1F == 0x1F:
            raise ValueError("has a tag that is not known here")
        if length == CONTEXT:
            return self._constructed(tag, at, None, depth)
        if length > CONTEXT:
            size = length - CONTEXT
            length, at = int.from_bytes(data[at : at + size], "big"), at + size
        if at + length > len(data):
            raise ValueError("breaks off")
        if tag & _CONSTRUCTED:
            return self._constructed(tag, at, at + length, depth)
        return data[start : at + length], at + length

    def _constructed(self, tag: int, at: int, end: int | None, depth: int) -> tuple[bytes, int]:
        """`end` is None where two zero bytes mark it."""
        if not tag & _CONSTRUCTED:
            raise ValueError("has no length")
        inside: list[bytes] = []
        while at < end if end is not None else self._data[at : at + 2] != _END:
            value, at = self.value(at, depth + 1)
            inside.append(value)
        if end is None:
            at += len(_END)
        elif at != end:
            raise ValueError("has a length that does not fit")
        if tag in self._chunked and all(value[0] == OCTETS for value in inside):
            whole = (_content(value) for value in inside)
            return tlv(OCTETS if tag == _CHUNKS else CONTEXT, b"".join(whole)), at
        return tlv(tag, *inside), at


def _content(value: bytes) -> bytes:
    """Of a value with a length."""
    return value[2:] if value[1] < CONTEXT else value[2 + value[1] - CONTEXT :]
