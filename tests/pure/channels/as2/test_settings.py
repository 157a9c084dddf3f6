"""The settings of an AS2 endpoint: what fits together, what ends when, and that no key is shown."""

import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from orderwire.channels.as2 import names
from orderwire.channels.as2.certificates import newest
from tests import stations

OLD, NEW = stations.keypair("Old", begins=-200, ends=20), stations.keypair("New", begins=-1, ends=700)
WEAK = stations.keypair("Weak", bits=1024)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"our_key": stations.keypair("A")[0]}, "PEM form"),
        ({"our_key": stations.keypair("A")[0] + stations.keypair("B")[1]}, "comes without its certificate"),
        ({"our_key": "secret nonsense"}, "PEM form"),
        ({"our_key": None}, "our_key is needed"),
        ({"partner_certificates": ""}, "partner_certificates is needed"),
        ({"partner_certificates": WEAK[1]}, "a key of 1024 bits"),
        ({"partner_certificates": NEW[1].replace("M", "N", 3)}, "cannot be read"),
        ({"partner_id": stations.BUYER}, "a name of its own"),
        ({"partner_id": " x"}, "plain ASCII"),
        ({"partner_id": "x" * 129}, "plain ASCII"),
        ({"partner_id": "Bücher"}, "plain ASCII"),
        ({"url": "http://198.51.100.7/", "encryption": "none", "allow_private": False}, "https"),
        ({"username": "us"}, "go together"),
        ({"digest": "sha1"}, "sha256"),
        ({"encryption": "tripledes"}, "aes128_cbc"),
        ({"nonsense": 1}, "Extra inputs"),
    ],
)
def test_what_does_not_fit_is_said_and_no_key_is_repeated(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError) as told:
        stations.buyer(**changes)
    assert words in str(told.value)
    assert "PRIVATE KEY-----" not in str(told.value).replace("(-----BEGIN PRIVATE KEY-----)", "")
    assert "secret nonsense" not in str(told.value)


def test_a_key_is_in_no_text_of_the_settings() -> None:
    config = stations.buyer()
    assert "PRIVATE KEY" not in repr(config) + str(config) + config.model_dump_json()


def test_each_certificate_ends_and_that_is_told() -> None:
    config = stations.buyer(our_key="".join((*OLD, *NEW)), partner_certificates=OLD[1] + NEW[1])
    told = stations.AS2.expiries(config)
    assert len(told) == 4 and len({expiry.what for expiry in told}) == 4
    days = sorted(round((expiry.at - stations.now()) / datetime.timedelta(days=1)) for expiry in told)
    assert days == [20, 20, 700, 700]
    assert sum(expiry.what.startswith("our key for TECNOSELLOS") for expiry in told) == 2


def test_the_newest_valid_certificate_is_used_and_none_that_is_not_valid() -> None:
    config = stations.buyer(partner_certificates=OLD[1] + NEW[1])
    old, new = config.known
    assert newest(config.known, stations.now()) is new
    before = stations.now() - 2 * stations.DAY
    assert newest(config.known, before) is old
    assert newest(config.known, stations.now() + 800 * stations.DAY) is None
    assert "is not valid before" in new.wrong(before) and "ended on" in old.wrong(stations.now() + 30 * stations.DAY)


@pytest.mark.parametrize("name", ["ACME", "Acme Corp", 'say "hi"', "back\\slash", "a" * 128, "!#$%&'*+-./"])
def test_names_of_stations_survive_their_header(name: str) -> None:
    assert names.unquoted(names.quoted(name)) == name
    assert names.is_name(name)


@pytest.mark.parametrize("id", ["8f3.1.2", "already@example.com", "x" * 300, "with <brackets> and blanks"])
def test_a_message_id_is_one_and_leads_back(id: str) -> None:
    wire = names.message_id(id, "Nordhaven Pumpen")
    assert names.id_in(f"<{wire}>") == wire and len(wire) <= 253
    if id == "8f3.1.2":
        assert wire == "8f3.1.2@nordhaven_pumpen"
        assert names.parcel_id(wire, "Nordhaven Pumpen") == id
