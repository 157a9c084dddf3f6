"""The records of an ERP that orders came from, and what was told back about them."""

from django.db import models


class Counterpart(models.Model):
    """One order as a record of an ERP. `message` brought the record's last state that was used here, which is what
    version `revision` says. `told_sha256` is of the last status that the ERP took over; `stale`: it may not be true any
    more.
    """

    endpoint = models.ForeignKey("orderwire.Endpoint", on_delete=models.PROTECT, related_name="counterparts")
    order = models.ForeignKey("orderwire.Order", on_delete=models.PROTECT, related_name="counterparts")
    external_id = models.CharField(max_length=120)
    message = models.ForeignKey("orderwire.Message", on_delete=models.PROTECT, null=True)
    revision = models.IntegerField(null=True)
    told_sha256 = models.CharField(max_length=64, blank=True)
    told_at = models.DateTimeField(null=True)
    stale = models.BooleanField(default=True)

    class Meta:
        db_table = "ow_counterpart"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "external_id"], name="ow_counterpart_once"),
            models.UniqueConstraint(fields=["endpoint", "order"], name="ow_counterpart_of_order"),
        ]
        indexes = [models.Index(fields=["id"], name="ow_counterpart_stale", condition=models.Q(stale=True))]

    def __str__(self) -> str:
        return f"{self.external_id} at {self.endpoint}"
