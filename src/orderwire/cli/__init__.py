"""The command line. Each subcommand is one file here with `add(subparsers)` and `run(args) -> int`; nothing is listed
by hand, and only the file of the command that was asked for is loaded.

Exit codes: 0 all well, 1 something was refused, 2 wrong usage. Never a traceback.
"""

import argparse
import importlib
import importlib.metadata
import os
import pkgutil
import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. With ORDERWIRE_DEBUG set, an unforeseen fault shows where it happened."""
    argv = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        args = _parser(argv).parse_args(argv)
        code: int = args.run(args)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output has gone (orderwire read FILE | head); a second flush at exit must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as failure:
        if os.environ.get("ORDERWIRE_DEBUG"):
            raise
        print(f"orderwire: {_told(failure)}", file=sys.stderr)
        return 1
    return code


def _told(failure: Exception) -> str:
    """What went wrong, on one line."""
    # Only now: most commands load neither of them.
    from django.db.utils import OperationalError

    from orderwire.database import DatabaseRefused

    text = " ".join(str(failure).split())
    if isinstance(failure, DatabaseRefused):
        return text
    if isinstance(failure, OperationalError):
        return f"the database cannot be used: {text}"
    return f"unforeseen fault: {type(failure).__name__}: {text}; set ORDERWIRE_DEBUG=1 to see where"


def _parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "orderwire", description="Takes approved purchase orders to their suppliers and proves what arrived."
    )
    parser.add_argument("--version", action="version", version=f"orderwire {importlib.metadata.version('orderwire')}")
    subparsers = parser.add_subparsers(metavar="COMMAND", required=True)
    modules = {
        module.name.strip("_").replace("_", "-"): module.name
        for module in pkgutil.iter_modules(__path__)
        if not module.name.startswith("_")
    }
    asked = next((word for word in argv if not word.startswith("-")), None)
    for command in [asked] if asked in modules else sorted(modules):
        module = importlib.import_module(f"{__name__}.{modules[str(command)]}")
        module.add(subparsers)
    return parser
