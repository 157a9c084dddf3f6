"""Whom a step reaches: addresses that are on record, and the mail server that carries a letter there."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import F, Q

from orderwire.flow import clock
from orderwire.flow.clock import Calendar
from orderwire.flow.remind.waiting import Waiting
from orderwire.governance.reminding import SUPPLIERS, Reminders
from orderwire.records import Endpoint, Partner, User

_NO_SERVER = "Name a group with an e-mail endpoint under mail_through in reminders.yaml."


@dataclass(frozen=True)
class Way:
    """An e-mail endpoint in its current version."""

    endpoint_id: int
    version: int
    recipients: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """One person who is written to: where, through what, when he is there and in which language."""

    address: str
    name: str
    way: Way
    calendar: Calendar
    time_zone: str
    language: str


@dataclass(frozen=True)
class Missing:
    """Nobody is reached: why, and what a person can do about it."""

    reason: str
    remedy: str


@dataclass
class Book:
    """The addresses of these suppliers and of the house, read once."""

    reminders: Reminders
    ways: Mapping[int, Way]
    groups: Mapping[str, Partner]
    users: Mapping[str, Sequence[User]] = field(default_factory=dict)

    @classmethod
    def of(cls, reminders: Reminders, suppliers: Iterable[int]) -> "Book":
        """Read what the steps may need; the number of queries does not depend on how many there are."""
        named = {reminders.mail_through, reminders.manager, *(step.to for step in reminders.steps)}
        names = {each.removeprefix("group:") for each in named if each and each.startswith("group:")}
        groups = {
            g.number: g for g in Partner.objects.filter(role=Partner.Role.INTERNAL, number__in=names, active=True)
        }
        wanted = Q(partner__in=set(suppliers)) | Q(partner__in=groups.values())
        found = Endpoint.objects.filter(wanted, active=True, versions__number=F("version"), versions__channel="email")
        rows = found.order_by("-rank", "-pk").values_list("partner_id", "pk", "version", "versions__config")
        ways = {partner: Way(pk, version, _recipients(config)) for partner, pk, version, config in rows}
        users: dict[str, list[User]] = {}
        if others := names - groups.keys():
            people = User.objects.filter(groups__name__in=others, is_active=True).exclude(email="")
            for user in people.order_by("pk").annotate(group=F("groups__name")):
                users.setdefault(user.group, []).append(user)
        return cls(reminders, ways, groups, users)

    def reach(self, waiting: Waiting, to: str) -> tuple[Target, ...] | Missing:
        """Everybody whom a step with this `to` writes to."""
        return self._supplier(waiting, to) if to in SUPPLIERS else self._house(waiting, to)

    def _supplier(self, waiting: Waiting, to: str) -> tuple[Target, ...] | Missing:
        partner = waiting.supplier
        own = self.ways.get(partner.pk)
        way = own or self._mail_through()
        if to == "supplier":
            name = partner.contact_name
            addresses = (partner.contact_email,) if partner.contact_email else own.recipients if own else ()
            problem = f"{partner.name} has no contact with an e-mail address."
        else:
            name, addresses = partner.second_contact_name, tuple(filter(None, [partner.second_contact_email]))
            problem = f"{partner.name} has no second contact with an e-mail address."
        if not addresses:
            return Missing(problem, f"Add it to {partner.name}, or call them.")
        if way is None:
            return Missing(f"{partner.name} has no e-mail endpoint, and the house has none either.", _NO_SERVER)
        calendar, zone = waiting.calendar, partner.time_zone
        return tuple(Target(a, name, way, calendar, zone, partner.language) for a in addresses)

    def _house(self, waiting: Waiting, to: str) -> tuple[Target, ...] | Missing:
        if to == "buyer":
            contact = waiting.document.buyer.contact
            if contact is None or not contact.email:
                return Missing("The order names no contact of the buyer with an e-mail address.", "Tell them yourself.")
            return self._people(waiting, [(contact.email, contact.name or "", None)])
        named = (self.reminders.manager if to == "manager" else to) or ""
        name = named.removeprefix("group:")
        group = self.groups.get(name)
        if group is None:
            people = [(user.email, user.get_full_name(), user.time_zone) for user in self.users.get(name, ())]
            if not people:
                return Missing(f"Nobody with an e-mail address is in the group {name}.", "Add one, or change the step.")
            return self._people(waiting, people)
        own = self.ways.get(group.pk)
        way = own or self._mail_through()
        addresses = (group.contact_email,) if group.contact_email else own.recipients if own else ()
        if not addresses or way is None:
            return Missing(f"The group {name} has no e-mail address.", f"Give {group.name} a contact or an endpoint.")
        calendar = clock.calendar(group)
        return tuple(Target(a, group.name, way, calendar, group.time_zone, group.language) for a in addresses)

    def _people(self, waiting: Waiting, people: Sequence[tuple[str, str, str | None]]) -> tuple[Target, ...] | Missing:
        """People of the house, who work as the group does that the mail goes through."""
        way = self._mail_through() or self.ways.get(waiting.supplier.pk)
        if way is None:
            return Missing("The house has no mail server for this.", _NO_SERVER)
        house = self._through()
        calendar = clock.calendar(house) if house else Calendar(clock.zone("UTC"))
        zone, language = (house.time_zone, house.language) if house else ("UTC", "en")
        return tuple(
            Target(address, name, way, _elsewhere(calendar, own), own or zone, language)
            for address, name, own in people
        )

    def _through(self) -> Partner | None:
        return self.groups.get((self.reminders.mail_through or "").removeprefix("group:"))

    def _mail_through(self) -> Way | None:
        house = self._through()
        return self.ways.get(house.pk) if house else None


def _recipients(config: Any) -> tuple[str, ...]:
    return tuple(config.get("recipients", ()))


def _elsewhere(calendar: Calendar, zone: str | None) -> Calendar:
    """The same office hours where this person is."""
    return replace(calendar, zone=clock.zone(zone)) if zone else calendar
