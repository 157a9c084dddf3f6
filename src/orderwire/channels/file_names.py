"""Names of files in partners' folders: those that we give, safe and the same on every try, and those that we take."""

import hashlib
import os
import re
import string
import unicodedata
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, Field

from orderwire.channels import Parcel, Refused

FIELDS = frozenset({"reference", "stem", "extension", "digest"})
MARKER = ".done"
"""What is added to a file's name for the mark that it is whole."""

AT_ONCE = 1000
"""Files that one look into an inbox takes."""

_UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def _pattern(text: str) -> str:
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as failure:
        raise ValueError(f"is not a file name pattern: {failure}") from failure
    literal = "".join(part[0] for part in parts)
    used = [name for _, name, _, _ in parts if name is not None]
    formatted = any(spec or conversion for _, _, spec, conversion in parts)
    if formatted or set(used) - FIELDS or len(set(used)) < len(used):
        raise ValueError(f"may use {', '.join(sorted('{' + f + '}' for f in FIELDS))}, each once and as it stands")
    if not re.fullmatch(r"[A-Za-z0-9 ._-]*", literal) or text.startswith("."):
        raise ValueError("may have letters, digits, space, dot, dash and underscore, and no dot in front")
    if not {"digest", "stem", "reference"} & set(used):
        raise ValueError("needs {digest}, {stem} or {reference}, or all orders would have one name")
    return text


Pattern = Annotated[str, Field(max_length=100), AfterValidator(_pattern)]
"""A setting: file names made of {reference}, {stem} and {extension} of the document's own name, and {digest}, which is
unique for each delivery and file."""


def clean(text: str) -> str:
    """Letters, digits, dot, dash and underscore only, at most 60, no leading dot: no path can be made of it."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "_", plain).lstrip(".-_")[:60]


def names(pattern: str, parcel: Parcel) -> list[str]:
    """The name of each file of a parcel. Raises Refused where there is none, or two would get one name."""
    if not parcel.files:
        raise Refused("There is no file to put into the folder: the endpoint's format writes none")
    made = [_name(pattern, parcel, index) for index in range(len(parcel.files))]
    if len(set(made)) < len(made):
        raise Refused(f"Two files would get the name {made[0]}; add {{digest}} to the endpoint's pattern")
    return made


def _name(pattern: str, parcel: Parcel, index: int) -> str:
    """The same on every try, another for every other delivery."""
    name = PurePosixPath(clean(parcel.files[index].filename.replace("\\", "/").rpartition("/")[2]) or "order")
    made = pattern.format(
        reference=clean(parcel.reference) or "order",
        stem=name.stem,
        extension=name.suffix,
        digest=hashlib.sha256(f"{parcel.message_id}/{index}".encode()).hexdigest()[:16],
    )
    return f"_{made}" if made.startswith(".") or _RESERVED.match(made) else made


def unfinished(name: str) -> bool:
    """Whether a file of this name is hidden or still being written, as far as names say so."""
    return name.startswith(".") or name.lower().endswith(_UNFINISHED)


def shown(name: str | bytes) -> str:
    """The partner's file name as text that can stand in a log or on a page."""
    text = (name if isinstance(name, bytes) else os.fsencode(name)).decode("utf-8", "replace")
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
