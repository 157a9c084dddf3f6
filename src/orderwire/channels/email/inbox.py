"""A mailbox over IMAP (RFC 9051): mails are taken in the order of their numbers, and put away once they are stored."""

import contextlib
import imaplib
import logging
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError

from orderwire.channels import Inbound, Refused, Unavailable

if TYPE_CHECKING:
    from orderwire.channels.email.settings import InboxConfig

LARGEST = 20 * 1024 * 1024
"""Bytes of a mail that is read; a larger one stays where it is."""
_FAILURES = (OSError, imaplib.IMAP4.error, ImapToolsError)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")

logger = logging.getLogger(__name__)


def poll(config: "InboxConfig", cursor: str) -> Iterator[Inbound]:
    """The mails after `cursor`, which is UIDVALIDITY:UID of the last one (RFC 9051 section 2.3.1.1): where the server
    has numbered anew, all of them come again. Raises Unavailable or Refused."""
    with _opened(config) as box:
        validity = str(box.folder.status(config.folder, ["UIDVALIDITY"])["UIDVALIDITY"])
        known, _, last = cursor.partition(":")
        after = int(last) if known == validity and last.isdecimal() else 0
        found = sorted(uid for uid in map(int, box.uids(f"UID {after + 1}:*", charset=None)) if uid > after)
        for uid in found:
            content = _fetched(box, config, uid)
            if content is not None:
                name = f"{validity}-{uid}.eml"
                yield Inbound(name, content, config.username, _Put(box, config, uid), f"{validity}:{uid}")


def probe(config: "InboxConfig") -> str:
    """Sign in and look whether the folders are there. Raises Unavailable or Refused."""
    with _opened(config) as box:
        count = box.folder.status(config.folder, ["MESSAGES"])["MESSAGES"]
        if config.done_folder and not box.folder.exists(config.done_folder):
            box.folder.create(config.done_folder)
    return f"The mailbox {config.username} can be read and has {count} mails in {config.folder}"


class _Put:
    """Puts one mail away: it is stored here. Raises Unavailable where that fails."""

    def __init__(self, box: BaseMailBox, config: "InboxConfig", uid: int):
        self._box, self._config, self._uid = box, config, str(uid)

    def __call__(self) -> None:
        try:
            if not self._config.done_folder:
                self._box.flag(self._uid, r"\Seen", True)
                return
            if not self._box.folder.exists(self._config.done_folder):
                self._box.folder.create(self._config.done_folder)
            self._box.move(self._uid, self._config.done_folder)
        except _FAILURES as failure:
            raise Unavailable(f"The mailbox {self._config.username} could not be tidied: {_said(failure)}") from failure


@contextmanager
def _opened(config: "InboxConfig") -> Iterator[BaseMailBox]:
    name = f"The mailbox {config.username} at {config.host}"
    try:
        box = _dial(config)
    except ssl.SSLCertVerificationError as failure:
        raise Refused(
            f"{name} is behind a certificate that is not trusted ({failure.verify_message}). Ask its operator for a "
            "good one, or name the authority's file in ca_file"
        ) from failure
    except _FAILURES as failure:
        raise Unavailable(f"{name} could not be reached: {_said(failure)}") from failure
    try:
        try:
            box.login(config.username, config.password.get_secret_value(), config.folder)
        except MailboxLoginError:  # its text repeats what the server said to the password
            raise Refused(f"{name} did not accept the user name and the password; set them anew") from None
        yield box
    except _FAILURES as failure:
        raise Unavailable(f"{name} could not be read: {_said(failure)}") from failure
    finally:
        with contextlib.suppress(*_FAILURES):
            box.logout()


def _dial(config: "InboxConfig") -> BaseMailBox:
    if config.security == "none":
        return MailBoxUnencrypted(config.host, config.port, config.timeout)
    try:
        context = ssl.create_default_context(cafile=config.ca_file)
    except OSError as failure:
        raise Refused(f"The file of certificate authorities {config.ca_file} cannot be used: {failure}") from failure
    kind = MailBox if config.security == "tls" else MailBoxStartTls
    return kind(config.host, config.port, config.timeout, ssl_context=context)


def _fetched(box: BaseMailBox, config: "InboxConfig", uid: int) -> bytes | None:
    """The mail as it arrived; None where it is gone meanwhile or too large."""
    _, sizes = box.client.uid("FETCH", str(uid), "(RFC822.SIZE)")
    size = next((int(m[1]) for line in sizes if isinstance(line, bytes) and (m := _SIZE.search(line))), None)
    if size is None:
        return None
    if size > LARGEST:
        logger.warning("Mail %s of %s has %d bytes and stays unread in %s", uid, config.username, size, config.folder)
        return None
    _, parts = box.client.uid("FETCH", str(uid), "(BODY.PEEK[])")
    return next((part[1] for part in parts if isinstance(part, tuple) and part[1]), None)


def _said(failure: Exception) -> str:
    """The failure in one printable line. imap-tools puts the server's words into its own."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(failure)).split())[:300]
