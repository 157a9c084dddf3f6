"""Bytes that came in, kept before they are understood."""

from django.db import models


class Message(models.Model):
    """One inbound file or call. `documents` and `findings` are what reading it gave, as JSON.

    `reply` is the functional acknowledgment written for it (also sent as a delivery where an endpoint is known).
    `seen_by` is who looked at a refused one and let it rest. `transport` is the channel whose own bytes these
    are (a mail, a signed message), empty for a file; `parent` is the one that this file was in.
    """

    class State(models.TextChoices):
        """How far it got; every state but stored is final."""

        STORED = "stored", "Stored, not read yet"
        PROCESSED = "processed", "Processed"
        PARTLY = "partly", "Partly processed"
        REFUSED = "refused", "Refused"
        DUPLICATE = "duplicate", "Seen before"

    blob = models.ForeignKey("orderwire.Blob", on_delete=models.PROTECT)
    name = models.CharField(max_length=255)
    source = models.CharField(max_length=80)
    endpoint = models.ForeignKey("orderwire.Endpoint", on_delete=models.PROTECT, null=True)
    actor = models.CharField(max_length=160)
    state = models.CharField(max_length=12, choices=State.choices, default=State.STORED)
    format = models.CharField(max_length=40, blank=True)
    documents = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    reply = models.ForeignKey("orderwire.Blob", on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=160, blank=True, default="", db_default="")
    seen_at = models.DateTimeField(null=True)
    transport = models.CharField(max_length=40, blank=True, default="", db_default="")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="parts")

    class Meta:
        db_table = "ow_message"
        indexes = [models.Index(fields=["state", "received_at"], name="ow_message_by_state")]

    def __str__(self) -> str:
        return self.name


class Interchange(models.Model):
    """The identity of an inbound interchange, so that a repeated one is a duplicate (X12 ISA06/08/13)."""

    format = models.CharField(max_length=40)
    sender = models.CharField(max_length=80)
    receiver = models.CharField(max_length=80)
    control = models.CharField(max_length=40)
    message = models.ForeignKey(Message, on_delete=models.PROTECT)

    class Meta:
        db_table = "ow_interchange"
        constraints = [
            models.UniqueConstraint(fields=["format", "sender", "receiver", "control"], name="ow_interchange_once")
        ]

    def __str__(self) -> str:
        return f"{self.sender} {self.control}"
