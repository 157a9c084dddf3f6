"""What is kept: Django models, constraints and querysets, one aggregate per file. No decisions are made here."""

from orderwire.records.access import ApiKey, IdempotentCall, User
from orderwire.records.blob import Blob
from orderwire.records.cancellation import Cancellation
from orderwire.records.counterpart import Counterpart
from orderwire.records.delivery import Attempt, Delivery, DeliveryRecipient, Drain, Receipt, Timer
from orderwire.records.early import Early
from orderwire.records.event import Event, Leaf, TreeHead
from orderwire.records.goods import GoodsDocument, GoodsLine
from orderwire.records.mail import Letter, Suppression
from orderwire.records.message import Interchange, Message
from orderwire.records.need import Need
from orderwire.records.notice import Notice
from orderwire.records.order import Approval, Order, OrderLine, Revision
from orderwire.records.partner import (
    ControlNumber,
    Endpoint,
    EndpointChange,
    EndpointVersion,
    Partner,
    PartnerIdentifier,
)
from orderwire.records.response import AnswerLink, Response
from orderwire.records.rule import Leg, Plan, RuleSetVersion
from orderwire.records.secret import Secret

__all__ = [
    "AnswerLink", "ApiKey", "Approval", "Attempt", "Blob", "Cancellation", "ControlNumber", "Counterpart", "Delivery",
    "DeliveryRecipient", "Drain", "Early", "Endpoint", "EndpointChange", "EndpointVersion", "Event", "GoodsDocument",
    "GoodsLine", "IdempotentCall", "Interchange", "Leaf", "Leg", "Letter", "Message", "Need", "Notice", "Order",
    "OrderLine", "Partner", "PartnerIdentifier", "Plan", "Receipt", "Response", "Revision", "RuleSetVersion",
    "Secret", "Suppression", "Timer", "TreeHead", "User",
]  # fmt: skip
