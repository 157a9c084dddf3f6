"""A database of your own: its address is used as it is, and a wrong one is refused without its password."""

from pathlib import Path

import pytest

from orderwire.database import DatabaseRefused, django_database, ensure_dsn


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("mysql://me:secret@host/db", "does not name a PostgreSQL database"),
        ("postgresql://me:secret@host:54x32/db?bad=1", "cannot be read"),
        ("postgresql://me:secret@host", "names no database"),
    ],
)
def test_a_wrong_database_url_is_refused_without_repeating_its_password(
    url: str, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(DatabaseRefused, match=problem) as refused:
        ensure_dsn(Path("/nowhere"))
    assert "secret" not in str(refused.value)


def test_a_database_url_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "postgresql://me:secret@db.example:5433/orders?sslmode=require"
    monkeypatch.setenv("DATABASE_URL", url)
    assert ensure_dsn(Path("/nowhere")) == url
    settings = django_database(url, pool=8)
    assert [settings[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "orders", "me", "secret", "db.example", "5433",
    ]  # fmt: skip
    assert settings["OPTIONS"]["sslmode"] == "require"
    assert settings["OPTIONS"]["pool"]["max_size"] == 8
