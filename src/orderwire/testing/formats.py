"""The tests that every format passes. A plug-in gets them by subclassing:

class TestMine(FormatConformance):
    kind = "mine"
    documents = orders()
"""

import dataclasses
import datetime
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, get_args

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from orderwire import plugins
from orderwire.document.finding import Finding, Severity, has_errors
from orderwire.document.states import DocumentType
from orderwire.formats import TYPES, CannotCarry, Content, Format, Profile, ReadDocument, ReadResult, Written

THOROUGH = 100
"""A hypothesis profile that asks for more examples than hypothesis itself does is obeyed."""


@dataclasses.dataclass
class FixedContext:
    """A writer's context for tests: numbers count from 1, time stands still, there are no links."""

    now: datetime.datetime = datetime.datetime(2026, 1, 31, 9, 30, tzinfo=datetime.UTC)
    links: Mapping[str, str] = dataclasses.field(default_factory=dict)
    numbers: dict[str, int] = dataclasses.field(default_factory=dict)

    def control_number(self, name: str) -> int:
        """The next number of the named sequence."""
        self.numbers[name] = self.numbers.get(name, 0) + 1
        return self.numbers[name]


class FormatConformance:
    """Set `kind` (the entry point's name) and `documents` (a strategy of documents that the format writes).

    `profiles` are tried one by one; `examples` is how many documents, and how many broken files, each test takes.
    """

    kind: ClassVar[str]
    documents: ClassVar[st.SearchStrategy[Any]]
    profiles: ClassVar[tuple[Profile, ...]] = ({},)
    examples: ClassVar[int] = 20

    @property
    def format(self) -> Format:
        """The format as its users get it: through its entry point. KeyError says why there is none."""
        return plugins.format(self.kind)

    def _each(self, *strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], None]:
        wanted = settings.default.max_examples if settings.default else 0
        examples = wanted if wanted > THOROUGH else self.examples
        quick = settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
        return lambda test: quick(given(*strategies)(test))()

    def _written(self, document: Content, profile: Profile) -> Written:
        """Documents that the format says it cannot carry are another test's business."""
        try:
            return self.format.write(document, profile, FixedContext())
        except CannotCarry:
            assume(False)
            raise

    def test_describes_itself(self) -> None:
        form = self.format
        assert isinstance(form, Format)
        assert form.kind == self.kind, "kind is the name of the entry point"
        assert form.label and form.version and "/" in form.media_type
        assert form.extension.startswith(".")
        assert form.reads | form.writes, "a format reads or writes something"
        assert form.reads | form.writes <= set(DocumentType) - {DocumentType.UNKNOWN}

    def test_its_documents_are_described(self) -> None:
        form = self.format
        assert {d.type for d in form.documents if d.read} == set(form.reads)
        assert {d.type for d in form.documents if d.written} == set(form.writes)
        models = {kind: model for model, kind in TYPES.items()}
        for described in form.documents:
            unknown = [path for path in described.mapping if not _is_field(models[described.type], path)]
            assert not unknown, f"{described.name}: the mapping names fields that there are not: {unknown}"

    def test_profile_keys_are_documented_and_optional(self) -> None:
        model = self.format.profile_model
        assert issubclass(model, BaseModel)
        assert model.model_config.get("extra") == "forbid", "a misspelt key must be an error"
        model.model_validate({})
        without = [name for name, field in model.model_fields.items() if not field.description]
        assert not without, f"profile keys without a description: {without}"
        for profile in self.profiles:
            model.model_validate(profile)

    def test_explaining_never_raises_for_any_bytes_and_keeps_its_limit(self) -> None:
        @self._each(st.binary(max_size=2000), st.integers(1, 20))
        def check(content: bytes, limit: int) -> None:
            assert len(self.format.explain(content, limit)) <= limit

    def test_what_is_written_is_explained_piece_by_piece(self) -> None:
        @self._each(self.documents)
        def check(document: Content) -> None:
            pieces = self.format.explain(self._written(document, {}).content, 10_000)
            if self.format.reads:
                assert any(piece.document == 0 for piece in pieces)
            assert all(piece.words for piece in pieces)

    def test_sniff_answers_for_any_bytes(self) -> None:
        @self._each(st.binary(max_size=5000))
        def check(content: bytes) -> None:
            assert 0 <= self.format.sniff(content) <= 100

    def test_reading_never_raises_for_any_bytes(self) -> None:
        if not self.format.reads:
            return

        @self._each(st.binary(max_size=2000))
        def check(content: bytes) -> None:
            assert_sound(self.format.read(content, {}))

    def test_what_is_written_is_recognized_and_says_what_it_is(self) -> None:
        @self._each(self.documents)
        def check(document: Content) -> None:
            written = self._written(document, {})
            assert written.content
            assert written.media_type == self.format.media_type
            assert written.filename.endswith(self.format.extension)
            assert not set(written.filename) & set('/\\:*?"<>|\r\n\t\0')
            assert all(number == str(number) for number in written.controls.values())
            if self.format.reads:
                assert self.format.sniff(written.content) >= 50

    def test_reading_what_was_written_gives_the_projection(self) -> None:
        if not self.format.reads:
            return

        @self._each(self.documents, st.sampled_from(self.profiles))
        def check(document: Content, profile: Profile) -> None:
            written = self._written(document, profile)
            result = self.format.read(written.content, profile)
            assert_sound(result)
            assert not has_errors(result.findings), result.findings
            assert [d.document for d in result.documents] == [self.format.project(document, profile)[0]]
            assert all(d.usable for d in result.documents), [d.findings for d in result.documents]

    def test_projecting_twice_changes_nothing_more(self) -> None:
        @self._each(self.documents)
        def check(document: Content) -> None:
            try:
                projected, first = self.format.project(document, {})
                again, lost = self.format.project(projected, {})
            except CannotCarry:
                assume(False)
                raise
            assert again == projected
            assert not has_errors(set(lost) - set(first)), lost

    def test_what_is_lost_is_said(self) -> None:
        @self._each(self.documents)
        def check(document: Content) -> None:
            written = self._written(document, {})
            projected, lost = self.format.project(document, {})
            # What comes back may say more: the standard's own codes, and what it makes explicit.
            assert lost or not _leaves(document) - _leaves(projected)
            assert set(lost) <= set(written.findings)

    def test_damaged_documents_give_findings_and_never_an_exception(self) -> None:
        if not self.format.reads:
            return

        @self._each(self.documents, st.lists(mutations, min_size=1, max_size=4))
        def check(document: Content, changes: list[tuple[int, int, bytes]]) -> None:
            content = self._written(document, {}).content
            for at, gone, put in changes:
                at %= len(content) + 1
                content = content[:at] + put + content[at + gone :]
            assert 0 <= self.format.sniff(content) <= 100
            assert_sound(self.format.read(content, {}))


def _leaves(document: Content) -> Counter[tuple[str, str]]:
    """Every value with its field: what a document says, whatever the order of its lists and its empty parts."""
    found: Counter[tuple[str, str]] = Counter()

    def walk(path: str, value: Any) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                walk(f"{path}.{name}", inner)
        elif isinstance(value, list):
            for inner in value:
                walk(path, inner)
        else:
            found[path, str(value)] += 1

    walk("", document.model_dump(mode="json", exclude_defaults=True))
    return found


mutations = st.tuples(
    st.integers(0, 10**6),
    st.integers(0, 40),
    st.binary(max_size=4) | st.sampled_from([b"\n", b'"', b",", b"\xff", b"\0", b"{", b"]", b"9" * 40, b"\xc3"]),
)
"""A cut and what is put in its place: (position, bytes removed, bytes put)."""


def assert_sound(result: ReadResult) -> None:
    """A result keeps its promises: an unusable document says why, every finding has its place and words."""
    assert isinstance(result, ReadResult)
    assert result.documents or result.findings, "nothing was found and nothing said"
    for document in result.documents:
        assert isinstance(document, ReadDocument)
        assert document.usable or has_errors(document.findings), "an unusable document says why"
    for finding in (*result.findings, *(f for document in result.documents for f in document.findings)):
        assert isinstance(finding, Finding)
        assert isinstance(finding.severity, Severity)
        assert finding.code and finding.where and finding.text


def _is_field(model: Any, path: str) -> bool:
    """lines.price is a field of Order: each step is one of the model before; lists and options are looked through."""
    for step in path.split("."):
        if not (isinstance(model, type) and issubclass(model, BaseModel) and step in model.model_fields):
            return False
        model = _inner(model.model_fields[step].annotation)
    return True


def _inner(annotation: Any) -> Any:
    """The model inside tuple[X, ...] and X | None; anything else as it is."""
    for inner in get_args(annotation):
        if isinstance(found := _inner(inner), type) and issubclass(found, BaseModel):
            return found
    return annotation
