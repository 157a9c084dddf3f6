"""A small client of the API as an integrator would write it, and keys for a system, people and suppliers."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from orderwire.api import access
from orderwire.records import User

ALL = tuple(access.SCOPES)


class Api:
    """Calls with one key; `get` and `post` return the response, whose .json() is the answer."""

    def __init__(self, key: str):
        self.client = Client(raise_request_exception=False)
        self.key = key

    def get(self, path: str, **query: Any) -> Any:
        """A read."""
        return self.client.get(f"/api/v1{path}", query, headers=self._headers())

    def post(self, path: str, body: Any = None, *, content_type: str = "application/json", **headers: str) -> Any:
        """A write; a body that is not bytes is sent as JSON. `idempotency_key` and the like become headers."""
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        extra = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            f"/api/v1{path}", content, content_type=content_type, headers={**self._headers(), **extra}
        )

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """No test waits for the calls of another."""
    access._calls.cache_clear()
    access._failures.cache_clear()
    yield


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Makes people with groups."""

    def make(name: str, *groups: str, **fields: Any) -> User:
        user = User.objects.create_user(name, **fields)
        user.groups.set([Group.objects.get_or_create(name=group)[0] for group in groups])
        return user

    return make


@pytest.fixture
def key(db: None) -> Callable[..., Api]:
    """Makes clients: key(), key("orders:read"), key(user=…)."""
    made = iter(range(1000))

    def make(*scopes: str, **options: Any) -> Api:
        user = options.get("user")
        every = access.SUPPLIER_SCOPES if user is not None and user.partner_id else ALL
        _, text = access.make(f"erp{next(made)}", scopes or every, **options)
        return Api(text)

    return make


@pytest.fixture
def api(key: Callable[..., Api]) -> Api:
    """The client of a system with every scope, as source erp."""
    return key(source="erp")
