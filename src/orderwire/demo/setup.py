"""Makes the installation that the story happens in: people, keys, suppliers with their endpoints."""

import secrets

from django.contrib.auth.models import Group
from django.db import transaction

from orderwire.api import access
from orderwire.demo.company import BUYER, PEOPLE, PORTAL_USER, SUPPLIERS, UNKNOWN, Supplier, mail_settings, wire
from orderwire.demo.house import House
from orderwire.flow.enroll import NewEndpoint, enroll
from orderwire.records import Partner, User

ACTOR = "system:demo"


def people_and_suppliers(house: House) -> None:
    """All of them, in one transaction; what their simulations need is noted."""
    port, password = house.notes()["mail_port"], secrets.token_urlsafe(24)
    with transaction.atomic():
        for username, (first, last, mail, groups) in PEOPLE.items():
            user = User.objects.create_user(username, mail, first_name=first, last_name=last, time_zone="Europe/Berlin")
            user.groups.set([Group.objects.get_or_create(name=name)[0] for name in groups])
        for key, supplier in SUPPLIERS.items():
            if key not in UNKNOWN:
                _enroll(house, key, supplier, port)
        _internal(house, port)
        seller = Partner.objects.get(number=SUPPLIERS["tanaka"].number)
        User.objects.create_user(PORTAL_USER, SUPPLIERS["tanaka"].to, password, partner=seller)
        scopes = ("orders:read", "orders:write", "messages:write", "approvals:write", "answers:read")
        keys = {"erp": access.make("erp", ("orders:write", "messages:write", "goods:write"))[1]}
        for username in PEOPLE:
            keys[username] = access.make(f"{username}-excel", scopes, user=User.objects.get(username=username))[1]
    house.note(keys=keys, portal_password=password)


def _enroll(house: House, key: str, supplier: Supplier, port: int) -> None:
    by_mail = mail_settings(port, supplier.to)
    match supplier.way:
        case "edi":
            folder = house.edi(key)
            config = {"out": str(folder / "orders"), "inbox": str(folder / "answers"), "settle": 0}
            profile = {supplier.format: wire(key)}
            first = NewEndpoint("EDI desk", "folder", supplier.format, config=config, profile=profile)
        case "drive":
            # Nobody mounted this drive, so its orders are tried again and again until somebody does.
            first = NewEndpoint("shared drive", "folder", "csv", config={"out": str(house.folder / "drive" / key)})
        case "portal":
            first = NewEndpoint("portal", "portal", "pdf")
        case "email":
            first = NewEndpoint("order desk", "email", supplier.format, config=by_mail, also=supplier.also)
    partner = Partner(
        number=supplier.number, name=supplier.name, country=supplier.country, language=supplier.language,
        time_zone=supplier.time_zone, contact_name=supplier.contact, contact_email=supplier.to,
        second_contact_name=supplier.second[0], second_contact_email=supplier.second[1],
    )  # fmt: skip
    enroll(partner, identifiers={}, endpoints=[first], actor=ACTOR)


def _internal(house: House, port: int) -> None:
    """The treasury gets copies of large orders; through purchasing's mail server go the reminders that no endpoint of a
    supplier can carry; the buying system brings orders through a folder."""
    copies = NewEndpoint("treasury", "email", "pdf", config=mail_settings(port, "treasury@nordhaven.example"))
    finance = Partner(number="finance", name="Treasury", role=Partner.Role.INTERNAL, country="DE", language="en")
    enroll(finance, identifiers={}, endpoints=[copies], actor=ACTOR)
    server = NewEndpoint("mail server", "email", "pdf", config=mail_settings(port, "einkauf@nordhaven.example"))
    purchasing = Partner(
        number="purchasing", name="Purchasing", role=Partner.Role.INTERNAL, country="DE", language="en",
        time_zone="Europe/Berlin",
    )  # fmt: skip
    enroll(purchasing, identifiers={}, endpoints=[server], actor=ACTOR)
    erp_folders = {"inbox": house.erp / "out", "done": house.erp / "taken", "out": house.erp / "in"}
    config = {name: str(path) for name, path in erp_folders.items()} | {"settle": 0}
    erp = Partner(number="erp", name=f"Buying system of {BUYER.name}", role=Partner.Role.INTERNAL, country="DE")
    enroll(erp, identifiers={}, endpoints=[NewEndpoint("export", "folder", "order_json", config=config)], actor=ACTOR)
