"""Our signed mark in the addresses that a mail was sent to. Nothing else in a mail says what it is about."""

import re

from orderwire.channels.email.words import Mail

_DELIVERED = ("Delivered-To", "X-Original-To", "X-Envelope-To", "Envelope-To", "To", "Cc")
"""Headers with the address that a mail came to: those that our own server writes come before the sender's."""

_MARK = re.compile(r"\+([0-9]{1,18}-[a-z2-7]{16})@", re.IGNORECASE)
MOST = 4000
"""Characters of a header that are looked at."""


def token(mail: Mail) -> str:
    """The mark in the address that the mail was sent to; empty where there is none. Who made it is for others to
    check."""
    for name in _DELIVERED:
        for value in mail.get_all(name, [])[:5]:
            if found := mark(value):
                return found
    return ""


def mark(text: object) -> str:
    """The mark in an address of ours."""
    found = _MARK.search(str(text)[:MOST])
    return found[1].lower() if found else ""
