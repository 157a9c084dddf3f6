"""What a drain holds in its hands: a claimed delivery, and the endpoint it goes to."""

import json
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from pydantic import ValidationError

from orderwire import plugins
from orderwire.channels import Channel
from orderwire.ledger.entry import Subject
from orderwire.records import Delivery, EndpointVersion, secret


@dataclass
class Claimed:
    """A delivery that is ours until the lease ends. `parcel` is None until it was rendered once. `told` is the meaning
    of the status that it brings at this try."""

    id: int
    kind: str
    says: dict[str, Any]
    fence: int
    tries: int
    failures: int
    message_id: str
    duplicate: bool
    parcel: dict[str, Any] | None
    primary: bool
    was: str
    endpoint_version: int
    current_version: int
    partner_id: int
    order_id: int | None
    order_number: str | None
    revision_id: int | None
    revision: int | None
    sha256: str | None
    content: bytes | None
    approved: bool
    receipt_minutes: int | None
    prices: bool | None
    profile: dict[str, Any] | None
    answer_required: bool | None
    answer_due_days: int | None
    recipient_id: int | None
    open_attempt: int | None
    open_started: Any
    attempt_id: int = 0
    told: str = ""
    lease_ends: float = 0.0

    def __post_init__(self) -> None:
        """Django leaves JSON of plain cursors as text. Who is told that we agree is not asked, who is countered is."""
        self.parcel = json.loads(self.parcel) if isinstance(self.parcel, str) else self.parcel
        self.says = json.loads(self.says) if isinstance(self.says, str) else self.says
        self.profile = json.loads(self.profile) if isinstance(self.profile, str) else self.profile
        if "agrees" in self.says:
            self.answer_required = False
        elif "counters" in self.says or "insists" in self.says:
            self.answer_required = True

    @property
    def subjects(self) -> dict[Subject, str | int]:
        """What events of this delivery are about."""
        about: dict[Subject, str | int] = {"delivery": self.id}
        if self.revision_id:
            about["revision"] = self.revision_id
        return about

    def time_left(self) -> float:
        """Seconds of our lease that are left, by the monotonic clock; a stopped process wakes up with none."""
        return self.lease_ends - time.monotonic()


class BadSettings(Exception):
    """An endpoint cannot be used; the text says why, and repeats no password."""

    def __init__(self, why: str):
        super().__init__(f"The endpoint's settings cannot be used: {why}")


@dataclass(frozen=True)
class Place:
    """An endpoint as a drain works on it: its current version, channel and parsed settings."""

    endpoint_id: int
    shards: int
    version: EndpointVersion
    channel: Channel
    config: Any

    def sends_again(self, claimed: Claimed) -> bool:
        """Whether what may have arrived is sent again: it does no harm here, or the operator prefers that. A second
        cancellation of an order never does any."""
        harmless = self.channel.resendable or claimed.kind == Delivery.Kind.CANCELLATION
        return harmless or settings.ORDERWIRE_EMAIL_IN_DOUBT == "resend"

    @classmethod
    def of(cls, version: EndpointVersion) -> "Place":
        """Raises BadSettings for a channel that is not installed, or settings that do not fit it."""
        try:
            channel = plugins.channel(version.channel)
            config = channel.config_model.model_validate(version.opened())
        except KeyError as failure:
            raise BadSettings(failure.args[0]) from failure
        except secret.NoSecret as failure:
            raise BadSettings(str(failure)) from failure
        except ValidationError as failure:
            # Without the cause, which repeats what was written: it may be a password.
            raise BadSettings(in_words(failure)) from None
        return cls(version.endpoint_id, version.endpoint.max_parallel, version, channel, config)


def in_words(failure: ValidationError) -> str:
    """Which settings are wrong, and how, without what was written."""
    wrong = failure.errors(include_input=False)
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in wrong)
