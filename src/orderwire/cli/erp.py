"""orderwire erp: whether everything that the ERP approved is here, and reading it again."""

import argparse
import datetime
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from orderwire.tracking.erp import Completeness


def add(commands: Any) -> None:
    """Register the command."""
    parser = commands.add_parser("erp", help="compare the ERP's approved orders with those here, or read them again")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    check = actions.add_parser("check", help="tell which approved orders of the ERP are missing here")
    check.add_argument("--since", type=_day, metavar="DAY", help="first day, like 2026-11-01; default 30 days ago")
    check.add_argument("--until", type=_day, metavar="DAY", help="last day; default today")
    check.add_argument("--json", action="store_true", help="print one JSON object")
    check.set_defaults(run=_check)
    pull = actions.add_parser("pull", help="read everything again that changed since a day; repetitions change nothing")
    pull.add_argument("--since", type=_day, metavar="DAY", required=True, help="first day, like 2026-11-01")
    pull.add_argument("--endpoint", type=int, metavar="NUMBER", help="which ERP; needed where there are several")
    pull.set_defaults(run=_pull)


def _check(args: argparse.Namespace) -> int:
    """0 when nothing is missing, 1 when something is, or an ERP could not be asked."""
    from orderwire.installation import prepare

    prepare()
    from orderwire.tracking import erp

    today = datetime.datetime.now(datetime.UTC).date()
    since = _moment(args.since or today - datetime.timedelta(days=30), datetime.time.min)
    until = _moment(args.until or today, datetime.time.max)
    found = [erp.completeness(version, since, until) for version in erp.endpoints()]
    if args.json:
        shown = [{**asdict(one), "last_pull": _time(one.last_pull), "last_push": _time(one.last_push)} for one in found]
        print(json.dumps({"complete": all(one.complete for one in found), "endpoints": shown}, indent=2))
    elif not found:
        print("There is no ERP endpoint.")
    else:
        for one in found:
            print("\n".join(_lines(one)))
    return 0 if all(one.complete for one in found) else 1


def _lines(one: "Completeness") -> list[str]:
    said = [f"{one.endpoint}  {one.name} ({one.channel}): {one.here} of {one.there} approved orders are here"]
    said += [f"   could not be asked: {one.problem}"] if one.problem else []
    for words, numbers in (("not read yet", one.unread), ("read, but could not be used", one.refused)):
        if numbers:
            more = f" and {len(numbers) - 20} more" if len(numbers) > 20 else ""
            said.append(f"   {words}: {', '.join(numbers[:20])}{more}")
    said.append(
        f"   last read {_time(one.last_pull) or 'never'}, last told {_time(one.last_push) or 'never'},"
        f" {one.backlog} to tell"
    )
    return said


def _pull(args: argparse.Namespace) -> int:
    from orderwire.installation import prepare

    prepare()
    from orderwire.flow import Refused
    from orderwire.flow.feed.again import pull_again
    from orderwire.tracking import erp

    known = [version.endpoint_id for version in erp.endpoints()]
    if args.endpoint is None and len(known) != 1:
        return _no(
            "name the ERP with --endpoint; orderwire erp check lists them" if known else "there is no ERP endpoint"
        )
    try:
        endpoint = pull_again(args.endpoint or known[0], _moment(args.since, datetime.time.min))
    except Refused as failure:
        return _no(str(failure))
    print(f"{endpoint} is read again from {args.since} on by the next round of a worker.")
    return 0


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day like 2026-11-01") from None


def _moment(day: datetime.date, time: datetime.time) -> datetime.datetime:
    return datetime.datetime.combine(day, time, datetime.UTC)


def _time(value: datetime.datetime | None) -> str | None:
    return value.isoformat(timespec="seconds") if value else None


def _no(reason: str) -> int:
    print(f"orderwire erp: {reason}", file=sys.stderr)
    return 1
