"""What the buyer asked the supplier to withdraw, and what the supplier said to it."""

from django.db import models

from orderwire.document.states import CancellationState
from orderwire.records.choices import only, state_field


class Cancellation(models.Model):
    """One withdrawal: of the whole order (`scope` order), or of lines and quantities (`scope` lines).

    `revision` is the version that is withdrawn, or for lines the new version that says what is left. `lines` lists what
    is withdrawn as {"line", "quantity"}. `cost` is what the supplier asks for agreeing, in `currency`. The commitment
    ends with his word, never with the asking. `number` counts the cancellations of an order; `was` is the state that
    the order goes back to where nothing comes of it.
    """

    class Scope(models.TextChoices):
        """How much is withdrawn."""

        ORDER = "order", "The whole order"
        LINES = "lines", "Some lines"

    order = models.ForeignKey("orderwire.Order", on_delete=models.PROTECT, related_name="cancellations")
    revision = models.ForeignKey("orderwire.Revision", on_delete=models.PROTECT, related_name="cancellations")
    number = models.IntegerField()
    scope = models.CharField(max_length=8, choices=Scope.choices)
    lines = models.JSONField(default=list)
    code = models.CharField(max_length=40)
    reason = models.TextField(blank=True)
    state = state_field(CancellationState, CancellationState.ASKED)
    asked_by = models.CharField(max_length=160)
    asked_at = models.DateTimeField()
    message = models.ForeignKey("orderwire.Message", on_delete=models.PROTECT, null=True)
    due_at = models.DateTimeField(null=True)
    response = models.ForeignKey("orderwire.Response", on_delete=models.PROTECT, null=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    cost = models.DecimalField(max_digits=24, decimal_places=4, null=True)
    currency = models.CharField(max_length=3, blank=True)
    was = models.CharField(max_length=24, blank=True)
    settled_by = models.CharField(max_length=160, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ow_cancellation"
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="ow_cancellation_number"),
            only("state", CancellationState, "ow_cancellation_state"),
        ]

    def __str__(self) -> str:
        return f"{self.order} cancellation {self.number}"
