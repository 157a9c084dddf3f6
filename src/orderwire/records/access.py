"""Who may come in: people, API keys and what they already asked for."""

import hashlib

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models


class User(AbstractUser):
    """A person. Groups are the roles that the approval policy names; `partner` makes it a supplier's portal user."""

    partner = models.ForeignKey(
        "orderwire.Partner", on_delete=models.PROTECT, null=True, blank=True, related_name="users"
    )
    time_zone = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "user"
        db_table = "ow_user"

    @property
    def roles(self) -> frozenset[str]:
        """The names of the person's groups."""
        return frozenset(self.groups.values_list("name", flat=True))

    @property
    def shown_name(self) -> str:
        """The name that screens and the ledger show."""
        return self.get_full_name() or self.username


class ApiKey(models.Model):
    """A key of the form ow_<prefix>_<secret>; only the SHA-256 of the secret is kept.

    `source` is the name under which orders of this key come in; the policy says which sources may send approved ones.
    """

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    secret_sha256 = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=40))
    source = models.CharField(max_length=80, default="api")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "ow_api_key"

    def __str__(self) -> str:
        return f"{self.name} (ow_{self.prefix}_…)"

    @staticmethod
    def digest(secret: str) -> str:
        """A 256-bit random secret needs no slow hash."""
        return hashlib.sha256(secret.encode()).hexdigest()


class IdempotentCall(models.Model):
    """The first answer to a call with an Idempotency-Key, kept to be given again."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE)
    key = models.CharField(max_length=255)
    request_sha256 = models.CharField(max_length=64)
    status = models.IntegerField(null=True)
    body = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "ow_idempotent_call"
        constraints = [models.UniqueConstraint(fields=["api_key", "key"], name="ow_idempotent_call_once")]

    def __str__(self) -> str:
        return self.key
