"""What was shipped and what arrived, line by line, as the supplier and the receiver say it."""

from django.db import models


class GoodsDocument(models.Model):
    """One ship notice or goods receipt, lossless in `content` (document.fulfillment as JSON).

    The same number of the same sender again replaces what it said before (`replaced_at`) where it says otherwise.
    """

    class Kind(models.TextChoices):
        """Whose word it is."""

        SHIP_NOTICE = "ship_notice", "Ship notice"
        RECEIPT = "receipt", "Goods receipt"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    number = models.CharField(max_length=200)
    supplier = models.ForeignKey("orderwire.Partner", on_delete=models.PROTECT, null=True)
    message = models.ForeignKey("orderwire.Message", on_delete=models.PROTECT, null=True)
    content = models.JSONField()
    sha256 = models.CharField(max_length=64)
    on_date = models.DateField(null=True)
    expected = models.DateField(null=True)
    source = models.CharField(max_length=80)
    actor = models.CharField(max_length=160)
    came_at = models.DateTimeField(auto_now_add=True)
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ow_goods_document"
        indexes = [models.Index(fields=["kind", "number"], name="ow_goods_document_number")]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class GoodsLine(models.Model):
    """How much of one line of one order a goods document speaks of, in the unit of the order.

    `line` is empty where the document names a line that the order does not have; `problem` says what a person must
    know. `rejected` is the part of a receipt that was not taken. Which schedule line it fills is computed.
    """

    document = models.ForeignKey(GoodsDocument, on_delete=models.PROTECT, related_name="lines")
    order = models.ForeignKey("orderwire.Order", on_delete=models.PROTECT, null=True, related_name="goods")
    position = models.IntegerField()
    line = models.CharField(max_length=20, blank=True)
    quantity = models.DecimalField(max_digits=24, decimal_places=9)
    rejected = models.DecimalField(max_digits=24, decimal_places=9, default=0)
    unit = models.CharField(max_length=3, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        db_table = "ow_goods_line"
        constraints = [models.UniqueConstraint(fields=["document", "position"], name="ow_goods_line_once")]
        indexes = [models.Index(fields=["order", "line"], name="ow_goods_line_of_order")]

    def __str__(self) -> str:
        return f"{self.document} line {self.line}"
