"""When things are due: working days and closing time in the recipient's own place."""

import datetime
from zoneinfo import ZoneInfo

CLOSING = datetime.time(17)
"""An answer is due at the end of the recipient's office day."""


def zone(name: str) -> ZoneInfo:
    """The time zone of this IANA name, UTC where there is none of that name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def due(start: datetime.datetime, *, working_days: int, time_zone: str) -> datetime.datetime:
    """17:00 in that place on the working day (Monday to Friday) that many days after `start`."""
    local = start.astimezone(zone(time_zone))
    day, left = local.date(), working_days
    while left > 0:
        day += datetime.timedelta(days=1)
        left -= day.weekday() < 5
    return datetime.datetime.combine(day, CLOSING, tzinfo=local.tzinfo)
