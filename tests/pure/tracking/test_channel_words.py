"""Words of channels: a plug-in's own where it has some, else made of its label; an ERP's by its name."""

from types import SimpleNamespace

import pytest

from orderwire import plugins
from orderwire.channels import Worded, Wording
from orderwire.channels.webhook import Webhook
from orderwire.tracking.channels import by_channel, channel_says, is_erp, source_word, taken_word


class Pneumatic(Webhook):
    kind = "pneumatic"
    label = "Pneumatic post"
    wording = Wording(by="by tube", taken="it lies in their basket", came="by tube", says="Capsules.")


WORDLESS = SimpleNamespace(kind="plain_horn", label="Horn")
"""As a channel that was written before there was `wording`."""


def test_every_built_in_channel_has_words_of_its_own() -> None:
    worded = {c.kind: c.wording for c in plugins.channels() if isinstance(c, Worded)}
    assert set(worded) == {c.kind for c in plugins.channels()}
    assert all(w.by and w.taken and w.says for w in worded.values())


def test_a_plug_in_is_shown_with_its_own_words_or_with_its_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins, "channels", lambda: (Pneumatic(), WORDLESS))
    assert (by_channel("pneumatic"), taken_word("pneumatic")) == ("by tube", "it lies in their basket")
    assert source_word("pneumatic:acme") == "by tube from acme"
    assert channel_says("pneumatic", "otherwise") == "Capsules."
    assert (by_channel("plain_horn"), taken_word("plain_horn")) == ("by Horn", "handed over")
    assert source_word("plain_horn:acme", theirs=True) == "through their horn"
    assert source_word("plain_horn:acme") == "through the horn of acme"
    assert channel_says("plain_horn", "otherwise") == "otherwise"


def test_an_erp_is_named_whatever_it_is_called() -> None:
    assert is_erp("tryton") and not is_erp("email")
    assert by_channel("tryton") == "into Tryton" and source_word("tryton:house") == "from Tryton (house)"
