"""A partner's variant of UBL as data: plain UBL 2.1 or Peppol BIS 3, and what differs between partners."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field

from orderwire.formats.fit import ChangeForm
from orderwire.formats.profile import PartnerProfile, new_versions_go

Participant = Annotated[str, Field(pattern=r"^\d{4}:[^\s]{1,100}$")]


class UblProfile(PartnerProfile):
    """One partner's UBL. Every key has a default, so that a file can be converted without one."""

    change: ChangeForm = new_versions_go("delta")
    customization: Literal["ubl", "peppol"] = Field(
        "ubl", description="Plain UBL 2.1, or Peppol BIS 3 with its identifiers, subset and rules."
    )
    process: Literal["order_only", "ordering", "advanced_ordering"] = Field(
        "ordering", description="Peppol process that an Order belongs to (ProfileID)."
    )
    extension: Annotated[str, Field(pattern=r"^[!-~]{1,150}$")] | None = Field(
        None, description="National extension of the CustomizationID, written behind it as :extended:<this>."
    )
    response: Literal["response", "simple", "advanced", "agreement"] = Field(
        "response",
        description="Answers written: OrderResponse, OrderResponseSimple (plain UBL only), Peppol's advanced response, "
        "or an OrderAgreement.",
    )
    sbdh: bool = Field(False, description="Write a StandardBusinessDocumentHeader around each document.")
    sender: Participant | None = Field(
        None, description="Our participant, scheme:number like 0088:7300010000001; else our party's own identifier."
    )
    receiver: Participant | None = Field(
        None, description="The partner's participant, scheme:number; else the identifier of its party."
    )
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = Field(
        None, description="Country of the sender for the SBDH (scope COUNTRY_C1)."
    )
    tax_scheme: Annotated[str, Field(pattern=r"^[A-Z]{2,10}$")] = Field(
        "VAT", description="TaxScheme of parties' VAT numbers: VAT, or GST where that is its name."
    )
    units: dict[str, Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,10}$")]] = Field(
        default_factory=dict, description="Units that differ at this partner: UN/ECE Rec 20 code to its code."
    )
    category_list: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,10}$")] = Field(
        "TST", description="listID of item classifications (UNCL 7143; TST is UNSPSC)."
    )
    default_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = Field(
        None, description="Currency of documents that name none."
    )
    test: bool = Field(
        False, description="A test connection: all that is read is a test, and only here does Peppol carry test orders."
    )
    schemas: str | None = Field(
        None,
        description="Folder of the OASIS XSD files (UBL-Order-2.1.xsd or later): documents are checked against them.",
    )
    schematron: str | None = Field(
        None,
        description="Folder of official rules compiled to XSLT, named by transaction (T01.xslt, T76.xslt …); needs "
        "orderwire[schematron].",
    )

    @property
    def peppol(self) -> bool:
        """True where Peppol's subset and rules bind what is written."""
        return self.customization == "peppol"


def parse(profile: Mapping[str, Any]) -> UblProfile:
    """The checked profile. Raises pydantic.ValidationError naming the key."""
    return _empty() if not profile else UblProfile.model_validate(dict(profile))


@lru_cache(maxsize=1)
def _empty() -> UblProfile:
    return UblProfile.model_validate({})
