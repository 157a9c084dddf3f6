"""How an answer came in, and the row that keeps it."""

from dataclasses import dataclass
from typing import Any

from orderwire.ledger.entry import Subject
from orderwire.records import AnswerLink, Message
from orderwire.records import Response as Row


@dataclass(frozen=True)
class Came:
    """Who brought it and by which way; `again` is the row of an answer that is judged anew."""

    source: str
    actor: str
    message: Message | None = None
    link: AnswerLink | None = None
    means: str = ""
    note: str = ""
    again: Row | None = None

    @property
    def own(self) -> int:
        """The id of the row that is judged anew; 0: it is new."""
        return self.again.pk if self.again else 0

    def subjects(self, **more: int) -> dict[Subject, int]:
        """The ledger's subjects."""
        found: dict[Subject, int] = {**more}  # type: ignore[dict-item]
        if self.message is not None:
            found["message"] = self.message.pk
        return found

    def keep(self, **fields: Any) -> Row:
        """The row with these fields, new or the one that is judged anew."""
        if self.again is None:
            how = {"source": self.source, "actor": self.actor, "means": self.means, "note": self.note}
            return Row.objects.create(message=self.message, link=self.link, **how, **fields)
        for name, value in fields.items():
            setattr(self.again, name, value)
        self.again.save()
        return self.again
