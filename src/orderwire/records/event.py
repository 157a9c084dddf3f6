"""The ledger's tables: events as they happened, their place in the tree, and signed tree heads. Append only."""

from django.db import models


class Event(models.Model):
    """One recorded transition, inserted in the transaction that made it; `ledger.entry` gives the columns' meaning.

    The column `xid` (xid8, set by the database) tells the sealer when all earlier transactions have ended.
    """

    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    actor = models.CharField(max_length=160)
    order = models.ForeignKey("orderwire.Order", on_delete=models.PROTECT, null=True, related_name="events")
    order_number = models.CharField(max_length=80, null=True)  # noqa: DJ001 - null is sealed as null
    subjects = models.JSONField(default=dict)
    data = models.JSONField(default=dict)

    class Meta:
        db_table = "ow_event"
        indexes = [
            models.Index(fields=["order", "id"], name="ow_event_of_order"),
            models.Index(fields=["kind", "id"], name="ow_event_of_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.order_number or ''}"


class Leaf(models.Model):
    """The place of an event in the Merkle tree, given by the sealer; positions count from 0 without gaps."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="leaf")
    hash = models.BinaryField()

    class Meta:
        db_table = "ow_leaf"

    def __str__(self) -> str:
        return str(self.position)


class TreeHead(models.Model):
    """A signed tree head (RFC 6962 section 3.5) over the first `size` leaves.

    `frontier` goes on from it; `horizon` is the transaction id below which every event is sealed.
    """

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    frontier = models.BinaryField()
    horizon = models.BigIntegerField()
    at = models.DateTimeField()
    key_id = models.CharField(max_length=64)
    public_key = models.BinaryField()
    signature = models.BinaryField()

    class Meta:
        db_table = "ow_tree_head"

    def __str__(self) -> str:
        return f"{self.size} {bytes(self.root).hex()[:12]}"
