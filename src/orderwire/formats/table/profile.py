"""A partner's variant of a table: their headings, their numbers and dates, what they leave out."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from orderwire.formats.profile import PartnerProfile
from orderwire.formats.table.columns import NAMES


def _known(name: str) -> str:
    if name not in NAMES:
        raise ValueError(f"{name!r} is not one of our columns, such as order_number, quantity or price")
    return name


ColumnName = Annotated[str, AfterValidator(_known)]


class TableProfile(PartnerProfile):
    """Keys that CSV and XLSX share."""

    document: Literal["order", "change", "cancellation", "answer", "ship notice", "receipt", "invoice"] | None = Field(
        None, description="What a table holds whose column document does not tell; without it the headings tell"
    )
    columns: dict[str, ColumnName] = Field({}, description="The partner's heading and our column that it means")
    defaults: dict[ColumnName, str] = Field({}, description="Our column and its value where the file has none")
    decimal: Literal[".", ","] | None = Field(None, description="Decimal mark; without it a point, or as detected")
    date_format: str | None = Field(None, description="Dates as of strptime, such as %d.%m.%Y; without it ISO 8601")
