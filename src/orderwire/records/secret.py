"""Passwords, keys and tokens of endpoints, encrypted: an endpoint's settings only name them.

In the settings of an endpoint a secret stands as {"secret": 17}, or as {"secret": "mail password"} where several
endpoints share one that has a name. Which settings are secrets says the channel's model (SecretStr, SecretBytes).
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, get_args

from django.db import models
from pydantic import BaseModel, SecretBytes, SecretStr

from orderwire import plugins
from orderwire.records.blob import vault

NAMED = "secret"
"""The one key of what stands in the settings instead of the secret."""


class NoSecret(Exception):
    """A setting names a secret that is not there; the text says which."""


class Secret(models.Model):
    """One secret. `name` is given where endpoints share it; changing it then changes all of them at once."""

    name = models.CharField(max_length=80, unique=True, null=True)  # noqa: DJ001 - null: belongs to one endpoint
    sealed = models.BinaryField()
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.CharField(max_length=160)

    class Meta:
        db_table = "ow_secret"

    def __str__(self) -> str:
        return self.name or f"secret {self.pk}"

    def text(self) -> str:
        """The secret itself."""
        return vault().decrypt(bytes(self.sealed)).decode()


def put(text: str, *, by: str, name: str | None = None) -> Secret:
    """Keep a secret; one of this name is replaced."""
    sealed = vault().encrypt(text.encode())
    if name is None:
        return Secret.objects.create(sealed=sealed, changed_by=by)
    return Secret.objects.update_or_create(name=name, defaults={"sealed": sealed, "changed_by": by})[0]


def rotate() -> int:
    """Seal every secret with the first of the vault's keys; how many were sealed with an older one or again."""
    for secret in Secret.objects.select_for_update().order_by("pk"):
        secret.sealed = vault().rotate(bytes(secret.sealed))
        secret.save(update_fields=["sealed"])
    return Secret.objects.count()


def sealed(channel: str, config: Mapping[str, Any], *, by: str) -> dict[str, Any]:
    """The settings of an endpoint of this channel with every secret kept apart; what is named already stays."""
    try:
        model = plugins.channel(channel).config_model
    except KeyError:
        return dict(config)  # nothing can be sent with it, and nobody can say which of its settings are secret
    return _sealed(model, config, by)


def opened(config: Any) -> Any:
    """The settings with the secrets in place. Raises NoSecret."""
    if is_named(config):
        key = config[NAMED]
        found = Secret.objects.filter(name=key) if isinstance(key, str) else Secret.objects.filter(pk=key)
        secret = found.first()
        if secret is None:
            raise NoSecret(f"the secret {key} is not there; keep it with orderwire secret set, or give it again")
        return secret.text()
    if isinstance(config, Mapping):
        return {name: opened(value) for name, value in config.items()}
    return [opened(value) for value in config] if isinstance(config, list | tuple) else config


def is_named(value: Any) -> bool:
    """Whether this stands for a secret."""
    return isinstance(value, Mapping) and set(value) == {NAMED}


def _sealed(model: type[BaseModel], config: Mapping[str, Any], by: str) -> dict[str, Any]:
    secrets, inner = fields(model)
    made: dict[str, Any] = {}
    for name, value in config.items():
        if name in secrets:
            made[name] = _away(value, by)
        elif name in inner:
            made[name] = _group(inner[name], value, by)
        else:
            made[name] = value
    return made


def _group(model: type[BaseModel], value: Any, by: str) -> Any:
    if isinstance(value, list | tuple):
        return [_group(model, one, by) for one in value]
    return _sealed(model, value, by) if isinstance(value, Mapping) else value


def _away(value: Any, by: str) -> Any:
    if isinstance(value, list | tuple):
        return [_away(one, by) for one in value]
    if isinstance(value, Mapping) and not is_named(value):
        return {name: _away(one, by) for name, one in value.items()}
    return {NAMED: put(value, by=by).pk} if isinstance(value, str) and value else value


@cache
def fields(model: type[BaseModel]) -> tuple[frozenset[str], dict[str, type[BaseModel]]]:
    """Names of the secret settings, and the groups of settings in which more may be."""
    secrets, inner = set(), {}
    for name, field in model.model_fields.items():
        for kind in _kinds(field.annotation):
            if issubclass(kind, SecretStr | SecretBytes):
                secrets.add(name)
            elif issubclass(kind, BaseModel):
                inner[name] = kind
    return frozenset(secrets), inner


def _kinds(annotation: Any) -> Iterator[type]:
    if isinstance(annotation, type):
        yield annotation
    for part in get_args(annotation):
        yield from _kinds(part)
