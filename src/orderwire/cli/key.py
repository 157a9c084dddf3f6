"""orderwire key: make, list and revoke the keys of the API."""

import argparse
import datetime
import json
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orderwire.records import ApiKey


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("key", help="make, list and revoke API keys")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    create = actions.add_parser("create", help="make a key; its text is printed once and kept nowhere")
    create.add_argument("name", metavar="NAME", help="how the ledger names the holder (api:NAME)")
    create.add_argument("--scope", action="append", required=True, help="what it may do; may be given several times")
    create.add_argument("--user", metavar="USER", help="whose key it is; needed to approve, and for a supplier's key")
    create.add_argument("--source", help="name under which its orders come in (api:SOURCE); default NAME")
    create.add_argument("--days", type=int, help="days until it expires; without this it does not")
    create.set_defaults(run=_create)
    shown = actions.add_parser("list", help="show all keys; never their secrets")
    shown.add_argument("--json", action="store_true", help="print one JSON object")
    shown.set_defaults(run=_list)
    revoke = actions.add_parser("revoke", help="make a key useless at once")
    revoke.add_argument("name", metavar="KEY", help="its name, or its prefix")
    revoke.set_defaults(run=_revoke)


def _create(args: argparse.Namespace) -> int:
    from orderwire.installation import prepare

    prepare()
    from django.utils import timezone

    from orderwire.api import access
    from orderwire.flow import Refused
    from orderwire.records import User

    user = None
    if args.user is not None:
        user = User.objects.select_related("partner").filter(username=args.user).first()
        if user is None:
            return _no(f"there is no user {args.user}; make one with orderwire user create")
    if args.days is not None and not 1 <= args.days <= 3650:
        return _no("--days is a number from 1 to 3650")
    expires = timezone.now() + datetime.timedelta(days=args.days) if args.days else None
    try:
        _, text = access.make(args.name, args.scope, user=user, source=args.source, expires_at=expires)
    except Refused as failure:
        return _no(str(failure))
    print(text)
    print("Keep it now: it is not shown again.", file=sys.stderr)
    return 0


def _list(args: argparse.Namespace) -> int:
    from orderwire.installation import prepare

    prepare()
    from orderwire.records import ApiKey

    keys = list(ApiKey.objects.select_related("user").order_by("name", "pk"))
    if args.json:
        print(json.dumps({"keys": [_facts(key) for key in keys]}, indent=2))
        return 0
    if not keys:
        print("There is no API key. Make one with orderwire key create.")
    for key in keys:
        state = "revoked" if key.revoked_at else f"expires {_time(key.expires_at)}" if key.expires_at else "valid"
        used = f"used {_time(key.last_used_at)}" if key.last_used_at else "never used"
        owner = f"user {key.user.username}" if key.user else f"source {key.source}"
        print(f"{key.name}  ow_{key.prefix}_…  {owner}  {', '.join(key.scopes)}  {state}, {used}")
    return 0


def _facts(key: "ApiKey") -> dict[str, Any]:
    return {
        "name": key.name,
        "prefix": key.prefix,
        "scopes": key.scopes,
        "source": key.source,
        "user": key.user.username if key.user else None,
        "created_at": _time(key.created_at),
        "last_used_at": _time(key.last_used_at),
        "expires_at": _time(key.expires_at),
        "revoked_at": _time(key.revoked_at),
    }


def _revoke(args: argparse.Namespace) -> int:
    from orderwire.installation import prepare

    prepare()
    from django.db.models import Q
    from django.utils import timezone

    from orderwire.records import ApiKey

    prefix = args.name.removeprefix("ow_").partition("_")[0]
    live = ApiKey.objects.filter(Q(name=args.name) | Q(prefix=prefix), revoked_at=None)
    if not live.update(revoked_at=timezone.now()):
        return _no(f"there is no valid key {args.name}; orderwire key list shows them")
    print(f"Revoked {args.name}.")
    return 0


def _time(value: datetime.datetime | None) -> str | None:
    return value.isoformat(timespec="seconds") if value else None


def _no(reason: str) -> int:
    print(f"orderwire key: {reason}", file=sys.stderr)
    return 1
