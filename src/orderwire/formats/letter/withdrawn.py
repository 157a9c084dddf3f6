"""The letters of a cancellation: that an order is withdrawn, and that it is in force again after all."""

from dataclasses import replace

from orderwire.document.order import Order
from orderwire.formats.letter.said import Said, own, subject_line, texts_of
from orderwire.formats.pdf.words import words


def cancelled(said: Said, order: Order, *, language: str, reason: str, asks: bool, duplicate: bool) -> Said:
    """The letter of the order turned into the one that cancels it. `asks`: the reader is to agree; else he is told."""
    address = order.supplier.address
    w = words(language, address.country if address else None)
    texts = texts_of(w.language)
    title = (
        texts["subject_cancel"].format(number=own(order.number, w)) if asks else f"{texts['cancel']}: {said.heading}"
    )
    marks = [texts["test_mark"]] * order.test + [texts["duplicate_mark"]] * duplicate
    notices = [texts["cancel_ask" if asks else "cancel_told"]]
    if duplicate:
        notices.insert(0, texts["cancel_duplicate"])
    if order.test:
        notices.insert(0, w.text("test"))
    answers = asks and bool(said.answer_url)
    due = " ".join(part for part in said.answer_by if part)
    return replace(
        said,
        subject=subject_line(marks, w.join(title, said.brand), due),
        heading=title,
        notices=tuple(notices),
        please=texts["cancel_please"] if answers else "",
        button=texts["cancel_button"] if answers else "",
        button_note=texts["cancel_note"] if answers else "",
        facts=((w.text("reason"), own(reason, w, 300)), *said.facts),
    )


def kept(said: Said, order: Order, *, language: str) -> Said:
    """The letter of an order whose cancellation was taken back."""
    address = order.supplier.address
    w = words(language, address.country if address else None)
    texts = texts_of(w.language)
    title = texts["subject_kept"].format(number=own(order.number, w))
    marks = [texts["test_mark"]] * order.test
    due = " ".join(part for part in said.answer_by if part)
    return replace(
        said,
        subject=subject_line(marks, w.join(title, said.brand), due),
        heading=title,
        notices=(*said.notices[: int(order.test)], texts["kept"]),
    )
