"""Bytes by their hash: what came in, what went out, what proves it. Written once, never changed."""

import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


class Blob(models.Model):
    """`content` is sealed (encrypted) where it carries a secret, an answer link; `sha256` is of the open bytes."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()
    sealed = models.BooleanField(default=False)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=120, default="application/octet-stream")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "ow_blob"

    def __str__(self) -> str:
        return f"{self.sha256[:12]} ({self.size} bytes)"

    def open_bytes(self) -> bytes:
        """The bytes as they travelled."""
        content = bytes(self.content)
        return vault().decrypt(content) if self.sealed else content


def vault() -> MultiFernet:
    """The keys that seal secrets at rest; the first seals, all open (rotation)."""
    return MultiFernet([Fernet(key) for key in settings.ORDERWIRE_VAULT_KEYS])


def keep(content: bytes, media_type: str = "application/octet-stream", *, sealed: bool = False) -> str:
    """Store the bytes once and return their SHA-256 (hex)."""
    sha256 = hashlib.sha256(content).hexdigest()
    stored = vault().encrypt(content) if sealed else content
    blob = Blob(sha256=sha256, content=stored, sealed=sealed, size=len(content), media_type=media_type)
    Blob.objects.bulk_create([blob], ignore_conflicts=True)
    return sha256
