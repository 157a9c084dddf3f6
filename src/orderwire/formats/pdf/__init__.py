"""The order as a person reads it: a tagged PDF/A-3 in the supplier's language, laid out by Typst."""

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from orderwire.document.finding import Finding, error, info, place
from orderwire.document.order import Order
from orderwire.document.states import DocumentType
from orderwire.document.terms import Note
from orderwire.formats import CannotCarry, Content, Context, Profile, ReadResult, Written
from orderwire.formats.pdf import render
from orderwire.formats.pdf.content import content
from orderwire.formats.pdf.fonts import uncovered
from orderwire.formats.pdf.lines import is_internal, is_internal_subject
from orderwire.formats.pdf.words import Words, words

MAX_LINES = 5000
_MAX_URL = 1000
_NOT_DRAWN = re.compile(r'"(.+?)"`? could not be displayed|disallowed codepoint `"(.+?)"`')


class PdfProfile(BaseModel):
    """`language`: BCP 47 tag such as de or zh-TW; without it the context's, else English.
    `prices`: False leaves out every price and amount, for internal copies."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: str | None = None
    prices: bool = True


class Pdf:
    """Format `pdf`. Writes orders; a printed order is not a machine document, so it reads nothing."""

    kind = "pdf"
    label = "PDF"
    version = "PDF/A-3a, PDF/UA-1"
    media_type = "application/pdf"
    extension = ".pdf"
    reads: frozenset[DocumentType] = frozenset()
    writes = frozenset({DocumentType.ORDER})
    profile_model = PdfProfile

    def sniff(self, content: bytes) -> int:
        """Certain when the header stands in the first kilobyte, where PDF readers look for it (ISO 32000-1, 7.5.2)."""
        return 100 if b"%PDF-" in content[:1024] else 0

    def read(self, content: bytes, profile: Profile) -> ReadResult:
        """Always one error: nothing is guessed from a printed page."""
        text = "a printed order is not a machine document; send the order as data (JSON, X12, CSV or XLSX)"
        return ReadResult(self.kind, findings=(error("not-a-machine-document", "document", text),))

    def project(self, document: Content, profile: Profile) -> tuple[Content, tuple[Finding, ...]]:
        """The document itself, since a person sees everything, and findings on what is not printed or cannot be."""
        options = PdfProfile.model_validate(dict(profile))
        if not isinstance(document, Order):
            return document, (_not_an_order(document),)
        return document, (*_left_out(document, options), *_not_drawable(document, {}))

    def write(self, document: Content, profile: Profile, context: Context) -> Written:
        """The printed order. The context's links may hold answer_url, answer_by, approved_by, approved_at (ISO 8601
        or any text), timezone (IANA name, for those times) and language. Raises CannotCarry."""
        options = PdfProfile.model_validate(dict(profile))
        if not isinstance(document, Order):
            raise CannotCarry((_not_an_order(document),))
        links = context.links
        problems = (*_bad_link(links), *_too_long(document), *_not_drawable(document, links))
        if problems:
            raise CannotCarry(problems)
        spoken = _language(document, options, links)
        issued = datetime.datetime.combine(document.issued, datetime.time(), datetime.UTC)
        try:
            data = content(document, spoken, links, prices=options.prices)
            pdf = render.render(data, int(issued.timestamp()))
        except render.NotRendered as failure:
            raise CannotCarry(_reasons(str(failure), document, links)) from failure
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{document.number}-v{document.revision}").strip("-.")
        return Written(pdf, self.media_type, f"{name}.pdf", _left_out(document, options))


def _language(order: Order, options: PdfProfile, links: Mapping[str, str]) -> Words:
    country = order.supplier.address.country if order.supplier.address else None
    return words(options.language or links.get("language"), country)


def _not_an_order(document: Content) -> Finding:
    return error("not-printable", "document", f"a {type(document).__name__} has no printed form; only orders have")


def _left_out(order: Order, options: PdfProfile) -> tuple[Finding, ...]:
    found = [] if options.prices else [info("not-printed", "document", "this copy prints no prices and amounts")]
    notes: list[tuple[tuple[str | int, ...], Note]] = [(("notes", i), note) for i, note in enumerate(order.notes)]
    notes += [(("lines", k, "notes", i), n) for k, line in enumerate(order.lines) for i, n in enumerate(line.notes)]
    for path, note in notes:
        if is_internal(note):
            found.append(info("not-printed", place(path), "an internal note is never printed"))
    return tuple(found)


def _bad_link(links: Mapping[str, str]) -> tuple[Finding, ...]:
    url = links.get("answer_url")
    if not url or re.fullmatch(rf"https?://[!-~]{{1,{_MAX_URL}}}", url):
        return ()
    text = f"the answer link must be an http or https address in ASCII of at most {_MAX_URL} characters"
    return (error("bad-link", "links.answer_url", text),)


def _too_long(order: Order) -> tuple[Finding, ...]:
    if len(order.lines) <= MAX_LINES:
        return ()
    text = f"{len(order.lines)} lines are more than the {MAX_LINES} that a person can read; send the order as data"
    return (error("too-long-to-print", "lines", text),)


def _not_drawable(order: Order, links: Mapping[str, str]) -> tuple[Finding, ...]:
    """One error for each field with a character that no font draws: it would print as an empty box."""
    missing = uncovered([order.model_dump_json(), *links.values()])
    return tuple(_name_fields(missing, order, links)) if missing else ()


def _name_fields(missing: set[str], order: Order, links: Mapping[str, str]) -> Iterator[Finding]:
    plain: dict[str, Any] = order.model_dump(mode="json", exclude_none=True) | {"links": dict(links)}
    for path, text in _texts(plain, ()):
        chars = sorted(missing & set(text))
        if chars:
            shown = ", ".join(f"{char} (U+{ord(char):04X})" for char in chars[:5])
            more = f" and {len(chars) - 5} more" if len(chars) > 5 else ""
            yield error("no-glyph", place(path), f"no font has {shown}{more}; write this text in another script")


def _texts(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text that may be printed, with its path; internal notes never are."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict) and not ("text" in value and is_internal_subject(value.get("subject"))):
        for key, item in value.items():
            yield from _texts(item, (*path, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from _texts(item, (*path, i))


def _reasons(diagnostic: str, order: Order, links: Mapping[str, str]) -> tuple[Finding, ...]:
    """The layout engine's refusal as findings: it refuses to draw a glyph that a font lacks after shaping."""
    missing = {char for groups in _NOT_DRAWN.findall(diagnostic) for char in "".join(groups)}
    found = tuple(_name_fields(missing, order, links)) if missing else ()
    return found or (error("not-rendered", "document", f"the page could not be laid out: {diagnostic[:300]}"),)
