"""orderwire demo: a company, its suppliers and a story, all in one; nothing of a real installation is touched."""

import argparse
import importlib
import sys
from typing import Any


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("demo", help="the whole story with simulated suppliers; prints where to click")
    parser.add_argument("--once", action="store_true", help="tell it without pages, in a temporary folder, and end")
    parser.add_argument("--json", action="store_true", help="with --once: print the counts as one JSON object")
    parser.add_argument("--fresh", action="store_true", help="forget what the last demo left and start over")
    parser.add_argument("--open", action="store_true", help="open the address in the browser")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when it was ended or, with --once, when the story ended as it should; 1 when not; 2 for options that clash."""
    if (args.json and not args.once) or (args.once and (args.fresh or args.open)):
        print("orderwire demo: --json goes with --once; --fresh and --open do not", file=sys.stderr)
        return 2
    # The demo stands above the commands and uses them, so it is looked up by name like everything that is plugged in.
    demo = importlib.import_module("orderwire.demo.run")
    code: int = demo.run(once=args.once, as_json=args.json, fresh=args.fresh, open_browser=args.open)
    return code
