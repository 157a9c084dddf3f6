"""What a supplier has answered in all, where his answers add to each other; and whether that speaks of every line."""

from collections.abc import Iterator

from orderwire.document.answered import matched
from orderwire.document.order import Order
from orderwire.document.response import HeaderStatus, LineAnswer, LineStatus, Response

_EVERY_LINE = {HeaderStatus.ACCEPTED: LineStatus.ACCEPTED, HeaderStatus.REJECTED: LineStatus.REJECTED}
"""What a head without lines says to each line."""


def merged(order: Order, earlier: Response, later: Response) -> Response:
    """Both answers as one: to each line what was said last. A later answer without lines is about all of them."""
    if not later.lines and later.status is not HeaderStatus.RECEIVED:
        return later
    said, more = matched(order, _by_line(order, later))
    before, other = matched(order, _by_line(order, earlier))
    now = {line.number: answers for line, answers in before} | {line.number: answers for line, answers in said}
    lines = [answer for line in order.lines for answer in _named(line.number, now.get(line.number, ()))]
    status = _together(earlier.status, later.status, lines)
    days = [day for day in (earlier.answered, later.answered) if day]
    foreign = tuple(dict.fromkeys((*other, *more)))
    together = {
        "status": status,
        "lines": (*lines, *foreign),
        "answered": max(days, default=None),
        "currency": later.currency or earlier.currency,
        "charge": later.charge if later.charge is not None else earlier.charge,
        "reason": later.reason or earlier.reason,
    }
    return later.model_copy(update=together)


def speaks_of_all(order: Order, response: Response) -> bool:
    """Whether every line is decided: by itself, or by a head that needs no lines."""
    if not response.lines:
        return response.status in _EVERY_LINE
    decided = {
        line.number
        for line, answers in matched(order, response)[0]
        if all(a.status is not LineStatus.PENDING for a in answers)
    }
    return len(decided) == len(order.lines)


def _together(earlier: HeaderStatus, later: HeaderStatus, lines: list[LineAnswer]) -> HeaderStatus:
    heads = {earlier, later} - {HeaderStatus.RECEIVED} or {later}
    if len(heads) == 1:
        return heads.pop()
    said = {line.status for line in lines}
    return next((h for h, status in _EVERY_LINE.items() if said == {status}), HeaderStatus.ACCEPTED_WITH_CHANGES)


def _by_line(order: Order, response: Response) -> Response:
    """The same, with what the head says written out for each line."""
    status = _EVERY_LINE.get(response.status)
    if response.lines or status is None:
        return response
    lines = tuple(LineAnswer(number=n.number, status=status, reason=response.reason) for n in order.lines)
    return response.model_copy(update={"lines": lines})


def _named(number: str, answers: tuple[LineAnswer, ...]) -> Iterator[LineAnswer]:
    for answer in answers:
        yield answer if answer.number else answer.model_copy(update={"number": number})
