"""Finds channels and formats through their entry points. A plug-in that fails to load is listed with the reason
and stops nothing."""

from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from orderwire.channels import Channel
from orderwire.formats import Format

Group = Literal["channel", "format"]


@dataclass(frozen=True)
class Plugin:
    """One entry point: its name, where it comes from, and the instance or the reason why there is none."""

    group: Group
    name: str
    source: str
    version: str
    instance: Any = None
    problem: str | None = None


def plugins() -> tuple[Plugin, ...]:
    """Every channel and format that is installed."""
    return _group("channel") + _group("format")


@cache
def _group(group: Group) -> tuple[Plugin, ...]:
    """Those of one group, loaded once per process: reading a file does not load what sends."""
    found = (_load(group, point) for point in entry_points(group=f"orderwire.{group}s"))
    return tuple(sorted(found, key=lambda plugin: plugin.name))


def channel(kind: str) -> Channel:
    """The channel of this kind. Raises KeyError with the kinds that there are."""
    return _instance("channel", kind)  # type: ignore[no-any-return]


def format(kind: str) -> Format:
    """The format of this kind. Raises KeyError with the kinds that there are."""
    return _instance("format", kind)  # type: ignore[no-any-return]


def channels() -> tuple[Channel, ...]:
    """All channels that loaded."""
    return tuple(p.instance for p in _group("channel") if p.problem is None)


def formats() -> tuple[Format, ...]:
    """All formats that loaded."""
    return tuple(p.instance for p in _group("format") if p.problem is None)


def _load(group: Group, point: EntryPoint) -> Plugin:
    source = point.dist.name if point.dist else "unknown"
    version = point.dist.version if point.dist else "unknown"
    protocol = Channel if group == "channel" else Format
    try:
        instance = point.load()()
    except Exception as failure:  # noqa: BLE001 - a stranger's code may raise anything; it is reported, never hidden
        return Plugin(group, point.name, source, version, problem=f"{type(failure).__name__}: {failure}")
    if not isinstance(instance, protocol):
        return Plugin(group, point.name, source, version, problem=f"{point.value} does not keep the {group} protocol")
    if instance.kind != point.name:
        problem = f"{point.value} is of the kind {instance.kind}; its entry point must have that name"
        return Plugin(group, point.name, source, version, problem=problem)
    return Plugin(group, point.name, source, instance.version, instance)


def _instance(group: Group, kind: str) -> Any:
    for plugin in _group(group):
        if plugin.name == kind:
            if plugin.problem:
                raise KeyError(f"{group} {kind} did not load: {plugin.problem}")
            return plugin.instance
    names = ", ".join(p.name for p in _group(group))
    raise KeyError(f"there is no {group} {kind}; installed are {names}")
