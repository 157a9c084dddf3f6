"""What people leave out of an answer, and where it comes from instead: statuses of lines, of the order, of the rest."""

from collections.abc import Iterable
from typing import Any

from orderwire.document.finding import Finding, info
from orderwire.document.response import HeaderStatus, LineStatus, Response
from orderwire.formats.table.columns import ANSWER, Column

_STATUS, _WHOLE = ANSWER.by_name["line_status"], ANSWER.by_name["answer_status"]
_CODE, _WHOLE_CODE = ANSWER.by_name["line_code"], ANSWER.by_name["answer_code"]
_CONFIRMS = [ANSWER.by_name[name] for name in ("confirmed_quantity", "promised_date", "ship_date")]
_NAMES_LINE = [ANSWER.by_name[name] for name in ("line_number", "buyer_part", "supplier_part", "gtin")]


def settled(columns: Iterable[Column | None], cells: dict[Column, str]) -> bool:
    """One row of an answer: a status on a row without a line is that of the whole order; in a table that has no column
    for the status, what is confirmed is accepted as it is confirmed, and True says so. Nothing confirmed (0) is not,
    for it may be refused or only come later; nor is a quantity of no line, for it may be a sum."""
    if _STATUS not in cells:
        quantity = cells.get(_CONFIRMS[0])
        if _STATUS in columns or not all(any(c in cells for c in group) for group in (_CONFIRMS, _NAMES_LINE)):
            return False
        if quantity is not None and not quantity.strip("+-0."):
            return False
        cells[_STATUS] = LineStatus.ACCEPTED.value
        return True
    if _WHOLE not in cells and {column for column in cells if column.level == "line"} <= {_STATUS, _CODE}:
        status = cells.pop(_STATUS)
        cells[_WHOLE] = (_WHOLE.words or {}).get(status, HeaderStatus.ACCEPTED_WITH_CHANGES.value)
        if _CODE in cells:
            cells.setdefault(_WHOLE_CODE, cells.pop(_CODE))
    return False


def completed(header: dict[str, Any], lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The fields of an answer: a line without a status has that of the order, the rest of a line on backorder is an
    answer of its own, and an order without a status has what its lines make of it."""
    said = header.get("status")
    backordered = LineStatus.BACKORDERED.value
    rests = []
    for line in lines:
        rest = line.pop("backordered", None)
        if "status" not in line and said in (HeaderStatus.ACCEPTED, HeaderStatus.REJECTED):
            line["status"] = said
        if rest is None:
            continue
        if line.get("status", backordered) == backordered:
            line |= {"status": backordered, **rest}
        else:
            same = {
                name: line[name] for name in ("number", "buyer_part", "supplier_part", "gtin", "unit") if name in line
            }
            rests.append({**same, "status": backordered, **rest})
    lines = lines + rests
    if said is None and lines:
        header = header | _overall({line.get("status") for line in lines})
    return {**header, "lines": lines}


def told(answer: Response, stated: Iterable[Column], where: str, assumed: str | None) -> list[Finding]:
    """What was not in the table but taken from its lines; `assumed` names the rows whose status `settled` gave."""
    findings = []
    if assumed:
        text = (
            "line_status is not in the table: lines count as accepted with the quantity and date that they confirm; "
            "whether that is what was ordered shows when they are compared with the order"
        )
        findings.append(info("status-assumed", assumed, text))
    if _WHOLE not in stated:
        status = answer.status.replace("_", " ")
        text = f"there is no answer_status for the order as a whole; its lines make it {status}"
        findings.append(info("status-from-lines", where, text))
    return findings


def _overall(statuses: set[str | None]) -> dict[str, str]:
    """The status of the order that its lines give; none where one of them has none."""
    if None in statuses:
        return {}
    alike = {
        LineStatus.ACCEPTED: HeaderStatus.ACCEPTED,
        LineStatus.REJECTED: HeaderStatus.REJECTED,
        LineStatus.PENDING: HeaderStatus.RECEIVED,
    }
    same = next((whole for line, whole in alike.items() if statuses == {line.value}), None)
    return {"status": (same or HeaderStatus.ACCEPTED_WITH_CHANGES).value}
