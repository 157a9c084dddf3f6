"""The doors through which the demo's own side comes in, as a buying system or a person would: files and HTTP."""

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2

from orderwire import plugins
from orderwire.demo.house import House, drop
from orderwire.document.order import Order


@dataclass
class Paper:
    """A writer's context for files that are exported from the buying system."""

    links: dict[str, str] = field(default_factory=dict)
    now: datetime.datetime = field(default_factory=lambda: datetime.datetime.now(datetime.UTC))
    last: int = 0

    def control_number(self, name: str) -> int:
        """1, 2, 3 …: this file is an interchange of its own."""
        self.last += 1
        return self.last


@dataclass
class Doors:
    """The installation at `url`, seen from outside."""

    house: House
    url: str

    def __post_init__(self) -> None:
        self._http = httpx2.Client(base_url=self.url, timeout=30, trust_env=False)

    def answers(self, path: str) -> bool:
        """True once the page is there."""
        try:
            return self._http.get(path).status_code == 200
        except httpx2.TransportError:
            return False

    def erp_file(self, order: Order, kind: str = "order_json", *, approved_by: str = "Jens Petersen") -> None:
        """The buying system exports an order into its folder; as JSON with the approval that it had there."""
        if kind == "order_json":
            envelope = _envelope(order, approved_by)
            content = json.dumps(envelope, ensure_ascii=False, indent=1).encode()
        else:
            profile = {"isa_sender": "NORDHAVENERP", "isa_receiver": "ORDERWIRE"} if kind == "x12" else {}
            content = plugins.format(kind).write(order, profile, Paper()).content
        extension = plugins.format(kind).extension.lstrip(".") or "dat"
        drop(self.house.erp / "out", f"{order.number}-{order.revision}.{extension}", content)

    def bring(self, order: Order, *, key: str, approved_by: str = "", kind: str = "order_json") -> None:
        """An order by the API: of the buying system with its approval, or a person's file without."""
        if kind == "order_json":
            body = json.dumps(_envelope(order, approved_by)).encode()
        else:
            body = plugins.format(kind).write(order, {}, Paper()).content
        self._post("orders", key, content=body)

    def upload(self, name: str, content: bytes, *, key: str) -> None:
        """Somebody uploads a file that may be wrong; what is wrong with it is told in the console."""
        self._call("messages", key, content=content, params={"name": name})

    def decide(self, order: str, verb: str, *, key: str, **body: Any) -> None:
        """approve, refuse, hold or cancel an order, in the name of the key's user; where the person at the screen was
        quicker, or it was done before a restart, it is refused and stays as it is."""
        if verb in ("approve", "refuse"):
            body["sha256"] = self._seen(order, key)
        self._post(f"orders/{order}/{verb}", key, unless=(403, 409), json=body)

    def amend(self, order: Order, *, key: str, reason: str) -> None:
        """A person's next version of an order, after the newest one."""
        body = {"seen": (order.revision or 1) - 1, "reason": reason, "document": order.model_dump(mode="json")}
        self._post(f"orders/{order.number}/amend", key, unless=(403, 409), json=body)

    def resource(self, order: str, line: str, *, key: str, reason: str) -> None:
        """What the supplier does not deliver of this line is to be ordered elsewhere; the rest of his answer counts."""
        answers = self._get("answers?state=open", key)["answers"]
        for answer in [each for each in answers if each["order"] == order]:
            body = {"decisions": [{"line": line, "choice": "resource"}], "reason": reason}
            self._post(f"orders/{order}/answers/{answer['id']}/decide", key, unless=(403, 409), json=body)

    def receive(self, order: str, lines: Sequence[Mapping[str, str]], *, key: str) -> None:
        """The buying system says what arrived of an order and what of it was rejected."""
        receipt = {"number": f"GR-{order[-5:]}-1", "order_number": order, "lines": list(lines)}
        envelope = {"schema": "orderwire/receipt/1", "type": "receipt", "receipt": receipt}
        self._post("receipts", key, json=envelope)

    def unapproved(self, *, key: str) -> list[tuple[str, int]]:
        """Number and version of the orders that wait for approval; none while the key's user is not there yet."""
        if key not in self.house.notes().get("keys", ()):
            return []
        found = self._get("orders?state=pending_approval", key)["orders"]
        return [(row["number"], row["revision"]) for row in found]

    def _seen(self, order: str, key: str) -> str:
        return str(self._get(f"orders/{order}", key)["sha256"])

    def _get(self, path: str, key: str) -> dict[str, Any]:
        answer = self._http.get(f"/api/v1/{path}", headers=self._bearer(key))
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    def _post(self, path: str, key: str, *, unless: tuple[int, ...] = (), **more: Any) -> None:
        answer = self._call(path, key, **more)
        if answer.is_error and answer.status_code not in unless:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text[:500]}")

    def _call(self, path: str, key: str, **more: Any) -> httpx2.Response:
        return self._http.post(f"/api/v1/{path}", headers=self._bearer(key), **more)

    def _bearer(self, key: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.house.notes()['keys'][key]}"}


def _envelope(order: Order, approved_by: str) -> dict[str, Any]:
    envelope: dict[str, Any] = {"schema": "orderwire/order/1", "type": "order", "order": order.model_dump(mode="json")}
    if approved_by:
        at = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=4)
        envelope["approval"] = {"approver": approved_by, "at": at.isoformat(), "reference": f"WF-{order.number[-5:]}"}
    return envelope
