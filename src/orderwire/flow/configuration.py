"""The rules and the policy in force: the operator's files, else the shipped defaults. A changed rule file becomes a
new published version in the database; a broken one changes nothing, and `orderwire check` tells what is wrong."""

import hashlib
import logging
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from orderwire.governance import policy as policies
from orderwire.ledger import events
from orderwire.ledger.append import append
from orderwire.records import RuleSetVersion
from orderwire.routing import table
from orderwire.yaml_file import Unreadable

PUBLISH_LOCK = 7_301_003

logger = logging.getLogger(__name__)


def text_of(name: str) -> str:
    """The operator's file of this name, or the shipped default."""
    file = Path(settings.ORDERWIRE_CONFIG) / name
    if file.exists():
        return file.read_text(encoding="utf-8")
    return files("orderwire.defaults").joinpath(name).read_text(encoding="utf-8")


def rules() -> tuple[table.RuleSet, RuleSetVersion]:
    """The rule set in force and its published version. Raises Unreadable only where nothing was ever published."""
    text = text_of("rules.yaml")
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    newest = RuleSetVersion.objects.order_by("-number").first()
    if newest is None or newest.sha256 != sha256:
        try:
            _parsed_rules(text)
        except Unreadable as failure:
            if newest is None:
                raise
            logger.warning("rules.yaml cannot be used, version %s stays in force: %s", newest.number, failure)
        else:
            newest = _publish(text, sha256)
    return _parsed_rules(newest.content), newest


def policy() -> policies.Policy:
    """The approval policy in force. Raises Unreadable with line and remedy: without a policy nothing is approved."""
    return _parsed_policy(text_of("policy.yaml"))


@lru_cache(maxsize=8)
def _parsed_rules(text: str) -> table.RuleSet:
    return table.from_yaml(text)


@lru_cache(maxsize=8)
def _parsed_policy(text: str) -> policies.Policy:
    return policies.from_yaml(text)


def _publish(text: str, sha256: str) -> RuleSetVersion:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [PUBLISH_LOCK])
        newest = RuleSetVersion.objects.order_by("-number").first()
        if newest is not None and newest.sha256 == sha256:
            return newest
        number = newest.number + 1 if newest else 1
        version = RuleSetVersion.objects.create(
            number=number, content=text, sha256=sha256, published_by="system:configuration"
        )
        published = events.RulesPublished(name=_parsed_rules(text).name, version=number, sha256=sha256)
        append(published, actor="system:configuration")
    return version
