"""Our own key as the settings have it. How long a passphrase takes to be tried is written in the key itself, so that is
looked at first: one made for it would hold a worker for years."""

import base64
import re

import asyncssh
from asn1crypto import keys

from orderwire.channels import Refused

MOST_ROUNDS = 500
"""Of bcrypt in OpenSSH's format, some milliseconds each; ssh-keygen takes 24 where nobody asks for more (-a)."""

MOST_ITERATIONS = 5_000_000
"""Of PBKDF2 (RFC 8018) in PKCS #8."""

_SLOW = re.compile(r"-----BEGIN (OPENSSH|ENCRYPTED) PRIVATE KEY-----([A-Za-z0-9+/=\s]*)-----END \1 PRIVATE KEY-----")
_QUICK = re.compile(r"-----BEGIN (?:(?:RSA|DSA|EC) )?PRIVATE KEY-----")


def private_key(text: str, passphrase: str | None) -> asyncssh.SSHKey:
    """The key. Raises Refused; the text repeats nothing of it."""
    try:
        if passphrase is not None and _is_slow(text):
            raise Refused(
                "The passphrase of this endpoint's private key takes too long to be tried. Write the key anew with"
                " ssh-keygen -p -a 24 -f KEYFILE, and paste that"
            )
        return asyncssh.import_private_key(text, passphrase)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError, TypeError, IndexError, OverflowError):
        # Without the cause, which may repeat a part of the key.
        raise Refused(
            "The private key of this endpoint cannot be read. Paste the whole file, its first and last line included,"
            " and give its passphrase where it has one"
        ) from None


def _is_slow(text: str) -> bool:
    """Whether the key asks for more than is usual. Raises ValueError for what is none."""
    found = _SLOW.fullmatch(text.strip())
    if found is None:
        if _QUICK.match(text.strip()) and text.count("-----BEGIN") == 1:
            return False
        raise ValueError("is no key in PEM form")
    kind, content = found[1], base64.b64decode(found[2])
    if kind == "ENCRYPTED":
        iterations: int = keys.EncryptedPrivateKeyInfo.load(content)["encryption_algorithm"].kdf_iterations
        return iterations > MOST_ITERATIONS
    rest = content.removeprefix(b"openssh-key-v1\0")  # then cipher, kdf and its options: salt and rounds
    fields = []
    for _ in range(3):
        size = int.from_bytes(rest[:4])
        fields.append(rest[4 : 4 + size])
        rest = rest[4 + size :]
    return int.from_bytes(fields[2][-4:]) > MOST_ROUNDS
