"""Documents that came before what they speak of."""

from django.db import models


class Early(models.Model):
    """One document of a kept message (`position` counts from 0) that waits for an order, a version or a cancellation.

    It is handed over again whenever something new is known of the order `number` (`tried_at`: the last time); `used_at`
    is when that helped.
    """

    number = models.CharField(max_length=80)
    message = models.ForeignKey("orderwire.Message", on_delete=models.PROTECT, related_name="early")
    position = models.IntegerField()
    why = models.TextField()
    since = models.DateTimeField(auto_now_add=True)
    tried_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ow_early"
        constraints = [models.UniqueConstraint(fields=["message", "position"], name="ow_early_once")]
        indexes = [
            models.Index(fields=["number"], name="ow_early_waiting", condition=models.Q(used_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"document {self.position} of {self.message}"
