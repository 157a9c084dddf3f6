"""A partner's variant of X12 as data: the keys that `read`, `project` and `write` understand."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field

from orderwire.formats.fit import ChangeForm
from orderwire.formats.profile import PartnerProfile, new_versions_go

Qualifier = Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")]
IsaId = Annotated[str, Field(min_length=1, max_length=15, pattern=r"^[ -~]+$")]
GsId = Annotated[str, Field(min_length=1, max_length=15, pattern=r"^[ -~]+$")]
Mark = Annotated[str, Field(min_length=1, max_length=1, pattern=r"^[^A-Za-z0-9 .,+-]$")]


class X12Profile(PartnerProfile):
    """One partner's X12. Every key has a default, so that a file can be converted without one."""

    change: ChangeForm = new_versions_go("delta")
    isa_sender_qualifier: Qualifier = Field(
        "ZZ", description="ISA05: kind of our interchange id (01 DUNS, 12 phone, ZZ)."
    )
    isa_sender: IsaId = Field("ORDERWIRE", description="ISA06: our interchange id.")
    isa_receiver_qualifier: Qualifier = Field("ZZ", description="ISA07: kind of the partner's interchange id.")
    isa_receiver: IsaId = Field("PARTNER", description="ISA08: the partner's interchange id.")
    gs_sender: GsId | None = Field(None, description="GS02: our group id; the interchange id where not given.")
    gs_receiver: GsId | None = Field(
        None, description="GS03: the partner's group id; its interchange id where not given."
    )
    version: Annotated[str, Field(pattern=r"^00[4-8]0[0-9]0[A-Z0-9]{0,6}$")] = Field(
        "004010",
        description="GS08: version written, 004010 or later, with an industry code where agreed; 003010 on is read.",
    )
    usage: Literal["P", "T"] = Field(
        "P", description="ISA15: T marks everything sent as a test; test orders are always T."
    )
    request_ta1: bool = Field(False, description="ISA14: ask the partner for an interchange acknowledgment (TA1).")
    functional_ack: Literal["997", "999"] | None = Field(
        None,
        description="The set that acknowledges what we received: 997, or 999 from version 005010 on. By default 997 up "
        "to 005010 and 999 after it.",
    )
    charset: Literal["basic", "extended", "utf-8"] = Field(
        "utf-8",
        description="Characters allowed: X12 basic (capitals), extended (ISO 8859-1), any (UTF-8). Others are refused.",
    )
    element_separator: Mark | None = Field(
        None, description="Pins the element separator; else * or the next free mark."
    )
    component_separator: Mark | None = Field(None, description="Pins ISA16; else > or the next free mark.")
    repetition_separator: Mark | None = Field(
        None, description="Pins ISA11 from 00402 on; else ^ or the next free mark."
    )
    segment_terminator: Mark | None = Field(
        None, description="Pins the segment terminator; else ~ or the next free mark."
    )
    newline: bool = Field(True, description="Write a line feed after each segment terminator, easier to look at.")
    supplier_entity: Literal["SU", "SE", "VN"] = Field("SU", description="N101 code that names the supplier.")
    standard_kind: Literal["SA", "NE"] = Field("SA", description="BEG02 of a standard order: stand-alone or new order.")
    unit_price_basis: Annotated[str, Field(pattern=r"^([A-Z]{2})?$")] = Field(
        "", description="PO105 written for prices per one unit (PE, UM, CT…); nothing where empty."
    )
    units: dict[str, Annotated[str, Field(pattern=r"^[A-Z0-9]{2,3}$")]] = Field(
        default_factory=dict, description="Units that differ at this partner: UN/ECE Rec 20 code to X12 code (355)."
    )
    changed_850: Literal["full", "delta"] | None = Field(
        None,
        description="What an 850 with BEG01 04 states: the whole order (full) or the lines that differ (delta). "
        "Refused where not given.",
    )
    changed_line: Literal["CA", "RZ"] = Field(
        "CA", description="POC02 of a changed line that an 860 states whole: line changed, or all values replaced."
    )
    default_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        "USD", description="Currency of documents that come without CUR."
    )

    @property
    def release(self) -> str:
        """Version without the industry code: 004010."""
        return self.version[:6]


def parse(profile: Mapping[str, Any]) -> X12Profile:
    """The checked profile. Raises pydantic.ValidationError naming the key."""
    return _empty() if not profile else X12Profile.model_validate(dict(profile))


@lru_cache(maxsize=1)
def _empty() -> X12Profile:
    return X12Profile.model_validate({})
