"""The order as a person reads it: a tagged PDF/A-3 in the supplier's language, laid out by Typst."""

import datetime
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from orderwire.document.cancellation import Cancellation
from orderwire.document.finding import Finding, error, info, place
from orderwire.document.order import Order
from orderwire.document.order_change import OrderChange
from orderwire.document.states import DocumentType
from orderwire.document.terms import Note
from orderwire.formats import CannotCarry, Content, Context, Explained, Profile, ReadResult, Written
from orderwire.formats.fit import ChangeForm
from orderwire.formats.pdf import render
from orderwire.formats.pdf.cancelled import cancellation_content
from orderwire.formats.pdf.changed import change_content, previous
from orderwire.formats.pdf.content import content
from orderwire.formats.pdf.fonts import uncovered
from orderwire.formats.pdf.lines import is_internal, is_internal_subject
from orderwire.formats.pdf.mapping import DOCUMENTS
from orderwire.formats.pdf.words import Words, words
from orderwire.formats.profile import new_versions_go

MAX_LINES = 5000
_MAX_URL = 1000
_NOT_DRAWN = re.compile(r'"(.+?)"`? could not be displayed|disallowed codepoint `"(.+?)"`')


class PdfProfile(BaseModel):
    """What a printed copy shows, and in which language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    language: str | None = Field(
        None, description="BCP 47 tag such as de or zh-TW; without it the context's, else English."
    )
    change: ChangeForm = new_versions_go("full")
    prices: bool = Field(True, description="False leaves out every price and amount, for internal copies.")


class Pdf:
    """Format `pdf`. Writes orders, order changes and cancellations; it reads nothing: `order_x` opens PDFs for data."""

    kind = "pdf"
    label = "PDF"
    version = "PDF/A-3a, PDF/UA-1"
    media_type = "application/pdf"
    extension = ".pdf"
    reads: frozenset[DocumentType] = frozenset()
    writes = frozenset({DocumentType.ORDER, DocumentType.CHANGE, DocumentType.CANCELLATION})
    profile_model = PdfProfile
    documents = DOCUMENTS

    def sniff(self, content: bytes) -> int:
        """50 when the header stands in the first kilobyte, where PDF readers look for it (ISO 32000-1, 7.5.2): a PDF
        with data inside is another format's."""
        return 50 if b"%PDF-" in content[:1024] else 0

    def read(self, content: bytes, profile: Profile) -> ReadResult:
        """Always one error: nothing is guessed from a printed page."""
        text = "a printed order is not a machine document; send the order as data (Order-X, JSON, X12, CSV or XLSX)"
        return ReadResult(self.kind, findings=(error("not-a-machine-document", "document", text),))

    def explain(self, content: bytes, limit: int) -> tuple[Explained, ...]:
        """One piece: a page is looked at, not taken apart."""
        if self.sniff(content) == 0 or limit < 1:
            return ()
        return (Explained(None, "document", "%PDF", f"a printed page for people, {len(content):,} bytes"),)

    def project(self, document: Content, profile: Profile) -> tuple[Content, tuple[Finding, ...]]:
        """The document itself, since a person sees everything, and findings on what is not printed or cannot be."""
        options = PdfProfile.model_validate(dict(profile))
        problems = _not_printable(document)
        if problems:
            return document, problems
        return document, (*_left_out(document, options), *_not_drawable(document, {}))

    def write(self, document: Content, profile: Profile, context: Context) -> Written:
        """The printed document. The context's links may hold answer_url, answer_by, approved_by, approved_at (ISO 8601
        or any text), timezone (IANA name, for those times), language, agrees with proposed_on (ISO 8601 date) where the
        version takes up what the supplier proposed then, and for an order change previous: the version
        that the supplier holds, as JSON of the model, to print old values beside the new. Raises CannotCarry."""
        options = PdfProfile.model_validate(dict(profile))
        links = context.links
        held, trouble = _held(document, links)
        problems = (*trouble, *_not_printable(document, held))
        problems = problems or (*_bad_link(links), *_too_long(document), *_not_drawable(document, links))
        if problems:
            raise CannotCarry(problems)
        spoken = _language(document, options, links, held)
        issued = datetime.datetime.combine(_day(document, context), datetime.time(), datetime.UTC)
        try:
            pdf = render.render(_content(document, spoken, links, options, held), int(issued.timestamp()))
        except render.NotRendered as failure:
            raise CannotCarry(_reasons(str(failure), document, links)) from failure
        name = re.sub(r"[^A-Za-z0-9._-]+", "-", _title(document)).strip("-.")
        return Written(pdf, self.media_type, f"{name}.pdf", _left_out(document, options))


def _held(document: Content, links: Mapping[str, str]) -> tuple[Order | None, tuple[Finding, ...]]:
    """The version that the supplier holds, where a change is printed and the context names it."""
    try:
        return (previous(links) if isinstance(document, OrderChange) else None), ()
    except ValueError as failure:
        return None, (error("bad-previous", "links.previous", str(failure)),)


def _content(
    document: Content, spoken: Words, links: Mapping[str, str], options: PdfProfile, held: Order | None
) -> dict[str, Any]:
    if isinstance(document, OrderChange):
        return change_content(document, spoken, links, prices=options.prices, held=held)
    if isinstance(document, Cancellation):
        return cancellation_content(document, spoken, links)
    assert isinstance(document, Order)
    return content(document, spoken, links, prices=options.prices, whole=document)


def _day(document: Content, context: Context) -> datetime.date:
    """The day that the file is dated with."""
    day = getattr(document, "issued", None)
    if day is None and isinstance(document, OrderChange) and document.head:
        day = document.head.issued
    return day or context.now.date()


def _title(document: Content) -> str:
    if isinstance(document, Order):
        return f"{document.number}-v{document.revision}"
    assert isinstance(document, OrderChange | Cancellation)
    what = "change" if isinstance(document, OrderChange) else "cancellation"
    return f"{document.order_number}-{what}" + (f"-v{document.revision}" if document.revision else "")


def _language(document: Content, options: PdfProfile, links: Mapping[str, str], held: Order | None) -> Words:
    source: Any = (document.head or held) if isinstance(document, OrderChange) else document
    supplier = source.supplier
    country = supplier.address.country if supplier and supplier.address else None
    return words(options.language or links.get("language"), country)


def _not_printable(document: Content, held: Order | None = None) -> tuple[Finding, ...]:
    """Errors where a document has no printed form, or lacks what a page cannot do without."""
    if isinstance(document, OrderChange) and document.head is None and held is None:
        return (error("head-missing", "head", "the change names neither buyer nor supplier; state the header"),)
    if isinstance(document, Cancellation) and document.buyer is None:
        return (error("party-missing", "buyer", "the cancellation does not say who cancels; name the buyer"),)
    if isinstance(document, Order | OrderChange | Cancellation):
        return ()
    name = type(document).__name__
    text = f"a {name} has no printed form; only orders, changes and cancellations have"
    return (error("not-printable", "document", text),)


def _left_out(document: Content, options: PdfProfile) -> tuple[Finding, ...]:
    found = [] if options.prices else [info("not-printed", "document", "this copy prints no prices and amounts")]
    notes: list[tuple[tuple[str | int, ...], Note]] = []
    if isinstance(document, Order):
        notes = [(("notes", i), note) for i, note in enumerate(document.notes)]
        notes += [
            (("lines", k, "notes", i), n) for k, line in enumerate(document.lines) for i, n in enumerate(line.notes)
        ]
    elif isinstance(document, OrderChange):
        notes = [(("head", "notes", i), note) for i, note in enumerate(document.head.notes if document.head else ())]
        whole = [(k, item.line) for k, item in enumerate(document.lines) if item.line]
        notes += [(("lines", k, "line", "notes", i), n) for k, line in whole for i, n in enumerate(line.notes)]
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


def _too_long(document: Content) -> tuple[Finding, ...]:
    count = len(document.lines) if isinstance(document, Order | OrderChange) else 0
    if count <= MAX_LINES:
        return ()
    text = f"{count} lines are more than the {MAX_LINES} that a person can read; send the order as data"
    return (error("too-long-to-print", "lines", text),)


def _not_drawable(document: Content, links: Mapping[str, str]) -> tuple[Finding, ...]:
    """One error for each field with a character that no font draws: it would print as an empty box."""
    missing = uncovered([document.model_dump_json(), *links.values()])
    return tuple(_name_fields(missing, document, links)) if missing else ()


def _name_fields(missing: set[str], document: Content, links: Mapping[str, str]) -> Iterator[Finding]:
    plain: dict[str, Any] = document.model_dump(mode="json", exclude_none=True) | {"links": dict(links)}
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


def _reasons(diagnostic: str, document: Content, links: Mapping[str, str]) -> tuple[Finding, ...]:
    """The layout engine's refusal as findings: it refuses to draw a glyph that a font lacks after shaping."""
    missing = {char for groups in _NOT_DRAWN.findall(diagnostic) for char in "".join(groups)}
    found = tuple(_name_fields(missing, document, links)) if missing else ()
    return found or (error("not-rendered", "document", f"the page could not be laid out: {diagnostic[:300]}"),)
