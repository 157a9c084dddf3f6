"""A system with a REST interface as docs/how-to/erp.md describes one: it lists, shows and is told."""

import datetime
from typing import Any

from tests.servers.erp_contracts.serving import Asked, Contract, Said, said

KEY = "Bearer a-key-for-the-house"


class RestContract(Contract):
    """`records` by id; `states` are those that were told, each PUT once."""

    def __init__(self) -> None:
        super().__init__()
        self.records: dict[str, dict[str, Any]] = {}
        self.states: dict[tuple[str, str], Any] = {}

    def answer(self, asked: Asked) -> Said:
        if asked.headers.get("authorization") != KEY:
            return said(401, {"error": "who are you?"})
        steps = asked.path.strip("/").split("/")
        if asked.method == "GET" and steps == ["orders"]:
            return said(200, {"orders": self._listed(asked)})
        if len(steps) > 1 and steps[0] == "orders" and steps[1] in self.records:
            if asked.method == "PUT" and steps[2:] == ["status"]:
                self.states[(steps[1], asked.headers["idempotency-key"])] = asked.json
                return Said(204)
            return said(200, self.records[steps[1]]["record"])
        return said(404, {"error": "there is no such order"})

    def _listed(self, asked: Asked) -> list[dict[str, str]]:
        since, until = (datetime.datetime.fromisoformat(asked.params[name]) for name in ("since", "until"))
        rows = sorted(self.records.items(), key=lambda row: (row[1]["changed"], row[0]))
        ids = [id for id, _ in rows]
        rows = rows[ids.index(asked.params["after"]) + 1 :] if asked.params["after"] in ids else rows
        found = [(id, row) for id, row in rows if since <= row["changed"] <= until]
        return [
            {
                "id": id,
                "number": f"PO-{id}",
                "version": row["changed"].isoformat(),
                "changed": row["changed"].isoformat(),
            }
            for id, row in found[: int(asked.params["limit"])]
        ]


def fill(contract: RestContract, number: int, at: datetime.datetime, **more: Any) -> None:
    """An approved order of two lines, in our own JSON."""
    lines = [
        {
            "number": str(place), "description": "Screw", "quantity": "100", "unit": "C62", "price": "1.25",
            "schedules": [{"quantity": "100", "requested": "2026-12-02"}],
        }
        for place in (10, 20)
    ]  # fmt: skip
    order = {
        "number": f"PO-{number}", "issued": "2026-11-20", "currency": "EUR", "buyer": {"name": "Northwind"},
        "supplier": {"name": "Acme Ltd"}, "lines": lines,
    }  # fmt: skip
    approval = {"approver": "B. Buyer", "at": "2026-11-20T09:00:00+00:00", "reference": "WF-1"}
    record = {"state": "approved", "order": order, "approval": approval, **more}
    contract.records[str(number)] = {"changed": at, "record": record}
