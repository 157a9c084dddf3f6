"""Events of the house: what came in, endpoints, rules."""

import datetime

from orderwire.ledger.entry import Event, Words


class MessageStored(Event, kind="message.stored", about=("message",)):
    """Bytes came in and are kept before anybody understood them."""

    source: Words
    sha256: str
    size: int


class MessageRefused(Event, kind="message.refused", about=("message",)):
    """What came in could not be used. `findings` are the first errors with their places."""

    findings: tuple[Words, ...]


class MessageDuplicate(Event, kind="message.duplicate", about=("message",)):
    """The same bytes, or the same interchange, came before; nothing changed. `first` is the earlier message's id."""

    first: str


class EndpointChanged(Event, kind="endpoint.changed", about=("partner", "endpoint")):
    """An endpoint has a new version. `changed` names the fields, never secret values."""

    version: int
    changed: tuple[Words, ...]


class EndpointProposed(Event, kind="endpoint.proposed", about=("partner",)):
    """Somebody proposed a new endpoint, or a new version of one; nothing changes before another person confirms it.
    `name` is the endpoint's, `changed` names the fields, never secret values."""

    name: Words
    changed: tuple[Words, ...]


class EndpointDeclined(Event, kind="endpoint.declined", about=("partner",)):
    """A proposed change of an endpoint was declined by another person, or taken back by who proposed it."""

    name: Words
    reason: Words


class EndpointPaused(Event, kind="endpoint.paused", about=("partner", "endpoint")):
    """Nothing is sent to this endpoint until it is resumed: by a person, or after too many failures."""

    reason: Words


class EndpointResumed(Event, kind="endpoint.resumed", about=("partner", "endpoint")):
    """Sending to this endpoint goes on."""

    reason: Words | None = None


class EndpointExpires(Event, kind="endpoint.expires", about=("partner", "endpoint")):
    """A certificate or key that the endpoint needs ends in `days` days or fewer (0: it has ended)."""

    what: Words
    at: datetime.datetime
    days: int


class SecretChanged(Event, kind="secret.changed"):
    """A secret that endpoints share by its name was `set` or `removed`; its text is never here."""

    name: Words
    what: str


class SecretsSealed(Event, kind="secret.sealed"):
    """All secrets of endpoints were sealed again with the first of the vault's keys."""

    count: int


class RulesPublished(Event, kind="rules.published"):
    """A rule set or policy version is in force from now on."""

    name: str
    version: int
    sha256: str
    drafted_by: Words | None = None


class MessageWaiting(Event, kind="message.waiting", about=("message",)):
    """A document names an order, a version or a cancellation that is not here yet; it waits for it."""

    order: Words
    reason: Words


class MessageWaited(Event, kind="message.waited", about=("message",)):
    """What the document waited for is here, and it was used."""

    order: Words


class AddressSuppressed(Event, kind="address.suppressed"):
    """Nothing is sent to this mail address any more: mail to it came back for good (`why` bounce), or its reader
    complained (complaint)."""

    address: Words
    why: str
    reason: Words


class AddressLifted(Event, kind="address.lifted"):
    """A person says that the address is right, and mail goes there again."""

    address: Words
    reason: Words
