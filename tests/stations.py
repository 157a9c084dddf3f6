"""Two AS2 stations for tests: keys, settings that fit together, and a message on its way without a network."""

import datetime
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from orderwire.channels import Answer, File, Heard, Parcel, Request, Taken
from orderwire.channels.as2 import As2, door, message
from orderwire.channels.as2.settings import As2Config

DAY = datetime.timedelta(days=1)
BUYER, SUPPLIER = "Nordhaven Pumpen", "TECNOSELLOS"
EDI = b"ISA*00*~\r\nBEG*00*SA*4500071791~\r\n"
AS2 = As2()


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@lru_cache
def keypair(name: str, *, begins: int = -30, ends: int = 300, bits: int = 2048) -> tuple[str, str]:
    """A private key and its own certificate as PEM; the days are from today. Without bits it is an elliptic curve's."""
    key = rsa.generate_private_key(65537, bits) if bits else ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() + begins * DAY)
        .not_valid_after(now() + ends * DAY)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()


def buyer(**changes: Any) -> As2Config:
    """The buyer's settings for the supplier."""
    return _config(BUYER, SUPPLIER, **changes)


def supplier(**changes: Any) -> As2Config:
    """The supplier's settings for the buyer."""
    return _config(SUPPLIER, BUYER, **changes)


def plain(us: str = BUYER, them: str = SUPPLIER, **changes: Any) -> dict[str, Any]:
    """Settings as they are written down."""
    given = {
        "url": "https://127.0.0.1/as2",
        "our_id": us,
        "partner_id": them,
        "our_key": "".join(keypair(us)),
        "partner_certificates": keypair(them)[1],
        "allow_private": True,
        "timeout": 10,
    }
    return {**given, **changes}


def _config(us: str, them: str, **changes: Any) -> As2Config:
    return As2Config.model_validate(plain(us, them, **changes))


def parcel(content: bytes = EDI, *, name: str = "order.edi", number: int = 1) -> Parcel:
    return Parcel(message_id=f"m{number}", files=(File(name, "application/edi-x12", content),), reference="4500071791")


def built(config: As2Config, what: Parcel | None = None) -> message.Built:
    return message.build(what or parcel(), config, now())


def request(headers: Mapping[str, str], body: bytes) -> Request:
    return Request("POST", "", {name.lower(): value for name, value in headers.items()}, body)


def heard(made: message.Built, config: As2Config, **headers: str) -> Heard:
    """What the other station makes of a message; headers may be changed on the way (None takes one out)."""
    changed = {**made.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    asked = request({n: v for n, v in changed.items() if v is not None}, made.body)
    return door.hear(door.kept(asked), config)


def answered(heard: Heard, config: As2Config, **taken: Any) -> Answer:
    return door.answer(heard, Taken(**{"good": not heard.refused, **taken}), config)
