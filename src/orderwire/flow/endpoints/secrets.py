"""Secrets in what somebody proposes: one that is not written again stays, one that is somebody else's is not taken.

Whoever could put a reference to a secret where he likes could read it: by sending it to a server of his own, or by
putting it where settings are shown.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from orderwire import plugins
from orderwire.document.finding import Finding, error
from orderwire.records import secret

REMOVE = {"secret": None}
"""Stands in the place of a secret that is to go, where an empty one would stay."""


def kept(channel: str, config: Mapping[str, Any], former: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with each empty or absent secret as the former version has it, and without those to be removed."""
    try:
        model = plugins.channel(channel).config_model
    except KeyError:
        return dict(config)
    return _kept(model, config, former)


def foreign(channel: str, config: Mapping[str, Any], former: Mapping[str, Any]) -> tuple[Finding, ...]:
    """References to secrets that the settings may not have: by number to any but the endpoint's own, and by name
    anywhere but in a setting that is secret."""
    try:
        model: type[BaseModel] | None = plugins.channel(channel).config_model
    except KeyError:
        model = None
    return tuple(_foreign(model, config, former, "config"))


def references(config: Any) -> set[int]:
    """The numbers of all secrets that settings refer to."""
    return {key for key in _keys(config) if isinstance(key, int)}


def shared(config: Any) -> bool:
    """Whether settings refer to a secret that has a name."""
    return any(isinstance(key, str) for key in _keys(config))


def without(config: Any) -> Any:
    """The settings without their secrets: what may be compared and shown."""
    if isinstance(config, Mapping):
        return {name: without(value) for name, value in config.items() if not secret.is_named(value)}
    if isinstance(config, list | tuple):
        return [without(value) for value in config if not secret.is_named(value)]
    return config


def _kept(model: type[BaseModel], config: Mapping[str, Any], former: Mapping[str, Any]) -> dict[str, Any]:
    names, inner = secret.fields(model)
    made = dict(config)
    for name in names:
        if made.get(name) == REMOVE:
            del made[name]
        elif made.get(name) in (None, "", [], ()):
            made.pop(name, None)
            if former.get(name):
                made[name] = former[name]
    for name, group in inner.items():
        if name in made:
            made[name] = _group(group, made[name], former.get(name))
    return made


def _group(model: type[BaseModel], value: Any, former: Any) -> Any:
    if isinstance(value, list | tuple):
        before = [*former, *([{}] * len(value))] if isinstance(former, list | tuple) else [{}] * len(value)
        return [_group(model, one, was) for one, was in zip(value, before, strict=False)]
    if isinstance(value, Mapping):
        return _kept(model, value, former if isinstance(former, Mapping) else {})
    return value


def _foreign(model: type[BaseModel] | None, config: Any, former: Any, where: str) -> Iterator[Finding]:
    names, inner = secret.fields(model) if model is not None else (frozenset[str](), dict[str, type[BaseModel]]())
    before = former if isinstance(former, Mapping) else {}
    for name, value in config.items():
        place, was = f"{where}.{name}", before.get(name)
        keys = list(_keys(value))
        if not keys or value == was or (value == REMOVE and name in names):
            continue
        if name in inner and isinstance(value, list | tuple):
            for at, one in enumerate(value):
                same = was[at] if isinstance(was, list | tuple) and at < len(was) else None
                if isinstance(one, Mapping) and not secret.is_named(one):
                    yield from _foreign(inner[name], one, same, f"{place}[{at + 1}]")
                else:
                    yield _elsewhere(place)
        elif name in inner and isinstance(value, Mapping) and not secret.is_named(value):
            yield from _foreign(inner[name], value, was, place)
        elif name not in names:
            yield _elsewhere(place)
        elif not all(isinstance(key, str) for key in keys):
            text = "refers to a secret that is not its own; write the secret, or the name of one that is shared"
            yield error("foreign-secret", place, text)


def _elsewhere(place: str) -> Finding:
    return error("secret-elsewhere", place, "is no setting for a secret; write the value itself")


def _keys(value: Any) -> Iterator[Any]:
    """What every secret in it is named by."""
    if secret.is_named(value):
        yield value[secret.NAMED]
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _keys(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _keys(each)
