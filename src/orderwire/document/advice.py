"""The application advice: "your document parsed, and this is what our application makes of it" (X12 824, EDIFACT
APERAK, UBL ApplicationResponse, cXML StatusUpdateRequest). It stands between functional acknowledgment and answer."""

from enum import StrEnum

from orderwire.document.base import Code, Date, Document, Label, Text


class AdviceStatus(StrEnum):
    """What became of the document."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    ACCEPTED_WITH_ERRORS = "accepted_with_errors"
    REJECTED = "rejected"


class AdviceDetail(Document):
    """One remark: the standard's or the partner's code, its text, and the line or field it is about."""

    code: Code | None = None
    text: Text | None = None
    line: Label | None = None
    field: Label | None = None
    value: Label | None = None


class ApplicationAdvice(Document):
    """About one document of ours. `document_kind` is its kind in the standard (850, ORDERS, Order), `document_number`
    its number (the order's, or the payloadID), `interchange_control`, `group_control` and `set_control` where it went.
    """

    number: Label | None = None
    issued: Date | None = None
    status: AdviceStatus
    code: Code | None = None
    document_kind: Code | None = None
    document_number: Label | None = None
    order_number: Label | None = None
    interchange_control: Label | None = None
    group_control: Label | None = None
    set_control: Label | None = None
    reason: Text | None = None
    test: bool = False
    details: tuple[AdviceDetail, ...] = ()
