"""The page of events, from their classes."""

from orderwire.documentation.markdown import fields, prose
from orderwire.ledger import events
from orderwire.ledger.entry import KINDS


def page() -> str:
    """docs/reference/events.md."""
    parts = [f"# Events of the ledger\n\n{prose(events)}\n"]
    for kind, event in sorted(KINDS.items()):
        about = ", ".join(f"`{name}`" for name in sorted(event.subjects)) or "the order alone"
        parts.append(f"## {kind}\n\n{prose(event)}\n\nAbout: {about}.\n")
        if event.model_fields:
            parts.append(fields(event))
    return "\n".join(parts)
