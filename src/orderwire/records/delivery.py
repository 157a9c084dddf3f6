"""Deliveries, their attempts and receipts. Everything that waits is a row here with a due_at, never a job."""

from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Now

from orderwire.document.states import DeliveryState
from orderwire.records.choices import only, state_field

DUE_STATES = (DeliveryState.READY, DeliveryState.RETRY, DeliveryState.SENDING)
"""States in which due_at means something: when to send, or until when a sender's lease holds."""


class Delivery(models.Model):
    """One leg carried out, a cancellation or a notice about an order, a status for the ERP that the order came from
    (then leg is empty), or one functional acknowledgment on its way (then leg, order and revision are empty).

    `shard_key` is a stable hash of the order: one order always travels in the same shard. `fence` rises with each
    claim; a result with an older fence is refused. `by_hand`: a person asked for the next try. `parcel` is what was
    rendered once and is sent on every try. `says` is what it says besides the version that it carries: which
    cancellation, to whom a notice goes, why the buyer insists, which delivery it takes the place of (`instead_of`),
    of which one it reaches the recipients that are left (`rest_of`, which never moves down the fallback ladder).
    """

    class Kind(models.TextChoices):
        """What travels."""

        ORDER = "order"
        CANCELLATION = "cancellation"
        NOTICE = "notice"
        FUNCTIONAL_ACK = "functional_ack"
        STATUS = "status"

    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.ORDER)
    leg = models.ForeignKey("orderwire.Leg", on_delete=models.PROTECT, null=True, related_name="deliveries")
    order = models.ForeignKey("orderwire.Order", on_delete=models.PROTECT, null=True, related_name="deliveries")
    revision = models.ForeignKey("orderwire.Revision", on_delete=models.PROTECT, null=True, related_name="deliveries")
    endpoint = models.ForeignKey("orderwire.Endpoint", on_delete=models.PROTECT, related_name="deliveries")
    endpoint_version = models.IntegerField()
    primary = models.BooleanField(default=False)
    shard_key = models.IntegerField()
    state = state_field(DeliveryState, DeliveryState.READY)
    due_at = models.DateTimeField(null=True)
    fence = models.IntegerField(default=0)
    tries = models.IntegerField(default=0)
    failures = models.IntegerField(default=0)
    reason = models.TextField(blank=True)
    duplicate = models.BooleanField(default=False)
    by_hand = models.BooleanField(default=False, db_default=False)
    message_id = models.CharField(max_length=120)
    says = models.JSONField(default=dict, db_default=models.Value({}, output_field=models.JSONField()))
    parcel = models.JSONField(null=True)
    accepted_at = models.DateTimeField(null=True)
    proven_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_default=Now())
    changed_at = models.DateTimeField(auto_now=True, db_default=Now())

    class Meta:
        db_table = "ow_delivery"
        constraints = [only("state", DeliveryState, "ow_delivery_state")]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="ow_delivery_due",
                condition=models.Q(state__in=[s.value for s in DUE_STATES]),
            ),
            models.Index(
                fields=["endpoint", "due_at", "id"],
                name="ow_delivery_due_endpoint",
                condition=models.Q(state__in=[s.value for s in DUE_STATES]),
            ),
            models.Index(fields=["state", "changed_at"], name="ow_delivery_by_state"),
            # Reminders that nobody needs any more are looked for all the time.
            models.Index(
                fields=["due_at"],
                name="ow_delivery_notice",
                condition=models.Q(kind="notice", state__in=("ready", "retry", "held", "failed")),
            ),
            # How an MDN or a status finds the delivery that it speaks of.
            models.Index(fields=["message_id"], name="ow_delivery_by_message_id"),
            # One status of an order waits for its ERP at a time, and says what is true when it leaves.
            models.Index(fields=["endpoint", "order"], name="ow_delivery_status", condition=models.Q(kind="status")),
            # How a functional acknowledgment finds the delivery that it speaks of.
            models.Index(
                KT("parcel__controls__gs"),
                name="ow_delivery_by_group",
                condition=models.Q(parcel__controls__has_key="gs"),
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"


class Attempt(models.Model):
    """One try. Committed before the first byte; `started_at` set just before it, `outcome` after the last.

    Started without an outcome and no worker alive: in doubt. Not started: nothing left this machine.
    """

    class Outcome(models.TextChoices):
        """How it ended."""

        ACCEPTED = "accepted"
        REFUSED = "refused"
        UNAVAILABLE = "unavailable"
        UNKNOWN = "unknown"
        NOT_STARTED = "not_started"

    class Trigger(models.TextChoices):
        """Why it was made."""

        SCHEDULED = "scheduled"
        MANUAL = "manual"

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="attempts")
    number = models.IntegerField()
    fence = models.IntegerField()
    trigger = models.CharField(max_length=10, choices=Trigger.choices, default=Trigger.SCHEDULED)
    message_id = models.CharField(max_length=120)
    payload_sha256 = models.CharField(max_length=64)
    intent_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, null=True)  # noqa: DJ001 - null is "not yet"
    code = models.CharField(max_length=40, blank=True)
    text = models.TextField(blank=True)
    sent_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        db_table = "ow_attempt"
        constraints = [models.UniqueConstraint(fields=["delivery", "number"], name="ow_attempt_number")]
        indexes = [
            models.Index(fields=["delivery"], name="ow_attempt_open", condition=models.Q(outcome__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.delivery} try {self.number}"


class DeliveryRecipient(models.Model):
    """How one of several addresses of a delivery fared, by the latest word about it."""

    class State(models.TextChoices):
        """What is known."""

        TAKEN = "taken", "Taken over by their server"
        LATER = "later", "To be tried again"
        REFUSED = "refused", "Refused"
        BOUNCED = "bounced", "Came back"
        DELIVERED = "delivered", "In their mailbox"

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="recipients")
    address = models.CharField(max_length=320)
    state = models.CharField(max_length=12, choices=State.choices)
    code = models.CharField(max_length=40, blank=True)
    text = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "ow_delivery_recipient"
        constraints = [models.UniqueConstraint(fields=["delivery", "address"], name="ow_delivery_recipient_once")]

    def __str__(self) -> str:
        return f"{self.address} of {self.delivery}"


class Receipt(models.Model):
    """One proof that came back: the server's yes, a 997, an opened page, an answer. Kept with its raw bytes."""

    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="receipts")
    kind = models.CharField(max_length=24)
    external_id = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    blob = models.ForeignKey("orderwire.Blob", on_delete=models.PROTECT, null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "ow_receipt"
        constraints = [
            models.UniqueConstraint(fields=["delivery", "kind", "external_id"], name="ow_receipt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.delivery}"


class Drain(models.Model):
    """That a drain job for one shard of an endpoint is under way; lost jobs come back when `queued_until` passes."""

    endpoint = models.ForeignKey("orderwire.Endpoint", on_delete=models.CASCADE)
    shard = models.SmallIntegerField()
    queued_until = models.DateTimeField()

    class Meta:
        db_table = "ow_drain"
        constraints = [models.UniqueConstraint(fields=["endpoint", "shard"], name="ow_drain_once")]

    def __str__(self) -> str:
        return f"{self.endpoint} shard {self.shard}"


class Timer(models.Model):
    """A clock on an order or a delivery: fires once when due, unless it was stopped. `data` is for what it starts."""

    kind = models.CharField(max_length=24)
    order = models.ForeignKey("orderwire.Order", on_delete=models.PROTECT, null=True, related_name="timers")
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, null=True, related_name="timers")
    data = models.JSONField(default=dict, db_default=models.Value({}, output_field=models.JSONField()))
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ow_timer"
        indexes = [
            models.Index(
                fields=["due_at"],
                name="ow_timer_due",
                condition=models.Q(fired_at__isnull=True, stopped_at__isnull=True),
            ),
            # Certificates and keys that end soon are shown on every page of the console.
            models.Index(
                fields=["due_at"],
                name="ow_timer_expiry",
                condition=models.Q(kind="expiry_alarm", stopped_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.due_at}"
