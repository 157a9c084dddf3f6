"""What a decision about an order looks up, each thing once: a batch of orders shares one `Look`."""

from dataclasses import dataclass, field
from functools import cached_property

from orderwire.document.party import Party
from orderwire.flow import Refused, configuration
from orderwire.governance.changes import ChangePolicy
from orderwire.governance.policy import Policy
from orderwire.records import recipients
from orderwire.records.recipients import PartnerRow
from orderwire.routing.table import RuleSet
from orderwire.yaml_file import Unreadable


@dataclass
class Look:
    """Rules, policies, suppliers and their endpoints as they are now. Raises Refused where a file is broken."""

    _suppliers: dict[tuple[str, tuple[tuple[str, str], ...]], int | None] = field(default_factory=dict)
    _recipients: dict[int, list[PartnerRow]] = field(default_factory=dict)

    @cached_property
    def rules(self) -> tuple[RuleSet, configuration.Published]:
        """The routing rules in force and their published version."""
        try:
            return configuration.rules()
        except Unreadable as failure:
            raise Refused(f"The routing rules cannot be used: {failure}", remedy="Correct rules.yaml.") from failure

    @cached_property
    def policy(self) -> Policy:
        """The approval policy in force."""
        try:
            return configuration.policy()
        except Unreadable as failure:
            raise Refused(f"The approval policy cannot be used: {failure}", remedy="Correct policy.yaml.") from failure

    @cached_property
    def changes(self) -> ChangePolicy:
        """The policy of changes in force."""
        try:
            return configuration.changes()
        except Unreadable as failure:
            raise Refused(
                f"The policy of changes cannot be used: {failure}", remedy="Correct changes.yaml."
            ) from failure

    def supplier(self, party: Party) -> int | None:
        """The id of the supplier that a document means: by the buyer's own number for it, by another identifier, by
        its exact name; None where none or more than one fits."""
        known = (party.name, tuple((identifier.scheme, identifier.value) for identifier in party.identifiers))
        if known not in self._suppliers:
            self._suppliers[known] = recipients.find_supplier(name=known[0], identifiers=known[1])
        return self._suppliers[known]

    def recipients(self, supplier_id: int) -> list[PartnerRow]:
        """The supplier and the groups of the house, with their endpoints."""
        if supplier_id not in self._recipients:
            self._recipients[supplier_id] = recipients.recipients(supplier_id)
        return self._recipients[supplier_id]
