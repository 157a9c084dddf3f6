"""Reminders and escalations that were sent, or are on their way."""

from django.db import models


class Notice(models.Model):
    """One order's part in a reminder or escalation. Several orders of one recipient may travel in one `delivery`.

    `step` is the id of the rule's step, `turn` counts its repetitions from 1. `stopped_at`: not needed any more before
    it left.
    """

    order = models.ForeignKey("orderwire.Order", on_delete=models.PROTECT, related_name="notices")
    revision = models.ForeignKey("orderwire.Revision", on_delete=models.PROTECT)
    cancellation = models.ForeignKey("orderwire.Cancellation", on_delete=models.PROTECT, null=True)
    delivery = models.ForeignKey("orderwire.Delivery", on_delete=models.PROTECT, related_name="notices")
    step = models.CharField(max_length=64)
    turn = models.IntegerField(default=1)
    to = models.CharField(max_length=40)
    recipient = models.CharField(max_length=254)
    language = models.CharField(max_length=12)
    queued_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ow_notice"
        indexes = [
            models.Index(fields=["order", "queued_at"], name="ow_notice_of_order"),
            models.Index(fields=["recipient", "queued_at"], name="ow_notice_to"),
        ]

    def __str__(self) -> str:
        return f"{self.step} for {self.order}"
