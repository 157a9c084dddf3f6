"""The reference is in step with the code and whole: every setting, command, event, channel and format has its place."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from orderwire.document.states import DELIVERY_TRANSITIONS, ORDER_TRANSITIONS, AnswerState
from orderwire.documentation import __main__ as command
from orderwire.documentation import commands, plugins, settings
from orderwire.documentation import pages as generator
from orderwire.ledger.entry import KINDS

pages = cache(generator.pages)
ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "docs" / "reference"
WRITTEN = sorted(
    file for file in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")] if file.read_text(encoding="utf-8").strip()
)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def headings(page: str) -> set[str]:
    """The second-level headings of a generated page."""
    return set(re.findall(r"^## (.+)$", pages()[page], re.MULTILINE))


@pytest.mark.parametrize("name", sorted(pages()))
def test_a_generated_file_is_in_step_with_the_code(name: str) -> None:
    file = REFERENCE / name
    assert file.exists() and file.read_text(encoding="utf-8") == pages()[name], "make docs writes it again"


def test_every_setting_that_is_read_is_documented() -> None:
    documented = {name for name, _, _ in settings.documented()}
    assert settings.read_names() <= documented
    source = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "src").rglob("*.py"))
    asked = set(re.findall(r"environ(?:\.get\(|\[)\"(ORDERWIRE_[A-Z_]+)\"", source))
    assert asked - {"ORDERWIRE_FAIL_AT"} <= documented


def test_every_command_has_its_section_and_help() -> None:
    names = {name for name, _, _ in commands.all_commands()}
    assert {"orderwire read", "orderwire check", "orderwire key create", "orderwire audit verify"} <= names
    assert headings("commands.md") == names
    assert all(what for _, what, _ in commands.all_commands())


def test_every_event_has_its_section_and_says_what_it_means() -> None:
    assert headings("events.md") == set(KINDS)
    assert all(event.__doc__ for event in KINDS.values())


def test_every_channel_has_its_section_with_every_setting() -> None:
    page = pages()["channels.md"]
    assert headings("channels.md") == {p.name for p in plugins.built_in("channel")}
    for plugin in plugins.built_in("channel"):
        section = page.partition(f"## {plugin.name}\n")[2].partition("\n## ")[0]
        assert all(f"| `{name}` |" in section for name in plugin.instance.config_model.model_fields)


@pytest.mark.parametrize("format", [p.instance for p in plugins.built_in("format")], ids=lambda format: format.kind)
def test_every_format_has_its_page_with_every_document_and_profile_key(format: Any) -> None:
    page = pages()[f"formats/{format.kind}.md"]
    assert f"(formats/{format.kind}.md)" in pages()["formats.md"]
    assert all(f"| `{name}` |" in page for name in format.profile_model.model_fields)
    assert all(f"| {described.name} |" in page for described in format.documents)
    assert all(place in page for described in format.documents for place in described.mapping.values())


def test_every_state_and_arrow_is_in_the_page_of_states() -> None:
    page = pages()["states.md"]
    for arrows in (ORDER_TRANSITIONS, DELIVERY_TRANSITIONS):
        for old, news in arrows.items():
            assert f"| `{old}` |" in page
            assert all(f"    {old} --> {new}\n" in page for new in news)
    assert all(f"| `{state}` |" in page for state in AnswerState)


@pytest.mark.parametrize("file", WRITTEN, ids=lambda file: str(file.relative_to(ROOT)))
def test_links_inside_the_documents_lead_somewhere(file: Path) -> None:
    for target in _LINK.findall(_CODE.sub("", file.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (file.parent / path).resolve() if path else file
        assert found.exists(), f"{file.name}: {target}"
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found), f"{file.name}: {target}"


def anchors(file: Path) -> set[str]:
    """The anchors that a forge gives to headings."""
    titles = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_check_names_the_file_that_is_behind_and_writing_puts_it_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "REFERENCE", tmp_path)
    assert command.main([]) == 0
    assert command.main(["--check"]) == 0
    (tmp_path / "events.md").write_text("# Events\n")
    capsys.readouterr()
    assert command.main(["--check"]) == 1
    assert capsys.readouterr().err == "docs/reference/events.md is out of step with the code; run make docs\n"
    assert command.main([]) == 0
    assert command.main(["--check"]) == 0
    assert command.main(["--chek"]) == 2
