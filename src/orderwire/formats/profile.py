"""What every partner's profile has, whatever the format."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from orderwire.formats.fit import ChangeForm, OnLoss


def new_versions_go(form: ChangeForm) -> Any:
    """The key `change` with its default in one format."""
    return Field(
        form,
        description="How a new version goes to a partner who holds an earlier one: as the order again, as a change "
        "that states the whole order (full), or as a change that states what differs (delta).",
    )


class PartnerProfile(BaseModel):
    """A partner's variant of a format as data. Every key has a default; a misspelt one is an error."""

    # What was written may be a password in the wrong place: no error, and no log of one, repeats it.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    answers: Literal["replace", "add"] = Field(
        "replace",
        description="What a later answer of this partner to the same version does: it takes the place of the earlier "
        "one, which is then void (replace), or it speaks only of the lines that it names (add).",
    )
    change: ChangeForm = new_versions_go("order")
    on_loss: OnLoss = Field(
        "commercial",
        description="What to do with content that the format has no place for: refuse only what matters to the deal "
        "(commercial), refuse everything, carry it in words in a note, or leave it out with a warning (accept).",
    )
