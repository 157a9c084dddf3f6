"""Published routing rules, and the plan that they made for a revision."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class RuleSetVersion(models.Model):
    """One immutable published version of the routing rules, as its YAML text."""

    number = models.IntegerField(unique=True)
    content = models.TextField()
    sha256 = models.CharField(max_length=64)
    published_by = models.CharField(max_length=160)
    published_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "ow_rule_set_version"

    def __str__(self) -> str:
        return f"rules version {self.number}"


class Plan(models.Model):
    """Who gets a revision and how, and why. `problem` holds the order until a person acts.

    `binding` is the SHA-256 over the revision's hash and the endpoint versions: what the approval covers.
    """

    revision = models.ForeignKey("orderwire.Revision", on_delete=models.PROTECT, related_name="plans")
    rules = models.ForeignKey(RuleSetVersion, on_delete=models.PROTECT, null=True)
    binding = models.CharField(max_length=64)
    explanation = models.JSONField(default=dict)
    problem = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "ow_plan"

    def __str__(self) -> str:
        return f"plan for {self.revision}"


class Leg(models.Model):
    """One recipient's part of a plan. `ladder` are the endpoints to fall back to, in order, and `ladder_versions` their
    versions when the plan was made: the approval covers these and no later ones."""

    class Level(models.TextChoices):
        """What counts as an answer, where one is required."""

        DOCUMENT = "document", "to the order as a whole"
        LINE = "line", "to every line"

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="legs")
    position = models.IntegerField()
    recipient = models.ForeignKey("orderwire.Partner", on_delete=models.PROTECT)
    purpose = models.CharField(max_length=40)
    endpoint = models.ForeignKey("orderwire.Endpoint", on_delete=models.PROTECT)
    endpoint_version = models.IntegerField()
    profile = models.JSONField(default=dict)
    prices = models.BooleanField(default=True)
    dispatch_at = models.DateTimeField(null=True)
    answer_required = models.BooleanField(default=False)
    answer_due_days = models.IntegerField(null=True)
    answer_level = models.CharField(max_length=8, choices=Level.choices, default=Level.DOCUMENT)
    ladder = ArrayField(models.BigIntegerField(), default=list)
    ladder_versions = ArrayField(models.IntegerField(), default=list, db_default=[])

    class Meta:
        db_table = "ow_leg"
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="ow_leg_position")]

    def __str__(self) -> str:
        return f"{self.plan}: {self.recipient}"
