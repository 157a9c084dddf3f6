"""The file of changes: what is wrong names its line and remedy, what is left out allows nothing."""

from importlib.resources import files

import pytest

from orderwire.document.order import Order
from orderwire.governance.changes import Deviation, from_yaml, judge_amendment
from orderwire.governance.changes.fields import known_names
from orderwire.governance.changes.limit import NOTHING
from orderwire.governance.changes.policy import Attribute
from orderwire.yaml_file import Unreadable
from tests.pure.governance.changes.given import ask, line, order, policy

DEFAULT = files("orderwire.defaults").joinpath("changes.yaml").read_text()


def test_the_shipped_policy_speaks_of_every_attribute() -> None:
    shipped = from_yaml(DEFAULT)
    assert {attribute for row in shipped.answers for attribute in row.attribute} == set(Attribute)


def test_the_shipped_policy_lets_no_rise_in_price_pass_that_a_buyer_makes_alone() -> None:
    shipped = from_yaml(DEFAULT)
    dearer = order(line(price="50.01"), revision=2)
    assert judge_amendment(shipped, baseline=order(), before=order(), after=dearer).needs_approval


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ("answers: [{id: a, attribute: prize, up: 2 %}]", "line 2, a, answers[1].attribute", "'price'"),
        ("answers: [{id: a, attribute: price, up: 2 pct}]", "line 2, a, answers[1].up", "is not a limit; write 2 %"),
        ("answers: [{id: a, attribute: price, up: 3 days}]", "line 2, a, answers[1]", "cannot be a limit here"),
        ("answers: [{id: a, attribute: price, late: 3 days}]", "line 2, a, answers[1]", "has the limits up and down"),
        ("answers: [{id: a, attribute: date, up: 3 days}]", "line 2, a, answers[1]", "has the limits late and early"),
        ("answers: [{id: a, attribute: terms, up: 3 %}]", "line 2, a, answers[1]", "has no limits"),
        ("answers: [{id: a, attribute: price}]", "line 2, a, answers[1]", "either limits or a verdict"),
        ("answers: [{id: a, attribute: price, up: 1 %, verdict: ask}]", "line 2, a", "either limits or a verdict"),
        ("answers: [{id: a, attribute: unit, verdict: accept}]", "line 2, a", "unit cannot be accepted by itself"),
        ("answers: [{id: a, attribute: price, up: any, beyond: accept}]", "answers[1].beyond", "'ask' or 'reject'"),
        ("answers: [{id: a, attribute: [], up: any}]", "answers[1]", "attribute is empty"),
        ("answers: [{id: a, attribut: price, up: any}]", "answers[1]", "Did you mean attribute?"),
        ("amendments: {free: [note]}", "line 2, amendments.free", "Did you mean notes?"),
        ("amendments: {free: [revision]}", "line 2, amendments.free", "an order has no field 'revision'"),
        ("amendments: {tolerances: {total: {up: 10}}}", "total.up", "cannot be a limit here"),
        ("drift: {date: {late: 2 %}}", "drift.date.late", "write 3 days, any or none"),
    ],
)
def test_what_is_wrong_names_its_line_and_remedy(text: str, place: str, remedy: str) -> None:
    with pytest.raises(Unreadable) as told:
        from_yaml(f"name: X\n{text}\n")
    assert place in str(told.value)
    assert remedy in str(told.value)


def test_two_rows_of_one_name_are_refused() -> None:
    row = "{id: a, attribute: price, up: any}"
    with pytest.raises(Unreadable, match="the row a stands twice"):
        from_yaml(f"name: X\nanswers: [{row}, {row}]\n")


def test_an_empty_policy_accepts_nothing_and_lets_nothing_pass() -> None:
    empty = policy()
    assert empty.drift.total.up == NOTHING
    assert ask(Deviation("price", "10", line()["price"]), empty).verdict == "ask"
    after = order(line(), notes=[{"text": "Ring twice"}], revision=2)
    judged = judge_amendment(empty, baseline=order(), before=order(), after=after)
    assert judged.reasons == ("The notes text changed.",)
    assert judged.rules == ("amendments.unnamed",)


def test_the_identity_is_that_of_what_is_said_and_not_of_how_it_is_written() -> None:
    one = from_yaml("name: X\namendments: {free: [notes]}\ndrift: {total: {up: 2 %}}\n")
    same = from_yaml("# words\nname: 'X'\ndrift:\n  total:\n    up: 2.0%\namendments:\n  free: notes\n")
    other = from_yaml("name: X\namendments: {free: [notes]}\ndrift: {total: {up: 3 %}}\n")
    assert one == same and one.sha256 == same.sha256
    assert one.sha256 != other.sha256


def test_every_field_of_an_order_has_a_name() -> None:
    assert {*Order.model_fields} - {"revision"} < known_names()
    assert {"lines.schedules.ship_to.address.city", "lines.added", "buyer.contact.phone"} < known_names()
