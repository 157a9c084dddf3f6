"""A partner's variant of Order-X as data: the keys that `read`, `project` and `write` understand."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field

from orderwire.document.base import Country, Label
from orderwire.formats.fit import ChangeForm
from orderwire.formats.profile import PartnerProfile, new_versions_go

Level = Literal["basic", "comfort", "extended"]


class OrderXProfile(PartnerProfile):
    """One partner's Order-X. Every key has a default, so that a file can be converted without one."""

    change: ChangeForm = new_versions_go("full")
    level: Level = Field(
        "extended",
        description="Profile of the standard that is written: basic, comfort or extended. Each carries more than the "
        "one before it; payment terms and taxes begin with comfort, several delivery dates with extended.",
    )
    container: Literal["pdf", "xml"] = Field(
        "pdf", description="The XML inside the printed order (PDF/A-3, as the standard wants it), or the XML alone."
    )
    relationship: Literal["Alternative", "Data", "Source"] | None = Field(
        None,
        description="AFRelationship of the XML to the page. Where not given: Data at level basic, whose XML says less "
        "than the page, else Alternative.",
    )
    language: str | None = Field(
        None, description="BCP 47 tag of the printed page, such as de; without it the context's, else English."
    )
    ask_response: bool = Field(True, description="Ask for an answer (RequestedResponseTypeCode AC).")
    business_process: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        "A1", description="Business process that the document belongs to, as agreed with the partner."
    )
    default_country: Country | None = Field(
        None, description="Country written for addresses that name none: the standard wants one in every address."
    )
    buyer_name: Label = Field("Buyer", description="The buyer's name in answers, which know only the supplier.")


def parse(profile: Mapping[str, Any]) -> OrderXProfile:
    """The checked profile. Raises pydantic.ValidationError naming the key."""
    return _empty() if not profile else OrderXProfile.model_validate(dict(profile))


@lru_cache(maxsize=1)
def _empty() -> OrderXProfile:
    return OrderXProfile.model_validate({})
