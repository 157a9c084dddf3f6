"""Amend: an order gets its next version, from the buying system (`change`) or by a person here (`propose`)."""

from orderwire.flow.amend.change import amend
from orderwire.flow.amend.propose import propose, take_back

__all__ = ["amend", "propose", "take_back"]
