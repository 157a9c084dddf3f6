"""Canonical bytes and the fingerprint that is a revision's identity (RFC 8785, JSON Canonicalization Scheme)."""

import hashlib
import json

from orderwire.document.base import Document


def canonical_bytes(document: Document) -> bytes:
    """RFC 8785 bytes: sorted keys, no blanks, UTF-8. Decimals are text and field names ASCII, so that
    json.dumps gives the same bytes as the standard's algorithm (a test compares it with another implementation).
    Empty fields are left out, so that a field added to the model later does not change old fingerprints.
    """
    plain = document.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def fingerprint(document: Document) -> str:
    """SHA-256 of the canonical bytes, hex."""
    return hashlib.sha256(canonical_bytes(document)).hexdigest()
