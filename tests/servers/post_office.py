"""A post office of our own: Debian's Postfix with a real queue, and Dovecot with the mailbox that bounces come into.

Both run from folders and on ports of the test's own and end with it. They need root, as they do on any machine.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.servers.house import wait_for

POSTFIX, DOVECOT = Path("/usr/sbin/postfix"), Path("/usr/sbin/dovecot")
DOMAIN = "buyer.example"
USER, PASSWORD = "po@buyer.example", "a secret of the test"

MAIN = """compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/mail.log
maillog_file_prefixes = {home}
mail_owner = postfix
setgid_group = postdrop
myhostname = relay.buyer.example
mydestination =
alias_maps =
delay_warning_time = 1s
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
disable_dns_lookups = yes
relayhost = [127.0.0.1]:{sink}
recipient_delimiter = +
virtual_mailbox_domains = buyer.example
virtual_mailbox_maps = inline:{{ {user}=Maildir/ }}
virtual_mailbox_base = {home}/mail
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
virtual_minimum_uid = 1
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
smtp_tls_security_level = none
"""
MASTER = """127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
smtp unix - - n - - smtp
relay unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""
DOVECOT_CONF = """base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/dovecot.log
protocols = imap
auth_failure_delay = 0
listen = 127.0.0.1
ssl = required
ssl_cert = <{certificate}
ssl_key = <{certificate}
mail_location = maildir:{home}/mail/Maildir
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {home}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail
}}
service imap-login {{
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
"""


@dataclass(frozen=True)
class PostOffice:
    """Where mail is handed in and where it is read. `inbox` are the settings of the mailbox."""

    home: Path
    smtp: int
    inbox: dict[str, Any]

    def maildir(self) -> list[bytes]:
        """The mails that are in the mailbox, whether read or not."""
        found = [*(self.home / "mail/Maildir").glob("new/*"), *(self.home / "mail/Maildir").glob("cur/*")]
        return [path.read_bytes() for path in sorted(found)]

    def put(self, content: bytes) -> None:
        """A mail that came in by itself."""
        folder = self.home / "mail/Maildir/new"
        made = folder / f"{len(list(folder.iterdir())) + 1}.{os.urandom(6).hex()}.test"
        made.write_bytes(content)
        os.chown(made, *_owner())

    def log(self) -> str:
        """What Postfix wrote."""
        file = self.home / "mail.log"
        return file.read_text(errors="replace") if file.exists() else ""


@contextmanager
def post_office(sink: int, certificate: Path, authority: Path) -> Iterator[PostOffice]:
    """A relay that hands everything that is not for us to the SMTP server at port `sink`, and the mailbox."""
    missing = [str(program) for program in (POSTFIX, DOVECOT) if not program.exists()]
    if missing:
        pytest.skip(f"{' and '.join(missing)} is not installed (Debian: postfix, dovecot-imapd)")
    if os.geteuid() != 0:
        pytest.skip("Postfix and Dovecot must be started by root")
    home = Path(tempfile.mkdtemp(prefix="orderwire-post-"))
    home.chmod(0o755)
    smtp, imap = _free(), _free()
    _write(home, sink=sink, smtp=smtp, imap=imap, certificate=certificate)
    post = ["postfix", "-c", str(home / "etc")]
    dovecot = subprocess.Popen([str(DOVECOT), "-F", "-c", str(home / "dovecot.conf")], stderr=subprocess.DEVNULL)
    try:
        started = subprocess.run([*post, "start"], capture_output=True, text=True, check=False)
        assert started.returncode == 0, started.stderr
        wait_for(lambda: _answers(smtp) and _answers(imap), "Postfix and Dovecot to answer")
        inbox = {
            "host": "127.0.0.1", "port": imap, "security": "tls", "ca_file": str(authority), "username": USER,
            "password": PASSWORD, "every": 0, "done_folder": "Done",
        }  # fmt: skip
        yield PostOffice(home, smtp, inbox)
    finally:
        subprocess.run([*post, "stop"], capture_output=True, check=False)
        dovecot.terminate()
        dovecot.wait(30)
        shutil.rmtree(home, ignore_errors=True)


def _write(home: Path, *, sink: int, smtp: int, imap: int, certificate: Path) -> None:
    uid, gid = _owner()
    values = {"home": home, "sink": sink, "user": USER, "uid": uid, "gid": gid}
    for name in ("etc", "queue", "data", "mail", "run", "state"):
        (home / name).mkdir()
    shutil.chown(home / "data", "postfix")
    for name in ("", "/new", "/cur", "/tmp"):
        (home / f"mail/Maildir{name}").mkdir()
        os.chown(home / f"mail/Maildir{name}", uid, gid)
    os.chown(home / "mail", uid, gid)
    (home / "etc/main.cf").write_text(MAIN.format(**values))
    (home / "etc/master.cf").write_text(MASTER.format(port=smtp))
    (home / "users").write_text(f"{USER}:{PASSWORD}\n")
    pem = home / "server.pem"
    shutil.copy(certificate, pem)
    pem.chmod(0o600)
    (home / "dovecot.conf").write_text(DOVECOT_CONF.format(**values, port=imap, certificate=pem))


def _owner() -> tuple[int, int]:
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
