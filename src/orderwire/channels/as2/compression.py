"""Compressed data (RFC 5402, RFC 3274): zlib in a CMS wrapper, opened only up to a size."""

import zlib

from asn1crypto import cms

from orderwire.channels.as2.ber import definite
from orderwire.channels.as2.der import INSIDE, OCTETS, SEQUENCE, integer, oid, tlv
from orderwire.channels.as2.fault import DECOMPRESSION, Fault

MOST_OPENED = 64 * 1024 * 1024
"""Bytes that a message may have when it is unpacked."""

MOST_RATIO = 200
"""Times that it may grow, beyond the first MiB: EDI shrinks to a tenth, a bomb to a thousandth."""

_DATA = oid("1.2.840.113549.1.7.1")
_COMPRESSED = oid("1.2.840.113549.1.9.16.1.9")
_ZLIB = oid("1.2.840.113549.1.9.16.3.8")
_FREE = 1024 * 1024


def compress(data: bytes) -> bytes:
    """The DER of a CompressedData."""
    packed = tlv(INSIDE, tlv(OCTETS, zlib.compress(data)))
    content = tlv(SEQUENCE, integer(0), tlv(SEQUENCE, _ZLIB), tlv(SEQUENCE, _DATA, packed))
    return tlv(SEQUENCE, _COMPRESSED, tlv(INSIDE, content))


def decompress(der: bytes) -> bytes:
    """What was compressed. Raises Fault, also for what would unpack to more than anybody sends."""
    try:
        info = cms.ContentInfo.load(definite(der))
        if info["content_type"].native != "compressed_data":
            raise Fault(DECOMPRESSION, "What should be compressed is something else.")
        if info["content"]["compression_algorithm"]["algorithm"].native != "zlib":
            raise Fault(DECOMPRESSION, "The message is compressed in a way that we do not know; use zlib.")
        packed = bytes(info["content"]["encap_content_info"]["content"])
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError):
        raise Fault(DECOMPRESSION, "The compressed part of the message cannot be read.") from None
    most = min(MOST_OPENED, max(_FREE, MOST_RATIO * len(packed)))
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(packed, most)
        if not unpacker.eof and unpacker.decompress(unpacker.unconsumed_tail, 1):
            raise Fault(DECOMPRESSION, f"The message unpacks to more than {most:,} bytes, which nobody takes here.")
    except zlib.error:
        raise Fault(DECOMPRESSION, "The compressed part of the message is damaged.") from None
    if not unpacker.eof:
        raise Fault(DECOMPRESSION, "The compressed part of the message broke off.")
    return data
