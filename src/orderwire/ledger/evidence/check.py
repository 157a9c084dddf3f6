"""Proves an evidence file with nothing but the file: every hash, every inclusion proof, both signatures, and that the
ledger's own words are about these very bytes. Says what that proves, and what it does not."""

import datetime
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from orderwire.channels import File
from orderwire.ledger import keys
from orderwire.ledger.evidence.file import (
    MANIFEST,
    SIGNATURE,
    Carried,
    Event,
    Kept,
    Manifest,
    NotEvidence,
    Sealed,
    signed,
    unpack,
)  # fmt: skip
from orderwire.ledger.merkle import leaf_hash, verify_inclusion

_YES = ("approval.granted", "approval.external", "approval.by_policy")


@dataclass
class Verdict:
    """`problems` are contradictions: one is enough for the file to prove nothing. `proven` and `open` are sentences."""

    problems: list[str] = field(default_factory=list)
    proven: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing contradicts."""
        return not self.problems


def check(data: bytes, *, key: str | None = None) -> Verdict:
    """Judge a file. `key` pins whose file it must be: the public key in hex, or its id. Never raises."""
    verdict = Verdict()
    try:
        parts = unpack(data)
        manifest = _manifest(parts)
    except NotEvidence as failure:
        verdict.problems.append(str(failure))
        return verdict
    _unchanged(manifest, parts, verdict)
    _signatures(manifest, parts, key, verdict)
    if verdict.holds:
        events = _ledger(manifest, parts, verdict)
        if verdict.holds:
            _version(manifest, events, verdict)
            of: dict[str, list[Event]] = {}
            for event in events:
                of.setdefault(event.subjects.get("delivery", ""), []).append(event)
            for carried in manifest.deliveries:
                _delivery(carried, of.get(str(carried.delivery), ()), verdict)
                if carried.channel == "as2":
                    _receipts(carried, parts, verdict)
            _left_open(manifest, verdict)
    return verdict


def _manifest(parts: Mapping[str, bytes]) -> Manifest:
    if MANIFEST not in parts or SIGNATURE not in parts:
        raise NotEvidence(f"There is no {MANIFEST} or no {SIGNATURE} in it, so it is no evidence file")
    try:
        return Manifest.model_validate_json(parts[MANIFEST])
    except ValidationError as failure:
        raise NotEvidence(f"{MANIFEST} is not what Orderwire writes") from failure


def _unchanged(manifest: Manifest, parts: Mapping[str, bytes], verdict: Verdict) -> None:
    """Every part is what the manifest says, none is missing and none was added."""
    named = {part.name: part for part in manifest.parts}
    for name in sorted(named.keys() | parts.keys() - {MANIFEST, SIGNATURE}):
        if name not in parts:
            verdict.problems.append(f"{name} is missing")
        elif name not in named:
            verdict.problems.append(f"{name} was added: the manifest does not name it")
        elif hashlib.sha256(parts[name]).hexdigest() != named[name].sha256 or len(parts[name]) != named[name].size:
            verdict.problems.append(f"{name} was changed: it is not what the manifest names")
    for kept in _all_kept(manifest):
        if kept.part is not None and (kept.part not in named or named[kept.part].sha256 != kept.sha256):
            verdict.problems.append(f"{kept.part} is not the bytes that the manifest speaks of")


def _signatures(manifest: Manifest, parts: Mapping[str, bytes], key: str | None, verdict: Verdict) -> None:
    head = manifest.head
    public = bytes.fromhex(head.public_key)
    name = keys.key_id(public)
    if not signed(parts[MANIFEST], parts[SIGNATURE], public):
        verdict.problems.append(f"{MANIFEST} was changed, or signed by somebody else: {SIGNATURE} does not fit it")
    try:
        time = datetime.datetime.fromisoformat(head.time)
        tree = keys.TreeHead(head.size, bytes.fromhex(head.root), time, head.key_id)
        good = keys.verify(tree, bytes.fromhex(head.signature), public)
    except ValueError:
        good = False
    if not good:
        verdict.problems.append("The signature of the ledger's head is wrong")
    if key is None:
        verdict.open.append(
            f"Whose key {name} is. Ask the buyer for the id of his key by another way, and give it with --key"
        )
    elif key.lower() not in (name, head.public_key):
        verdict.problems.append(f"It is signed by the key {name}, not by {key[:64]}")
    if verdict.holds:
        verdict.proven.append(f"Nothing in this file changed since the key {name} signed it, as of {head.time}")


def _ledger(manifest: Manifest, parts: Mapping[str, bytes], verdict: Verdict) -> list[Event]:
    """The events, each proven to be in the ledger under the signed head."""
    events, root = [], bytes.fromhex(manifest.head.root)
    for event in manifest.events:
        leaf = parts.get(event.part)
        if leaf is None or not _included(event, leaf, manifest.head.size, root):
            verdict.problems.append(
                f"{event.part} is not in the ledger at place {event.position} under the signed head"
            )
            continue
        try:
            events.append(Event.model_validate_json(leaf))
        except ValidationError:
            verdict.problems.append(f"{event.part} is no event")
    verdict.proven.append(
        f"{len(events)} events stand in the ledger of {manifest.head.size} that was sealed by {manifest.head.time}"
    )
    return events


def _included(event: Sealed, leaf: bytes, size: int, root: bytes) -> bool:
    proof = [bytes.fromhex(step) for step in event.proof]
    return verify_inclusion(leaf=leaf_hash(leaf), index=event.position, size=size, proof=proof, root=root)


def _version(manifest: Manifest, events: list[Event], verdict: Verdict) -> None:
    """The version's bytes are what the ledger says was created and approved."""
    mine = [e for e in events if e.subjects.get("revision") == str(manifest.revision) and e.order == manifest.order]
    named = f"Version {manifest.version} of order {manifest.order}"
    created = [e for e in mine if e.kind == "order.created"]
    if not created or any(e.fact("sha256") != manifest.content.sha256 for e in created):
        verdict.problems.append(f"{named} is not what the ledger says was created")
        return
    verdict.proven.append(
        f"{named} ({manifest.content.sha256[:12]}…) was recorded at {created[0].at} by {created[0].actor}"
    )
    yes = [e for e in mine if e.kind in _YES]
    if any(e.fact("sha256") != manifest.content.sha256 for e in yes):
        verdict.problems.append(f"An approval in the ledger is for other bytes than those of {named}")
    if any(word.sha256 != manifest.content.sha256 for word in manifest.approvals if word.decision == "granted"):
        verdict.problems.append(f"An approval in the manifest is for other bytes than those of {named}")
    for e in yes if verdict.holds else ():
        who = e.fact("approver") or e.actor
        verdict.proven.append(f"Exactly these bytes were approved: {e.kind}, {who}, recorded at {e.at}")
    if not yes:
        verdict.open.append(f"That {named} was approved: the ledger's part in this file has no approval")


def _delivery(carried: Carried, mine: Sequence[Event], verdict: Verdict) -> None:
    """What was sent is what the ledger says was about to be sent; what came back is what it says came back."""
    name = f"Delivery {carried.delivery} ({carried.channel})"
    payload = hashlib.sha256(b"".join(bytes.fromhex(f.content.sha256) for f in carried.files)).hexdigest()
    attempted = {e.fact("number"): e for e in mine if e.kind == "delivery.attempted"}
    for one in carried.tries:
        e = attempted.get(one.number)
        if e is None:
            verdict.open.append(f"{name}, try {one.number}: the ledger's part in this file has no word of it")
        elif (e.fact("sha256"), e.fact("message_id")) != (one.payload_sha256, one.message_id):
            verdict.problems.append(f"{name}, try {one.number} is not what the ledger says was about to be sent")
        elif carried.files and one.payload_sha256 != payload:
            verdict.problems.append(f"{name}, try {one.number}: the files are not those that the ledger names")
        else:
            verdict.proven.append(f"{name}, try {one.number}: {_files(carried)} about to be sent at {e.at}")
    anchored = {e.fact(fact) for e in mine for fact in ("sha256", "sent_sha256", "evidence_sha256")}
    for what, kept in _came(carried):
        if kept.sha256 in anchored:
            verdict.proven.append(f"{name}: {what} has the hash that the ledger recorded")
        else:
            verdict.open.append(f"{name}: {what} is vouched for by this file's signature, not by the ledger")
    for e in mine:
        if e.kind in ("delivery.accepted", "receipt.delivered", "receipt.opened", "receipt.functional_ack"):
            said = e.fact("text") or e.fact("means") or ""
            verdict.proven.append(f"{name}: {e.kind} recorded at {e.at}: {str(said)[:300]}")


def _receipts(carried: Carried, parts: Mapping[str, bytes], verdict: Verdict) -> None:
    """The partner's own signatures under what he got."""
    from orderwire.ledger.evidence import mic  # only here: reading certificates takes long to load

    if any(file.content.part is None for file in carried.files):
        return
    files = [File(f.filename, f.media_type, parts[f.content.part or ""]) for f in carried.files]
    certificates = b"\n".join(parts[kept.part] for kept in carried.certificates if kept.part).decode(errors="replace")
    sentences = {mic.Word.PROVEN: verdict.proven, mic.Word.OPEN: verdict.open, mic.Word.PROBLEM: verdict.problems}
    for back in carried.receipts:
        if back.content is not None and back.content.part is not None:
            word, text = mic.judge(carried, files, back, parts[back.content.part], certificates)
            sentences[word].append(f"Delivery {carried.delivery}: the AS2 receipt of {back.at} {text}")


def _files(carried: Carried) -> str:
    return ", ".join(f.filename for f in carried.files) or "a message without files"


def _came(carried: Carried) -> Iterator[tuple[str, Kept]]:
    for one in carried.tries:
        if one.wire is not None:
            yield f"the exact bytes of try {one.number}", one.wire
    for receipt in carried.receipts:
        if receipt.content is not None:
            yield f"the receipt ({receipt.kind}, {receipt.at})", receipt.content


def _left_open(manifest: Manifest, verdict: Verdict) -> None:
    for kept in _all_kept(manifest):
        if kept.part is None:
            verdict.open.append(f"Bytes {kept.sha256[:12]}… are not in this file: {kept.why}")
    if manifest.unsealed:
        verdict.open.append(f"{manifest.unsealed} newer events were not sealed yet when the file was written")
    verdict.open.append(
        "What a server's yes means: that it took the bytes over, not that a person read them. Only an opened page or"
        " an answer shows a person"
    )
    verdict.open.append("What went to other recipients, or with other versions: that is in files of their own")


def _all_kept(manifest: Manifest) -> Iterator[Kept]:
    yield manifest.content
    for carried in manifest.deliveries:
        yield from (file.content for file in carried.files)
        yield from (kept for _, kept in _came(carried))
        yield from carried.certificates
