"""Open quantities that go to another supplier: what was taken from an order and is still needed."""

from django.db import models


class Need(models.Model):
    """A quantity of one line that its supplier does not deliver. `content` is the line (document.order.Line as JSON)
    with the open quantity; `revision` the version that it was taken from, `ordered` the order that covers it now."""

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", "To be ordered"
        ORDERED = "ordered", "Ordered from another supplier"
        CLOSED = "closed", "Not needed any more"

    order = models.ForeignKey("orderwire.Order", on_delete=models.PROTECT, related_name="needs")
    revision = models.ForeignKey("orderwire.Revision", on_delete=models.PROTECT)
    line = models.CharField(max_length=20)
    content = models.JSONField()
    quantity = models.DecimalField(max_digits=24, decimal_places=9)
    reason = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    ordered = models.ForeignKey("orderwire.Order", on_delete=models.PROTECT, null=True, related_name="covers")
    opened_by = models.CharField(max_length=160)
    opened_at = models.DateTimeField()
    closed_by = models.CharField(max_length=160, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ow_need"
        indexes = [models.Index(fields=["state", "opened_at"], name="ow_need_by_state")]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.order} line {self.line}"
