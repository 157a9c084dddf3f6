"""What the standard asks us to answer: a 997 or 999 for each group, a TA1 for an interchange; never for an answer."""

import re
from collections.abc import Mapping, Sequence

from orderwire.document.functional import FunctionalAck, FunctionalStatus, TransactionStatus
from orderwire.formats.x12 import ta1
from orderwire.formats.x12.envelope import Interchange, RawGroup
from orderwire.formats.x12.tables import FUNCTIONAL_CODES, GROUPS
from orderwire.formats.x12.write_997 import AK103_SINCE

ACKS = frozenset({"997", "999"})
_ADDRESS = re.compile(r"[!-~][ -~]{0,14}")
_VERSION = re.compile(r"00[4-8]0[0-9]0", re.ASCII)
_REPEATED = re.compile(r"00[4-8]0[0-9]0[A-Z0-9]{0,6}", re.ASCII)
_KIND = re.compile(r"[A-Z0-9]{1,2}")
_CONTROL = re.compile(r"[0-9]{1,9}", re.ASCII)


def of_group(
    group: RawGroup, results: Sequence[TransactionStatus], envelope: Mapping[str, str]
) -> tuple[FunctionalAck, Mapping[str, str]] | None:
    """The acknowledgment of a group and its address: accepted where all its sets are, rejected where none is, else
    partial. None where the group only acknowledges, or has no number that could be answered."""
    kind, control = envelope["group_kind"], envelope["group_control"]
    if (
        kind == GROUPS["997"]
        or not _CONTROL.fullmatch(control)
        or not (kind.isascii() and kind.isalnum() and len(kind) <= 2)
    ):
        return None
    results = [result for result in results if result.kind not in ACKS]
    if not results:
        return None
    rejected = sum(result.status is FunctionalStatus.REJECTED for result in results)
    if rejected == len(results):
        status = FunctionalStatus.REJECTED
    elif rejected:
        status = FunctionalStatus.PARTIAL
    elif group.errors or any(result.status is not FunctionalStatus.ACCEPTED for result in results):
        status = FunctionalStatus.ACCEPTED_WITH_ERRORS
    else:
        status = FunctionalStatus.ACCEPTED
    version = envelope["version"]
    repeated = _REPEATED.fullmatch(version) and version[:6] >= AK103_SINCE
    ack = FunctionalAck(
        group_kind=kind, group_control=control, group_version=version if repeated else None,
        status=status, code=FUNCTIONAL_CODES[status],
        error_codes=tuple(group.errors[:5]), included=group.included, received=len(results),
        accepted=len(results) - rejected, transactions=tuple(results), test=envelope["usage"] == "T",
    )  # fmt: skip
    return ack, _address(envelope)


def of_interchange(
    interchange: Interchange, envelope: Mapping[str, str]
) -> tuple[FunctionalAck, Mapping[str, str]] | None:
    """The TA1 of an interchange and its address; None where none is due."""
    ack = ta1.answer(interchange, test=envelope["usage"] == "T")
    return None if ack is None else (ack, _address(envelope))


def _address(envelope: Mapping[str, str]) -> dict[str, str]:
    """Keys of a profile that address an answer to where this envelope came from."""
    get = envelope.get
    answer = {
        "isa_sender_qualifier": envelope["isa_receiver_qualifier"], "isa_sender": envelope["isa_receiver"],
        "isa_receiver_qualifier": envelope["isa_sender_qualifier"], "isa_receiver": envelope["isa_sender"],
        "gs_sender": get("group_receiver", ""), "gs_receiver": get("group_sender", ""), "usage": envelope["usage"],
    }  # fmt: skip
    version = get("version", "")[:6]
    if _VERSION.fullmatch(version):
        answer["version"] = version
    return {key: value for key, value in answer.items() if _ADDRESS.fullmatch(value)}
