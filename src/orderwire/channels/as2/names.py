"""Names on the wire: the two stations, and the id of a message, which stays the same over every try."""

import re

from orderwire.channels.file_names import clean

_NAME = re.compile(r"[\x20-\x7e]{1,128}")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPED = re.compile(r"\\(.)")
_ID = re.compile(r"<?([\x21-\x3b\x3d\x3f-\x7e]{1,253})>?")


def is_name(text: str) -> bool:
    """Whether it may be a station's name (RFC 4130 section 6.2)."""
    return bool(_NAME.fullmatch(text)) and text == text.strip()


def quoted(name: str) -> str:
    """An AS2 name as it stands in a header (RFC 4130 section 6.2)."""
    if not set(name) & set(' "\\'):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unquoted(text: str) -> str:
    """An AS2 name out of a header."""
    whole = _QUOTED.fullmatch(text.strip())
    return _ESCAPED.sub(r"\1", whole[1]) if whole else text.strip()


def message_id(parcel_id: str, our_id: str) -> str:
    """The Message-ID of a parcel without its brackets: at most 255 characters with them, as the revision advises."""
    safe = re.sub(r"[^\x21-\x3b\x3d\x3f-\x7e]", "_", parcel_id)[:190]
    return safe if "@" in safe else f"{safe}@{_domain(our_id)}"


def parcel_id(text: str, our_id: str) -> str:
    """The parcel's id, out of a Message-ID that we made."""
    bare = id_in(text)
    return bare.removesuffix(f"@{_domain(our_id)}")


def id_in(header: str) -> str:
    """The id in a header, without brackets; empty where there is none that could be one (RFC 5322 section 3.6.4)."""
    found = _ID.fullmatch(header.strip())
    return found[1] if found else ""


def _domain(our_id: str) -> str:
    return clean(our_id).lower() or "orderwire"
