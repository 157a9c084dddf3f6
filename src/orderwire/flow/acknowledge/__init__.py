"""The supplier's word comes in: business answers close the loop or go to the buyer, functional acknowledgments prove
(or disprove) that our bytes were understood. Nothing here ever changes what was ordered.
"""

from orderwire.flow.acknowledge.advice import advised
from orderwire.flow.acknowledge.functional import functional
from orderwire.flow.acknowledge.record import MEANS, SOURCE, Means, record
from orderwire.flow.acknowledge.take import take

__all__ = ["MEANS", "SOURCE", "Means", "advised", "functional", "record", "take"]
