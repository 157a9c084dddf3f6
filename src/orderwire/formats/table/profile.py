"""A partner's variant of a table: their headings, their numbers and dates, what they leave out."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from orderwire.formats.fit import OnLoss
from orderwire.formats.table.columns import NAMES


def _known(name: str) -> str:
    if name not in NAMES:
        raise ValueError(f"{name!r} is not one of our columns, such as order_number, quantity or price")
    return name


ColumnName = Annotated[str, AfterValidator(_known)]


class TableProfile(BaseModel):
    """Keys that CSV and XLSX share."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: Literal["order", "change", "cancellation", "answer", "ship notice", "receipt", "invoice"] | None = Field(
        None, description="What a table holds whose column document does not tell; without it the headings tell"
    )
    columns: dict[str, ColumnName] = Field({}, description="The partner's heading and our column that it means")
    defaults: dict[ColumnName, str] = Field({}, description="Our column and its value where the file has none")
    decimal: Literal[".", ","] | None = Field(None, description="Decimal mark; without it a point, or as detected")
    date_format: str | None = Field(None, description="Dates as of strptime, such as %d.%m.%Y; without it ISO 8601")
    on_loss: OnLoss = Field(
        "commercial",
        description="What to do with content that has no column: refuse only what matters to the deal (commercial), "
        "refuse everything, carry it in a note, or accept all with warnings.",
    )
