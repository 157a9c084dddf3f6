"""A contract server: an access point's HTTP interface as phoss-ap publishes it (API specification and code of 2026).

It keeps what is submitted by instance identifier and answers with a sending report; what becomes of it, a test says.
"""

import json
from typing import Any

from lxml import etree

from .http_peer import Asked, Said

TOKEN = "the key of the access point"
_S = "{http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader}"


class AccessPoint:
    """Give it to a Peer. `becomes` is the state of what is submitted next."""

    def __init__(self, becomes: str = "sent"):
        self.becomes = becomes
        self.transactions: dict[str, dict[str, Any]] = {}
        self.documents: dict[str, bytes] = {}
        self.submitted = 0

    def __call__(self, asked: Asked) -> Said:
        if asked.headers.get("x-token") != TOKEN:
            return self._json(401, {"error": "Invalid or missing API token"})
        if asked.method == "POST" and asked.path == "/api/outbound/submit-sbd":
            return self._submit(asked.body)
        if asked.path == "/api/outbound/in-transmission":
            return self._json(200, [t for t in self.transactions.values() if t["status"] in ("pending", "failed")])
        instance = asked.path.removeprefix("/api/outbound/status/")
        known = self.transactions.get(instance)
        return self._json(200, known) if known else Said(404)

    def _submit(self, body: bytes) -> Said:
        self.submitted += 1
        header = etree.fromstring(body).find(f"{_S}StandardBusinessDocumentHeader")
        if header is None:
            return self._json(400, "Failed to submit outbound SBD transaction")
        instance = header.findtext(f".//{_S}DocumentIdentification/{_S}InstanceIdentifier") or ""
        assert instance not in self.transactions, "the access point has it already"
        self.documents[instance] = body
        self.transactions[instance] = {
            "id": str(len(self.transactions)),
            "transactionType": "business_document",
            "senderID": "iso6523-actorid-upis::" + (header.findtext(f"{_S}Sender/{_S}Identifier") or ""),
            "receiverID": "iso6523-actorid-upis::" + (header.findtext(f"{_S}Receiver/{_S}Identifier") or ""),
            "sbdhInstanceID": instance,
            "status": self.becomes,
            "errorDetails": None if self.becomes == "sent" else "The participant is not registered",
            "mlsStatus": "pending",
        }
        good = self.becomes == "sent"
        report = {"sbdhInstanceIdentifier": instance, "sendingSuccess": good, "overallSuccess": good}
        return self._json(200 if good else 422, report)

    def _json(self, status: int, said: Any) -> Said:
        return Said(status, json.dumps(said).encode(), {"Content-Type": "application/json"})
