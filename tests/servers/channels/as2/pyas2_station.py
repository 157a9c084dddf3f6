"""Runs under the interpreter that has pyas2lib: one JSON request a line on standard input, one answer a line.

pyas2lib is GPL and stays apart: this file is run as a program, never imported. Its oscrypto reads OpenSSL's version
with a pattern that ends at one digit; the pattern is widened while it is being imported.
"""

import base64
import json
import logging
import re
import sys
from typing import Any

_search = re.search


def _widened(pattern: Any, text: Any, flags: int = 0) -> Any:
    found = _search(pattern, text, flags)
    if found is None and isinstance(pattern, str) and "\\d\\.\\d\\.\\d[a-z]*" in pattern:
        found = _search(pattern.replace("\\d\\.\\d\\.\\d[a-z]*", "\\d+\\.\\d+\\.\\d+[a-z]*"), text, flags)
    return found


re.search = _widened
from pyas2lib.as2 import Mdn, Message, Organization, Partner  # noqa: E402

re.search = _search
logging.disable(logging.CRITICAL)

sent: dict[str, Any] = {}


def organization(given: dict[str, Any]) -> Any:
    key = given["our_key"].encode()
    return Organization(
        as2_name=given["our_id"],
        sign_key=key,
        sign_key_pass="",
        decrypt_key=key,
        decrypt_key_pass="",
        mdn_url=given.get("receipt_url"),
        domain="pyas2.example",
    )


def partner(given: dict[str, Any]) -> Any:
    certificate = given["partner_certificates"].encode()
    later = bool(given.get("receipt_url"))
    return Partner(
        as2_name=given["partner_id"],
        verify_cert=certificate,
        encrypt_cert=certificate,
        validate_certs=False,
        sign=given["sign"],
        encrypt=given["encrypt"],
        enc_alg="aes_128_cbc",
        compress=given["compress"],
        mdn_mode=None if given["receipt"] == "none" else "ASYNC" if later else "SYNC",
        mdn_digest_alg="sha256" if given["receipt"] == "signed" else None,
    )


def raw(asked: dict[str, Any]) -> bytes:
    head = "".join(f"{name}: {value}\r\n" for name, value in asked["headers"].items())
    return head.encode() + b"\r\n" + base64.b64decode(asked["body"])


def packed(made: Any) -> dict[str, Any]:
    return {"headers": dict(made.headers), "body": base64.b64encode(made.content).decode()}


def take(asked: dict[str, Any]) -> dict[str, Any]:
    us, them = organization(asked["config"]), partner(asked["config"])
    message = Message()
    status, (failure, _), mdn = message.parse(raw(asked), lambda _: us, lambda _: them, lambda *_: False)
    told = {
        "status": status,
        "failure": str(failure or ""),
        "content": base64.b64encode(message.content or b"").decode(),
    }
    return {**told, "mic": message.mic and message.mic.decode(), "mdn": packed(mdn) if mdn else None}


def build(asked: dict[str, Any]) -> dict[str, Any]:
    message = Message(organization(asked["config"]), partner(asked["config"]))
    message.build(
        base64.b64decode(asked["content"]),
        filename="order.edi",
        content_type=asked["type"],
        disposition_notification_to="pyas2@example.com",
    )
    sent[message.message_id] = message
    return {**packed(message), "id": message.message_id}


def receipt(asked: dict[str, Any]) -> dict[str, Any]:
    status, detail = Mdn().parse(raw(asked), lambda id, _: sent.get(id))
    return {"status": status, "failure": str(detail or "")}


for line in sys.stdin:
    request = json.loads(line)
    answer = {"take": take, "build": build, "receipt": receipt}[request["do"]](request)
    print(json.dumps(answer), flush=True)
