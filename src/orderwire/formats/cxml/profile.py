"""A partner's variant of cXML as data: the keys that `read`, `project` and `write` understand."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import Field

from orderwire.formats.fit import ChangeForm
from orderwire.formats.profile import PartnerProfile, new_versions_go

Name = Annotated[
    str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x20\x7f]([^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?$")
]


class CxmlProfile(PartnerProfile):
    """One partner's cXML. Every key has a default, so that a file can be converted without one."""

    change: ChangeForm = new_versions_go("full")
    from_domain: Name = Field("NetworkID", description="Domain of our credential in From (NetworkID, DUNS, …).")
    from_identity: Name = Field("ORDERWIRE", description="Our identity in From.")
    to_domain: Name = Field("NetworkID", description="Domain of the partner's credential in To.")
    to_identity: Name = Field("PARTNER", description="The partner's identity in To.")
    sender_domain: Name | None = Field(
        None, description="Domain of the credential in Sender; the one of From where not given."
    )
    sender_identity: Name | None = Field(
        None, description="Identity in Sender, who authenticates to the partner; the one of From where not given."
    )
    user_agent: Name = Field("Orderwire", description="UserAgent: what the partner sees as the sending program.")
    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,98}[A-Za-z0-9])?$")] = Field(
        "orderwire.local", description="What stands behind the @ of each payloadID: a domain of the sender."
    )
    version: Annotated[str, Field(pattern=r"^1\.2\.\d{3}$")] = Field(
        "1.2.063", description="Version that the DOCTYPE names. Every 1.2 version is read."
    )
    deployment: Literal["production", "test"] = Field(
        "production", description="deploymentMode: test marks everything sent as a test; test orders are always test."
    )
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = Field(
        "en", description="xml:lang of texts, and the language that is read where a text comes in several."
    )
    units: dict[str, Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,8}$")]] = Field(
        default_factory=dict, description="Units that differ at this partner: UN/ECE Rec 20 code to the partner's."
    )
    default_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        "USD", description="Currency where a document that needs one names none."
    )
    classification_domain: Name = Field("UNSPSC", description="Domain of the Classification that carries the category.")
    no_category: Annotated[str, Field(max_length=40, pattern=r"^[^\x00-\x1f]*$")] = Field(
        "", description="What Classification, which cXML demands, says for a line without category."
    )
    line_numbers: Literal["whole", "any"] = Field(
        "whole", description="lineNumber is a whole number in cXML; any also lets the others through (10.1, A2)."
    )
    deleted_lines: Literal["mark", "omit"] = Field(
        "mark", description='Deleted lines of an update: repeated with operation="delete", or left out.'
    )
    schemas: str | None = Field(
        None,
        description="Folder with cXML.dtd and Fulfill.dtd of the version above. What is written must then be valid, "
        "what is read is checked; nothing is ever fetched.",
    )


def parse(profile: Mapping[str, Any]) -> CxmlProfile:
    """The checked profile. Raises pydantic.ValidationError naming the key."""
    return _empty() if not profile else CxmlProfile.model_validate(dict(profile))


@lru_cache(maxsize=1)
def _empty() -> CxmlProfile:
    return CxmlProfile.model_validate({})
