"""What tests of the pages after sending share: a signed-in buyer, an order with five differences, a page's words."""

import datetime
import re
from decimal import Decimal
from typing import Any

from django.test import Client
from django.utils import timezone

from orderwire.document.order import Line, Schedule
from orderwire.document.order import Order as Document
from orderwire.document.response import Response as Answer
from orderwire.document.states import AnswerState
from orderwire.flow.acknowledge.differences import compare
from orderwire.records import Order, Response, User
from tests.database.tracking import seed

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NEED = timezone.localdate() + datetime.timedelta(days=17)
LATE, LITTLE_LATE = NEED + datetime.timedelta(days=12), NEED + datetime.timedelta(days=2)
VERDICTS = {
    "20": ("ask", "Price up 4.1 %, limit 2 %"),
    "30": ("ask", "12 days late, limit 3"),
    "60": ("accept", "2 days late, limit 3"),
    "80": ("accept", "4 % short, limit 5 %"),
    "90": ("reject", "Another part is not taken"),
}
CONTENT: dict[str, Any] = {
    "order_number": "4500071791",
    "status": "accepted_with_changes",
    "lines": [
        {"number": "20", "status": "changed", "price": "87.95", "reason": "Raw material surcharge"},
        {"number": "30", "status": "changed", "quantity": "40", "promised": NEED.isoformat()},
        {"number": "60", "status": "changed", "promised": LITTLE_LATE.isoformat()},
        {"number": "80", "status": "changed", "quantity": "72"},
        {"number": "90", "status": "substituted", "substitute_part": "Novapress Universal"},
    ],
}


def sign_in(client: Client, user: User) -> Client:
    client.force_login(user, backend=BACKEND)
    return client


def five(number: str = "4500071791") -> tuple[Order, Response]:
    """An order of six lines whose answer differs in five of them; the policy accepts two and rejects one."""
    order = seed.order(number, answer=AnswerState.DIFFERENT)
    document = Document.model_validate_json(bytes(order.revisions.get().content))
    rows = (("20", "120", "84.50", "MG1"), ("30", "60", "112.00", "M7N"), ("40", "10", "8.00", "B1"),
            ("60", "4000", "1.20", "OR"), ("80", "75", "46.20", "SS"), ("90", "12", "31.00", "NP850"))  # fmt: skip
    lines = tuple(
        Line(number=n, description=f"Part {part}", quantity=Decimal(q), unit="EA", price=Decimal(p), supplier_part=part,
             schedules=(Schedule(quantity=Decimal(q), requested=NEED),))
        for n, q, p, part in rows
    )  # fmt: skip
    newer = seed.revise(order, document.model_copy(update={"lines": lines, "revision": 2}))
    seed.approve(newer, timezone.now())
    Order.objects.filter(pk=order.pk).update(revision=2, total=newer.total, line_count=6)
    document = Document.model_validate_json(bytes(newer.content))
    content = CONTENT | {"order_number": number}
    differences = [d.as_json() for d in compare(document, Answer.model_validate(content)).differences]
    for row in differences:
        row["verdict"], row["because"] = VERDICTS[row["line"]]
    answer = Response.objects.create(
        order=order, revision=newer, supplier=order.supplier, content=content, meaning_sha256="0" * 64,
        status="accepted_with_changes", state="open", source="answer page", actor="supplier:Marta Gil",
        differences=differences,
    )  # fmt: skip
    order.refresh_from_db()
    return order, answer


def words(html: str) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&nbsp;", " ").replace("\u00a0", " ").split())


def notices(html: str) -> str:
    """What its notices say."""
    return words(" ".join(re.findall(r'<p class="notice.*?</p>', html, re.DOTALL)))


def page(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, response
    html = response.content.decode()
    assert 'style="' not in html and "<script>" not in html
    return html
