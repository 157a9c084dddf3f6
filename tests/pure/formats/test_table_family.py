"""Every document of the family as a table, both ways and in both formats, and every field with its column."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from orderwire.formats import Profile
from orderwire.formats.csv import Csv
from orderwire.formats.table import FORMS, Form
from orderwire.formats.table.columns import ORDER
from orderwire.formats.table.explain import fields_of
from orderwire.formats.xlsx import Xlsx
from orderwire.testing import FixedContext
from tests.pure.family import cancellations, changes, invoices, receipts, responses, ship_notices
from tests.pure.orders import orders

FAMILY: dict[str, st.SearchStrategy[Any]] = {
    "order": orders(), "change": changes(), "cancellation": cancellations(), "answer": responses(),
    "ship notice": ship_notices(), "receipt": receipts(), "invoice": invoices(),
}  # fmt: skip
SECOND: dict[str, dict[str, Any]] = {
    "answer": {"code": "AD"},
    "ship notice": {"code": "00", "release_number": "R1"},
    "receipt": {"code": "00", "release_number": "R1"},
    "invoice": {"code": "DI", "net": Decimal("-1.5"), "tax": Decimal(2), "release_number": "R1"},
}
"""Fields that the shared strategies leave empty."""
LINES: dict[str, dict[str, Any]] = {
    "answer": {"code": "IA"},
    "ship notice": {
        "description": "=Bolt", "ordered": Decimal(9), "lot": "-7", "country_of_origin": "DE", "release_number": "2",
    },
    "receipt": {"description": "Bolt", "reason": "wet", "code": "01", "release_number": "R1"},
    "invoice": {"description": "Bolt", "amount": Decimal("-0.01"), "price_basis": Decimal(100), "release_number": "2"},
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.word)
@pytest.mark.parametrize("format", [Csv(), Xlsx()], ids=lambda format: format.kind)
@pytest.mark.parametrize("profile", [{}, {"on_loss": "note"}, {"on_loss": "accept", "decimal": ","}], ids=str)
def test_each_document_reads_back_as_its_projection(form: Form, format: Any, profile: Profile) -> None:
    @given(FAMILY[form.word], st.booleans())
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
    def check(document: Any, more: bool) -> None:
        if more and form.word in LINES:
            lines = tuple(line.model_copy(update=LINES[form.word]) for line in document.lines)
            document = document.model_copy(update={**SECOND[form.word], "lines": lines})
        content = format.write(document, profile, FixedContext()).content
        result = format.read(content, profile)
        [again] = result.documents
        assert again.usable, again.findings
        assert (again.type, again.document) == (form.document, format.project(document, profile)[0])
        assert again.test == document.test
        second = format.write(again.document, profile, FixedContext()).content
        assert format.read(second, profile).documents[0].document == again.document

    check()


NO_COLUMN = re.compile(
    r"(.*\.)?(references\.(kind|line|date|code)|identifiers\.scheme|attachments\..*)"
    r"|lines\.line\.(number|quantity)"
)
"""What is told by the column itself, derived, stated elsewhere in the row, or left out with a finding."""


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.word)
def test_every_field_of_a_document_has_its_column(form: Form) -> None:
    mapped = {path for column in form.columns for path in fields_of(form, column)} | (
        {"lines.quantity"} if form is ORDER else set()
    )
    assert [path for path in paths(form.model) if path not in mapped and not NO_COLUMN.fullmatch(path)] == []


def paths(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Every field of a model that holds no others."""
    for name, field in model.model_fields.items():
        inner = list(_models(field.annotation))
        for item in inner:
            yield from paths(item, f"{before}{name}.")
        if not inner:
            yield before + name


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)
