"""What is kept: Django models, constraints and querysets, one aggregate per file. No decisions are made here."""

from orderwire.records.access import ApiKey, IdempotentCall, User
from orderwire.records.blob import Blob
from orderwire.records.cancellation import Cancellation
from orderwire.records.delivery import Attempt, Delivery, Drain, Receipt, Timer
from orderwire.records.early import Early
from orderwire.records.event import Event, Leaf, TreeHead
from orderwire.records.goods import GoodsDocument, GoodsLine
from orderwire.records.message import Interchange, Message
from orderwire.records.need import Need
from orderwire.records.notice import Notice
from orderwire.records.order import Approval, Order, OrderLine, Revision
from orderwire.records.partner import ControlNumber, Endpoint, EndpointVersion, Partner, PartnerIdentifier
from orderwire.records.response import AnswerLink, Response
from orderwire.records.rule import Leg, Plan, RuleSetVersion

__all__ = [
    "AnswerLink", "ApiKey", "Approval", "Attempt", "Blob", "Cancellation", "ControlNumber", "Delivery", "Drain",
    "Early", "Endpoint", "EndpointVersion", "Event", "GoodsDocument", "GoodsLine", "IdempotentCall", "Interchange",
    "Leaf", "Leg", "Message", "Need", "Notice", "Order", "OrderLine", "Partner", "PartnerIdentifier", "Plan", "Receipt",
    "Response", "Revision", "RuleSetVersion", "Timer", "TreeHead", "User",
]  # fmt: skip
