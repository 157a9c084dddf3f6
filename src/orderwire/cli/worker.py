"""orderwire worker: send what is due, collect what came in, seal the ledger."""

import argparse
from typing import Any


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("worker", help="send what is due; run as many as you like, on any machine")
    parser.add_argument("--threads", type=int, default=8, help="deliveries to work on at the same time (default 8)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Work until SIGTERM."""
    from orderwire import worker
    from orderwire.installation import prepare

    prepare()
    worker.run(threads=args.threads)
    return 0
