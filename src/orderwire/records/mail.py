"""What comes back besides documents: addresses that take no mail any more, and what people wrote about an order."""

from django.db import models


class Suppression(models.Model):
    """An address that nothing is sent to: its server refused it for good, or its owner complained. Lifted by a person.

    `address` is in lower case.
    """

    class Why(models.TextChoices):
        """What happened."""

        BOUNCE = "bounce", "Mail to it was refused for good"
        COMPLAINT = "complaint", "Its owner does not want our mail"

    address = models.CharField(max_length=254)
    why = models.CharField(max_length=12, choices=Why.choices)
    text = models.TextField(blank=True)
    delivery = models.ForeignKey("orderwire.Delivery", on_delete=models.PROTECT, null=True)
    since = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=160, blank=True)

    class Meta:
        db_table = "ow_suppression"
        constraints = [
            models.UniqueConstraint(
                fields=["address"], name="ow_suppression_once", condition=models.Q(lifted_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.address


class Letter(models.Model):
    """What a person wrote in reply to an order. Shown with it, never taken as an answer or a change of an address.

    `proven` where it carries our signed token; else the order is a guess by the message that it replies to.
    """

    message = models.OneToOneField("orderwire.Message", on_delete=models.PROTECT, related_name="letter")
    order = models.ForeignKey("orderwire.Order", on_delete=models.PROTECT, null=True, related_name="letters")
    delivery = models.ForeignKey("orderwire.Delivery", on_delete=models.PROTECT, null=True)
    sender = models.CharField(max_length=320)
    subject = models.CharField(max_length=400, blank=True)
    text = models.TextField(blank=True)
    proven = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)
    seen_by = models.CharField(max_length=160, blank=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ow_letter"
        indexes = [
            models.Index(fields=["order", "at"], name="ow_letter_of_order"),
            models.Index(fields=["at"], name="ow_letter_unseen", condition=models.Q(seen_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.sender}: {self.subject}"
