"""orderwire check: what is missing or wrong in this installation, each with its place and what to do."""

import argparse
import json
import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orderwire.cli._setup_checks import Fault


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("check", help="tell what is missing or wrong in the configuration")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--probe", action="store_true", help="also try to connect to every endpoint; sends nothing")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """0 when nothing is wrong, 1 when something is. Changes nothing, the schema of the database included."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderwire.settings")
    import django

    django.setup()
    faults = everything(probe=args.probe)
    if args.json:
        print(json.dumps({"ok": not faults, "problems": [asdict(fault) for fault in faults]}, indent=2))
    else:
        for fault in faults:
            print(f"{fault.where}: {fault.what}. {fault.remedy}".replace("\n", " ").replace("..", "."))
        print(f"{len(faults)} problem{'s' * (len(faults) != 1)}." if faults else "Everything is in order.")
    return 1 if faults else 0


def everything(*, probe: bool = False) -> "list[Fault]":
    """Every fault; what needs the database is left out where that cannot be used."""
    from orderwire.cli import _people_checks, _setup_checks
    from orderwire.flow import configuration

    rules, policy, changes, reminders, faults = _setup_checks.files()
    base = list(_setup_checks.database())
    faults = [*base, *_setup_checks.settings(), *_setup_checks.plugins(), *faults]
    if base:
        return faults
    if policy is not None:
        faults += _people_checks.approvals(policy)
    if rules is not None:
        faults += _people_checks.recipients(rules)
    if changes is not None:
        faults += _people_checks.suppliers(changes)
    if reminders is not None and configuration.is_own("reminders.yaml"):  # the shipped file only gives examples
        faults += _people_checks.reminded(reminders)
    return [*faults, *_people_checks.partners(probe=probe)]
