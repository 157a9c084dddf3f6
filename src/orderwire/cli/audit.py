"""orderwire audit: prove that the ledger is what it was."""

import argparse
import json
from dataclasses import asdict
from typing import Any


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("audit", help="prove that nothing in the ledger was changed")
    actions = parser.add_subparsers(dest="action", required=True)
    verify = actions.add_parser("verify", help="check every sealed event against the signed tree heads")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when the ledger holds, 1 when something contradicts."""
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
