"""JSON over HTTP with an ERP: the guarded way out, exact numbers, and one meaning of each failure."""

import json
from collections.abc import Mapping
from typing import Any

import httpx2

from orderwire.channels import Refused, Unavailable
from orderwire.channels.erp.record import exact
from orderwire.channels.http.answer import Answered, judge, told

_LOGIN = (401, 403)


class Http:
    """A client of one ERP. `name` is what people call it."""

    def __init__(self, client: httpx2.Client, name: str):
        self._client, self._name = client, name

    def call(
        self,
        method: str,
        path: str,
        *,
        reads: bool = True,
        body: Any = None,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """The JSON of the answer, None where it has no body. `reads` says that asking changes nothing there.

        Raises Refused, Unavailable, and Unknown where something may have been written and no word came. A login that
        is not accepted is Unavailable: it is put right once, and everything that waits goes on by itself.
        """
        answered = self.ask(method, path, reads=reads, body=body, params=params, headers=headers)
        if answered.status in _LOGIN:
            text = f"{self._name} did not accept our login or does not allow this to it ({answered.status})."
            raise Unavailable(
                f"{text} Check the user's key and rights. {answered.words}".strip(), code=str(answered.status)
            )
        judge(answered, name=self._name, harmless=reads)
        if not answered.body.strip():
            return None
        try:
            return exact(answered.body)
        except ValueError as failure:
            raise Refused(
                f"{self._name} answered with something that is no JSON; check the address: {failure}"
            ) from failure

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
        """The answer, whatever it says."""
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        sent = {"Accept": "application/json", **({"Content-Type": "application/json"} if body is not None else {})}
        with told(self._name, harmless=reads):
            response = self._client.request(
                method, path, content=content, params=params, headers={**sent, **(headers or {})}
            )
        return Answered(response.status_code, dict(response.headers.items()), response.content)
