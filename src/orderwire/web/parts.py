"""The smallest shared parts as HTML: marks, states, amounts, order numbers, proof bars. Also template tags of the same
names, so that a screen prints what Python already worded."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from orderwire.document.states import Mark, State, Tone
from orderwire.tracking.channels import format_word, source_word
from orderwire.tracking.words import Money, split_number

register = template.Library()

_CLASSES: dict[str, str] = {"none": "none", "end": "none", "move": "move", "held": "ask", "ask": "ask", "late": "late",
                            "doubt": "doubt", "fail": "fail", "done": "done"}  # fmt: skip


@register.simple_tag
def mark(name: str, css: str = "") -> SafeString:
    """The shape of a state; hidden from screen readers, because a word always stands beside it."""
    return format_html(
        '<svg class="mark {}" viewBox="0 0 14 14" aria-hidden="true"><use href="#m-{}"/></svg>', css, name
    )


@register.simple_tag
def word(label: str, shape: Mark, tone: Tone = "quiet") -> SafeString:
    """A mark with its word."""
    css = "good" if shape == "done" and tone == "ok" else _CLASSES[shape]
    return format_html('<span class="st {}">{}{}</span>', css, mark(shape), label)


@register.filter
def source(value: str) -> str:
    """Where something came from: "Folder of erp"."""
    text = source_word(value).removeprefix("through the ").removeprefix("through ")
    return text[:1].upper() + text[1:]


@register.filter
def format(value: str) -> str:
    """A format by its label."""
    return format_word(value)


@register.filter
def state(value: State) -> SafeString:
    """A state as mark and word."""
    return word(value.label, value.mark, value.tone)


@register.filter
def amount(money: Money) -> SafeString:
    """An amount with its currency, small before it; the decimal column stays aligned where there are no decimals."""
    css = "amt d0" if money.whole else "amt"
    return format_html('<span class="{}"><i>{}</i>{}</span>', css, money.currency, money.text)


@register.filter
def number(text: str) -> SafeString:
    """An order number: the part that all share is faint."""
    shared, own = split_number(text)
    return format_html("<span>{}</span>{}", shared, own) if shared else format_html("{}", own)


@register.simple_tag
def proof(level: int, words: str) -> SafeString:
    """Proof bars (1 sent, 2 handed over, 3 receipt proven, 4 seen or answered) with the word of the evidence."""
    return format_html(
        '<span class="proof"><svg viewBox="0 0 16 12" aria-hidden="true"><use href="#p-{}"/></svg>{}</span>',
        level,
        words,
    )


@register.filter
def bars(level: int) -> SafeString:
    """Proof bars alone."""
    return mark_safe(
        f'<svg width="16" height="12" viewBox="0 0 16 12" aria-hidden="true"><use href="#p-{int(level)}"/></svg>'
    )


@register.filter
def plain(value: Decimal) -> str:
    """A quantity: no trailing zeros, thousands apart."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
