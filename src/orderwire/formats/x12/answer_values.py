"""Values of an answer (855, 865): numbers, units and dates, each with the place of what cannot be read."""

from typing import Any

from orderwire.formats.x12.faults import BAD_CHARACTER, BAD_CODE, BAD_DATE, Faults
from orderwire.formats.x12.profile import X12Profile
from orderwire.formats.x12.units import rec20
from orderwire.formats.x12.values import date, number


class AnswerValues:
    """Reads values of one set."""

    def __init__(self, profile: X12Profile, faults: Faults):
        self.profile, self.faults = profile, faults

    def _number(self, text: str, element: int) -> Any:
        value = number(text) if text.strip() else None
        if text.strip() and (value is None or value < 0):
            self.faults.error(
                "bad-number", f"{text!r} is not a number of 0 or more", element, ack=BAD_CHARACTER, value=text
            )
            return None
        return value

    def _unit(self, text: str, element: int) -> str | None:
        code = text.strip()
        if not code:
            return None
        unit = rec20(code, self.profile.units)
        if unit is None:
            self.faults.error("unit-unknown", f"the unit {code!r} is not known; add it to the profile's units", element,
                              ack=BAD_CODE, value=code)  # fmt: skip
        elif len(code) == 3 and unit == code:
            text = f"the unit {code} is of Recommendation 20, not of X12; it was read all the same"
            self.faults.warning("unit-foreign", text, element, ack=BAD_CODE, value=code)
        return unit

    def _date(self, text: str, element: int) -> Any:
        value = date(text) if text.strip() else None
        if text.strip() and value is None:
            self.faults.error(
                "bad-date", f"{text!r} is not a date; expected CCYYMMDD", element, ack=BAD_DATE, value=text
            )
        return value
