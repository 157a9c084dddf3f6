"""A form made from any channel's or format's Pydantic model, also a stranger's plug-in's: fields, help, and faults."""

from orderwire.web.console.settings_form.faults import at_fields
from orderwire.web.console.settings_form.fields import Setting, settings
from orderwire.web.console.settings_form.read import read
from orderwire.web.console.settings_form.words import intro, label

__all__ = ["Setting", "at_fields", "intro", "label", "read", "settings"]
