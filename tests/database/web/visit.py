"""A supplier on the page behind the link of his mail."""

import re
from typing import Any

from django.test import Client
from django.utils import timezone

from orderwire.flow import links
from orderwire.records import Delivery


class Visit:
    """A supplier with the link in hand."""

    def __init__(self, delivery: Delivery):
        self.delivery = delivery
        self.order: Any = delivery.order
        self.link, self.token = links.make(delivery, answer_by=timezone.now(), recipient="orders@tecnosellos.example")
        self.client = Client()
        self.base = f"/a/o/{self.link.pk}"

    def open(self) -> Any:
        return self.client.get(f"/a/{self.token}", follow=True)

    def fields(self, **changed: str) -> dict[str, str]:
        """Every field as the page shows it, with what the supplier types over it."""
        page = self.client.get(f"{self.base}?correct=1").content.decode()
        found = {}
        for tag in re.findall(r"<input [^>]+>", page):
            given = dict(re.findall(r'(\w+)="([^"]*)"', tag))
            if given.get("name") and given.get("type") not in ("radio", "checkbox"):
                found[given["name"]] = given["value"]
        return found | {key.replace("_", "."): value for key, value in changed.items()}

    def send(self, way: str, **changed: str) -> Any:
        return self.client.post(self.base, self.fields(**changed) | {"way": way, "step": "send"})
