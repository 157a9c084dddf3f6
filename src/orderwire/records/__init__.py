"""What is kept: Django models, constraints and querysets, one aggregate per file. No decisions are made here."""

from orderwire.records.access import ApiKey, IdempotentCall, User
from orderwire.records.blob import Blob
from orderwire.records.delivery import Attempt, Delivery, Drain, Receipt, Timer
from orderwire.records.event import Event, Leaf, TreeHead
from orderwire.records.message import Interchange, Message
from orderwire.records.order import Approval, Order, OrderLine, Revision
from orderwire.records.partner import ControlNumber, Endpoint, EndpointVersion, Partner, PartnerIdentifier
from orderwire.records.response import AnswerLink, Response
from orderwire.records.rule import Leg, Plan, RuleSetVersion

__all__ = [
    "AnswerLink", "ApiKey", "Approval", "Attempt", "Blob", "ControlNumber", "Delivery", "Drain", "Endpoint",
    "EndpointVersion", "Event", "IdempotentCall", "Interchange", "Leaf", "Leg", "Message", "Order", "OrderLine",
    "Partner", "PartnerIdentifier", "Plan", "Receipt", "Response", "Revision", "RuleSetVersion", "Timer", "TreeHead",
    "User",
]  # fmt: skip
