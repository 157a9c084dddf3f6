"""What each channel can carry: one session, parcels one after another, to a server of the same machine in a process of
its own. The limits beside them: reference/peers_performance.md section 5 (SMTP sink 403/s; SFTP 364/s of 2 kB with both
ends in one process; AS2 57-61 cycles per CPU second of the peer, 978 of RSA alone)."""

import datetime
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from bench import seed
from bench.sinks import running
from orderwire.channels import Channel, File, Parcel, Proof, Request, Taken
from orderwire.channels.as2 import door, message, receipt
from orderwire.channels.as2.settings import As2Config
from orderwire.channels.email import Email, EmailConfig
from orderwire.channels.sftp import Sftp, SftpConfig
from orderwire.channels.webhook import Webhook, WebhookConfig

REPEATS = 5
CYCLES = 50
KB = 1000


def run() -> Iterator[dict[str, Any]]:
    """Parcels per second."""
    with TemporaryDirectory() as folder:
        yield from _mail(Path(folder))
        yield from _sftp(Path(folder))
        yield from _webhook()
    yield from _as2()


def _mail(folder: Path) -> Iterator[dict[str, Any]]:
    with running("-m", "orderwire.testing.smtp", "--journal", str(folder / "journal")) as said:
        port = int(said.split(":")[-1].split()[0])
        config = EmailConfig(
            host="127.0.0.1",
            port=port,
            security="none",
            from_address="orders@nordhaven.example",
            recipients=("sales@supplier.example",),
        )
        yield from _figures(
            "smtp_60kB", Email(), config, 60 * KB, 200, "the receiving server; see our part per CPU second"
        )


def _sftp(folder: Path) -> Iterator[dict[str, Any]]:
    (folder / "out").mkdir()
    with running("-m", "bench.sinks", "sftp", str(folder)) as said:
        port, _, key = said.partition(" ")
        config = SftpConfig(host="127.0.0.1", port=int(port), host_keys=(key,), username="x", password="x", out="out")
        why = "asyncssh on both ends: look, open, write, sync to disk, close, look, rename, one after another"
        yield from _figures("sftp_put_rename_2kB", Sftp(), config, 2 * KB, 100, why)
        yield from _figures("sftp_put_rename_60kB", Sftp(), config, 60 * KB, 100, why)


def _webhook() -> Iterator[dict[str, Any]]:
    with running("-m", "bench.sinks", "http") as port:
        config = WebhookConfig.model_validate(
            {
                "url": f"http://127.0.0.1:{port}/",
                "allow_private": True,
                "ports": [port],
                "secrets": ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
            }
        )
        yield from _figures("webhook_post_8kB", Webhook(), config, 8 * KB, 300, "one request at a time through httpx2")


def _as2() -> Iterator[dict[str, Any]]:
    """Both stations in this process: sign, encrypt; decrypt, verify; sign the receipt; verify it, compare the MIC."""
    (our_key, our_certificate), (their_key, their_certificate) = _identity("NORDHAVEN"), _identity("ACME")
    given = {"url": "https://127.0.0.1/", "allow_private": True}
    ours = As2Config(
        **given, our_id="NORDHAVEN", partner_id="ACME", our_key=our_key, partner_certificates=their_certificate
    )
    theirs = As2Config(
        **given, our_id="ACME", partner_id="NORDHAVEN", our_key=their_key, partner_certificates=our_certificate
    )
    for size in (1500, 60 * KB):
        content, values = os.urandom(size), []
        for repeat in range(REPEATS):
            began = _cpu()
            for n in range(CYCLES):
                _cycle(Parcel(f"{repeat}-{n}@bench", (File("850.edi", "application/EDI-X12", content),)), ours, theirs)
            values.append(CYCLES / (_cpu() - began))
        values.sort()
        why = "RSA-2048: 2 signatures, 2 verifications, 1 encryption, 1 decryption; then ASN.1 and reading keys"
        spread = (values[len(values) // 2], values[0], values[-1])
        yield seed.figure(f"as2_cycle_{size}B", "cycles/CPU-s", spread, REPEATS, why)


def _cycle(parcel: Parcel, ours: As2Config, theirs: As2Config) -> None:
    built = message.build(parcel, ours, datetime.datetime.now(datetime.UTC))
    headers = {name.lower(): value for name, value in built.headers.items()}
    heard = door.hear(door.kept(Request("POST", "", headers, built.body)), theirs)
    answer = door.answer(heard, Taken(good=True), theirs)
    back = {name.lower(): value for name, value in answer.headers.items()}
    said = receipt.read(back, answer.body, ours, datetime.datetime.now(datetime.UTC))
    assert receipt.judged(said, built.source, ours)[0] is Proof.DELIVERED


def _identity(name: str) -> tuple[SecretStr, str]:
    """A key with its certificate, and the certificate alone."""
    key = rsa.generate_private_key(65537, 2048)
    subject, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    public = made.public_bytes(Encoding.PEM).decode()
    return SecretStr(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode() + public), public


def _figures(name: str, channel: Channel, config: Any, size: int, count: int, why: str) -> Iterator[dict[str, Any]]:
    """Per second of the clock, and per second of our processor."""
    cpu: list[float] = []

    def work(repeat: int) -> int:
        content = os.urandom(size)
        began = _cpu()
        with channel.open(config) as session:
            for n in range(count):
                file = File(f"order-{repeat}-{n}.pdf", "application/pdf", content)
                session.send(
                    Parcel(f"bench-{size}-{repeat}-{n}@orderwire.example", (file,), subject="Order", text="Order")
                )
        cpu.append(count / (_cpu() - began))
        return count

    yield seed.figure(name, "parcels/s", seed.rates(work, REPEATS), REPEATS, why)
    cpu.sort()
    yield seed.figure(
        f"{name}_per_cpu", "parcels/CPU-s", (cpu[len(cpu) // 2], cpu[0], cpu[-1]), REPEATS, "our side alone"
    )


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
