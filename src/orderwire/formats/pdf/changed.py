"""An order change as the data of its printed page: the new order with its changes marked.

Where the context names the version that the supplier holds (`links["previous"]`, the order as JSON), old values stand
struck through before the new ones, and the total is that of the new order. Without it only the marks are printed.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from orderwire.document.money import line_amount
from orderwire.document.order import Line, Order, OrderHead
from orderwire.document.order_change import DoesNotFit, LineAction, LineChange, LinePart, OrderChange, applied
from orderwire.formats.pdf.content import content
from orderwire.formats.pdf.words import Words
from orderwire.formats.pdf.wrap import wrap


def previous(links: Mapping[str, str]) -> Order | None:
    """The version that the supplier holds, as the context gives it. Raises ValueError where it is no order."""
    text = links.get("previous")
    if text is None:
        return None
    try:
        return Order.model_validate_json(text)
    except ValidationError as failure:
        raise ValueError(f"the previous version is not an order: {failure.errors()[0]['msg']}") from failure


def as_order(change: OrderChange, held: Order | None) -> Order | None:
    """The order that the page shows: the header with every line that is known whole; None without a header."""
    head = change.head or (held.head if held else None)
    if head is None:
        return None
    known = {line.number: line for line in held.lines} if held else {}
    stated = [_shown(item, known.get(item.number)) for item in change.lines]
    fields = {name: getattr(head, name) for name in OrderHead.model_fields}
    return Order.model_construct(
        **fields | {"issued": change.issued or head.issued},
        number=change.order_number,
        revision=change.revision or 1,
        release_number=change.release_number,
        test=change.test,
        lines=tuple(line for line in stated if line is not None),
    )


def _shown(item: LineChange, known: Line | None) -> Line | None:
    """The line as it now stands, as it was where it is gone, None where that is not known."""
    if item.line is not None or known is None:
        return item.line
    said = {name: value for name, value in item.part or () if value is not None}
    requested = said.pop("requested", None)
    if len(known.schedules) == 1:
        only = known.schedules[0]
        quantity = said.get("quantity", known.quantity)
        update = {"quantity": quantity, "requested": requested or only.requested}
        said["schedules"] = (only.model_copy(update=update),)
    return known.model_copy(update=said)


def change_content(
    change: OrderChange, words: Words, links: Mapping[str, str], *, prices: bool, held: Order | None
) -> dict[str, Any]:
    """The data of the template."""
    shown = as_order(change, held)
    assert shown is not None
    data = content(shown, words, links, prices=prices, whole=_whole(change, shown, held))
    number = change.sequence or (change.revision - 1 if change.revision and change.revision > 1 else None)
    title = words.text("change.title", n=number) if number else words.text("change.unnumbered")
    before = {line.number: line for line in held.lines} if held else {}
    known = dict(zip((line.number for line in shown.lines), zip(shown.lines, data["lines"], strict=True), strict=True))
    rows = []
    for item in change.lines:
        if item.number in known:
            line, row = known[item.number]
            row["was"] = _was(item, before.get(item.number), line, shown.currency, words, prices=prices)
        else:
            row = _bare(item, words, shown.currency, prices=prices)
        rows.append(_marked(row, item, words))
    said = words.text("change.said", number=f"\x01{words.own(change.order_number)}\x02").split("\x01")
    strong = said[1].split("\x02")
    rest = words.text("change.full" if change.form == "full" else "change.delta")
    data |= {
        "title": title,
        "lines": rows,
        "sentence": [[said[0], False], [strong[0], True], [f"{strong[1]} {rest}", False]],
        "notes": _reasons(data, change, words),
        "running": [f"{title} · {change.order_number}", data["running"][1], data["running"][2]],
    }
    if change.revision is None:
        day = words.date(change.issued or shown.issued)
        data |= {"version": day, "running": [data["running"][0], day, data["running"][2]]}
    return data


def _whole(change: OrderChange, shown: Order, held: Order | None) -> Order | None:
    """The new order as a whole, whose totals and fingerprint can be printed; None where it is not known."""
    try:
        if held is not None:
            return applied(change, held)
        if change.form == "full" and all(item.line is not None for item in change.lines):
            standing = [item.line for item in change.lines if item.action is not LineAction.DELETED]
            head = change.head or shown
            fields = {name: getattr(shown, name) for name in Order.model_fields}
            return Order.model_validate(fields | {"issued": head.issued, "lines": standing})
    except (DoesNotFit, ValidationError):
        return None
    return None


def _reasons(data: dict[str, Any], change: OrderChange, words: Words) -> Any:
    if not change.reason:
        return data["notes"]
    own = [words.text("reason"), words.own(change.reason)]
    return [data["notes"][0], [own, *data["notes"][1]]] if data["notes"] else [words.text("notes"), [own]]


def _bare(item: LineChange, words: Words, currency: str, *, prices: bool) -> dict[str, Any]:
    """A line of which the change states only a part, and the supplier's version is not at hand."""
    part = item.part or LinePart()
    day = words.short_date(part.requested) if part.requested else ""
    row = {
        "n": wrap(item.number, 8),
        "name": words.own(wrap(part.description or "", 30)),
        "small": "",
        "when": [[day, words.number(part.quantity) if part.quantity else "", ""]],
        "unit": wrap(words.unit(part.unit), 8) if part.unit else "",
        "keep": True,
    }
    if prices:
        price = words.price(part.price, currency) if part.price is not None else ""
        row |= {"price": price, "per": "", "amount": ""}
    return row


def _marked(row: dict[str, Any], item: LineChange, words: Words) -> dict[str, Any]:
    """The row with what becomes of its line, and why."""
    if item.action is not None and item.action is not LineAction.UNCHANGED:
        row |= {"mark": words.text(f"marks.{item.action.value}"), "gone": item.action is LineAction.DELETED}
    if item.reason:
        row["small"] = "\n".join(filter(None, (row["small"], f"{words.text('reason')}: {words.own(item.reason)}")))
    return row


def _was(
    item: LineChange, before: Line | None, line: Line, currency: str, words: Words, *, prices: bool
) -> dict[str, str]:
    """Old values of a line, by column, where they differ."""
    if before is None or item.action is LineAction.DELETED:
        return {}
    was: dict[str, str] = {}
    if before.description != line.description:
        was["name"] = words.own(wrap(before.description, 30))
    if before.unit != line.unit:
        was["unit"] = words.unit(before.unit)
    if len(before.schedules) == len(line.schedules) == 1:
        old, new = before.schedules[0], line.schedules[0]
        if old.quantity != new.quantity:
            was["quantity"] = words.number(old.quantity)
        if old.requested != new.requested:
            was["when"] = words.short_date(old.requested) if old.requested else words.text("date_open")
    elif before.quantity != line.quantity:
        was["unit"] = f"{words.number(before.quantity)} {words.unit(before.unit)}"
    if prices and before.price != line.price:
        was["price"] = words.price(before.price, currency)
    if prices and line_amount(before, currency) != line_amount(line, currency):
        was["amount"] = words.amount(line_amount(before, currency), currency)
    return was
