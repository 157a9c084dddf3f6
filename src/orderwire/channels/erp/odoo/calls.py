"""Methods of Odoo's models, called by JSON-2 (Odoo 19 and later) or XML-RPC (before): the same answers by both ways."""

import xmlrpc.client
from typing import Any, Protocol
from xml.parsers.expat import ExpatError

import httpx2

from orderwire.channels import Refused, Unavailable
from orderwire.channels.erp.http import Http
from orderwire.channels.http.answer import Answered, judge, told

NAME = "Odoo"
_LOGIN_FAULTS = (3, 4)
"""AccessDenied and AccessError (odoo/http.py, RPC_FAULT_CODE_ACCESS_DENIED and _ACCESS_ERROR)."""


class Calls(Protocol):
    """How methods are called."""

    def call(self, model: str, method: str, *, ids: tuple[int, ...] = (), reads: bool = True, **given: Any) -> Any:
        """What the method returns, as JSON. Raises Refused, Unavailable and, where it writes, Unknown."""
        ...


class Json2:
    """POST /json/2/<model>/<method> with named arguments (External JSON-2 API of Odoo 19)."""

    def __init__(self, http: Http, context: dict[str, Any]):
        self._http, self._context = http, context

    def call(self, model: str, method: str, *, ids: tuple[int, ...] = (), reads: bool = True, **given: Any) -> Any:
        """As `Calls`."""
        body = {**({"ids": list(ids)} if ids else {}), "context": self._context, **given}
        return self._http.call("POST", f"/json/2/{model}/{method}", body=body, reads=reads)


class XmlRpc:
    """execute_kw at /xmlrpc/2/object (External RPC API, until Odoo 21)."""

    def __init__(self, client: httpx2.Client, *, database: str, login: str, key: str, context: dict[str, Any]):
        self._client, self._context = client, context
        self._database, self._key = database, key
        user = self._ask("common", "authenticate", (database, login, key, {}), reads=True)
        if not isinstance(user, int) or isinstance(user, bool) or user <= 0:
            raise Unavailable(f"{NAME} did not accept our login. Check the database, the user and its key.")
        self._user = user

    def call(self, model: str, method: str, *, ids: tuple[int, ...] = (), reads: bool = True, **given: Any) -> Any:
        """As `Calls`."""
        positional = [list(ids)] if ids else []
        named = {"context": self._context, **given}
        asked = (self._database, self._user, self._key, model, method, positional, named)
        return _plain(self._ask("object", "execute_kw", asked, reads=reads))

    def _ask(self, service: str, method: str, given: tuple[Any, ...], *, reads: bool) -> Any:
        content = xmlrpc.client.dumps(given, method, allow_none=True).encode(errors="surrogatepass")
        with told(NAME, harmless=reads):
            response = self._client.post(f"/xmlrpc/2/{service}", content=content, headers={"Content-Type": "text/xml"})
        answered = Answered(response.status_code, dict(response.headers.items()), response.content)
        if answered.status in (401, 403):
            raise Unavailable(f"{NAME} did not accept our login. Check the user's key and rights.", code="403")
        judge(answered, name=NAME, harmless=reads)
        try:
            returned, _ = xmlrpc.client.loads(answered.body, use_builtin_types=True)
        except xmlrpc.client.Fault as fault:
            raise _meaning(fault) from None
        except (ExpatError, ValueError, TypeError, KeyError, IndexError, xmlrpc.client.Error, RecursionError):
            raise Refused(f"{NAME} answered with something that is no XML-RPC; check the address") from None
        return returned[0] if returned else None


def _meaning(fault: xmlrpc.client.Fault) -> Exception:
    words = " ".join(str(fault.faultString).split())[-300:]
    if fault.faultCode in _LOGIN_FAULTS:
        return Unavailable(f"{NAME} does not allow this to our user. Check its key and rights. {words}", code="403")
    return Refused(f"{NAME} refused it: {words}", str(fault.faultCode))


def _plain(value: Any) -> Any:
    """As JSON-2 says it: numbers with a fraction are kept as text, and times are text."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value if isinstance(value, str | int) or value is None else str(value)
