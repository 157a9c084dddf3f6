"""Secrets that are known when they come out, settings of every channel that are full of them, and the search."""

import base64
import io
import zipfile
from functools import cache
from typing import Any

import asyncssh
from django.db import connection

from orderwire.records import Blob
from tests import stations

CANARIES = {
    "password": "canary-smtp-4f1d9c",
    "key": asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode(),
    "token": "canary-bearer-e02b6e",
    "webhook": "whsec_" + base64.b64encode(b"canary-webhook-secret-0001").decode(),
}
NOWHERE = "https://127.0.0.1:8443"


def private_keys() -> tuple[str, str]:
    """Our key for AS2, and the one for NetSuite."""
    return stations.keypair(stations.BUYER)[0], stations.keypair("Nordhaven ERP", bits=0)[0]


def host_key() -> str:
    """That of a server which is not there."""
    return asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()


@cache
def needles() -> tuple[str, ...]:
    """What must not be found: each secret, and pieces of those that are written in lines or in Base64."""
    keys = [line for key in (CANARIES["key"], *private_keys()) for line in key.split("\n")[2:-2] if len(line) > 20]
    coded = [base64.b64encode(CANARIES[name].encode()).decode().rstrip("=") for name in ("password", "token")]
    return (*CANARIES.values(), *private_keys(), *keys, *coded)


def places(*said: str) -> list[str]:
    """Where any canary is found: every column of every table, the kept bytes, and what was said."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("select tablename from pg_tables where schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'select t::text from "{table}" t')
            rows = "\n".join(row[0] or "" for row in cursor.fetchall())
            # Bytes stand there in hexadecimal.
            found += [table] * any(n in rows or n.encode().hex() in rows for n in needles())
    for blob in Blob.objects.all():
        found += [f"the bytes {blob.pk}"] * any(n.encode() in blob.open_bytes() for n in needles())
    found += [text[:200] for text in said for n in needles() if n in text]
    return found


def unpacked(data: bytes) -> list[str]:
    """The files in an evidence file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]


def of_channel(kind: str, base: str = NOWHERE) -> dict[str, Any]:
    """Settings of this channel with every secret that it knows; `base` is where a partner over HTTP is."""
    password, key, token = CANARIES["password"], CANARIES["key"], CANARIES["token"]
    inside = {"url": f"{base}/in", "allow_private": True, "timeout": 1}
    erp = inside | {"since": "2026-01-01"}
    oauth = {"token_url": f"{base}/token", "client_id": "us", "client_secret": token, "scope": "all"}
    login = {"host": "127.0.0.1", "port": 1, "username": "orders", "timeout": 1}
    basic = {"username": "orders", "password": password} if base.startswith("https") else {}
    known: dict[str, dict[str, Any]] = {
        "as2": stations.plain(url=f"{base}/as2", timeout=1) | basic
               | {"partner_certificates": stations.keypair(stations.SUPPLIER)[1].strip()},
        "cxml_http": inside | {"partner_domain": "DUNS", "partner_identity": "TECNO",
                               "our_identity": "NORDHAVEN", "shared_secret": password,
                               "their_secret": token},
        "dynamics365": erp | {"oauth": oauth, "company": "DE01", "name": "Nordhaven", "changed_field": "Changed"},
        "email": login | {"security": "starttls", "password": password, "from_address": "orders@buyer.example",
                          "recipients": ["a@supplier.example"],
                          "inbox": login | {"security": "tls", "password": token, "every": 0}},
        "erp_rest": erp | {"authorization": f"Bearer {token}"},
        "erpnext": erp | {"key": token, "secret": password, "zone": "Europe/Berlin"},
        "netsuite": erp | {"client_id": "us", "certificate_id": "c1", "private_key": private_keys()[1], "zone": "UTC"},
        "odoo": erp | {"key": token},
        "peppol": inside | {"sender": "0088:4012345000009", "receiver": "0088:4012345000016", "country": "DE",
                            "token": token, "callback_token": CANARIES["webhook"]},
        "rest": inside | {"oauth": oauth, "secret_header": "X-Key", "secret_header_value": token},
        "s4hana": erp | {"user": "orders", "password": password},
        "sftp": login | {"private_key": key, "passphrase": token, "password": password, "host_keys": [host_key()],
                         "out": "in"},
        "tryton": erp | {"database": "nordhaven", "login": "orders", "password": password},
        "webhook": inside | {"secrets": [CANARIES["webhook"]]},
    }  # fmt: skip
    return known[kind]
