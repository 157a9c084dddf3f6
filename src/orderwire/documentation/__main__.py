"""`python -m orderwire.documentation [--check]` writes docs/reference/, or tells which file is out of step."""

import os
import sys
from pathlib import Path

import django

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


def main(arguments: list[str]) -> int:
    """0 when all files are in step (now), 1 when --check found one that is not, 2 for wrong usage."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python -m orderwire.documentation [--check]\n")
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderwire.settings")
    django.setup()
    from orderwire.documentation.pages import pages

    made = pages()
    behind = [name for name, text in made.items() if _kept(REFERENCE / name) != text]
    if arguments:
        for name in behind:
            sys.stderr.write(f"docs/reference/{name} is out of step with the code; run make docs\n")
        return 1 if behind else 0
    for name in behind:
        file = REFERENCE / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(made[name], encoding="utf-8")
        sys.stdout.write(f"wrote docs/reference/{name}\n")
    return 0


def _kept(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
