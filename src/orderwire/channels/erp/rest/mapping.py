"""What a kept record holds: an order in our own JSON, or one put together by the pointers of the settings."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, Protocol

from orderwire.channels.erp.fields import day, moment, number, party, required, text
from orderwire.channels.erp.record import Found, NotUsable, Raw
from orderwire.channels.erp.rest.pointer import at
from orderwire.channels.erp.units import unit_of
from orderwire.document.cancellation import Cancellation
from orderwire.document.order import Line, Order, Schedule
from orderwire.document.terms import Note, TermsPart

FieldName = Literal[
    "number", "issued", "currency", "buyer", "supplier", "supplier_number", "payment_terms", "note", "lines_total",
    "approver", "approved_at",
]  # fmt: skip
LineFieldName = Literal[
    "number", "description", "quantity", "unit", "price", "price_basis", "requested", "buyer_part", "supplier_part",
]  # fmt: skip


class Settings(Protocol):
    """What is needed of the endpoint's settings."""

    @property
    def document(self) -> str: ...
    @property
    def fields(self) -> Mapping[FieldName, str]: ...
    @property
    def lines(self) -> str: ...
    @property
    def line_fields(self) -> Mapping[LineFieldName, str]: ...
    @property
    def state(self) -> str: ...
    @property
    def cancelled(self) -> tuple[str, ...]: ...
    @property
    def units(self) -> Mapping[str, str]: ...


def found(record: Raw, settings: Settings) -> Found:
    """Raises NotUsable and pydantic's ValidationError."""
    cancelled = at(record, settings.state) in settings.cancelled
    if not settings.fields:
        return _own(at(record, settings.document), cancelled)
    values: dict[str, Any] = {name: at(record, path) for name, path in settings.fields.items()}
    name = required(values, "number")
    if cancelled:
        return Found(Cancellation(order_number=name, reason="Cancelled in the ERP"))
    where = f"order {name}"
    issued = day(values, "issued", where=where)
    if issued is None:
        raise NotUsable(f"{where} has no issued")
    rows = at(record, settings.lines)
    document = Order(
        number=name,
        issued=issued,
        currency=text(values, "currency"),
        buyer=party(required(values, "buyer", where=where), identifiers={}),
        supplier=party(
            required(values, "supplier", where=where), identifiers={"buyer": text(values, "supplier_number")}
        ),
        payment_terms=(TermsPart(text=terms),) if (terms := text(values, "payment_terms")) else (),
        notes=(Note(text=note),) if (note := text(values, "note")) else (),
        lines=tuple(_line(row, place, settings, where) for place, row in enumerate(_list(rows), 1)),
    )
    return Found(
        document,
        approver=text(values, "approver"),
        approved_at=moment(values["approved_at"], where=where) if values.get("approved_at") else None,
        lines_total=number(values, "lines_total", where=where) if values.get("lines_total") is not None else None,
    )


def _own(value: Any, cancelled: bool) -> Found:
    """An order in our own JSON, bare or in its envelope with the approval."""
    if not isinstance(value, dict):
        raise NotUsable("the record has no order where document leads to")
    inner = value.get("order")
    order = Order.model_validate({**(inner if isinstance(inner, dict) else _bare(value)), "revision": 1})
    if cancelled:
        return Found(Cancellation(order_number=order.number, reason="Cancelled in the ERP"))
    said = value.get("approval")
    approval = said if isinstance(said, dict) else {}
    return Found(
        order,
        approver=text(approval, "approver"),
        approved_at=moment(approval["at"]) if approval.get("at") else None,
        reference=text(approval, "reference"),
    )


def _bare(value: Raw) -> Raw:
    """Without what the interface says about the record."""
    return {name: value[name] for name in Order.model_fields if name in value}


def _list(rows: Any) -> list[Any]:
    if not isinstance(rows, list):
        raise NotUsable("the record has no list where lines leads to")
    return rows


def _line(row: Any, place: int, settings: Settings, where: str) -> Line:
    where = f"line {place} of {where}"
    values: dict[str, Any] = {name: at(row, path) for name, path in settings.line_fields.items()}
    quantity = number(values, "quantity", where=where)
    return Line(
        number=text(values, "number") or str(place),
        description=required(values, "description", where=where),
        quantity=quantity,
        unit=unit_of(text(values, "unit"), own=settings.units),
        price=number(values, "price", where=where),
        price_basis=number(values, "price_basis", where=where) or Decimal(1),
        buyer_part=text(values, "buyer_part") or None,
        supplier_part=text(values, "supplier_part") or None,
        schedules=(Schedule(quantity=quantity, requested=day(values, "requested", where=where)),),
    )
