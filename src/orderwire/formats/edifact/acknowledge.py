"""Which interchanges are answered by CONTRL, with what, and to whom."""

import re
from collections.abc import Mapping, Sequence

from orderwire.document.functional import FunctionalAck, FunctionalStatus, TransactionStatus
from orderwire.formats.edifact.codes_around import ACTIONS
from orderwire.formats.edifact.envelope import Interchange
from orderwire.formats.edifact.profile import EdifactProfile
from orderwire.formats.edifact.read_contrl import whole

ASKED = "1"
"""0031: the sender wants an answer."""
_ADDRESS = re.compile(r"[!-~][ -~]{0,34}")
_QUALIFIER = re.compile(r"[A-Za-z0-9]{1,4}")


def answer(
    interchange: Interchange, envelope: Mapping[str, str], results: Sequence[TransactionStatus], profile: EdifactProfile
) -> tuple[FunctionalAck, dict[str, str]] | None:
    """The acknowledgment and the profile keys that address it; None where none is due.

    A CONTRL is never answered; a rejection always is, unless the profile says never. What the sender cannot be told
    about, because he gave no number or no address, is not answered either.
    """
    rejected = not results or any(item.status is FunctionalStatus.REJECTED for item in results)
    asked = profile.contrl == "always" or envelope["acknowledge"] == ASKED or rejected
    kinds = {message.kind for group in interchange.groups for message in group.messages}
    address = _address(envelope)
    if profile.contrl == "never" or not asked or kinds == {"CONTRL"} or address is None or not interchange.control:
        return None
    code = "7" if results else "4"
    errors = tuple(dict.fromkeys(interchange.errors))
    ack = FunctionalAck(
        group_kind="UNB", group_control=interchange.control[:14],
        status=whole(ACTIONS[code], "".join(errors), tuple(results)), code=code, error_codes=errors,
        transactions=tuple(results), test=envelope["test"] == "1",
    )  # fmt: skip
    return ack, address


def _address(envelope: Mapping[str, str]) -> dict[str, str] | None:
    """Sender and receiver turned around; routing goes back where it came from (0008, 0014)."""
    turned = {"sender": "receiver", "receiver": "sender"}
    found: dict[str, str] = {}
    for mine, theirs in turned.items():
        if not _ADDRESS.fullmatch(envelope[f"unb_{theirs}"]):
            return None
        found[mine] = envelope[f"unb_{theirs}"]
        if _QUALIFIER.fullmatch(envelope[f"unb_{theirs}_qualifier"]):
            found[f"{mine}_qualifier"] = envelope[f"unb_{theirs}_qualifier"]
        if _ADDRESS.fullmatch(envelope[f"unb_{theirs}_routing"][:14]):
            found[f"{mine}_routing"] = envelope[f"unb_{theirs}_routing"][:14]
    if envelope["test"] == "1":
        found["test"] = "1"
    return found
