"""A person makes the next version of an order: edits on top of a version, with what they change shown before saving."""

from orderwire.web.console.amend.page import amend

__all__ = ["amend"]
