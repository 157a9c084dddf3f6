"""Remind: who has not answered is reminded, and the house is told, by the steps of reminders.yaml.

A timer fires → turn (what the step does) → letters queued as deliveries of kind notice → the timer of the next step.
Several orders of one recipient travel in one letter. `preview` says in advance what will be sent when.
"""

from orderwire.flow.remind.fire import fire
from orderwire.flow.remind.now import now
from orderwire.flow.remind.preview import Ahead, preview
from orderwire.flow.remind.tidy import tidy

__all__ = ["Ahead", "fire", "now", "preview", "tidy"]
