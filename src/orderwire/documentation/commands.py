"""The page of commands, from the command line's own parsers."""

import argparse
from collections.abc import Iterator

from orderwire.cli import _parser
from orderwire.documentation.markdown import table


def page() -> str:
    """docs/reference/commands.md."""
    parts = [
        "# Commands\n\nExit codes: 0 all well, 1 something was refused, 2 wrong usage. "
        "Each command tells of itself with `--help`.\n"
    ]
    for name, what, parser in all_commands():
        parts.append(f"## {name}\n\n{what[:1].upper()}{what[1:]}.\n\n    {_usage(name, parser)}\n")
        rows = [
            (", ".join(f"`{o}`" for o in a.option_strings) or f"`{_shown(a)}`", (a.help or "").replace("%%", "%"))
            for a in parser._actions
            if not isinstance(a, argparse._HelpAction | argparse._SubParsersAction) and a.help != argparse.SUPPRESS
        ]
        if rows:
            parts.append(table(("argument", "meaning"), rows))
    return "\n".join(parts)


def all_commands() -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    """Name with its parents, what it does, and parser of each command that does something."""
    yield from _below("orderwire", _parser([]))


def _below(prefix: str, parser: argparse.ArgumentParser) -> Iterator[tuple[str, str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            words = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, sub in action.choices.items():
                if any(isinstance(a, argparse._SubParsersAction) for a in sub._actions):
                    yield from _below(f"{prefix} {name}", sub)
                else:
                    yield f"{prefix} {name}", words.get(name, ""), sub


def _usage(name: str, parser: argparse.ArgumentParser) -> str:
    words = [name]
    for action in parser._actions:
        if isinstance(action, argparse._HelpAction) or action.help == argparse.SUPPRESS:
            continue
        shown = _shown(action)
        if action.option_strings:
            option = action.option_strings[-1] + (f" {shown}" if action.nargs != 0 else "")
            words.append(option if action.required else f"[{option}]")
        else:
            words.append(
                f"{shown} [{shown} …]" if action.nargs == "+" else f"[{shown}]" if action.nargs == "?" else shown
            )
    return " ".join(words)


def _shown(action: argparse.Action) -> str:
    return str(action.metavar or action.dest.upper())
