"""The tests that every channel must pass; a plug-in's author gets them by subclassing `ChannelConformance`.

class TestCarrier(ChannelConformance):
    channel = Carrier()

    def config(self): return CarrierConfig(url=self.sink.url)
    def unreachable(self): return CarrierConfig(url="http://127.0.0.1:1")
    def arrived(self): return self.sink.document_ids()
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pydantic import BaseModel

from orderwire import plugins
from orderwire.channels import Channel, File, Inbound, Parcel, Proof, Receipt, Refused, Unavailable

LONGEST_SEND = 3600
LONGEST_RETRY = 5 * 24 * 3600


def parcel(number: int = 1, *, duplicate: bool = False) -> Parcel:
    """An ordinary parcel; the same number gives the same id."""
    return Parcel(
        message_id=f"conformance-{number}@orderwire.example",
        files=(File(f"order-{number}.txt", "text/plain", f"order {number}\r\n".encode()),),
        subject=f"Order {number}",
        text=f"Order {number}",
        html=f"<p>Order {number}</p>",
        reference=str(number),
        duplicate=duplicate,
    )


class ChannelConformance:
    """Set `channel`, and give `config()`. Name the subclass Test…; start a sink in an autouse fixture."""

    channel: Channel

    def config(self) -> BaseModel:
        """Settings with which a parcel arrives at a sink of the test."""
        raise NotImplementedError("a conformance test gives config()")

    def unreachable(self) -> BaseModel | None:
        """Settings that lead nowhere; None for a channel that has nowhere to go."""
        raise NotImplementedError("a conformance test gives unreachable()")

    def arrived(self) -> Sequence[str] | None:
        """The id of each document at the sink, as the sink tells them apart; None where there is no sink."""
        raise NotImplementedError("a conformance test gives arrived()")

    def reached(self) -> Sequence[str] | None:
        """To whom the sink's documents went, in a channel that has addresses; None in one that has none."""
        return None

    def send(self, *parcels: Parcel) -> list[Receipt]:
        """Send in one session."""
        with self.channel.open(self.config()) as session:
            return [session.send(p) for p in parcels]

    def test_it_keeps_the_protocol(self) -> None:
        assert isinstance(self.channel, Channel)
        assert self.channel.kind.isidentifier() and self.channel.kind == self.channel.kind.lower()
        assert self.channel.label.strip() and self.channel.version.strip()
        assert issubclass(self.channel.config_model, BaseModel)
        assert isinstance(self.config(), self.channel.config_model)
        assert 1 <= self.channel.batch <= 1000

    def test_it_registers_by_its_entry_point(self) -> None:
        assert type(plugins.channel(self.channel.kind)) is type(self.channel)

    def test_its_settings_refuse_what_they_do_not_know(self) -> None:
        assert self.channel.config_model.model_config.get("extra") == "forbid", "a misspelt setting must be an error"

    def test_its_retry_schedule_has_an_end_and_never_hurries(self) -> None:
        waits = self.channel.retry
        assert waits and all(wait > 0 for wait in waits)
        assert list(waits) == sorted(waits), "each wait is at least as long as the one before"
        assert sum(waits) <= LONGEST_RETRY, "nobody waits longer than five days for a person to be told"

    def test_a_send_is_bounded_in_time(self) -> None:
        seconds = self.channel.timeout(self.config())
        assert math.isfinite(seconds) and 0 < seconds <= LONGEST_SEND

    def test_a_parcel_arrives_and_the_receipt_says_so_in_words(self) -> None:
        (receipt,) = self.send(parcel())
        assert receipt.proof in (Proof.HANDED_OVER, Proof.DELIVERED)
        assert receipt.text.strip()
        arrived = self.arrived()
        assert arrived is None or len(arrived) == 1

    def test_several_parcels_go_through_one_session(self) -> None:
        assert len(self.send(parcel(1), parcel(2), parcel(3))) == 3
        arrived = self.arrived()
        assert arrived is None or len(set(arrived)) == 3

    def test_a_parcel_with_recipients_of_its_own_goes_to_them_alone(self) -> None:
        (receipt,) = self.send(replace(parcel(), to=("somebody.else@example.com",)))
        assert receipt.text.strip()
        assert self.reached() in (None, ["somebody.else@example.com"])

    def test_a_second_send_does_what_resendable_says(self) -> None:
        first = self.send(parcel())
        second = self.send(parcel(duplicate=True))
        assert first[0].external_id == second[0].external_id or not self.channel.resendable
        arrived = self.arrived()
        if arrived is not None:
            assert len(set(arrived)) == 1, "the id on the wire must stay the same, so that a partner can tell"
            assert len(arrived) == 1 or not self.channel.resendable, "resendable means one document, however often sent"

    def test_a_probe_answers_in_words_and_sends_nothing(self) -> None:
        assert self.channel.probe(self.config()).strip()
        assert not self.arrived()

    def test_what_cannot_be_reached_is_refused_or_unavailable_with_words(self) -> None:
        config = self.unreachable()
        if config is None:
            return
        for attempt in (self._open, self.channel.probe):
            try:
                attempt(config)
            except (Refused, Unavailable) as failure:
                assert failure.reason.strip()
            else:
                raise AssertionError("leading nowhere must be refused or unavailable")

    def test_a_hostile_parcel_is_refused_or_arrives_as_one(self) -> None:
        hostile = Parcel(
            message_id="conformance-x@orderwire.example",
            files=(File("../../etc/\r\nX-Evil: 1", "text/plain", b"\r\n.\r\nMAIL FROM:<x>\r\n"),),
            subject="Order\r\nBcc: thief@example.com",
            text=".\r\n..\r\n\n.\n\r.\r",
            html="<p>.</p>\n.\n",
            reference="../../x\x00",
        )
        try:
            self.send(hostile)
        except Refused as failure:
            assert failure.reason.strip()
            assert not self.arrived()
        else:
            arrived = self.arrived()
            assert arrived is None or len(arrived) == 1

    def test_a_poll_yields_files_or_nothing(self) -> None:
        found = self.channel.poll(self.config())
        assert isinstance(found, Iterator)
        assert all(isinstance(item, Inbound) for item in found)

    def _open(self, config: BaseModel) -> None:
        with self.channel.open(config):
            pass
