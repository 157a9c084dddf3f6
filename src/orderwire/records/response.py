"""Suppliers' answers, and the links through which they answer."""

import uuid

from django.db import models


class Response(models.Model):
    """One answer, lossless in `content` (document.response.Response as JSON). `revision` is the one it answers.

    `standing` is what the supplier has answered in all, where this answer only adds to earlier ones. `differences` is
    what that changes against the revision, for people, with the policy's verdict; `decisions` what was decided of each
    line; `meaning_sha256` finds repeated answers. `waits`: its version was not on its way yet; it is judged again then.
    `tried_at` is when one that came too early was looked at last. Who recorded it for the supplier says by which
    `means` he heard of it, and may add a `note`.
    """

    class State(models.TextChoices):
        """What became of it."""

        ACCEPTED = "accepted", "Closed the loop"
        OPEN = "open", "Needs a decision"
        DECIDED = "decided", "Decided"
        SUPERSEDED = "superseded", "Replaced by a later answer"
        OLD_VERSION = "old_version", "Answers an older version"
        UNMATCHED = "unmatched", "Fits no order"
        RECEIVED = "received", "Received, not all decided"

    order = models.ForeignKey("orderwire.Order", on_delete=models.PROTECT, null=True, related_name="responses")
    revision = models.ForeignKey("orderwire.Revision", on_delete=models.PROTECT, null=True, related_name="responses")
    supplier = models.ForeignKey("orderwire.Partner", on_delete=models.PROTECT, null=True)
    message = models.ForeignKey("orderwire.Message", on_delete=models.PROTECT, null=True)
    link = models.ForeignKey("orderwire.AnswerLink", on_delete=models.PROTECT, null=True)
    content = models.JSONField()
    standing = models.JSONField(null=True)
    meaning_sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=24)
    state = models.CharField(max_length=12, choices=State.choices)
    differences = models.JSONField(default=list)
    decisions = models.JSONField(default=list)
    problem = models.TextField(blank=True)
    source = models.CharField(max_length=80)
    actor = models.CharField(max_length=160)
    received_at = models.DateTimeField(auto_now_add=True)
    means = models.CharField(max_length=40, blank=True, default="")
    note = models.TextField(blank=True, default="")
    waits = models.BooleanField(default=False)
    tried_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=160, blank=True, default="")

    class Meta:
        db_table = "ow_response"
        indexes = [models.Index(fields=["state", "received_at"], name="ow_response_by_state")]

    def __str__(self) -> str:
        return f"answer {self.pk} ({self.status})"


class AnswerLink(models.Model):
    """A mailed link to answer one revision. Only the hash of its token is kept; the token is derived from the id
    and a secret, so that the same mail can be made again after a crash. `answer_by` is the date that was printed,
    `renewed_at` when its holder last asked for a fresh one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    token_sha256 = models.CharField(max_length=64, unique=True)
    order = models.ForeignKey("orderwire.Order", on_delete=models.PROTECT, related_name="links")
    revision = models.ForeignKey("orderwire.Revision", on_delete=models.PROTECT, related_name="links")
    partner = models.ForeignKey("orderwire.Partner", on_delete=models.PROTECT)
    delivery = models.OneToOneField("orderwire.Delivery", on_delete=models.PROTECT, null=True, related_name="link")
    recipient = models.CharField(max_length=254, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    answer_by = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    opens = models.IntegerField(default=0)
    revoked_at = models.DateTimeField(null=True)
    renewed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ow_answer_link"

    def __str__(self) -> str:
        return f"link for {self.revision}"
