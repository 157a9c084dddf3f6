"""Distribute: an approved order's deliveries leave, and what became of each try is known.

sweep (what is due) → drain (one shard of an endpoint) → claim → render → attempts → send → result. People resend or
settle doubts through `operate`; `health` is the circuit breaker.
"""

from orderwire.flow.distribute.again import resend_failed
from orderwire.flow.distribute.drain import drain
from orderwire.flow.distribute.health import pause
from orderwire.flow.distribute.health import resume as resume_endpoint
from orderwire.flow.distribute.operate import resend, settle_doubt
from orderwire.flow.distribute.sweep import sweep

__all__ = ["drain", "pause", "resend", "resend_failed", "resume_endpoint", "settle_doubt", "sweep"]
