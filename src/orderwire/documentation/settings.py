"""The settings page, from the words that stand under each setting in settings.py."""

import ast
import inspect
import re
from collections.abc import Iterator
from itertools import pairwise

import orderwire.settings as source
from orderwire.documentation.markdown import table

_SAID = re.compile(r"(ORDERWIRE_[A-Z_]+): (.+)", re.DOTALL)
_GIVEN = {"_text", "_flag", "_secret"}


def page() -> str:
    """docs/reference/settings.md."""
    rows = sorted((f"`{name}`", text, default) for name, text, default in documented())
    return (
        "# Settings\n\nEvery setting is an environment variable. Nothing has to be set to try Orderwire.\n\n"
        + table(("setting", "meaning", "default"), rows)
        + "\n`DATABASE_URL` names a PostgreSQL server as `postgresql://user:password@host:5432/database`. Without it "
        "Orderwire brings its own, in the data folder.\n"
    )


def documented() -> Iterator[tuple[str, str, str]]:
    """Name, meaning and default of each setting that settings.py documents."""
    body = ast.parse(inspect.getsource(source)).body
    for before, statement in pairwise(body):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            match = _SAID.fullmatch(str(statement.value.value).strip())
            if match:
                yield match[1], " ".join(match[2].split()), _default(before, match[1].removeprefix("ORDERWIRE_"))


def read_names() -> set[str]:
    """The names of all settings that settings.py reads."""
    return {f"ORDERWIRE_{name}" for name, _ in _calls(ast.parse(inspect.getsource(source)))}


def _default(statement: ast.stmt, name: str) -> str:
    for asked, call in _calls(statement):
        if asked == name and len(call.args) > 1:
            given = call.args[1]
            if isinstance(given, ast.Constant):
                value = given.value
                return f"`{int(value) if isinstance(value, bool) else value!s}`" if value != "" else ""
            if isinstance(given, ast.Call) and isinstance(given.func, ast.Name) and "DATA" not in ast.unparse(given):
                return f"`{ast.unparse(given.args[0])}`"
    return ""


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _GIVEN:
            name = node.args[0]
            if isinstance(name, ast.Constant):
                yield str(name.value), node
