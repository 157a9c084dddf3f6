"""The rules and the policies in force: the operator's files, else the shipped defaults. A changed rule file becomes a
new published version in the database; a broken one changes nothing, and `orderwire check` tells what is wrong."""

import hashlib
import logging
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from orderwire.document.finding import error
from orderwire.governance import changes as changing
from orderwire.governance import policy as policies
from orderwire.governance import reminding
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.locks import Lock
from orderwire.records import RuleSetVersion
from orderwire.records.hot import rows
from orderwire.routing import table
from orderwire.yaml_file import Unreadable

NEWEST = "select id, number, sha256 from ow_rule_set_version order by number desc limit 1"

logger = logging.getLogger(__name__)


def text_of(name: str) -> str:
    """The operator's file of this name, or the shipped default. Raises Unreadable."""
    try:
        return (Path(settings.ORDERWIRE_CONFIG) / name).read_text(encoding="utf-8")
    except FileNotFoundError:
        return _default(name)
    except (OSError, UnicodeDecodeError) as failure:
        raise Unreadable([error("unreadable", name, f"cannot be read ({failure}); save it as UTF-8")]) from failure


def is_own(name: str) -> bool:
    """Whether the operator has a file of this name."""
    return (Path(settings.ORDERWIRE_CONFIG) / name).exists()


@dataclass(frozen=True)
class Published:
    """A published version of the rules, without its text."""

    id: int
    number: int
    sha256: str


def rules() -> tuple[table.RuleSet, Published]:
    """The rule set in force and its published version. Raises Unreadable only where nothing was ever published."""
    found = rows(NEWEST, {})
    newest = Published(*found[0]) if found else None
    try:
        text = text_of("rules.yaml")
        sha256 = _sha256(text)
        parsed = _parsed_rules(text)
    except Unreadable as failure:
        if newest is None:
            raise
        logger.warning("rules.yaml cannot be used, version %s stays in force: %s", newest.number, failure)
        return _parsed_rules(RuleSetVersion.objects.get(pk=newest.id).content), newest
    if newest is not None and newest.sha256 == sha256:
        return parsed, newest
    return parsed, _publish(text, sha256)


def policy() -> policies.Policy:
    """The approval policy in force. Raises Unreadable with line and remedy: without a policy nothing is approved."""
    return _parsed_policy(text_of("policy.yaml"))


def reminders() -> reminding.Reminders:
    """Who is reminded, and who is told. Raises Unreadable with line and remedy."""
    return _parsed_reminders(text_of("reminders.yaml"))


def changes() -> changing.ChangePolicy:
    """The policy of changes in force. Raises Unreadable with line and remedy: without it nothing changes by itself."""
    return _parsed_changes(text_of("changes.yaml"))


@cache
def _default(name: str) -> str:
    return files("orderwire.defaults").joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=8)
def _parsed_rules(text: str) -> table.RuleSet:
    return table.from_yaml(text)


@lru_cache(maxsize=8)
def _parsed_policy(text: str) -> policies.Policy:
    return policies.from_yaml(text)


@lru_cache(maxsize=8)
def _parsed_reminders(text: str) -> reminding.Reminders:
    return reminding.from_yaml(text)


@lru_cache(maxsize=8)
def _parsed_changes(text: str) -> changing.ChangePolicy:
    return changing.from_yaml(text)


@lru_cache(maxsize=8)
def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _publish(text: str, sha256: str) -> Published:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [Lock.PUBLISH])
        newest = RuleSetVersion.objects.order_by("-number").first()
        if newest is None or newest.sha256 != sha256:
            number = newest.number + 1 if newest else 1
            newest = RuleSetVersion.objects.create(
                number=number, content=text, sha256=sha256, published_by="system:configuration"
            )
            published = events.RulesPublished(name=_parsed_rules(text).name, version=number, sha256=sha256)
            append(published, actor="system:configuration")
    return Published(newest.pk, newest.number, newest.sha256)
