"""Orders published on the supplier's own pages: nothing goes over a wire, the delivery's row is the publication."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from orderwire.channels import Inbound, Parcel, Proof, Receipt, Session, Wording


class PortalConfig(BaseModel):
    """Nothing to set; `note` is for the buyer's own memory."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: Annotated[str, Field(max_length=500)] = ""


class _Publication:
    def send(self, parcel: Parcel) -> Receipt:
        return Receipt(Proof.HANDED_OVER, "Published in the portal", external_id=parcel.message_id)


class Portal:
    """The portal. Publishing the same row twice changes nothing."""

    kind = "portal"
    label = "Portal"
    version = "1"
    wording = Wording(
        by="through the portal",
        taken="it stands in the portal",
        says="They sign in here and read it.",
    )
    config_model = PortalConfig
    resendable = True
    for_people = False
    receives = False
    batch = 50
    retry = (60, 300, 1800, 3600)

    def timeout(self, config: BaseModel) -> float:
        """No network: a lease of a few seconds is enough."""
        return 5

    @contextmanager
    def open(self, config: BaseModel) -> Iterator[Session]:
        """There is nothing to connect to."""
        yield _Publication()

    def probe(self, config: BaseModel) -> str:
        """Always there."""
        return "The portal is part of Orderwire; there is nothing to connect to"

    def poll(self, config: BaseModel, cursor: str = "") -> Iterator[Inbound]:
        """Nothing: answers given in the portal are received by its own pages."""
        return iter(())
