"""An ERP that wants an access token with every call: one that ended meanwhile is replaced, once."""

from collections.abc import Callable, Mapping
from typing import Any

import httpx2

from orderwire.channels.erp.http import Http
from orderwire.channels.http.answer import Answered

Token = Callable[[httpx2.Client, str], str]
"""Gives a token, another than the one that was refused ("" for none)."""


class BearerHttp(Http):
    """See `Http`."""

    def __init__(self, client: httpx2.Client, name: str, token: Token):
        super().__init__(client, name)
        self._token = token

    def ask(
        self,
        method: str,
        path: str,
        *,
        reads: bool = True,
        body: Any = None,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answered:
        """See `Http.ask`. A call that was turned away with 401 did nothing, so that it may be repeated."""
        token = self._token(self._client, "")
        answered = self._with(token, method, path, reads=reads, body=body, params=params, headers=headers)
        if answered.status != 401:
            return answered
        token = self._token(self._client, token)
        return self._with(token, method, path, reads=reads, body=body, params=params, headers=headers)

    def _with(self, token: str, method: str, path: str, **given: Any) -> Answered:
        headers = {**(given.pop("headers") or {}), "Authorization": f"Bearer {token}"}
        return super().ask(method, path, headers=headers, **given)
