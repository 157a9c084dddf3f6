"""Bytes by their hash: what came in, what went out, what proves it. Written once, never changed."""

import hashlib
from collections.abc import Iterable

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
    return keep_all([(content, media_type, sealed)])[0]


def keep_all(items: Iterable[tuple[bytes, str, bool]]) -> list[str]:
    """Store several (content, media type, sealed) at once; their SHA-256 in the same order."""
    blobs = [
        Blob(
            sha256=hashlib.sha256(content).hexdigest(),
            content=vault().encrypt(content) if sealed else content,
            sealed=sealed,
            size=len(content),
            media_type=media_type,
        )
        for content, media_type, sealed in items
    ]
    # In one order, so that two writers of the same bytes wait for each other and never lock up.
    Blob.objects.bulk_create(sorted(blobs, key=lambda blob: blob.sha256), ignore_conflicts=True)
    return [blob.sha256 for blob in blobs]
