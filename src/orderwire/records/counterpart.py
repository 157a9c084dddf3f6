"""The records of an ERP that orders came from, and what was told back about them."""

from django.db import models


class Counterpart(models.Model):
    """One order as a record of an ERP. `told_sha256` is of the last status that the ERP took over."""

    endpoint = models.ForeignKey("orderwire.Endpoint", on_delete=models.PROTECT, related_name="counterparts")
    order = models.ForeignKey("orderwire.Order", on_delete=models.PROTECT, related_name="counterparts")
    external_id = models.CharField(max_length=120)
    told_sha256 = models.CharField(max_length=64, blank=True)
    told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ow_counterpart"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "external_id"], name="ow_counterpart_once"),
            models.UniqueConstraint(fields=["endpoint", "order"], name="ow_counterpart_of_order"),
        ]

    def __str__(self) -> str:
        return f"{self.external_id} at {self.endpoint}"
