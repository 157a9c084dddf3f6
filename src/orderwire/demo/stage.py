"""The storyteller, a process of the demo: prepares the installation, opens the door for the person, tells the story.

`python -m orderwire.demo.stage` prints the sign-in address; with --once it waits for the end and prints the counts.
"""

import argparse
import json
import sys
import time
import webbrowser
from collections import Counter, defaultdict
from typing import Any

from orderwire.demo.house import House, here
from orderwire.installation import prepare

PATIENCE = 55.0
"""Seconds after which `--once` says what did not settle."""


def main() -> int:
    """Do all of it. 1 when the pages do not come up or the story does not end as it should."""
    parser = argparse.ArgumentParser(prog="python -m orderwire.demo.stage", description=__doc__.split("\n")[0])
    parser.add_argument("--url", required=True)
    for option in ("--once", "--json", "--open"):
        parser.add_argument(option, action="store_true")
    options = parser.parse_args()
    started, house = time.monotonic(), here()
    prepare()
    from orderwire.demo import setup
    from orderwire.demo.doors import Doors
    from orderwire.demo.story import Story
    from orderwire.records import User
    from orderwire.web.account import enter_path

    if not User.objects.exists():
        setup.people_and_suppliers(house)
    doors = Doors(house, options.url)
    path = enter_path(User.objects.get(username="ines"))
    while not doors.answers(path):
        if time.monotonic() - started > 60:
            sys.stderr.write(f"The pages at {options.url} do not come up; {house.log} says why.\n")
            return 1
        time.sleep(0.05)
    if not options.once:
        sys.stdout.write(f"{options.url}{path}\n")
        sys.stdout.flush()
        if options.open:
            webbrowser.open(f"{options.url}{path}")
        Story(doors).tell()
        return 0
    story = Story(doors, patience=20)
    story.tell()
    while missing := story.unsettled():
        if time.monotonic() - started > PATIENCE:
            text = f"The story did not settle in {PATIENCE:.0f} s: {'; '.join(missing)}."
            sys.stderr.write(f"{text}\n{_end(house)}\n")
            return 1
        time.sleep(0.2)
    told = counts(started + PATIENCE)
    said = "The story was told: {orders} orders in {revisions} versions, {attempts} tries, {in_doubt} in doubt."
    sys.stdout.write(f"{json.dumps(told) if options.json else said.format(**told)}\n")
    return 0


def counts(until: float) -> dict[str, Any]:
    """What there is at the end, by channel and state; the ledger sealed, before this monotonic time, and checked."""
    from orderwire.document.states import DeliveryState
    from orderwire.ledger import prove, seal
    from orderwire.records import (
        Attempt,
        Cancellation,
        Delivery,
        EndpointVersion,
        GoodsDocument,
        Need,
        Notice,
        Order,
        Response,
        Revision,
    )

    channels = {(v.endpoint_id, v.number): v.channel for v in EndpointVersion.objects.all()}
    deliveries: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for endpoint, version, state in Delivery.objects.values_list("endpoint_id", "endpoint_version", "state"):
        deliveries[channels[endpoint, version]][state] += 1
    seal.seal()
    verdict = prove.verify()
    while verdict.sealed < verdict.events and time.monotonic() < until:  # a transaction of the worker was still open
        time.sleep(0.1)
        seal.seal()
        verdict = prove.verify()
    orders, revisions = Order.objects.count(), Revision.objects.count()
    return {
        "orders": orders,
        "revisions": revisions,
        "deliveries": {channel: dict(sorted(states.items())) for channel, states in sorted(deliveries.items())},
        "attempts": Attempt.objects.count(),
        "in_doubt": Delivery.objects.filter(state=DeliveryState.IN_DOUBT).count(),
        "answers": dict(sorted(Counter(Response.objects.values_list("status", flat=True)).items())),
        "amendments": revisions - orders,
        "cancellations": dict(sorted(Counter(Cancellation.objects.values_list("state", flat=True)).items())),
        "reminders": Notice.objects.filter(delivery__accepted_at__isnull=False).count(),
        "goods": GoodsDocument.objects.count(),
        "needs": Need.objects.count(),
        "ledger": {"events": verdict.events, "sealed": verdict.sealed, "ok": verdict.ok},
    }


def _end(house: House) -> str:
    lines = house.log.read_text(errors="replace").splitlines()[-5:] if house.log.exists() else []
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
