"""What is written: envelope, secrets, references to what went before, losses by profile, and the explanation of it."""

from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from orderwire.channels.cxml_http.envelope import with_secret
from orderwire.document.cancellation import Cancellation
from orderwire.document.order import Line, Order, Schedule
from orderwire.document.order_change import between
from orderwire.document.party import Party
from orderwire.document.response import HeaderStatus, Response
from orderwire.document.terms import Attachment
from orderwire.formats import CannotCarry
from orderwire.formats.xml import parse, where_is
from tests.pure.formats.cxml.support import DAY, DTDS, FORMAT, Context, FixedContext, assert_valid, codes, order_request


def order(**said: object) -> Order:
    line = Line(
        number="1", description="Bolt", quantity=Decimal(5), unit="EA", price=Decimal("1.25"),
        schedules=(Schedule(quantity=Decimal(5)),),
    )  # fmt: skip
    base = {"number": "PO1", "issued": DAY, "currency": "USD", "buyer": Party(name="Buyer"),
            "supplier": Party(name="Seller"), "lines": (line,)}  # fmt: skip
    return Order.model_validate(base | said)


def text(document: object, profile: dict[str, object] | None = None) -> str:
    content = FORMAT.write(document, profile or {}, Context()).content  # type: ignore[arg-type]
    assert_valid(content)
    return content.decode()


def test_each_document_has_a_payload_id_of_its_own_and_keeps_it_as_control() -> None:
    context = FixedContext()
    first, second = (FORMAT.write(order(), {"host": "buyer.example"}, context) for _ in range(2))
    assert first.controls == {"payload": "20260131093000.1@buyer.example"}
    assert second.controls == {"payload": "20260131093000.2@buyer.example"}
    assert b'payloadID="20260131093000.1@buyer.example"' in first.content
    assert first.filename == "order-PO1-20260131093000.1.xml" and first.media_type == "text/xml"


def test_the_document_type_is_the_one_that_has_the_request() -> None:
    assert '<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.063/cXML.dtd">' in text(order())
    answer = Response(order_number="PO1", status=HeaderStatus.ACCEPTED, answered=DAY)
    assert "cXML/1.2.063/Fulfill.dtd" in text(answer)


def test_credentials_come_from_the_profile_and_none_brings_a_secret() -> None:
    profile = {"from_domain": "DUNS", "from_identity": "123", "sender_identity": "hub"}
    written = text(order(), profile)
    assert '<Credential domain="DUNS">' in written and "<Identity>hub</Identity>" in written
    assert "SharedSecret" not in written


def test_a_secret_that_a_document_brings_shows_nowhere() -> None:
    bare = FORMAT.write(order(), {}, Context()).content
    content = with_secret(bare, "s3cr3t-coyote")
    assert_valid(content)
    assert content.count(b"s3cr3t-coyote") == 1
    pieces, read = FORMAT.explain(content, 10_000), FORMAT.read(content, {})
    assert any("Shared secret" in repr(piece) for piece in pieces) and "s3cr3t-coyote" not in repr((pieces, read))
    assert read.documents == FORMAT.read(bare, {}).documents


def test_a_secret_in_a_profile_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValidationError, match="shared_secret") as caught:
        FORMAT.write(order(), {"shared_secret": "s3cr3t-coyote"}, Context())
    assert "s3cr3t-coyote" not in str(caught.value) + repr(caught.value)


def test_a_test_order_is_sent_as_a_test_and_a_profile_may_ask_for_it() -> None:
    assert 'deploymentMode="test"' in text(order(test=True))
    assert 'deploymentMode="test"' in text(order(), {"deployment": "test"})
    assert 'deploymentMode="production"' in text(order())


def test_an_update_restates_the_order_and_names_the_one_before() -> None:
    old = order()
    new = old.model_copy(update={"revision": 2, "notes": ()})
    written = text(between(old, new, "full"))
    assert 'type="update"' in written and 'orderVersion="2"' in written
    assert '<DocumentReference payloadID="20260131093000.7@buyer.example"/>' in written
    bare = FORMAT.write(between(old, new, "full"), {}, FixedContext())
    assert "previous-payload" in {f.code for f in bare.findings if f.severity == "warning"}


def test_a_change_of_single_lines_is_refused_with_the_remedy() -> None:
    old = order()
    changed = old.lines[0].model_copy(update={"price": Decimal(2)})
    delta = between(old, old.model_copy(update={"revision": 2, "lines": (changed,)}), "delta")
    with pytest.raises(CannotCarry) as caught:
        FORMAT.write(delta, {}, Context())
    (wrong,) = caught.value.findings
    assert wrong.where == "form" and "full form" in wrong.text


def test_a_deleted_line_is_marked_or_left_out_as_the_partner_wants() -> None:
    old = order()
    other = old.lines[0].model_copy(update={"number": "2"})
    change = between(old, old.model_copy(update={"revision": 2, "lines": (other,)}), "full")
    assert 'lineNumber="1" operation="delete"' in text(change)
    assert 'lineNumber="1"' not in text(change, {"deleted_lines": "omit"})
    assert '<Money currency="USD">6.25</Money>' in text(change), "what is deleted does not count in Total"


def test_a_cancellation_is_a_delete_that_needs_the_day_of_the_order() -> None:
    written = text(Cancellation(order_number="PO1", order_issued=DAY, reason="Budget"))
    assert 'type="delete"' in written and "<Comments" in written
    with pytest.raises(CannotCarry) as caught:
        FORMAT.write(Cancellation(order_number="PO1"), {}, Context())
    assert [f.where for f in caught.value.findings] == ["order_issued"]


def test_a_line_number_that_is_no_whole_number_is_refused_unless_the_partner_takes_it() -> None:
    odd = order(lines=(order().lines[0].model_copy(update={"number": "10.1"}),))
    with pytest.raises(CannotCarry) as caught:
        FORMAT.write(odd, {}, Context())
    assert caught.value.findings[0].code == "line-number"
    assert 'lineNumber="10.1"' in text(odd, {"line_numbers": "any"})


def test_attachments_are_lost_by_profile() -> None:
    file = Attachment(filename="plan.pdf", media_type="application/pdf", sha256="0" * 64, size=1)
    with_file = order(attachments=(file,))
    with pytest.raises(CannotCarry):
        FORMAT.write(with_file, {"on_loss": "refuse"}, Context())
    assert "not-carried" in codes(FORMAT.write(with_file, {}, Context()).findings)
    assert "plan.pdf" in text(with_file, {"on_loss": "note"})


@pytest.mark.skipif(not DTDS.is_dir(), reason="the cXML corpus is not here")
def test_a_folder_of_schemas_judges_what_is_read_and_written(tmp_path: Path) -> None:
    profile = {"schemas": str(DTDS)}
    assert "schema" not in codes(FORMAT.write(order(), profile, Context()).findings)
    found = FORMAT.read(order_request(items="<ItemOut/>"), profile).documents[0].findings
    assert "schema" in codes(found) and any(f.where.startswith("line ") for f in found if f.code == "schema")
    assert "schema-missing" in codes(FORMAT.read(order_request(), {"schemas": str(tmp_path)}).documents[0].findings)
    with pytest.raises(CannotCarry):
        FORMAT.write(order(), {"schemas": str(tmp_path)}, Context())


def test_what_is_explained_stands_where_findings_point() -> None:
    content = FORMAT.write(order(), {}, Context()).content
    root, _ = parse(content)
    assert root is not None
    places = [where_is(element) for element in root.iter()]
    pieces = FORMAT.explain(content, 10_000)
    assert {piece.place for piece in pieces} <= set(places)
    assert [piece.place for piece in pieces] == sorted((p.place for p in pieces), key=places.index)


def test_codes_are_explained_in_words() -> None:
    pieces = FORMAT.explain(order_request('type="update" orderType="blanket"'), 10_000)
    codes = {code for piece in pieces for code in piece.codes}
    assert ("OrderRequestHeader type", "update", "replaces the earlier one") in codes
    assert ("OrderRequestHeader orderType", "blanket", "blanket order") in codes
    assert ("UnitOfMeasure", "EA", "each") in codes
    secret = next(piece for piece in pieces if piece.text.startswith("<SharedSecret"))
    assert "coyote" not in secret.text + secret.words
