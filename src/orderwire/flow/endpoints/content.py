"""What a proposed endpoint is made of, as the change keeps it, and how it differs from what is in use."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orderwire.flow.enroll import NewEndpoint
from orderwire.records import EndpointChange, EndpointVersion, secret

_BASE = "base"


@dataclass(frozen=True)
class Differs:
    """One setting that is not as it was. `secret`: neither value is told to anybody."""

    field: str
    old: Any
    new: Any
    secret: bool = False


def kept(new: NewEndpoint, *, base: int) -> dict[str, Any]:
    """As JSON. `base` is the version that it was proposed against, 0 for a new endpoint."""
    return {_BASE: base, **dataclasses.asdict(new), "also": list(new.also)}


def base(change: EndpointChange) -> int:
    """The version that the change was proposed against, 0 for a new endpoint."""
    return int(change.content[_BASE])


def wanted(change: EndpointChange) -> NewEndpoint:
    """What a change would put in use; secrets are named only."""
    given = {name: value for name, value in change.content.items() if name != _BASE}
    return NewEndpoint(**{**given, "also": tuple(given["also"])})


def current(version: EndpointVersion) -> NewEndpoint:
    """What is in use; secrets are named only."""
    endpoint = version.endpoint
    return NewEndpoint(
        name=endpoint.name,
        channel=version.channel,
        format=version.format,
        config=version.config,
        also=tuple(version.also),
        profile=version.profile,
        rank=endpoint.rank,
        max_parallel=endpoint.max_parallel,
        per_minute=endpoint.per_minute,
        receipt_minutes=version.receipt_minutes,
    )


def differences(old: NewEndpoint | None, new: NewEndpoint) -> tuple[Differs, ...]:
    """Every setting that differs, in the order of the settings; all that is set where there was nothing before."""
    before, after = dict(_leaves(old)) if old else {}, dict(_leaves(new))
    return tuple(
        Differs(name, None, None, secret=True)
        if secret.is_named(before.get(name)) or secret.is_named(after.get(name))
        else Differs(name, before.get(name), after.get(name))
        for name in dict.fromkeys([*after, *before])
        if before.get(name) != after.get(name)
    )


def _leaves(of: NewEndpoint) -> Iterator[tuple[str, Any]]:
    yield "channel", of.channel
    yield "format", of.format
    yield "also", list(of.also)
    yield from _inside(of.config, "config")
    yield from _inside(of.profile, "profile")
    for name in ("receipt_minutes", "rank", "max_parallel", "per_minute"):
        yield name, getattr(of, name)


def _inside(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and not secret.is_named(value):
        for name, inner in value.items():
            yield from _inside(inner, f"{where}.{name}")
    else:
        yield where, _hidden(value)


def _hidden(value: Any) -> Any:
    """A list with a secret in it counts as one."""
    if isinstance(value, list | tuple):
        found = next((one for one in value if _named(one)), None)
        return {secret.NAMED: str(value)} if found is not None else list(value)
    return value


def _named(value: Any) -> bool:
    if isinstance(value, Mapping):
        return secret.is_named(value) or any(_named(one) for one in value.values())
    return isinstance(value, list | tuple) and any(_named(one) for one in value)
