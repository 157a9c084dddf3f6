"""From segments to bytes: envelope, counts, control numbers, release characters, character set.

Until the last step segments are joined by control characters that no document text can hold, so that all text is
released by one pass over the whole message.

To add a message that is written: a module `write_<kind>.py` with `project(document, profile) -> (document, Fit)` and
`body(document, profile, context) -> list[str]`, each string one or several segments made by `joined`, without UNH and
UNT; then name its model in WRITERS of `__init__.py`.
"""

from collections.abc import Iterable, Sequence

from orderwire.document.base import Document
from orderwire.document.finding import error
from orderwire.formats import CannotCarry, Context, Written
from orderwire.formats.edifact.charset import CODECS, fits, is_utf8, unmapped
from orderwire.formats.edifact.profile import EdifactProfile

SEGMENT, ELEMENT, COMPONENT = "\x1c", "\x1d", "\x1f"


def c(*parts: str) -> str:
    """A composite without its trailing empty components."""
    return COMPONENT.join(parts).rstrip(COMPONENT)


def joined(rows: Iterable[Sequence[str]]) -> str:
    """Segments without trailing empty elements."""
    return SEGMENT.join([ELEMENT.join(row).rstrip(ELEMENT) for row in rows])


def syntax_of(text: str, profile: EdifactProfile) -> str:
    """The syntax identifier that is written: the profile's, or the smallest of UNOC and UNOY that holds the text."""
    return profile.syntax or ("UNOY" if fits(text, "UNOC") or is_utf8(text.encode("iso8859-1")) else "UNOC")


def written(
    document: Document, body: Sequence[str], *, kind: str, test: bool, profile: EdifactProfile, context: Context
) -> Written:
    """One interchange around one message; `kind` is its name (ORDERS).

    Raises CannotCarry, naming each field, where the character set does not hold the text.
    """
    text = SEGMENT.join(body)
    syntax = syntax_of(text, profile)
    if profile.syntax and (bad := fits(_without_marks(text), syntax)):
        words = f"{bad!r} is not in the partner's character set ({syntax}) and stands in a key of the profile"
        raise CannotCarry(tuple(unmapped(document, syntax)) or (error("unmappable", "profile", words),))
    if CODECS[syntax].startswith("iso8859") and is_utf8(text.encode(CODECS[syntax])):
        words = f"accents stand in an order that makes {syntax} look like UTF-8; correct the text, or agree on UNOY"
        raise CannotCarry((error("unmappable", "document", words),))
    version = profile.syntax_version or (3 if syntax <= "UNOF" else 4)
    unb = (context.control_number("unb") - 1) % 99_999_999_999_999 + 1
    unh = (context.control_number("unh") - 1) % 99_999_999_999_999 + 1
    now = context.now
    sender = c(profile.sender, profile.sender_qualifier or "", profile.sender_routing or "")
    receiver = c(profile.receiver, profile.receiver_qualifier or "", profile.receiver_routing or "")
    day = f"{now:%Y%m%d}" if version == 4 else f"{now:%y%m%d}"
    directory = c(kind, *_directory(kind, profile))
    head = [
        ["UNB", c(syntax, str(version)), sender, receiver, c(day, f"{now:%H%M}"), str(unb), "",
         profile.application or "", "", "1" if profile.acknowledge and kind != "CONTRL" else "",
         profile.agreement or "", "1" if test else ""],
        ["UNH", str(unh), directory],
    ]  # fmt: skip
    count = text.count(SEGMENT) + 3
    tail = [["UNT", str(count), str(unh)], ["UNZ", "1", str(unb)]]
    whole = SEGMENT.join((joined(head), text, joined(tail), ""))
    content = _una(profile, version) + _marked(whole, profile, version)
    controls = {"unb": str(unb), "unh": str(unh)}
    return Written(content.encode(CODECS[syntax]), "application/edifact", f"{kind}-{unb}.edi", controls=controls)


def _directory(kind: str, profile: EdifactProfile) -> tuple[str, str, str, str]:
    """UNH S009 behind the message type: version, release, agency, association. CONTRL has a version of its own."""
    if kind == "CONTRL":
        return ("4", "1", "UN", "") if profile.syntax_version == 4 else ("D", "3", "UN", "")
    return profile.version[0], profile.version[1:], "UN", profile.association or ""


def _una(profile: EdifactProfile, version: int) -> str:
    repetition = profile.repetition_separator if version == 4 else " "
    una = (
        profile.component_separator + profile.element_separator + profile.decimal_mark + profile.release_character
        + repetition + profile.segment_terminator
    )  # fmt: skip
    usual = ":+.?*'" if version == 4 else ":+.? '"
    return "" if profile.una == "needed" and una == usual else "UNA" + una


def _marked(text: str, profile: EdifactProfile, version: int) -> str:
    """Released text with the partner's delimiters."""
    release = profile.release_character
    text = text.replace(release, release * 2)
    marks = [profile.component_separator, profile.element_separator, profile.segment_terminator]
    for mark in [*marks, profile.repetition_separator] if version == 4 else marks:
        text = text.replace(mark, release + mark)
    component, element, segment = marks
    end = segment + "\r\n" if profile.newline else segment
    return text.replace(COMPONENT, component).replace(ELEMENT, element).replace(SEGMENT, end)


def _without_marks(text: str) -> str:
    return text.replace(SEGMENT, " ").replace(ELEMENT, " ").replace(COMPONENT, " ")
