"""Django looks for models here; they live one aggregate per file in `records`."""

from orderwire.records import *  # noqa: F403
