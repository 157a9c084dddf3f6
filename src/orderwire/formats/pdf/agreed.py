"""What was agreed besides the goods, as printed: payment terms, references, discounts and charges, taxes."""

from collections.abc import Iterable
from decimal import Decimal

from orderwire.document.money import allowance_total, line_amount, rounded
from orderwire.document.order import Order, OrderHead
from orderwire.document.terms import AllowanceCharge, Incoterm, Reference, Tax, TermsPart
from orderwire.formats.pdf.words import Words


def payment(parts: Iterable[TermsPart], words: Words) -> str:
    """All parts of the payment terms, one to a line: discount first, then when the rest is due, then free text."""
    return "\n".join(_part(part, words) for part in parts)


def _part(part: TermsPart, words: Words) -> str:
    said = []
    if part.discount_percent is not None:
        percent = words.percent(part.discount_percent)
        said.append(words.count("discount", part.discount_days or 0, percent=percent))
    said.append(_due(part, words))
    if part.text:
        said.append(words.own(part.text))
    text = words.join(*said)
    return f"{words.percent(part.percent)}: {text}" if part.percent is not None else text


def _due(part: TermsPart, words: Words) -> str:
    if part.due:
        return words.text("due_on", date=words.date(part.due))
    said = []
    if part.months:
        said.append(words.count("months", part.months))
    if part.days:
        said.append(words.count("net", part.days))
    if not said and part.end_of_month is None and part.basis in ("invoice", "order"):
        said.append(words.text("at_once"))
    elif part.basis != "invoice":
        said.append(words.text(f"basis.{part.basis}"))
    if part.end_of_month:
        said.append(words.text(f"eom_{part.end_of_month}"))
    return " ".join(said) if said else words.text(f"basis.{part.basis}")


def incoterm(term: Incoterm, words: Words) -> str:
    """DAP Bremen, Incoterms 2020."""
    place = f" {words.own(term.place)}" if term.place else ""
    return words.join(f"{term.code}{place}", f"Incoterms {term.year}" if term.year else "")


def validity(head: OrderHead, words: Words) -> str:
    """1 January 2027 to 31 December 2027, or the one end that is known."""
    first, last = (words.date(day) if day else "" for day in (head.valid_from, head.valid_to))
    key = "between" if first and last else "from" if first else "to"
    return words.text(f"validity.{key}", first=first, last=last, date=first or last)


def reference(item: Reference, words: Words) -> tuple[str, str]:
    """The label of a reference and what it says."""
    label = words.text(f"references.{item.kind}") + (f" ({item.code})" if item.code else "")
    number = words.own(item.number)
    if item.line:
        number = words.join(number, words.text("reference_line", line=words.own(item.line)))
    if item.date:
        number = words.text("reference_of", number=number, date=words.short_date(item.date))
    return label, number


def adjustment(item: AllowanceCharge, words: Words) -> str:
    """Discount 2 %, frame agreement; the code only where no reason says it in words."""
    percent = f" {words.percent(item.percent)}" if item.percent is not None else ""
    code = f" ({item.code})" if item.code and not item.reason else ""
    return words.join(f"{words.text(item.kind)}{percent}{code}", words.own(item.reason) if item.reason else "")


def tax_word(tax: Tax, words: Words) -> str:
    """VAT 0 %."""
    return f"{words.known('tax_words', tax.kind, tax.kind)} {words.percent(tax.percent)}"


def tax_rows(order: Order) -> dict[Tax, Decimal]:
    """Taxable base of each tax, one row for each (kind, category, percent) as EN 16931 groups them."""
    bases: dict[tuple[str, str, Decimal], Decimal] = {}
    first: dict[tuple[str, str, Decimal], Tax] = {}

    def add(tax: Tax, base: Decimal) -> None:
        key = (tax.kind, tax.category, tax.percent)
        bases[key] = bases.get(key, Decimal(0)) + base
        first.setdefault(key, tax)

    lines = Decimal(0)
    for line in order.lines:
        amount = line_amount(line, order.currency)
        lines += amount
        for tax in line.taxes:
            add(tax, amount)
    for item in order.allowances_charges:
        if item.tax:
            add(item.tax, allowance_total([item], lines, order.currency))
    return {first[key]: base for key, base in bases.items()}


def tax_amount(tax: Tax, base: Decimal, currency: str) -> Decimal:
    """Tax on a base, rounded once."""
    return rounded(base * tax.percent / 100, currency)


def tax_reasons(order: Order, words: Words) -> str:
    """Why a tax is not charged in the ordinary way: the category in words and each exemption text, once."""
    taxes = [tax for line in order.lines for tax in line.taxes]
    taxes += [item.tax for item in order.allowances_charges if item.tax]
    said: dict[str, None] = {}
    for tax in taxes:
        category = words.known("tax_categories", tax.category, "" if tax.category == "S" else tax.category)
        reason = words.join(category, words.own(tax.exemption) if tax.exemption else "")
        if reason:
            said.setdefault(f"{tax_word(tax, words)}: {reason}")
    return "\n".join(said)
