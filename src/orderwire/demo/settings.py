"""The settings of the demo: those of every installation, and pages on which to read what the mail server caught."""

from pathlib import Path

from orderwire.settings import *  # noqa: F403 - a settings module is all the names of another one and a few more
from orderwire.settings import TEMPLATES

ROOT_URLCONF = "orderwire.demo.urls"
TEMPLATES[0]["DIRS"] = [Path(__file__).parent / "templates", *TEMPLATES[0]["DIRS"]]  # type: ignore[misc]
