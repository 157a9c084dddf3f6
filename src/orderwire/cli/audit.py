"""orderwire audit: prove that the ledger is what it was, and give others a file that proves their part of it."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("audit", help="prove that nothing in the ledger was changed")
    actions = parser.add_subparsers(dest="action", required=True)
    verify = actions.add_parser(
        "verify", help="check every sealed event, or an evidence file, against signed tree heads"
    )
    verify.add_argument(
        "--evidence", type=Path, metavar="FILE", help="check this file and nothing else; needs no database"
    )
    verify.add_argument("--key", help="with --evidence: the id of the key that must have signed it")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(run=run)
    evidence = actions.add_parser("evidence", help="write one file that proves what one recipient got of one version")
    evidence.add_argument("order", help="the order's number")
    evidence.add_argument("--version", type=int, help="the newest that was sent without this")
    evidence.add_argument("--recipient", metavar="PARTNER", help="the supplier without this")
    evidence.add_argument("-o", "--output", type=Path, metavar="FILE", help="by default named after the order, here")
    evidence.add_argument(
        "--with-links", action="store_true", help="also mails whose answer link still opens the order"
    )
    evidence.set_defaults(run=write)


def run(args: argparse.Namespace) -> int:
    """0 when the ledger, or the file, holds; 1 when something contradicts; 2 for a file that cannot be read."""
    if args.evidence is not None:
        return _evidence(args)
    if args.key is not None:
        print("--key goes with --evidence.", file=sys.stderr)
        return 2
    from orderwire.installation import prepare

    prepare()
    from orderwire.ledger import prove, seal

    seal.seal()
    verdict = prove.verify()
    if args.json:
        print(json.dumps(asdict(verdict)))
    elif verdict.ok:
        print(f"The ledger holds: {verdict.sealed} of {verdict.events} events are sealed, and all are what they were.")
    else:
        print(f"The ledger does not hold: {verdict.problem}. Compare with a backup and your exported checkpoints.")
    return 0 if verdict.ok else 1


def _evidence(args: argparse.Namespace) -> int:
    from orderwire.ledger.evidence.check import check
    from orderwire.ledger.evidence.file import LARGEST

    try:
        with args.evidence.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as failure:
        print(f"{args.evidence} cannot be read: {failure.strerror}", file=sys.stderr)
        return 2
    verdict = check(data, key=args.key)
    if args.json:
        print(json.dumps({"holds": verdict.holds, **asdict(verdict)}, ensure_ascii=False))
        return 0 if verdict.holds else 1
    print("The evidence holds." if verdict.holds else "The evidence does not hold; rely on nothing in this file.")
    said = (("Problems", verdict.problems), ("Proven", verdict.proven), ("Not proven by this file", verdict.open))
    for title, sentences in said if verdict.holds else said[:1]:
        if sentences:
            print(f"\n{title}:", *(f"  - {_printable(s)}" for s in sentences), sep="\n")
    return 0 if verdict.holds else 1


def _printable(text: str) -> str:
    """A sentence may repeat what a stranger wrote into the file."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def write(args: argparse.Namespace) -> int:
    """0 when the file is written, 1 when there is nothing to prove or the file cannot be written."""
    from orderwire.installation import prepare

    prepare()
    from orderwire.flow import Refused
    from orderwire.ledger import seal
    from orderwire.records import Order
    from orderwire.tracking.evidence import delivery_of, evidence_file

    seal.seal()
    orders = list(Order.objects.filter(number=args.order)[:2])
    if len(orders) != 1:
        print("There is no such order." if not orders else "Several entities have that order.", file=sys.stderr)
        return 1
    try:
        delivery = delivery_of(orders[0], version=args.version, recipient=args.recipient)
        name, content = evidence_file(delivery, with_links=args.with_links)
        target = args.output or Path(name)
    except Refused as failure:
        print(" ".join(filter(None, (failure.reason, failure.remedy))), file=sys.stderr)
        return 1
    try:
        target.write_bytes(content)
    except OSError as failure:
        print(f"{target} cannot be written: {failure.strerror}", file=sys.stderr)
        return 1
    print(f"{target} is written, signed with the key {seal.signing_key().id}. Anybody can check it:")
    print(f"  orderwire audit verify --evidence {target} --key {seal.signing_key().id}")
    return 0
