"""The first answer to a write is given again; nothing is done twice."""

import datetime
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from orderwire.api import access
from orderwire.flow import receive
from orderwire.records import ApiKey, Event, IdempotentCall, Message, Order
from tests.database import factories

from .conftest import Api
from .test_orders import body


@pytest.mark.django_db
def test_the_same_key_gives_the_first_answer_byte_for_byte(api: Api) -> None:
    first = api.post("/orders", body(), idempotency_key="k1")
    again = api.post("/orders", body(), idempotency_key="k1")
    assert (first.status_code, first.content) == (again.status_code, again.content) == (201, first.content)
    assert again["Idempotent-Replayed"] == "true"
    assert Message.objects.count() == Order.objects.count() == 1


@pytest.mark.django_db
def test_a_refusal_is_given_again_too(api: Api) -> None:
    api.post("/orders", body())
    other = body() | {"currency": "USD"}
    first = api.post("/orders", other, idempotency_key="k1")
    again = api.post("/orders", other, idempotency_key="k1")
    assert (first.status_code, again.status_code) == (409, 409)
    assert first.content == again.content
    assert again["Content-Type"] == "application/problem+json"
    assert Event.objects.filter(kind="order.conflict").count() == 1


@pytest.mark.django_db
def test_the_same_key_with_another_body_is_refused(api: Api) -> None:
    api.post("/orders", body("A"), idempotency_key="k1")
    response = api.post("/orders", body("B"), idempotency_key="k1")
    assert (response.status_code, response.json()["code"]) == (409, "idempotency-key-reused")
    assert Order.objects.count() == 1


@pytest.mark.django_db
def test_keys_of_two_callers_are_different_keys(key: Callable[..., Api]) -> None:
    one, other = key(), key()
    assert one.post("/orders", body("A"), idempotency_key="k1").status_code == 201
    assert other.post("/orders", body("B"), idempotency_key="k1").status_code == 201


@pytest.mark.django_db
def test_what_could_not_be_understood_is_not_kept(api: Api) -> None:
    row = factories.order()
    path = f"/orders/{row.number}/hold"
    assert api.post(path, {}, idempotency_key="k1").status_code == 422
    assert api.post(path, {"reason": "strike"}, idempotency_key="k1").status_code == 200


@pytest.mark.django_db
def test_a_fault_leaves_nothing_behind_and_may_be_tried_again(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(message: Message) -> Message:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(receive, "process", fail)
        assert api.post("/orders", body(), idempotency_key="k1").status_code == 500
    assert Message.objects.count() == IdempotentCall.objects.count() == 0
    assert api.post("/orders", body(), idempotency_key="k1").status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "x" * 256, "k\u00e4se"])
def test_a_key_that_cannot_be_kept_is_refused(api: Api, text: str) -> None:
    assert api.post("/orders", body(), idempotency_key=text).status_code == 400
    assert not Order.objects.exists()


@pytest.mark.django_db
def test_without_an_api_key_nothing_is_told_of_kept_answers(api: Api) -> None:
    api.post("/orders", body(), idempotency_key="k1")
    assert Api("").post("/orders", body(), idempotency_key="k1").status_code == 401


@pytest.mark.django_db
def test_answers_are_kept_for_a_day_at_least_and_then_forgotten(api: Api) -> None:
    api.post("/orders", body("A"), idempotency_key="old")
    api.post("/orders", body("B"), idempotency_key="day")
    now = timezone.now()
    IdempotentCall.objects.filter(key="old").update(created_at=now - datetime.timedelta(hours=49))
    IdempotentCall.objects.filter(key="day").update(created_at=now - datetime.timedelta(hours=25))
    ApiKey.objects.update(last_used_at=None)
    api.get("/orders")
    assert set(IdempotentCall.objects.values_list("key", flat=True)) == {"day"}


@pytest.mark.django_db(transaction=True)
def test_while_the_first_call_is_under_way_the_second_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    _, text = access.make("erp", ["orders:write"])
    entered, go = threading.Event(), threading.Event()
    answers: list[Any] = []
    process = receive.process

    def slow(message: Message) -> Message:
        entered.set()
        assert go.wait(20)
        return process(message)

    def call() -> None:
        try:
            answers.append(Api(text).post("/orders", body(), idempotency_key="k1"))
        finally:
            connection.close()

    with monkeypatch.context() as patch:
        patch.setattr(receive, "process", slow)
        first = threading.Thread(target=call)
        first.start()
        assert entered.wait(20)
        second = Api(text).post("/orders", body(), idempotency_key="k1")
        go.set()
        first.join(20)
    assert (second.status_code, second["Retry-After"]) == (409, "1")
    assert answers[0].status_code == 201
    assert Api(text).post("/orders", body(), idempotency_key="k1").content == answers[0].content


@pytest.mark.django_db(transaction=True)
def test_twenty_parallel_approvals_are_one(settings: Any, tmp_path: Any) -> None:
    from django.contrib.auth.models import Group

    from orderwire.records import Approval, User

    (tmp_path / "policy.yaml").write_text("name: P\nlimits: [{group: leads, up_to: unlimited}]\n")
    settings.ORDERWIRE_CONFIG = tmp_path
    user = User.objects.create_user("jan")
    user.groups.add(Group.objects.create(name="leads"))
    _, text = access.make("jan", ["orders:write", "orders:read", "approvals:write"], user=user)
    _, erp = access.make("erp", ["orders:write"])
    Api(erp).post("/orders", body())
    sha256 = Order.objects.get().revisions.get().sha256
    statuses: list[int] = []

    def call(n: int) -> None:
        try:
            given = {"idempotency_key": "same"} if n % 2 else {"idempotency_key": f"other {n}"}
            response = Api(text).post("/orders/4500071791/approve", {"sha256": sha256}, **given)
            statuses.append(response.status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=call, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert Approval.objects.count() == 1
    assert Event.objects.filter(kind="approval.granted").count() == 1
    assert set(statuses) <= {200, 409}
    assert len(statuses) == 20
