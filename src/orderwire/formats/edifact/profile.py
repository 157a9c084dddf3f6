"""A partner's variant of EDIFACT as data: the keys that `read`, `project` and `write` understand."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from orderwire.formats.fit import ChangeForm
from orderwire.formats.profile import PartnerProfile, new_versions_go

PartnerId = Annotated[str, Field(min_length=1, max_length=35, pattern=r"^[ -~]+$")]
Routing = Annotated[str, Field(min_length=1, max_length=14, pattern=r"^[ -~]+$")]
Qualifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,4}$")]
Mark = Annotated[str, Field(min_length=1, max_length=1, pattern=r"^[!-/:-@\[-`{-~]$")]
Code3 = Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,3}$")]
Version = Literal["D96A", "D01B"]
ReferenceKind = Literal["contract", "blanket", "requisition", "quotation", "sales_order", "project", "catalog"]


class EdifactProfile(PartnerProfile):
    """One partner's EDIFACT. Every key has a default, so that a file can be converted without one."""

    change: ChangeForm = new_versions_go("delta")
    version: Version = Field("D96A", description="Directory that messages are written in; D.90 to D.24 are read.")
    association: Annotated[str, Field(pattern=r"^[A-Z0-9.]{1,6}$")] | None = Field(
        None, description="UNH 0057: association code of an industry subset, such as EAN008 or EAN010 for EANCOM."
    )
    sender: PartnerId = Field("ORDERWIRE", description="UNB 0004: our interchange id.")
    sender_qualifier: Qualifier | None = Field(None, description="UNB 0007 of ours: 14 GLN, 1 DUNS, ZZZ agreed.")
    sender_routing: Routing | None = Field(None, description="UNB 0008: where inside our house answers go.")
    receiver: PartnerId = Field("PARTNER", description="UNB 0010: the partner's interchange id.")
    receiver_qualifier: Qualifier | None = Field(None, description="UNB 0007 of the partner: 14 GLN, 1 DUNS, ZZZ.")
    receiver_routing: Routing | None = Field(None, description="UNB 0014: where inside the partner's house it goes.")
    application: Annotated[str, Field(min_length=1, max_length=14, pattern=r"^[ -~]+$")] | None = Field(
        None, description="UNB 0026: application reference, often the message type."
    )
    agreement: Annotated[str, Field(min_length=1, max_length=35, pattern=r"^[ -~]+$")] | None = Field(
        None, description="UNB 0032: name of the interchange agreement, for example EANCOM."
    )
    acknowledge: bool = Field(False, description="UNB 0031: ask the partner for a CONTRL.")
    contrl: Literal["asked", "always", "never"] = Field(
        "asked", description="Answer interchanges of this partner with CONTRL where UNB 0031 asks, always, or never."
    )
    test: bool = Field(False, description="UNB 0035: marks everything sent as a test; test orders always are.")
    syntax: Literal["UNOA", "UNOB", "UNOC", "UNOD", "UNOE", "UNOF", "UNOG", "UNOH", "UNOI", "UNOJ", "UNOK", "UNOL",
                    "UNOW", "UNOY"] | None = Field(
        None, description="UNB 0001, the character set written; UNOC where the text fits and else UNOY when not given."
    )  # fmt: skip
    syntax_version: Literal[2, 3, 4] | None = Field(
        None, description="UNB 0002; 3 when not given, 4 for character sets that only it knows."
    )
    read_charset: str | None = Field(
        None,
        description="Character set really used where the partner's UNB 0001 says another, such as utf-8 or cp1252.",
    )
    una: Literal["always", "needed"] = Field(
        "always", description="Write the UNA segment always, or only where delimiters or the decimal mark need it."
    )
    component_separator: Mark = Field(":", description="UNA 1: between components of a composite.")
    element_separator: Mark = Field("+", description="UNA 2: between data elements.")
    release_character: Mark = Field("?", description="UNA 4: makes the next character plain text.")
    repetition_separator: Mark = Field("*", description="UNA 5 in syntax version 4: between repetitions.")
    segment_terminator: Mark = Field("'", description="UNA 6: ends a segment.")
    decimal_mark: Literal[".", ","] = Field(".", description="UNA 3: written in numbers; both are always read.")
    newline: bool = Field(False, description="Write CR LF after each segment, easier to look at; not in the standard.")
    party_id: Literal["gln", "buyer", "supplier", "duns"] = Field(
        "gln", description="Which identifier goes into NAD 3039: GLN (9), the buyer's (92), the supplier's (91), DUNS."
    )
    supplier_party: Literal["SU", "SE"] = Field("SU", description="NAD 3035 of the supplier.")
    ship_to_party: Literal["DP", "ST", "CN"] = Field("DP", description="NAD 3035 of the place of delivery.")
    buyer_part: Literal["IN", "BP"] = Field("IN", description="PIA 7143 of the buyer's part number.")
    supplier_part: Literal["SA", "VN", "VP"] = Field("SA", description="PIA 7143 of the supplier's part number.")
    references: dict[ReferenceKind, Code3] = Field(
        default_factory=dict, description="RFF 1153 that differ at this partner: kind of reference to qualifier."
    )
    units: dict[str, Code3] = Field(
        default_factory=dict,
        description="Units (6411) that differ at this partner: UN/ECE Rec 20 code to his, such as H87 to PCE.",
    )
    default_unit: Code3 = Field("C62", description="Unit (Rec 20) of quantities that come without one, as EANCOM does.")
    default_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        "EUR", description="Currency of documents that come without CUX."
    )
    price_qualifier: Literal["AAA", "AAB", "CAL", "INV"] = Field("AAA", description="PRI 5125 of our net price.")
    price_type: Code3 | None = Field(None, description="PRI 5387: kind of price, such as CT (contract) or NTP (net).")
    line_amounts: bool = Field(False, description="Write the amount of each line (MOA 203).")
    totals: bool = Field(True, description="Write the totals (MOA 79, and MOA 86 where charges or taxes are added).")
    advice_codes: dict[str, Literal["received", "accepted", "accepted_with_errors", "rejected"]] = Field(
        default_factory=dict,
        description="What this partner's error codes (ERC 9321) in an APERAK mean, where its BGM does not say it.",
    )
    answer: Literal["eancom", "4343"] = Field(
        "eancom", description="ORDRSP says its answer in BGM 1225 (29, 4, 27) or with 9 and BGM 4343 (AP, AC, RE)."
    )

    @model_validator(mode="after")
    def _marks_differ(self) -> "EdifactProfile":
        marks = [self.component_separator, self.element_separator, self.release_character, self.segment_terminator]
        if len({*marks, self.repetition_separator}) < 5 or self.decimal_mark in marks:
            raise ValueError("two delimiters are the same character; choose five that differ")
        return self


def parse(profile: Mapping[str, Any]) -> EdifactProfile:
    """The checked profile. Raises pydantic.ValidationError naming the key."""
    return _empty() if not profile else EdifactProfile.model_validate(dict(profile))


@lru_cache(maxsize=1)
def _empty() -> EdifactProfile:
    return EdifactProfile.model_validate({})
