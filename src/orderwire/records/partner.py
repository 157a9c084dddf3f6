"""Suppliers and internal recipients, and where and how each receives."""

import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from orderwire.records import secret


def saturday_and_sunday() -> list[int]:
    """The days of rest of most of the world."""
    return [6, 7]


class Partner(models.Model):
    """A supplier, or an internal recipient such as the finance group. `number` is the buyer's own number for it.

    `country` and `region` (ISO 3166-2 without the country) give the public holidays, `weekend` the days of rest (ISO:
    1 Monday … 7 Sunday), `opens` and `closes` the office hours, all in `time_zone`.
    """

    class Role(models.TextChoices):
        """What the partner is to the buyer."""

        SUPPLIER = "supplier"
        INTERNAL = "internal"

    number = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.SUPPLIER)
    language = models.CharField(max_length=12, default="en")
    time_zone = models.CharField(max_length=64, default="UTC")
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=10, blank=True, default="")
    weekend = ArrayField(models.SmallIntegerField(), default=saturday_and_sunday, blank=True)
    opens = models.TimeField(default=datetime.time(8))
    closes = models.TimeField(default=datetime.time(17))
    categories = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    contact_name = models.CharField(max_length=120, blank=True)
    contact_email = models.CharField(max_length=254, blank=True)
    second_contact_name = models.CharField(max_length=120, blank=True, default="")
    second_contact_email = models.CharField(max_length=254, blank=True, default="")
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "ow_partner"
        constraints = [
            models.CheckConstraint(condition=models.Q(opens__lt=models.F("closes")), name="ow_partner_opens"),
            models.CheckConstraint(
                condition=models.Q(weekend__contained_by=list(range(1, 8)))
                & ~models.Q(weekend__contains=list(range(1, 8))),
                name="ow_partner_works",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PartnerIdentifier(models.Model):
    """One more identifier by which documents name a partner (schemes as in document.party.Identifier)."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=35)
    value = models.CharField(max_length=200)

    class Meta:
        db_table = "ow_partner_identifier"
        constraints = [models.UniqueConstraint(fields=["scheme", "value"], name="ow_partner_identifier_once")]

    def __str__(self) -> str:
        return f"{self.scheme} {self.value}"


class Endpoint(models.Model):
    """Where and how a partner receives. What it says is in its versions; here is only how it is doing.

    `max_parallel` is the number of shards: that many orders travel at once, each order always in the same shard.
    `per_minute` is how many parcels the partner takes in a minute at most (None: as fast as they go).
    `paused_until` is the circuit breaker or an operator's pause; `failures` counts refused connections in a row.
    `gone`: the partner himself has switched it off.
    `cursor` is how far its inbox was read. `probed` is how the last test of the connection went: good, text, at, by,
    version.
    """

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="endpoints")
    name = models.CharField(max_length=80)
    rank = models.IntegerField(default=0)
    version = models.IntegerField(default=1)
    active = models.BooleanField(default=True)
    max_parallel = models.PositiveSmallIntegerField(default=2)
    paused_until = models.DateTimeField(null=True, blank=True)
    pause_reason = models.CharField(max_length=200, blank=True)
    failures = models.IntegerField(default=0)
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_failure_at = models.DateTimeField(null=True, blank=True)
    last_failure = models.CharField(max_length=400, blank=True, default="", db_default="")
    gone = models.BooleanField(default=False, db_default=False)
    per_minute = models.PositiveIntegerField(null=True, blank=True)
    slot_at = models.DateTimeField(null=True, blank=True)
    cursor = models.TextField(blank=True, default="", db_default="")
    probed = models.JSONField(default=dict, db_default=models.Value({}, output_field=models.JSONField()))

    class Meta:
        db_table = "ow_endpoint"
        constraints = [models.UniqueConstraint(fields=["partner", "name"], name="ow_endpoint_name")]

    def __str__(self) -> str:
        return f"{self.partner}: {self.name}"

    @property
    def current(self) -> "EndpointVersion":
        """The version that new plans use."""
        return self.versions.get(number=self.version)


class EndpointVersion(models.Model):
    """One immutable version of an endpoint: channel, its settings, format and the partner's profile of it.

    `also` names further formats that travel in the same parcel (an e-mail with PDF and JSON). `profile` is by format.
    `retry` replaces the channel's schedule: seconds to wait after each failure in a row. `receipt_minutes` is how long
    a proof of receipt may take (an MDN, a 997) before the next endpoint of the ladder is tried; None: none is expected.
    `config` names its secrets only (`records.secret`).
    """

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    channel = models.CharField(max_length=40)
    config = models.JSONField(default=dict)
    format = models.CharField(max_length=40)
    also = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    profile = models.JSONField(default=dict)
    retry = ArrayField(models.IntegerField(), default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=120, default="system:setup")
    receipt_minutes = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        db_table = "ow_endpoint_version"
        constraints = [models.UniqueConstraint(fields=["endpoint", "number"], name="ow_endpoint_version_once")]

    def __str__(self) -> str:
        return f"{self.endpoint} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As every model; no secret reaches the row."""
        self.config = secret.sealed(self.channel, self.config, by=self.created_by)
        super().save(*args, **kwargs)

    def opened(self) -> dict[str, Any]:
        """The settings with their secrets, for the channel alone. Raises secret.NoSecret."""
        return secret.opened(self.config)  # type: ignore[no-any-return]


class EndpointChange(models.Model):
    """A new endpoint, or a new version of one, that a person proposed and another one has to confirm.

    `content` is what `flow.endpoints` was given, its secrets named only; `endpoint` is empty for a new one. `probed` is
    as of an endpoint.
    """

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", "Waits for a second person"
        CONFIRMED = "confirmed", "In use"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Taken back"

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="endpoint_changes")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, null=True, related_name="changes")
    content = models.JSONField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    reason = models.TextField(blank=True)
    proposed_by = models.CharField(max_length=160)
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.CharField(max_length=160, blank=True)
    decided_at = models.DateTimeField(null=True)
    probed = models.JSONField(default=dict, db_default=models.Value({}, output_field=models.JSONField()))

    class Meta:
        db_table = "ow_endpoint_change"
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"],
                name="ow_endpoint_change_once",
                condition=models.Q(state="open", endpoint__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"change of {self.endpoint or self.partner}"


class ControlNumber(models.Model):
    """The last control number given out in a sequence; `scope` names the pair of partners, `name` the level."""

    scope = models.CharField(max_length=160)
    name = models.CharField(max_length=20)
    last = models.BigIntegerField()

    class Meta:
        db_table = "ow_control_number"
        constraints = [models.UniqueConstraint(fields=["scope", "name"], name="ow_control_number_once")]

    def __str__(self) -> str:
        return f"{self.scope} {self.name} {self.last}"
