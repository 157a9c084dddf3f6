"""Posts messages to a partner's station and reads the receipt in the answer; posts our own later receipts too."""

import datetime
from collections.abc import Mapping
from urllib.parse import urlsplit

from orderwire.channels import Parcel, Proof, Receipt, Refused, Unknown
from orderwire.channels.as2 import mime, receipt
from orderwire.channels.as2.fault import UNEXPECTED, Fault
from orderwire.channels.as2.message import Built, build
from orderwire.channels.as2.names import message_id
from orderwire.channels.as2.settings import As2Config
from orderwire.channels.http import answer, guard

RECEIPT = "message/disposition-notification"
"""Media type of the one file in a parcel that is a receipt of ours: its headers and body as they go out."""


class As2Session:
    """A connection to a partner's station."""

    def __init__(self, client: guard.Client, config: As2Config):
        self._client, self._config = client, config

    def send(self, parcel: Parcel) -> Receipt:
        """One message. Its receipt, if it is asked for in the answer, is the partner's yes."""
        if [file.media_type for file in parcel.files] == [RECEIPT]:
            return self._receipt(parcel)
        config = self._config
        built = build(parcel, config, datetime.datetime.now(datetime.UTC))
        answered = self._post(config.url, built.headers, built.body)
        identity = message_id(parcel.message_id, config.our_id)
        proof, text = Proof.HANDED_OVER, f"{config.name} took it ({answered.status})"
        if config.receipt != "none" and config.receipt_url:
            text += "; the receipt follows"
        elif config.receipt != "none":
            proof, text = self._judged(answered, built, identity)
        return Receipt(proof, text, external_id=identity, evidence=answered.evidence, sent=built.wire)

    def _judged(self, answered: answer.Answered, built: Built, identity: str) -> tuple[Proof, str]:
        """Raises Refused for a receipt that proves nothing, and Unknown where there is none: the same message goes out
        again then, and its receipt is answered again."""
        config = self._config
        if not answered.headers.get("content-type", "").lower().startswith("multipart/"):
            raise Unknown(f"{config.name} took it ({answered.status}) and gave no receipt.")
        try:
            said = receipt.read(answered.headers, answered.body, config, datetime.datetime.now(datetime.UTC))
        except Fault as failure:
            if failure.modifier == UNEXPECTED:
                raise Unknown(f"{config.name} gave a receipt that cannot be read: {failure.words}") from failure
            raise Refused(f"Not delivered: the receipt of {config.name} does not count. {failure.words}") from failure
        if said.about != identity:
            raise Refused(f"Not delivered: the receipt of {config.name} speaks of another message.")
        return receipt.judged(said, built.source, config)

    def _receipt(self, parcel: Parcel) -> Receipt:
        config = self._config
        url = parcel.to[0] if parcel.to else config.url
        if (urlsplit(url).hostname or "").lower() not in config.hosts:
            raise Refused(f"The receipt was not sent: its address is not one that is agreed with {config.name}.")
        made = mime.read(parcel.files[0].content)
        answered = self._post(url, made.headers, made.body)
        return Receipt(Proof.HANDED_OVER, f"{config.name} took our receipt ({answered.status})", sent=made.raw)

    def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> answer.Answered:
        name = self._config.name
        answered = answer.ask(self._client, "POST", url, name=name, content=body, headers=headers)
        answer.judge(answered, name=name)
        return answered
