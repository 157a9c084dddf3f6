"""Tryton's JSON has decimals, days and times as objects with a class; here they become the text that others have."""

from typing import Any

_DAY = ("year", "month", "day")
_TIME = ("hour", "minute", "second", "microsecond")


def plain(value: Any) -> Any:
    """The value with every Decimal as text and days and times (UTC) as ISO 8601; what is broken stays as it is."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("__class__")
    if kind == "Decimal":
        return value.get("decimal")
    if kind in ("date", "datetime"):
        return _iso(value, with_time=kind == "datetime")
    return {name: plain(one) for name, one in value.items()}


def _iso(value: dict[str, Any], *, with_time: bool) -> Any:
    numbers = [
        n
        for name in (*_DAY, *(_TIME if with_time else ()))
        if isinstance(n := value.get(name), int) and not isinstance(n, bool) and 0 <= n <= 999_999
    ]
    if len(numbers) != (7 if with_time else 3):
        return value
    day = "{:04d}-{:02d}-{:02d}".format(*numbers[:3])
    return day + "T{:02d}:{:02d}:{:02d}.{:06d}+00:00".format(*numbers[3:]) if with_time else day
