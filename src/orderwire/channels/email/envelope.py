"""From whom and to whom one parcel goes: the endpoint's addresses or the parcel's own, without those that are dead, and
the sender's address that a bounce must come back to."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orderwire.channels import Parcel, Refused
from orderwire.channels.email.message import address

if TYPE_CHECKING:
    from orderwire.channels.email.settings import EmailConfig

_XTEXT = re.compile(r"[^!-~]|[+=]")


@dataclass(frozen=True)
class Addressed:
    """`sender` is for MAIL FROM, the others are what the message shows. `blocked` get nothing. `header` is one line."""

    from_address: str
    from_name: str
    reply_to: str | None
    recipients: tuple[str, ...]
    cc: tuple[str, ...]
    sender: str
    notify: bool = False
    header: str = ""
    blocked: tuple[str, ...] = ()

    @property
    def everybody(self) -> tuple[str, ...]:
        """Whom the server is asked to take it for, each once."""
        return tuple(dict.fromkeys((*self.recipients, *self.cc)))


def addressed(config: "EmailConfig", parcel: Parcel | None = None) -> Addressed:
    """The envelope of a parcel; without one, that of a test. Raises Refused where nobody is left."""
    token = parcel.token if parcel else ""
    back = config.return_path
    to, cc, blocked = _to(config, parcel) if parcel else (config.recipients, config.cc, ())
    return Addressed(
        from_address=config.from_address,
        from_name=config.from_name,
        reply_to=_marked(back, token) if back and config.reply_to == back else config.reply_to,
        recipients=to,
        cc=cc,
        sender=_marked(back, token) if back else config.from_address,
        notify=bool(back and token),
        header=config.token_header.replace("{token}", token) if config.token_header and token else "",
        blocked=blocked,
    )


def envelope_id(message_id: str) -> str:
    """ENVID and RET (RFC 3461 sections 4.3 and 4.4): what a report repeats, and that it need not repeat the order."""
    return f" RET=HDRS ENVID={_xtext(message_id.strip('<>'))[:100]}"


def notify(who: str) -> str:
    """NOTIFY and ORCPT (RFC 3461 sections 4.1 and 4.2): tell us how it ended, under the address that we wrote to."""
    original = f" ORCPT=rfc822;{_xtext(who)}" if who.isascii() else ""
    return f" NOTIFY=SUCCESS,FAILURE,DELAY{original}"


def _to(config: "EmailConfig", parcel: Parcel) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Recipients, copies, and who is left out; nobody but the parcel's own recipients, where it has any."""
    try:
        own = tuple(address(each) for each in parcel.to)
    except ValueError as failure:
        raise Refused(f"Not sent: {failure}") from failure
    recipients, cc = (own, ()) if own else (config.recipients, config.cc)
    dead = {each.lower() for each in parcel.never}
    left = tuple(each for each in recipients if each.lower() not in dead)
    if not left:
        raise Refused(
            f"Not sent: mail to {' and '.join(recipients)} came back for good, or its reader complained about it. Ask "
            "the supplier for the right address and change the endpoint; where it is right, lift the block of the "
            "address and send again"
        )
    blocked = dict.fromkeys(each for each in (*recipients, *cc) if each.lower() in dead)
    return left, tuple(each for each in cc if each.lower() not in dead), tuple(blocked)


def _marked(back: str, token: str) -> str:
    local, _, domain = back.rpartition("@")
    return f"{local}+{token}@{domain}" if token else back


def _xtext(text: str) -> str:
    """RFC 3461 section 4."""
    return _XTEXT.sub(lambda found: f"+{ord(found[0]):02X}", text)
