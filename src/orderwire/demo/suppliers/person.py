"""A person at a supplier's order desk: opens the answer page, by the mailed link or in the portal, and answers."""

import datetime
import logging

from orderwire.demo.orders import working_day
from orderwire.demo.suppliers.browser import Browser, Form
from orderwire.demo.suppliers.habits import Habit, Withdrawal

logger = logging.getLogger(__name__)


def by_link(url: str, link: str, habit: Habit) -> None:
    """Answer one mailed order."""
    browser = Browser(url)
    try:
        browser.open(link)
        _answer(browser, habit)
    finally:
        browser.close()


def sign_in(url: str, username: str, password: str) -> Browser:
    """Sign in to the portal; the page of all orders is open then."""
    browser = Browser(url)
    browser.open("/accounts/login/")
    form = browser.form(having="login")
    if form is not None:
        browser.send(form, login=username, password=password)
    browser.open("/portal/")
    return browser


def in_portal(browser: Browser, page: str, habit: Habit) -> None:
    """Answer one order from the list."""
    browser.open(page)
    _answer(browser, habit)


def _answer(browser: Browser, habit: Habit) -> None:
    asked = browser.form("cancel")
    if asked is not None:
        _withdraw(browser, asked, habit.withdrawn)
        return
    form = browser.form("answer")
    if form is None or habit.way == "ignore":
        return  # answered before, replaced, or the link is over: the page says so, and there is nothing to send
    browser.send(form, to=f"{form.action}/seen")
    if habit.way == "look":
        return
    for line, parts in habit.changes.items():
        for _ in parts[1:]:
            browser.send(form, step="", add=line)
            form = browser.form("answer") or form
        for part, (quantity, _) in enumerate(parts):
            form.fields[f"q.{line}.{part}"] = quantity
            form.fields[f"d.{line}.{part}"] = _later(form, line, parts[part][1])
    for line, price in habit.prices.items():
        form.fields[f"price.{line}"] = price
    for line, reason in habit.reasons.items():
        form.fields[f"reason.{line}"] = reason
    for line, substitute in habit.substitutes.items():
        form.fields[f"part.{line}"] = substitute
    for line in habit.cannot:
        form.fields[f"cannot.{line}"] = "on"
    browser.send(form, way=habit.way, message=habit.message, step="send")
    _taken(browser)


def _withdraw(browser: Browser, form: Form, said: Withdrawal) -> None:
    browser.send(form, way=said.way, reason=said.reason, amount=said.amount)
    _taken(browser)


def _taken(browser: Browser) -> None:
    if browser.status != 200:
        logger.error("The answer page did not take an answer (%s): %s", browser.status, browser.here)


def _later(form: Form, line: str, days: int) -> str:
    asked = form.fields.get(f"asked.{line}") or form.fields[f"d.{line}.0"]
    form.fields[f"asked.{line}"] = asked  # the first part's field is about to change
    return working_day(datetime.date.fromisoformat(asked), days).isoformat() if days else asked
