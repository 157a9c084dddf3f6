"""The letter that reminds a supplier of what he has not answered, or tells the house that he has not."""

import datetime
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from orderwire.document.money import totals
from orderwire.document.order import Order
from orderwire.formats.letter import Letter
from orderwire.formats.letter.html import page
from orderwire.formats.letter.plain import twin
from orderwire.formats.letter.said import STRONG, WEAK, Row, Said, own, subject_line, texts_of
from orderwire.formats.pdf.parties import postal
from orderwire.formats.pdf.words import Words, words


@dataclass(frozen=True)
class Reminded:
    """One order, or the cancellation of one, without an answer.

    `due` is when the answer was or is due, `late` whether that is over, `reminders` how many went out before. `url` is
    where the reader answers or looks, empty where he answers by a system. `escalation`: the reader is of the house.
    """

    order: Order
    due: datetime.datetime
    supplier: str
    late: bool = False
    country: str = ""
    escalation: bool = False
    cancellation: bool = False
    reminders: int = 0
    prices: bool = True
    url: str = ""


def compose(items: Sequence[Reminded], *, language: str, time_zone: str, company: str = "") -> Letter:
    """One letter about these, which all have the same reader. Times are told in `time_zone` (IANA name)."""
    said = _Notice(tuple(items), language, time_zone, company).say()
    return Letter(said.subject, twin(said), page(said))


@cache
def _texts(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(files(__package__).joinpath(f"notices/{language}.json").read_text("utf-8"))
    return found


class _Notice:
    """The texts of one letter."""

    def __init__(self, items: tuple[Reminded, ...], language: str, zone: str, company: str):
        self.items, self.first, self.zone = items, items[0], zone
        self.words: Words = words(language, self.first.country or None)
        self.texts, self.letter = _texts(self.words.language), texts_of(self.words.language)
        self.house = self.first.escalation
        self.buyer = own(company or self.first.order.buyer.name, self.words, 80)

    def say(self) -> Said:
        """Everything that stands in the letter."""
        w, first, alone = self.words, self.first, len(self.items) == 1
        answers = alone and bool(first.url) and not self.house
        buyer = first.order.buyer
        return Said(
            language=w.tag,
            rtl=w.rtl,
            subject=subject_line([self.letter["test_mark"]] * first.order.test, self._subject(), ""),
            brand=self.buyer,
            addressee=self.letter["for"].format(who=self.buyer if self.house else own(first.supplier, w, 160)),
            heading=self._heading(),
            notices=tuple(self._notices()),
            sentence=self._sentence(),
            please=self._please(answers),
            answer_by=self._due(first) if alone else ("", ""),
            button=(self.texts["open"] if self.house else self.letter["button"]) if alone and first.url else "",
            answer_url=first.url if alone else "",
            button_note=self.letter["button_note"] if answers else "",
            caption=self.texts["caption"],
            columns=(
                w.text("title.standard"),
                w.text("supplier") if self.house else self.texts["version"],
                f"{self.texts['due']} ({w.place(self.zone)})",
                w.text("total") if any(item.prices for item in self.items) else "",
            ),
            rows=tuple(self._row(item, alone) for item in self.items),
            sums=(),
            facts=((w.text("buyer"), own(w.join(*_reach(first.order)), w, 160)),) if _reach(first.order) else (),
            company=own(w.join(buyer.name, *postal(buyer.address, w)), w, 300),
            bank=w.text("bank"),
        )

    def _title(self, item: Reminded) -> str:
        w = self.words
        title = w.text("cancellation.title") if item.cancellation else w.text(f"title.{item.order.kind}")
        return f"{title} {own(item.order.number, w)}"

    def _what(self, item: Reminded) -> str:
        """The order with its version, where it had more than one."""
        version = self.words.text("version_short", revision=item.order.revision)
        return self.words.join(self._title(item), version if item.order.revision > 1 else "")

    def _subject(self) -> str:
        t, first = self.texts, self.first
        if len(self.items) > 1:
            n = len(self.items)
            return t["no_answers"].format(n=n) if self.house else f"{t['reminder']}: {t['many'].format(n=n)}"
        if self.house:
            return t["no_answer"].format(supplier=own(first.supplier, self.words, 80), what=self._what(first))
        what = self.letter["subject"].format(title=self._title(first), buyer=self.buyer)
        return f"{t['reminder']}: {what}. {' '.join(self._due(first))}"

    def _heading(self) -> str:
        if len(self.items) == 1:
            return self._what(self.first)
        text = (self.texts["no_answers"] if self.house else self.texts["many"]).format(n=len(self.items))
        return text[0].upper() + text[1:]

    def _notices(self) -> list[str]:
        found = [self.words.text("test")] if any(item.order.test for item in self.items) else []
        before = max(item.reminders for item in self.items)
        if before and not self.house:
            found.append(self.texts["again"].format(n=before + 1))
        return found

    def _sentence(self) -> str:
        if len(self.items) > 1:
            return self.texts["told_many" if self.house else "sentence_many"]
        what = f"{STRONG}{self._what(self.first)}{WEAK}"
        if not self.house:
            return self.texts["sentence"].format(what=what)
        return self.texts["told"].format(supplier=own(self.first.supplier, self.words, 80), what=what)

    def _please(self, answers: bool) -> str:
        if self.house:
            return self.texts["reminded"].format(n=self.first.reminders) if len(self.items) == 1 else ""
        if answers:
            return str(self.letter["please"])
        return self.texts["by_system"] if not any(item.url for item in self.items) else ""

    def _due(self, item: Reminded) -> tuple[str, str]:
        label = self.texts["was_due"] if item.late else self.words.text("answer_by")
        return label, self.words.moment(item.due.isoformat(), self.zone)

    def _row(self, item: Reminded, alone: bool) -> Row:
        w, order = self.words, item.order
        version = w.text("version_short", revision=order.revision)
        marks = w.join(w.text("cancellation.title") if item.cancellation else "", version if self.house else "")
        return Row(
            number=own(order.number, w),
            item=own(item.supplier, w) if self.house else version,
            part=marks,
            quantity=w.short_moment(item.due, self.zone),
            amount=w.money(totals(order).total, order.currency) if item.prices else "",
            url="" if alone else item.url,
            url_text=self.texts["open"] if self.house else self.letter["button"],
        )


def _reach(order: Order) -> tuple[str, ...]:
    """How the buyer is reached."""
    contact = order.buyer.contact
    return tuple(filter(None, (contact.name, contact.phone or contact.email))) if contact else ()
