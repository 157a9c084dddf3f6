"""Calls of Tryton's methods by JSON-RPC, within a session (trytond: doc/topics/rpc)."""

import base64
import contextlib
import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from orderwire.channels import Refused, Unavailable, Unknown
from orderwire.channels.erp.http import Http

NAME = "Tryton"
_FOR_PEOPLE = frozenset({"UserError", "UserWarning"})
_AGAIN = frozenset({"ConcurrencyException", "RateLimitException"})


class Calls:
    """A session. `context` is what Tryton says about our user: it decides of which company he sees the purchases."""

    def __init__(self, http: Http, path: str, authorization: str):
        self._http, self._path, self._authorization = http, path, authorization
        self.context: dict[str, Any] = {}

    def __call__(self, method: str, *params: Any, reads: bool = True) -> Any:
        """The result of `method` (model.NAME.METHOD). Raises Refused, Unavailable and Unknown."""
        body = {"id": 0, "method": method, "params": [*params, self.context]}
        headers = {"Authorization": self._authorization}
        return _result(self._http.call("POST", self._path, reads=reads, body=body, headers=headers))

    def leave(self) -> None:
        """End the session."""
        headers = {"Authorization": self._authorization}
        self._http.call("POST", self._path, body=_asked("common.db.logout"), headers=headers)


@contextmanager
def logged_in(http: Http, database: str, login: str, password: str) -> Iterator[Calls]:
    """A session of this user. Raises Unavailable where the login is not accepted."""
    path = f"/{database}/rpc/"
    found = _result(http.call("POST", path, body=_asked("common.db.login", login, {"password": password})))
    if not isinstance(found, list) or len(found) < 2:
        raise Refused(f"{NAME} answered the login with something unexpected; check the address and the database")
    token = base64.b64encode(f"{login}:{found[0]}:{found[1]}".encode()).decode()
    calls = Calls(http, path, f"Session {token}")
    preferences = calls("model.res.user.get_preferences", True)
    calls.context = {**preferences, "language": "en"} if isinstance(preferences, dict) else {"language": "en"}
    try:
        yield calls
    finally:
        with contextlib.suppress(Refused, Unavailable, Unknown):  # gone already: sessions end by themselves
            calls.leave()


def moment(at: datetime.datetime) -> dict[str, Any]:
    """A time as Tryton's JSON has it, in UTC."""
    at = at.astimezone(datetime.UTC)
    names = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    return {"__class__": "datetime", **{name: getattr(at, name) for name in names}}


def _asked(method: str, *params: Any) -> dict[str, Any]:
    return {"id": 0, "method": method, "params": list(params)}


def _result(answer: Any) -> Any:
    if not isinstance(answer, dict) or not {"result", "error"} & answer.keys():
        raise Refused(f"{NAME} answered with something unexpected; check the address and the database")
    if "error" not in answer:
        return answer["result"]
    error = answer["error"] if isinstance(answer["error"], list) and answer["error"] else [""]
    kind = str(error[0])
    if kind in _FOR_PEOPLE:
        raise Refused(f"{NAME} refused it: {_words(error[1:])}")
    if kind in _AGAIN:
        raise Unavailable(f"{NAME} is busy with this record: {_words(error[1:])}")
    # What is behind is a traceback for its operator, in its own log.
    raise Unavailable(f"{NAME} had a fault: {' '.join(kind.split())[:200]}")


def _words(said: Any) -> str:
    """What stands for people in an error, which comes in nested lists."""
    if isinstance(said, list):
        return " ".join(filter(None, map(_words, said)))[:300]
    return " ".join(said.split()) if isinstance(said, str) else ""
