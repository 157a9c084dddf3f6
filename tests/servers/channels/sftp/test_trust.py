"""Who is there: the host key, our own key or password, strangers that are no SSH server, settings, the probe."""

import base64
import os
import socket
import threading
from pathlib import Path
from typing import Any

import asyncssh
import pytest
from asn1crypto import keys
from asn1crypto import pem as asn1_pem
from pydantic import ValidationError

from orderwire.channels import File, Parcel, Refused, Unavailable
from orderwire.channels.sftp import SftpConfig
from orderwire.channels.sftp.key import private_key
from orderwire.testing.channels import parcel
from tests.servers.channels.sftp.servers import CHANNEL, PASSWORD, OpenSsh, Scripted, config, key, public, send, visible

GOOD = Parcel("a@b", (File("4500071791-v1.edi", "application/EDI-X12", b"ISA*00*~"),))


def test_another_host_key_stops_everything_and_both_are_named(either: Scripted | OpenSsh) -> None:
    stranger = key()
    changed = config(either, host_keys=[public(stranger)])
    for attempt in (lambda: CHANNEL.open(changed).__enter__(), lambda: CHANNEL.probe(changed)):
        with pytest.raises(Refused, match="another host key") as caught:
            attempt()
        assert stranger.get_fingerprint() in caught.value.reason
        assert either.host_key.get_fingerprint() in caught.value.reason
    assert visible(either.root / "out") == {}


def test_a_changed_key_is_stopped_until_it_is_added_beside_the_old_one(server: Scripted) -> None:
    old = public(server.host_key)
    send(server, parcel(1), host_keys=[old])
    server.renew()
    with pytest.raises(Refused, match="another host key"):
        send(server, parcel(2), host_keys=[old])
    send(server, parcel(2), host_keys=[old, public(server.host_key)])


def test_a_wrong_password_is_refused_and_repeated_nowhere(server: Scripted, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(Refused, match="does not let nordhaven in") as caught:
        send(server, GOOD, password="battery staple")
    said = caplog.text + repr(caught.value) + repr(config(server))
    assert "battery staple" not in said and PASSWORD not in said


def test_a_key_with_a_passphrase_opens_and_one_that_cannot_be_read_says_so(sshd: OpenSsh) -> None:
    locked = sshd.user_key.export_private_key("openssh", passphrase="open sesame", rounds=50).decode()
    send(sshd, GOOD, private_key=locked, passphrase="open sesame")
    for wrong in ({"private_key": locked, "passphrase": "shut"}, {"private_key": "-----BEGIN nonsense", "out": "out"}):
        with pytest.raises(Refused, match="private key of this endpoint cannot be read") as caught:
            send(sshd, GOOD, **wrong)
        assert "nonsense" not in repr(caught.value) and caught.value.__cause__ is None


def slow_keys() -> list[str]:
    """Keys whose passphrase takes years, in both formats that say how long it takes."""
    made = key().export_private_key("openssh", passphrase="x", rounds=50).decode().splitlines()
    content = base64.b64decode("".join(made[1:-1]))
    content = content.replace((50).to_bytes(4), (2**32 - 1).to_bytes(4), 1)
    pkcs8 = key().export_private_key("pkcs8-der", passphrase="x")
    info = keys.EncryptedPrivateKeyInfo.load(pkcs8)
    info["encryption_algorithm"]["parameters"]["key_derivation_func"]["parameters"]["iteration_count"] = 2**31
    return [
        "\n".join([made[0], base64.b64encode(content).decode(), made[-1], ""]),
        asn1_pem.armor("ENCRYPTED PRIVATE KEY", info.dump(force=True)).decode(),
    ]


@pytest.mark.parametrize("slow", slow_keys())
def test_a_passphrase_that_takes_years_is_not_tried(server: Scripted, slow: str) -> None:
    with pytest.raises(Refused, match="too long") as caught:
        send(server, GOOD, private_key=slow, passphrase="x")
    assert "ssh-keygen -p" in caught.value.reason


@pytest.mark.parametrize("kind", ["openssh", "pkcs8-pem", "pkcs1-pem"])
def test_a_key_is_read_in_every_usual_format(kind: str) -> None:
    made = asyncssh.generate_private_key("ssh-rsa") if kind == "pkcs1-pem" else key()
    locked = made.export_private_key(kind, passphrase="open sesame").decode()
    assert private_key(locked, "open sesame").public_data == made.public_data
    with pytest.raises(Refused, match="cannot be read"):
        private_key(locked, "wrong")


def test_a_key_that_hides_how_long_it_takes_is_refused() -> None:
    for slow in slow_keys():
        head, _, rest = slow.partition("\n")
        der = base64.b64decode("".join(rest.splitlines()[:-1]))
        quick = key().export_private_key("pkcs8-pem").decode()
        for hidden in (f"{head}\nComment: x\n\n{rest}", slow + quick, "x\n" + slow, der.decode("latin-1")):
            with pytest.raises(Refused, match="cannot be read"):
                private_key(hidden, "x")


@pytest.mark.parametrize("body", ["", "AAAA", "A", "b3BlbnNzaC1rZXktdjEA", "MAA="])
@pytest.mark.parametrize("kind", ["OPENSSH", "ENCRYPTED"])
def test_what_is_no_key_is_refused(kind: str, body: str) -> None:
    with pytest.raises(Refused, match="cannot be read"):
        private_key(f"-----BEGIN {kind} PRIVATE KEY-----\n{body}\n-----END {kind} PRIVATE KEY-----\n", "x")


def test_a_server_that_insists_on_compression_is_left(root: Path) -> None:
    """What a small packet unpacks to has no bound."""
    with Scripted(root, compression_algs=["zlib@openssh.com"]) as server, pytest.raises((Refused, Unavailable)):
        send(server, GOOD)


def test_nobody_who_accepts_and_says_nothing_holds_us(root: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = Scripted(root).settings(port=silent.getsockname()[1], timeout=1)
        with pytest.raises(Unavailable, match=r"did not answer|cannot be reached"):
            CHANNEL.probe(SftpConfig.model_validate(settings))


@pytest.mark.parametrize(
    "banner", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x00" * 100_000, b"SSH-2.0-x\r\n" + b"\xff" * 70_000]
)
def test_what_is_no_ssh_server_is_said(root: Path, banner: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            peer, _ = listener.accept()
            with peer:
                try:
                    peer.sendall(banner)
                    peer.shutdown(socket.SHUT_WR)
                    while peer.recv(4096):
                        pass
                except OSError:
                    pass

        thread = threading.Thread(target=answer)
        thread.start()
        settings = Scripted(root).settings(port=listener.getsockname()[1], timeout=2)
        with pytest.raises((Unavailable, Refused)) as caught:
            CHANNEL.probe(SftpConfig.model_validate(settings))
        thread.join()
    assert caught.value.reason.isprintable()


@pytest.mark.parametrize(
    "wrong",
    [
        {"host_keys": []},
        {"host_keys": ["SHA256:abc"]},
        {"password": None},
        {"password": None, "passphrase": "x"},
        {"passphrase": "x"},
        {"out": None},
        {"out": "../up"},
        {"out": "a\nb"},
        {"out": "same", "inbox": "same/"},
        {"pattern": "../{digest}"},
        {"host": "a b"},
    ],
)
def test_settings_that_could_not_work_are_refused(root: Path, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        SftpConfig.model_validate(Scripted(root).settings(port=22, **wrong) if "port" not in wrong else wrong)
    assert PASSWORD not in str(caught.value)


def test_a_line_of_ssh_keyscan_is_a_host_key(server: Scripted) -> None:
    line = f"[127.0.0.1]:{server.port} {public(server.host_key)} a comment"
    assert send(server, GOOD, host_keys=[line])


def test_an_endpoint_that_only_receives_refuses_to_send(server: Scripted) -> None:
    with pytest.raises(Refused, match="only receives"):
        send(server, GOOD, out=None, inbox="inbox")


def test_a_probe_says_what_it_found(server: Scripted) -> None:
    (server.root / "inbox" / "a.edi").write_bytes(b"x")
    said = CHANNEL.probe(config(server, inbox="inbox", done="done"))
    assert "host key on record" in said and "can be written to out" in said and "1 files are in inbox" in said
    assert os.listdir(server.root / "out") == []
    for wrong in ({"inbox": "nowhere"}, {"inbox": "inbox", "done": "nowhere"}, {"out": "nowhere"}):
        with pytest.raises(Unavailable, match="nowhere"):
            CHANNEL.probe(config(server, **wrong))
