"""orderwire secret: keep passwords and keys that endpoints share, by a name; never read from the command line."""

import argparse
import getpass
import json
import sys
from typing import Any

ACTOR = "system:command"


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("secret", help="keep, list and remove secrets that endpoints share; change their key")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    kept = actions.add_parser("set", help="keep a secret, read from standard input; one of this name is replaced")
    kept.add_argument("name", metavar="NAME", help="how the settings of endpoints name it")
    kept.set_defaults(run=_set)
    shown = actions.add_parser("list", help="show names, when they changed and who uses them; never the secrets")
    shown.add_argument("--json", action="store_true", help="print one JSON object")
    shown.set_defaults(run=_list)
    removed = actions.add_parser("remove", help="forget a secret that no endpoint uses")
    removed.add_argument("name", metavar="NAME")
    removed.set_defaults(run=_remove)
    turned = actions.add_parser("rotate", help="seal all secrets with the first of ORDERWIRE_VAULT_KEYS")
    turned.set_defaults(run=_rotate)


def _set(args: argparse.Namespace) -> int:
    _prepare()
    from orderwire.flow import secrets

    try:
        text = getpass.getpass("Secret: ") if sys.stdin.isatty() else sys.stdin.read(secrets.LONGEST + 1).rstrip("\n")
        text.encode()
    except UnicodeError:
        print("orderwire secret: the secret is no text in UTF-8. Give a key in PEM form.", file=sys.stderr)
        return 1
    return _do(lambda: secrets.keep(args.name, text, actor=ACTOR), f"Kept {args.name}.")


def _list(args: argparse.Namespace) -> int:
    _prepare()
    from orderwire.flow import secrets

    found = secrets.kept()
    if args.json:
        rows = [
            {"name": k.name, "changed_at": k.changed_at.isoformat(), "changed_by": k.changed_by, "used_by": k.used_by}
            for k in found
        ]
        print(json.dumps({"secrets": rows}, indent=2, ensure_ascii=False))
        return 0
    if not found:
        print("There is no secret with a name. Keep one with orderwire secret set NAME.")
    for each in found:
        used = f"used by {', '.join(each.used_by)}" if each.used_by else "used by nobody"
        print(f"{each.name}  changed {each.changed_at:%Y-%m-%d %H:%M} UTC by {each.changed_by}  {used}")
    return 0


def _remove(args: argparse.Namespace) -> int:
    _prepare()
    from orderwire.flow import secrets

    return _do(lambda: secrets.remove(args.name, actor=ACTOR), f"Removed {args.name}.")


def _rotate(_: argparse.Namespace) -> int:
    _prepare()
    from orderwire.flow import secrets

    print(f"Sealed {secrets.rotate(actor=ACTOR)} with the first of ORDERWIRE_VAULT_KEYS.")
    return 0


def _prepare() -> None:
    from orderwire.installation import prepare

    prepare()


def _do(verb: Any, said: str) -> int:
    from orderwire.flow import Refused

    try:
        verb()
    except Refused as refusal:
        print(f"orderwire secret: {refusal} {refusal.remedy}".rstrip(), file=sys.stderr)
        return 1
    print(said)
    return 0
