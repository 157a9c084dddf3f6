"""Forms of models that nobody here has seen: every type of setting, its words, and back again to the same values."""

import datetime
import enum
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal, Optional

import pytest
from django.http import QueryDict
from django.template import engines
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationError

from orderwire import plugins
from orderwire.document.finding import from_validation, place
from orderwire.flow.endpoints.secrets import REMOVE
from orderwire.web.console import settings_form

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


def _even(value: int) -> int:
    if value % 2:
        raise ValueError("must be even, such as 4")
    return value


class Login(BaseModel):
    """Who we are there.

    `user` is the name that they gave us. `token`: what goes with it.
    """

    user: str
    token: SecretStr | None = None
    deeper: Optional["Login"] = None


class Strange(BaseModel):
    """A channel of somebody else.

    `host` is where it listens; without a port 443 is meant. It is written without https. `even` must be even.
    """

    host: Annotated[str, Field(min_length=3)]
    even: Annotated[int, AfterValidator(_even)] = 2
    pace: float = 1.5
    price: Decimal | None = None
    color: Color = Color.RED
    mode: Literal["slow", "fast"] | None = None
    level: Literal[1, 2] = 1
    fast: bool = True
    names: tuple[str, ...] = ()
    folder: Path | None = None
    since: datetime.date | None = None
    certificate: str = ""
    certificates: tuple[str, ...] = ()
    secrets: tuple[SecretStr, ...] = ()
    login: Login | None = None
    units: dict[str, str] = Field(default_factory=dict)
    either: int | str = 1
    anything: Any = None


def flat(fields: tuple[settings_form.Setting, ...]) -> dict[str, settings_form.Setting]:
    found = {}
    for field in fields:
        found[field.name] = field
        found |= flat(field.inner)
    return found


def form(values: dict[str, Any], model: type[BaseModel] = Strange) -> dict[str, settings_form.Setting]:
    return flat(settings_form.settings(model, values, where="config", problems={}, kept=values))


def posted(fields: dict[str, settings_form.Setting], **typed: str) -> QueryDict:
    """What a browser sends of these fields, with what is typed over them."""
    made = QueryDict(mutable=True)
    for name, field in fields.items():
        if field.kind == "flag":
            made[f"{name}.asked"] = "1"
            if field.value:
                made[name] = "on"
        elif field.kind != "group":
            made[name] = field.value.replace("\n", "\r\n")
    for name, text in typed.items():
        made[f"config.{name.replace('__', '.')}"] = text
    return made


def test_every_setting_has_the_field_and_the_words_that_fit_it() -> None:
    found = form({})
    kinds = {name.removeprefix("config."): field.kind for name, field in found.items()}
    assert kinds["even"] == kinds["pace"] == kinds["price"] == "number"
    assert kinds["color"] == kinds["mode"] == kinds["level"] == "choice"
    assert (kinds["fast"], kinds["names"], kinds["certificate"], kinds["secrets"]) == (
        "flag",
        "list",
        "block",
        "secret",
    )
    assert (kinds["login"], kinds["login.token"], kinds["units"], kinds["either"]) == (
        "group",
        "secret",
        "json",
        "json",
    )
    assert (kinds["folder"], kinds["since"], kinds["anything"]) == ("text", "text", "json")
    assert found["config.host"].help == "Where it listens; without a port 443 is meant. It is written without https."
    assert found["config.login.user"].help == "The name that they gave us."
    assert found["config.login.token"].help == "What goes with it."
    assert settings_form.intro(Strange) == "A channel of somebody else."
    assert kinds["login.deeper.deeper.deeper"] == "json"


class Shared(BaseModel):
    """What several have.

    `user_name` is who we are, beside `host`. `authority`: a file in PEM form.
    """

    user_name: str = ""
    host: str
    authority: Path | None = None


class Heir(Shared):
    """`host` is its own."""


def test_words_of_a_setting_come_from_the_model_that_has_it_and_name_others_by_their_labels() -> None:
    found = form({}, Heir)
    assert found["config.user_name"].help == "Who we are, beside “Host”."
    assert found["config.host"].help == "Its own."
    assert (found["config.authority"].kind, found["config.user_name"].usual) == ("text", False)


def test_what_stands_in_the_form_comes_back_as_it_was() -> None:
    values = {
        "host": "edi.example", "even": 8, "pace": 2.5, "price": "12.50", "color": "blue", "mode": "fast", "level": 2,
        "fast": False, "names": ["a", "b c"], "folder": "/srv/x", "since": "2026-11-18", "certificate": PEM,
        "certificates": [PEM, PEM.replace("MIIB", "MIIC")], "login": {"user": "nord", "deeper": {"user": "two"}},
        "units": {"H87": "EA"}, "either": 7, "anything": {"deep": [1, None]},
    }  # fmt: skip
    back = settings_form.read(Strange, posted(form(values)), where="config")
    assert back == values
    assert Strange.model_validate(back).login is not None


def test_an_untouched_form_says_only_what_the_model_does_not_say_itself() -> None:
    assert settings_form.read(Strange, posted(form({}), host="edi.example"), where="config") == {"host": "edi.example"}


def test_secrets_are_never_in_the_form_and_three_things_may_be_said_of_them() -> None:
    stored = {"host": "x.y", "login": {"user": "n", "token": {"secret": 7}}, "secrets": [{"secret": 8}]}
    found = form(stored)
    token = found["config.login.token"]
    assert token.kept and token.removable and token.value == "" and found["config.secrets"].kept
    assert settings_form.read(Strange, posted(found), where="config")["login"] == {"user": "n"}
    new = settings_form.read(Strange, posted(found, login__token=" with spaces ", secrets="one\ntwo"), where="config")
    assert (new["login"]["token"], new["secrets"]) == (" with spaces ", ["one", "two"])
    gone = posted(found)
    gone["config.login.token.gone"] = "on"
    assert settings_form.read(Strange, gone, where="config")["login"]["token"] == REMOVE


@pytest.mark.parametrize(
    ("typed", "at", "says"),
    [
        ({"host": ""}, "config.host", "Write this: the connection needs it."),
        ({"host": "x"}, "config.host", "This is too short: write it in full."),
        ({"even": "3"}, "config.even", "This must be even, such as 4."),
        ({"even": "three"}, "config.even", "Write a whole number."),
        ({"pace": "quick"}, "config.pace", "Write a number."),
        ({"mode": "middling"}, "config.mode", "Choose one of these."),
        ({"units": "H87 is EA"}, "config.units", 'Write it as JSON: {"name": "value"}.'),
        ({"login__token": "x"}, "config.login.user", "Write this: the connection needs it."),
    ],
)
def test_a_fault_stands_at_its_field_in_plain_words(typed: dict[str, str], at: str, says: str) -> None:
    fields = form({})
    values = settings_form.read(Strange, posted(fields, **({"host": "edi.example"} | typed)), where="config")
    with pytest.raises(ValidationError) as failure:
        Strange.model_validate(values)
    findings = [
        type(f)(f.severity, f.code, f.where, f.text.partition(" (here: ")[0])
        for f in from_validation(failure.value, lambda path: f"config.{place(path)}" if path else "config")
    ]
    faults, rest = settings_form.at_fields(findings, settings_form.settings(Strange, {}, where="config", problems={}))
    assert faults == {at: says} and rest == []


@given(st.dictionaries(st.sampled_from(sorted(form({}))), st.text(max_size=40), max_size=12))
def test_no_form_that_anybody_sends_breaks_anything(sent: dict[str, str]) -> None:
    made = QueryDict(mutable=True)
    for name, text in sent.items():
        made[name] = text
    values = settings_form.read(Strange, made, where="config")
    fields = settings_form.settings(Strange, values, where="config", problems={})
    html = engines["django"].get_template("parts/setting.html")
    for field in fields:
        assert "<script" not in html.render({"field": field}).lower().replace("&lt;script", "")


@pytest.mark.parametrize("kind", sorted(c.kind for c in plugins.channels()))
def test_every_channel_has_a_form(kind: str) -> None:
    model = plugins.channel(kind).config_model
    fields = flat(settings_form.settings(model, {}, where="config", problems={}))
    assert all(field.label for field in fields.values())
    assert all("`" not in field.help and "Undefined" not in field.value for field in fields.values())
    untouched = settings_form.read(model, posted(fields), where="config")
    assert not any(untouched.values())


@pytest.mark.parametrize("kind", sorted(f.kind for f in plugins.formats()))
def test_every_format_has_a_form(kind: str) -> None:
    model = plugins.format(kind).profile_model
    fields = flat(settings_form.settings(model, {}, where="profile", problems={}))
    assert all("Undefined" not in field.value for field in fields.values())
    assert settings_form.read(model, posted(fields), where="profile") == {}
