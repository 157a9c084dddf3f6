"""orderwire deliveries: send again what failed while a partner was in trouble."""

import argparse
import datetime
import sys
from typing import Any

SHOWN = 20


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("deliveries", help="send again what failed since a time")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    resend = actions.add_parser("resend", help="count what failed since a time; with --yes send it again")
    resend.add_argument("--since", required=True, metavar="WHEN", help="2026-11-22T08:00 (UTC), or 6h, 2d")
    resend.add_argument("--partner", metavar="NUMBER", help="only to this partner")
    resend.add_argument("--reason", default="sent again from the command line", help="what the ledger says")
    resend.add_argument("--yes", action="store_true", help="do it; without this nothing is changed")
    resend.set_defaults(run=_resend)


def _resend(args: argparse.Namespace) -> int:
    since = _when(args.since)
    if since is None:
        print("orderwire deliveries: --since is a time such as 2026-11-22T08:00, or 6h, or 2d", file=sys.stderr)
        return 2
    from orderwire.installation import prepare

    prepare()
    from orderwire.flow import distribute
    from orderwire.records import Partner

    if args.partner is not None and not Partner.objects.filter(number=args.partner).exists():
        print(f"orderwire deliveries: there is no partner {args.partner}", file=sys.stderr)
        return 1
    did = distribute.resend_failed(
        since, actor="system:command", reason=args.reason, partner=args.partner, dry_run=not args.yes
    )
    for delivery in did.found[:SHOWN]:
        number = delivery.order.number if delivery.order else "-"
        print(f"{number}  to {delivery.endpoint}  {' '.join(delivery.reason.split())[:100]}")
    if len(did.found) > SHOWN:
        print(f"… and {did.count - SHOWN} more")
    for reason in did.refused:
        print(f"not sent: {reason}", file=sys.stderr)
    if args.yes:
        left = did.count - len(did.found)
        print(f"{did.sent} on their way again, {len(did.refused)} not, {left} left for the next call.")
        return 1 if did.refused else 0
    print(f"{did.count} failed since {since.isoformat(timespec='minutes')}.")
    print("Nothing was changed; add --yes to send them again.")
    return 0


def _when(text: str) -> datetime.datetime | None:
    """A moment; without a zone in UTC. None for what is none."""
    units = {"h": "hours", "d": "days", "m": "minutes"}
    if text[:-1].isascii() and text[:-1].isdigit() and len(text) < 6 and text[-1:] in units:
        return datetime.datetime.now(datetime.UTC) - datetime.timedelta(**{units[text[-1]]: int(text[:-1])})
    try:
        found = datetime.datetime.fromisoformat(text)
        # A database knows no zone more than 16 hours away.
        return found.astimezone(datetime.UTC) if found.tzinfo else found.replace(tzinfo=datetime.UTC)
    except (ValueError, OverflowError):
        return None
