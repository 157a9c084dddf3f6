"""orderwire import: take in orders, answers and acknowledgments from files."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("import", help="take in orders, answers and acknowledgments from files")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="what to take in")
    parser.add_argument("--again", nargs="*", type=int, default=[], metavar="MESSAGE",
                        help="numbers of messages that are kept here, to be processed again")  # fmt: skip
    parser.add_argument(
        "--source", default="cli", help="name of the source; the policy says which may bring approved orders"
    )
    parser.add_argument("--json", action="store_true", help="print what became of each document as JSON lines")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when everything was taken in, 1 when something was refused, 2 when a file cannot be read."""
    if not args.files and not args.again:
        print("orderwire import: name a file, or a message with --again", file=sys.stderr)
        return 2
    from orderwire.installation import prepare

    prepare()
    from orderwire.flow import Refused, receive
    from orderwire.records import Message

    worst = 0
    for number in args.again:
        kept = Message.objects.filter(pk=number).first()
        if kept is None:
            print(f"there is no message {number}", file=sys.stderr)
            return 2
        worst = max(worst, _tell(kept.name, receive.process(kept), as_json=args.json))
    for file in args.files:
        try:
            content = file.read_bytes()
        except OSError as failure:
            print(f"{file}: cannot be read: {failure.strerror}", file=sys.stderr)
            return 2
        try:
            message = receive.receive(content, name=file.name, source=args.source, actor="system:import")
        except Refused as failure:
            print(f"{file}: {failure}", file=sys.stderr)
            worst = 1
            continue
        worst = max(worst, _tell(str(file), message, as_json=args.json))
    return worst


def _tell(file: str, message: Any, *, as_json: bool) -> int:
    if as_json:
        told = {"file": file, "state": message.state, "documents": message.documents, "findings": message.findings}
        print(json.dumps(told, ensure_ascii=False))
    else:
        for document in message.documents:
            print(f"{file}: {document['type']} {document['number'] or '(no number)'}: {document['outcome']}")
            for change in document.get("changes", []):
                print(f"  {change['path']}: here {change['old']!r}, in the file {change['new']!r}")
            _findings(document["findings"])
        if not message.documents:
            print(f"{file}: {'was taken in before' if message.state == 'duplicate' else message.state}")
        _findings(message.findings)
    return 1 if message.state in ("refused", "partly") else 0


def _findings(findings: list[dict[str, str]]) -> None:
    for finding in findings:
        print(f"  {finding['severity']}: {finding['where']}: {finding['text']}")
