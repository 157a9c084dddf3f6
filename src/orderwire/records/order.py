"""Orders as chains of immutable revisions, their lines, and who approved which revision."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector
from django.db import models

from orderwire.document.states import AnswerState, DeliveryState, OrderState
from orderwire.records.choices import only, state_field


class Order(models.Model):
    """One order. Everything below `revision` repeats the current revision or the latest event, for lists.

    `number` carries the release number behind a slash where there is one. Numbers are unique per `entity`.
    """

    entity = models.CharField(max_length=40, default="main")
    number = models.CharField(max_length=80)
    state = state_field(OrderState, OrderState.DRAFT)
    delivery_state = models.CharField(max_length=24, null=True)  # noqa: DJ001 - null: nothing is to be sent
    answer_state = state_field(AnswerState, AnswerState.NOT_ASKED)
    reason = models.TextField(blank=True)
    supplier = models.ForeignKey("orderwire.Partner", on_delete=models.PROTECT, null=True, related_name="orders")
    created_by = models.CharField(max_length=160)
    source = models.CharField(max_length=80)
    test = models.BooleanField(default=False)
    revision = models.IntegerField(default=1)
    kind = models.CharField(max_length=12, default="standard")
    supplier_name = models.CharField(max_length=200)
    buyer_name = models.CharField(max_length=200, blank=True)
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=24, decimal_places=4)
    line_count = models.IntegerField()
    need_by = models.DateField(null=True)
    channel = models.CharField(max_length=80, blank=True)
    answer_due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField()
    last_event = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "ow_order"
        constraints = [
            models.UniqueConstraint(fields=["entity", "number"], name="ow_order_number"),
            only("state", OrderState, "ow_order_state"),
            models.CheckConstraint(
                condition=models.Q(delivery_state__isnull=True)
                | models.Q(delivery_state__in=[s.value for s in DeliveryState]),
                name="ow_order_delivery_state",
            ),
            only("answer_state", AnswerState, "ow_order_answer_state"),
        ]
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="ow_order_newest"),
            models.Index(fields=["state", "-changed_at", "-id"], name="ow_order_by_state"),
            models.Index(fields=["delivery_state", "-changed_at", "-id"], name="ow_order_by_delivery"),
            models.Index(fields=["answer_state", "-changed_at", "-id"], name="ow_order_by_answer"),
            models.Index(fields=["supplier", "-changed_at", "-id"], name="ow_order_by_supplier"),
            models.Index(
                fields=["answer_due_at"], name="ow_order_answer_due", condition=models.Q(answer_state="waiting")
            ),
            models.Index(OpClass("number", name="varchar_pattern_ops"), name="ow_order_number_prefix"),
            GinIndex(SearchVector("supplier_name", config="simple"), name="ow_order_words"),
        ]

    def __str__(self) -> str:
        return self.number


class Revision(models.Model):
    """One version of an order: its canonical bytes and their SHA-256, which is its identity. Never changed.

    `decides` is the answer whose decision this version tells the supplier.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="revisions")
    number = models.IntegerField()
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=24, decimal_places=4)
    message = models.ForeignKey("orderwire.Message", on_delete=models.PROTECT, null=True)
    decides = models.ForeignKey("orderwire.Response", on_delete=models.PROTECT, null=True, related_name="told_by")
    created_by = models.CharField(max_length=160)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "ow_revision"
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="ow_revision_number")]

    def __str__(self) -> str:
        return f"{self.order} version {self.number}"


class OrderLine(models.Model):
    """A line of a revision as a row, for searching and adding up. The truth is in the revision's bytes."""

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="lines")
    position = models.IntegerField()
    number = models.CharField(max_length=20)
    description = models.TextField()
    quantity = models.DecimalField(max_digits=24, decimal_places=9)
    unit = models.CharField(max_length=3)
    price = models.DecimalField(max_digits=24, decimal_places=9)
    price_basis = models.DecimalField(max_digits=24, decimal_places=9)
    amount = models.DecimalField(max_digits=24, decimal_places=4)
    need_by = models.DateField(null=True)
    buyer_part = models.CharField(max_length=200, blank=True)
    supplier_part = models.CharField(max_length=200, blank=True)

    class Meta:
        db_table = "ow_order_line"
        constraints = [models.UniqueConstraint(fields=["revision", "position"], name="ow_order_line_once")]
        indexes = [
            GinIndex(
                SearchVector("description", "buyer_part", "supplier_part", config="simple"), name="ow_order_line_words"
            )
        ]

    def __str__(self) -> str:
        return f"{self.revision} line {self.number}"


class Approval(models.Model):
    """One person's word on one revision, bound to its hash. `source` is empty where it was given here."""

    class Decision(models.TextChoices):
        """Yes or no."""

        GRANTED = "granted"
        REFUSED = "refused"

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="approvals")
    revision_sha256 = models.CharField(max_length=64)
    decision = models.CharField(max_length=8, choices=Decision.choices)
    approver = models.CharField(max_length=160)
    user = models.ForeignKey("orderwire.User", on_delete=models.PROTECT, null=True)
    source = models.CharField(max_length=80, blank=True)
    reference = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True)
    approved_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "ow_approval"
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "user"], name="ow_approval_once", condition=models.Q(user__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.revision} {self.decision} by {self.approver}"
